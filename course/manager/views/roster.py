"""A roster file: looked at first, then taken in, and taken back when it was the wrong one."""

import base64
import binascii
import zlib
from dataclasses import dataclass
from typing import Any, cast

from flask import Response, current_app, flash, make_response, redirect, render_template, url_for
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as AnyResponse

from course.cohorts.models import Cohort
from course.cohorts.queries import roster as queries
from course.cohorts.rules.roster.plan import Act, Step
from course.cohorts.rules.roster.reading import LARGEST_FILE, LONGEST_CELL, Reason, RosterUnreadable, Row, read_roster
from course.cohorts.service.roster import taking, undoing
from course.manager import words
from course.manager.forms.people import RosterForm
from course.manager.queries.cohorts import Group
from course.manager.queries.runs import seats_with_work
from course.manager.views.desk import blueprint
from course.manager.views.scope import own_group
from course.platforms.service.roster import unlink
from course.web import access, transaction
from course.web.access import Unit, Who, enter
from course.web.forms import read
from course.web.texts import _

EXAMPLE_LINES = (
    "Name,E-mail,Employee id",
    "Lena Brandt,lena.brandt@example.com,E-1041",
    "Leo Marsh,leo.marsh@example.com,E-1042",
)


@dataclass(frozen=True)
class Line:
    """One row of the file as the page shows it."""

    line: int
    name: str
    email: str
    employee_id: str
    act: str
    tone: str
    why: str


@blueprint.get("/cohorts/<int:cohort_id>/roster/")
@enter(Who.MANAGER)
def roster(cohort_id: int) -> Response:
    return _upload_page(200, own_group(cohort_id), read(RosterForm))


@blueprint.get("/cohorts/roster-example.csv")
@enter(Who.MANAGER)
def roster_example() -> Response:
    # The mark tells a spreadsheet that names with accents are in UTF-8.
    lines = "".join(f"{line}\r\n" for line in EXAMPLE_LINES)
    response = Response(f"\ufeff{lines}", mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="roster-example.csv"'
    return response


@blueprint.post("/cohorts/<int:cohort_id>/roster/")
@enter(Who.MANAGER, Unit.OWN)
def try_roster(cohort_id: int) -> Response:
    """Show what a file would do. Nothing is written."""
    form = read(RosterForm)
    content, file_name = _sent(form)
    rows = _rows(form, content)
    with transaction.unit(write=False) as session:
        group = own_group(cohort_id)
        if rows is None:
            return _upload_page(422, group, form)
        steps = taking.dry_run(session, cohort=session.get_one(Cohort, cohort_id), rows=rows)
    acts = [step.act for step in steps]
    body = render_template(
        "manager/roster_try.html",
        group=group,
        lines=[_line(step) for step in steps],
        counts=[(*words.act(act), acts.count(act)) for act in Act if acts.count(act)],
        takes=sum(act is not Act.REFUSED for act in acts),
        changes=sum(act not in {Act.REFUSED, Act.SAME} for act in acts),
        file_name=file_name,
        content=_pack(content, cohort_id),
    )
    return make_response(body)


@blueprint.post("/cohorts/<int:cohort_id>/roster/take")
@enter(Who.MANAGER, Unit.OWN)
def take_roster(cohort_id: int) -> AnyResponse:
    """Take in the file that was looked at: its content comes back signed, so that it is the same one."""
    form = read(RosterForm)
    content = _unpack(form.content.data or "", cohort_id)
    rows = _rows(form, content)
    with transaction.unit(write=True) as session:
        group = own_group(cohort_id)
        if rows is None:
            return _upload_page(422, group, form)
        taken = taking.take_in(
            session,
            cohort_id=cohort_id,
            rows=rows,
            by_id=access.viewer().person_id,
            file_name=(form.file_name.data or "")[:LONGEST_CELL],
        )
        import_id = taken.id
    return redirect(url_for("manager.roster_import", cohort_id=cohort_id, import_id=import_id), 303)


@blueprint.get("/cohorts/<int:cohort_id>/imports/<int:import_id>/")
@enter(Who.MANAGER)
def roster_import(cohort_id: int, import_id: int) -> Response:
    group = own_group(cohort_id)
    found, changes = access.found(queries.one_import(transaction.session(), cohort_id=cohort_id, import_id=import_id))
    acts = [Act(entry["act"]) for entry in changes]
    body = render_template(
        "manager/roster_import.html",
        group=group,
        found=found,
        lines=[_kept_line(entry) for entry in changes],
        counts=[(*words.act(act), acts.count(act)) for act in Act if acts.count(act)],
        changed=any(act not in {Act.REFUSED, Act.SAME} for act in acts),
    )
    return make_response(body)


@blueprint.post("/cohorts/<int:cohort_id>/imports/<int:import_id>/undo")
@enter(Who.MANAGER)
def undo_import(cohort_id: int, import_id: int) -> AnyResponse:
    own_group(cohort_id)
    session = transaction.session()
    access.found(queries.one_import(session, cohort_id=cohort_id, import_id=import_id))
    undone = undoing.undo(session, import_id=import_id, seats_with_work=seats_with_work)
    unlink(session, import_id=import_id)
    flash(
        _(
            "Taken back: %(removed)s left, %(restored)s are as they were before.",
            removed=undone.removed,
            restored=undone.restored,
        ),
        "good",
    )
    if undone.kept:
        flash(_("These stay, because they have begun to work: %(names)s.", names=", ".join(undone.kept)), "attention")
    if undone.corrected:
        flash(_("These were corrected since and stay so: %(names)s.", names=", ".join(undone.corrected)), "attention")
    return redirect(url_for("manager.roster_import", cohort_id=cohort_id, import_id=import_id), 303)


def _sent(form: RosterForm) -> tuple[bytes, str]:
    file = form.file.data
    if not isinstance(file, FileStorage):
        return b"", ""
    # A large file lies on the disk until it is closed. One byte more than is allowed tells that there is more.
    with file.stream as stream:
        return stream.read(LARGEST_FILE + 1), (file.filename or "")[:LONGEST_CELL]


def _rows(form: RosterForm, content: bytes) -> tuple[Row, ...] | None:
    """Return the rows, or None with the form saying what is wrong."""
    if not content:
        form.refuse("file", _("Please choose a file that is not empty."))
        return None
    try:
        return read_roster(content)
    except RosterUnreadable as error:
        form.refuse("file", words.unreadable(error))
        return None


def _signer(cohort_id: int) -> URLSafeSerializer:
    key = cast(str, current_app.config["SECRET_KEY"])
    return URLSafeSerializer(key, salt=f"roster {cohort_id} {access.viewer().person_id}")


def _pack(content: bytes, cohort_id: int) -> str:
    return _signer(cohort_id).dumps(base64.b85encode(zlib.compress(content)).decode())


def _unpack(packed: str, cohort_id: int) -> bytes:
    """Return the content, or nothing when it was not packed here for this manager and group."""
    try:
        compressed = base64.b85decode(_signer(cohort_id).loads(packed))
        return zlib.decompressobj().decompress(compressed, LARGEST_FILE)
    except (BadData, binascii.Error, ValueError, TypeError, zlib.error):
        return b""


def _line(step: Step) -> Line:
    word, tone = words.act(step.act)
    why = words.reason(step.reason, step.other) if step.reason else ""
    if step.act is Act.UPDATE:
        why = words.change(step)
    return Line(step.row.line, step.row.name, step.row.email, step.row.employee_id, word, tone, why)


def _kept_line(entry: dict[str, Any]) -> Line:
    word, tone = words.act(Act(entry["act"]))
    why = words.reason(Reason(entry["reason"]), entry["other"]) if entry.get("reason") else ""
    return Line(entry["line"], entry["name"], "", "", word, tone, why)


def _upload_page(status: int, group: Group, form: RosterForm) -> Response:
    return make_response(render_template("manager/roster.html", group=group, form=form), status)
