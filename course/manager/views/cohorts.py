"""A group set up: its name, its people, its courses."""

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from course.cohorts.models import Cohort
from course.cohorts.queries import roster as imports
from course.cohorts.rules.calendar import NameTaken
from course.cohorts.rules.roster.plan import Act
from course.cohorts.rules.roster.reading import RosterUnreadable, read_lines
from course.cohorts.service import calendar, groups
from course.cohorts.service.roster import taking
from course.manager import words
from course.manager.forms.days import GroupForm, RenameForm
from course.manager.forms.people import ChosenForm, TypedForm
from course.manager.queries import cohorts as queries
from course.manager.queries import people
from course.manager.queries.cohorts import Group
from course.manager.queries.home import runs
from course.manager.views.desk import blueprint
from course.manager.views.scope import own_group, places
from course.platforms.queries.contexts import of_cohort
from course.web import access, transaction
from course.web.access import Who, enter
from course.web.fields import choices
from course.web.forms import read
from course.web.texts import _, ngettext


@blueprint.route("/cohorts/new", methods=["GET", "POST"])
@enter(Who.MANAGER)
def new_cohort() -> AnyResponse:
    session = transaction.session()
    here = people.organisations(session, places())
    form = read(GroupForm)
    form.organisation.choices = choices(here)
    if len(here) == 1 and form.organisation.data is None:
        form.organisation.data = here[0][0]
    if request.method == "POST" and form.validate():
        try:
            cohort = calendar.add_cohort(session, organisation_id=form.organisation.data, name=form.name.data or "")
        except NameTaken:
            form.refuse("name", _("Another group has this name."))
        else:
            return redirect(url_for("manager.cohort_setup", cohort_id=cohort.id), 303)
    body = render_template("manager/cohort_new.html", form=form)
    return make_response(body, 422 if request.method == "POST" else 200)


@blueprint.get("/cohorts/<int:cohort_id>/setup/")
@enter(Who.MANAGER)
def cohort_setup(cohort_id: int) -> Response:
    return _page(200, own_group(cohort_id))


@blueprint.post("/cohorts/<int:cohort_id>/setup/")
@enter(Who.MANAGER)
def rename_cohort(cohort_id: int) -> AnyResponse:
    group = own_group(cohort_id)
    form = read(RenameForm)
    if form.validate():
        try:
            groups.rename_cohort(transaction.session(), cohort_id=cohort_id, name=form.name.data or "")
        except NameTaken:
            form.refuse("name", _("Another group has this name."))
        else:
            flash(_("Saved."), "good")
            return redirect(url_for("manager.cohort_setup", cohort_id=cohort_id), 303)
    return _page(422, group, rename=form)


@blueprint.post("/cohorts/<int:cohort_id>/members/")
@enter(Who.MANAGER)
def add_members(cohort_id: int) -> AnyResponse:
    """Put people of the organisation into the group."""
    group = own_group(cohort_id)
    form = read(ChosenForm)
    if not form.validate():
        return _page(422, group)
    session = transaction.session()
    chosen = queries.learners_among(session, group, form.people.data or [])
    if len(chosen) != len(set(form.people.data or [])):
        access.found(None)
    for person_id in chosen:
        calendar.add_member(session, cohort_id=cohort_id, person_id=person_id)
    flash(ngettext("One person joined.", "%(count)s people joined.", len(chosen)) % {"count": len(chosen)}, "good")
    return redirect(url_for("manager.cohort_setup", cohort_id=cohort_id), 303)


@blueprint.post("/cohorts/<int:cohort_id>/members/<int:person_id>/remove")
@enter(Who.MANAGER)
def remove_member(cohort_id: int, person_id: int) -> AnyResponse:
    own_group(cohort_id)
    if not groups.remove_member(transaction.session(), cohort_id=cohort_id, person_id=person_id):
        access.found(None)
    flash(_("They left the group. Their seats and what they did stay as they are."), "good")
    return redirect(url_for("manager.cohort_setup", cohort_id=cohort_id), 303)


@blueprint.post("/cohorts/<int:cohort_id>/typed")
@enter(Who.MANAGER)
def type_in(cohort_id: int) -> AnyResponse:
    """Take people typed in, one a line, as a roster: what cannot be taken stays in the box with its reason."""
    group = own_group(cohort_id)
    form = read(TypedForm)
    if not form.validate():
        return _page(422, group, typed=form)
    typed = form.people.data or ""
    try:
        rows = read_lines(typed)
    except RosterUnreadable as error:
        form.refuse("people", words.unreadable(error))
        return _page(422, group, typed=form)
    session = transaction.session()
    cohort = session.get_one(Cohort, cohort_id)
    refused = [step for step in taking.dry_run(session, cohort=cohort, rows=rows) if step.act is Act.REFUSED]
    if refused:
        for step in refused:
            why = words.reason(step.reason, step.other) if step.reason else ""
            form.refuse("people", _("Line %(line)s: %(why)s", line=step.row.line, why=why))
        return _page(422, group, typed=form)
    taken = taking.take_in(
        session, cohort_id=cohort_id, rows=rows, by_id=access.viewer().person_id, file_name=_("typed in")
    )
    return redirect(url_for("manager.roster_import", cohort_id=cohort_id, import_id=taken.id), 303)


def _page(status: int, group: Group, *, rename: RenameForm | None = None, typed: TypedForm | None = None) -> Response:
    session = transaction.session()
    search = request.args.get("q", "").replace("\0", "").strip()[:80]
    page = min(max(request.args.get("page", 0, type=int), 0), 10_000)
    members, more = queries.members(session, group, page=page)
    candidates, more_candidates = queries.candidates(session, group, search=search)
    body = render_template(
        "manager/cohort_setup.html",
        group=group,
        courses=of_cohort(session, group.cohort_id),
        members=members,
        more=more,
        page=page,
        search=search,
        candidates=candidates,
        more_candidates=more_candidates,
        runs=[held for _cohort, held in runs(session, Cohort.id == group.cohort_id)],
        imports=imports.imports(session, cohort_id=group.cohort_id),
        rename=rename or RenameForm(data={"name": group.name}),
        typed=typed or TypedForm(),
    )
    return make_response(body, status)
