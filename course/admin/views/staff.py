"""Training managers, facilitators and admins: added, invited, ended."""

from flask import Response, flash, make_response, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from course.admin import queries
from course.admin.forms import RenameForm, StaffForm
from course.admin.queries import STAFF
from course.admin.views.desk import blueprint
from course.cohorts.models import Role
from course.cohorts.rules.calendar import NameTaken, StillLeads
from course.cohorts.service import membership
from course.people import service as people
from course.people.models import Person
from course.web import access, transaction
from course.web.access import Who, enter
from course.web.fields import choices
from course.web.forms import read
from course.web.invitations import Invitation, hand_over
from course.web.texts import _, ngettext
from course.web.words import role as role_word


@blueprint.get("/organisations/<int:organisation_id>/")
@enter(Who.ADMIN)
def organisation(organisation_id: int) -> Response:
    return _organisation_page(200, organisation_id)


@blueprint.post("/organisations/<int:organisation_id>/")
@enter(Who.ADMIN)
def rename_organisation(organisation_id: int) -> AnyResponse:
    access.found(queries.organisation(transaction.session(), organisation_id))
    form = read(RenameForm)
    if form.validate():
        try:
            membership.rename_organisation(
                transaction.session(), organisation_id=organisation_id, name=form.name.data or ""
            )
        except NameTaken:
            form.refuse("name", _("Another organisation has this name."))
        else:
            flash(_("Saved."), "good")
            return redirect(url_for("admin.organisation", organisation_id=organisation_id), 303)
    return _organisation_page(422, organisation_id, rename=form)


@blueprint.post("/organisations/<int:organisation_id>/staff")
@enter(Who.ADMIN)
def add_staff(organisation_id: int) -> AnyResponse:
    access.found(queries.organisation(transaction.session(), organisation_id))
    form = read(StaffForm)
    form.role.choices = choices((role.value, role_word(role)) for role in STAFF)
    if not form.validate():
        return _organisation_page(422, organisation_id, staff=form)
    done = _add(form, organisation_id, Role(form.role.data))
    return done or _organisation_page(409, organisation_id, staff=form)


@blueprint.get("/admins/")
@enter(Who.ADMIN)
def admins() -> Response:
    return _admins_page(200)


@blueprint.post("/admins/")
@enter(Who.ADMIN)
def add_admin() -> AnyResponse:
    form = read(StaffForm, role=Role.ADMIN.value)
    form.role.choices = choices([(Role.ADMIN.value, role_word(Role.ADMIN))])
    if not form.validate():
        return _admins_page(422, form)
    return _add(form, None, Role.ADMIN) or _admins_page(409, form)


@blueprint.post("/staff/<int:membership_id>/link")
@enter(Who.ADMIN)
def make_link(membership_id: int) -> AnyResponse:
    held, organisation_id = access.found(queries.one_of_staff(transaction.session(), membership_id))
    return _handed(hand_over(transaction.session(), person_id=held.person_id), _back(organisation_id))


@blueprint.post("/staff/<int:membership_id>/end")
@enter(Who.ADMIN)
def end_staff(membership_id: int) -> AnyResponse:
    session = transaction.session()
    held, organisation_id = access.found(queries.one_of_staff(session, membership_id))
    back = redirect(_back(organisation_id), 303)
    if held.role == Role.ADMIN and queries.admins_left(session) == 1:
        flash(_("Somebody has to be admin. Add another one first."), "attention")
        return back
    try:
        membership.end_membership(session, membership_id=membership_id)
    except StillLeads as still:
        flash(
            ngettext(
                "%(name)s still leads a course that is not over. Give it to somebody else first.",
                "%(name)s still leads %(runs)s courses that are not over. Give them to somebody else first.",
                still.runs,
            )
            % {"name": held.name, "runs": still.runs},
            "attention",
        )
        return back
    flash(_("%(name)s no longer has this role.", name=held.name), "good")
    return redirect(url_for("admin.home"), 303) if held.person_id == access.viewer().person_id else back


def _add(form: StaffForm, organisation_id: int | None, role: Role) -> AnyResponse | None:
    """Add somebody and hand over their link; None while the admin has to say whether it is somebody known."""
    session = transaction.session()
    known = people.person_by_address(session, form.email.data or "")
    if known is None:
        made = people.add_person(session, name=form.name.data or "", email=form.email.data)
        membership.grant(session, person_id=made.id, organisation_id=organisation_id, role=role)
        return _handed(hand_over(session, person_id=made.id), _back(organisation_id))
    if form.same.data != str(known):
        return None
    membership.grant(session, person_id=known, organisation_id=organisation_id, role=role)
    name = session.get_one(Person, known).name
    flash(_("%(name)s has this role too now, and signs in as before.", name=name), "good")
    return redirect(_back(organisation_id), 303)


def _handed(invitation: Invitation, back: str) -> AnyResponse:
    if invitation.mailed_to:
        flash(_("The invitation is on its way to %(email)s.", email=invitation.mailed_to), "good")
        return redirect(back, 303)
    return make_response(render_template("invitation.html", invitation=invitation, back=back))


def _back(organisation_id: int | None) -> str:
    if organisation_id is None:
        return url_for("admin.admins")
    return url_for("admin.organisation", organisation_id=organisation_id)


def _known(session: Session, form: StaffForm, status: int) -> dict[str, object] | None:
    """Return whom the typed address lets in already, for the question whether it is the same person."""
    if status != 409:  # noqa: PLR2004 - The status of a page that asks this question.
        return None
    person_id = people.person_by_address(session, form.email.data or "")
    if person_id is None:
        return None
    return {
        "id": person_id,
        "name": session.get_one(Person, person_id).name,
        "roles": [(role_word(role), place) for role, place in queries.roles_of(session, person_id)],
    }


def _organisation_page(
    status: int, organisation_id: int, *, rename: RenameForm | None = None, staff: StaffForm | None = None
) -> Response:
    session = transaction.session()
    found = access.found(queries.organisation(session, organisation_id))
    if staff is None:
        staff = StaffForm(data={"role": Role.MANAGER.value})
        staff.role.choices = choices((role.value, role_word(role)) for role in STAFF)
    body = render_template(
        "admin/organisation.html",
        organisation_id=organisation_id,
        name=found[1],
        people=queries.staff(session, organisation_id),
        rename=rename or RenameForm(data={"name": found[1]}),
        form=staff,
        known=_known(session, staff, status),
    )
    return make_response(body, status)


def _admins_page(status: int, form: StaffForm | None = None) -> Response:
    session = transaction.session()
    form = form or StaffForm(data={"role": Role.ADMIN.value})
    body = render_template(
        "admin/admins.html", people=queries.staff(session, None), form=form, known=_known(session, form, status)
    )
    return make_response(body, status)
