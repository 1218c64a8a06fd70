"""The people of a manager's organisations: found, added, corrected, invited, ended."""

from dataclasses import dataclass

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from course.cohorts.models import Role
from course.cohorts.rules.calendar import EmployeeIdTaken, StillLeads
from course.cohorts.service import calendar, membership
from course.manager.forms.people import CorrectionForm, EmployeeForm, PersonForm
from course.manager.queries import people as queries
from course.manager.queries.people import Held, Known
from course.manager.views.desk import blueprint
from course.manager.views.scope import own_person, places
from course.people import service as people
from course.web import access, transaction
from course.web.access import Who, enter
from course.web.fields import choices
from course.web.forms import read
from course.web.ids import row_id
from course.web.invitations import hand_over
from course.web.texts import _, ngettext
from course.web.words import role as role_word

ADDED_HERE = (Role.LEARNER, Role.FACILITATOR)
"""Roles that a manager gives; further managers are the admin's."""


@blueprint.get("/people/")
@enter(Who.MANAGER)
def people_list() -> Response:
    return _list(200, _person_form())


@blueprint.post("/people/")
@enter(Who.MANAGER)
def add_person() -> AnyResponse:
    form = _person_form()
    if not form.validate():
        return _list(422, form)
    session = transaction.session()
    groups = {row[0]: row[2] for row in queries.cohorts(session, places())}
    if any(groups[cohort_id] != form.organisation.data for cohort_id in form.cohorts.data or []):
        form.refuse("cohorts", _("This group belongs to another organisation."))
        return _list(422, form)
    try:
        with session.begin_nested():
            person = people.add_person(session, name=form.name.data or "", email=form.email.data)
            membership.grant(
                session,
                person_id=person.id,
                organisation_id=form.organisation.data,
                role=Role(form.role.data),
                employee_id=form.employee_id.data if form.role.data == Role.LEARNER else None,
            )
    except EmployeeIdTaken:
        form.refuse("employee_id", _("Somebody here has this employee id already."))
        return _list(422, form)
    if form.role.data == Role.LEARNER:
        for cohort_id in form.cohorts.data or []:
            calendar.add_member(session, cohort_id=cohort_id, person_id=person.id)
    flash(_("%(name)s is here now.", name=person.name), "good")
    return redirect(url_for("manager.person", person_id=person.id), 303)


@blueprint.get("/people/<int:person_id>/")
@enter(Who.MANAGER)
def person(person_id: int) -> Response:
    return _page(200, own_person(person_id))


@blueprint.post("/people/<int:person_id>/")
@enter(Who.MANAGER)
def correct_person(person_id: int) -> AnyResponse:
    known = own_person(person_id)
    if known.shared:
        return _page(403, known)
    form = read(CorrectionForm)
    if not form.validate():
        return _page(422, known, form=form)
    membership.correct_person(
        transaction.session(), person_id=person_id, name=form.name.data or "", email=form.email.data or None
    )
    flash(_("Saved."), "good")
    return redirect(url_for("manager.person", person_id=person_id), 303)


@blueprint.post("/people/<int:person_id>/roles/<int:membership_id>/")
@enter(Who.MANAGER)
def correct_employee_id(person_id: int, membership_id: int) -> AnyResponse:
    known = own_person(person_id)
    held = _role(known, membership_id)
    form = read(EmployeeForm)
    if not form.validate():
        return _page(422, known, employee=(held.membership_id, form))
    try:
        membership.set_employee_id(
            transaction.session(), membership_id=held.membership_id, employee_id=form.employee_id.data
        )
    except EmployeeIdTaken:
        form.refuse("employee_id", _("Somebody here has this employee id already."))
        return _page(422, known, employee=(held.membership_id, form))
    flash(_("Saved."), "good")
    return redirect(url_for("manager.person", person_id=person_id), 303)


@blueprint.post("/people/<int:person_id>/roles/<int:membership_id>/end")
@enter(Who.MANAGER)
def end_role(person_id: int, membership_id: int) -> AnyResponse:
    known = own_person(person_id)
    held = _role(known, membership_id)
    if held.role == Role.MANAGER:
        flash(_("Training managers are your admin's to add and to end."), "attention")
        return redirect(url_for("manager.person", person_id=person_id), 303)
    try:
        membership.end_membership(transaction.session(), membership_id=held.membership_id)
    except StillLeads as still:
        flash(
            ngettext(
                "%(name)s still leads a course that is not over. Give it to somebody else first.",
                "%(name)s still leads %(runs)s courses that are not over. Give them to somebody else first.",
                still.runs,
            )
            % {"name": known.name, "runs": still.runs},
            "attention",
        )
        return redirect(url_for("manager.person", person_id=person_id), 303)
    flash(
        _(
            "%(name)s is no longer %(role)s of %(organisation)s. What was done stays on record.",
            name=known.name,
            role=role_word(held.role),
            organisation=held.organisation,
        ),
        "good",
    )
    return redirect(url_for("manager.people_list"), 303)


@blueprint.post("/people/<int:person_id>/roles/")
@enter(Who.MANAGER)
def add_role(person_id: int) -> AnyResponse:
    """Let somebody of the organisation learn or facilitate there too."""
    known = own_person(person_id)
    organisation_id = request.form.get("organisation", type=row_id)
    role = request.form.get("role")
    if organisation_id not in {held.organisation_id for held in known.roles} or role not in set(ADDED_HERE):
        access.found(None)
    membership.grant(transaction.session(), person_id=person_id, organisation_id=organisation_id, role=Role(str(role)))
    flash(_("Saved."), "good")
    return redirect(url_for("manager.person", person_id=person_id), 303)


@blueprint.post("/people/<int:person_id>/link")
@enter(Who.MANAGER)
def invite_person(person_id: int) -> AnyResponse:
    known = own_person(person_id)
    if known.shared:
        # A link lets in to everything a person may see, elsewhere too.
        return _page(403, known)
    invitation = hand_over(transaction.session(), person_id=person_id)
    back = url_for("manager.person", person_id=person_id)
    if invitation.mailed_to:
        flash(_("The invitation is on its way to %(email)s.", email=invitation.mailed_to), "good")
        return redirect(back, 303)
    return make_response(render_template("invitation.html", invitation=invitation, back=back))


@dataclass(frozen=True)
class _Search:
    q: str
    role: str
    page: int


def _search() -> _Search:
    role = request.args.get("role", "")
    return _Search(
        q=request.args.get("q", "").replace("\0", "").strip()[:80],
        role=role if role in set(queries.ROLES) else "",
        page=min(max(request.args.get("page", 0, type=int), 0), 10_000),
    )


def _person_form() -> PersonForm:
    session = transaction.session()
    here = queries.organisations(session, places())
    groups = queries.cohorts(session, places())
    form = read(PersonForm, role=Role.LEARNER.value)
    form.organisation.choices = choices(here)
    if len(here) == 1 and form.organisation.data is None:
        # One organisation is no question.
        form.organisation.data = here[0][0]
    form.role.choices = choices((role.value, role_word(role)) for role in ADDED_HERE)
    form.role.data = form.role.data or Role.LEARNER.value
    form.cohorts.choices = choices((row[0], f"{row[1]}, {row[3]}" if len(here) > 1 else row[1]) for row in groups)
    return form


def _list(status: int, form: PersonForm) -> Response:
    search = _search()
    lines, more = queries.people(transaction.session(), places(), search=search.q, role=search.role, page=search.page)
    body = render_template("manager/people.html", lines=lines, more=more, search=search, form=form, roles=queries.ROLES)
    return make_response(body, status)


def _page(
    status: int,
    known: Known,
    *,
    form: CorrectionForm | None = None,
    employee: tuple[int, EmployeeForm] | None = None,
) -> Response:
    session = transaction.session()
    body = render_template(
        "manager/person.html",
        known=known,
        form=form or CorrectionForm(data={"name": known.name, "email": known.email}),
        employees={
            held.membership_id: employee[1]
            if employee and employee[0] == held.membership_id
            else EmployeeForm(data={"employee_id": held.employee_id})
            for held in known.roles
            if held.role == Role.LEARNER
        },
        groups=queries.groups_of(session, places(), known.person_id),
        courses=queries.courses_of(session, places(), known.person_id),
        missing=[
            (organisation_id, name, role)
            for organisation_id, name in sorted({(held.organisation_id, held.organisation) for held in known.roles})
            for role in ADDED_HERE
            if role not in {held.role for held in known.roles if held.organisation_id == organisation_id}
        ],
    )
    return make_response(body, status)


def _role(known: Known, membership_id: int) -> Held:
    return access.found(next((held for held in known.roles if held.membership_id == membership_id), None))
