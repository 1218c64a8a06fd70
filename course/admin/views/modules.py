"""Published modules: what is live, a zipped module to publish, an earlier version to put back."""

from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Response, abort, flash, make_response, redirect, render_template, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as AnyResponse

from course import clock
from course.admin import queries
from course.admin.forms import UploadForm, VersionForm
from course.admin.views.desk import blueprint
from course.admin.words import archives
from course.cases.check import check_folder
from course.content.archive import ArchiveRefused, unpack
from course.content.findings import Finding, errors
from course.content.loader import LoadedModule
from course.library import queries as versions
from course.library import service as library
from course.web import transaction
from course.web.access import Unit, Who, enter
from course.web.forms import read
from course.web.texts import _, ngettext

VERSIONS_SHOWN = 10


@blueprint.get("/modules/")
@enter(Who.ADMIN)
def modules() -> Response:
    return _page(200, read(UploadForm))


@blueprint.post("/modules/")
@enter(Who.ADMIN, Unit.OWN)
def publish_module() -> AnyResponse:
    """Check a zipped module as every other one and make it live. What is refused changes nothing."""
    form = read(UploadForm)
    loaded, findings = _checked(form)
    if loaded is None:
        with transaction.unit(write=False):
            return _page(422, form, findings)
    with transaction.unit(write=True) as session:
        library.publish(session, module=loaded.module, pictures=loaded.pictures)
    flash(_("%(title)s is live. Days that were made before keep their version.", title=loaded.module.title), "good")
    if findings:
        remarks = ngettext("%(num)s thing could be better.", "%(num)s things could be better.", len(findings))
        flash(remarks % {"num": len(findings)} + " " + _("`course check` names them."), "info")
    return redirect(url_for("admin.modules"), 303)


@blueprint.post("/modules/<slug>/live")
@enter(Who.ADMIN)
def put_back(slug: str) -> AnyResponse:
    """Make an earlier version live again."""
    form = read(VersionForm)
    try:
        version = library.make_live(transaction.session(), slug=slug, version_hash=form.version.data or "")
    except versions.UnknownVersion:
        abort(404)
    flash(_("%(title)s: that version is live again.", title=version.title), "good")
    return redirect(url_for("admin.modules"), 303)


def _checked(form: UploadForm) -> tuple[LoadedModule | None, list[Finding]]:
    """Return the module and what could be better, or no module with the form or the findings saying why."""
    file = form.file.data
    if not isinstance(file, FileStorage):
        form.refuse("file", _("Please choose the module's ZIP file."))
        return None, []
    with file.stream as stream:
        data = stream.read()
    with TemporaryDirectory(prefix="oneday-module-") as folder:
        try:
            loaded, findings = check_folder(unpack(data, Path(folder)))
        except ArchiveRefused as refused:
            form.refuse("file", archives.refusal(refused))
            return None, []
    if loaded is None:
        form.refuse("file", _("This module has errors, so nothing was published. What was live before stays live."))
    return loaded, findings


def _page(status: int, form: UploadForm, findings: list[Finding] | None = None) -> Response:
    session = transaction.session()
    earlier: dict[str, list[versions.PublishedVersion]] = {}
    for version in versions.versions(session, most=VERSIONS_SHOWN):
        if not version.live:
            earlier.setdefault(version.slug, []).append(version)
    body = render_template(
        "admin/modules.html",
        form=form,
        findings=findings or (),
        wrong=len(errors(findings or ())),
        modules=queries.published(session, today=clock.earliest_date()),
        earlier=earlier,
    )
    return make_response(body, status)
