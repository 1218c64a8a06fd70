"""Organisations and the roles that people hold in them."""

from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from course import clock
from course.cohorts.models import Cohort, CohortMember, Day, Membership, Role, Run, Seat
from course.cohorts.rules.calendar import EmployeeIdTaken, NameTaken, StillLeads, tidy
from course.outbox.service import note
from course.people import service as people
from course.people.models import Organisation, Person
from course.people.rules import fold_address


def add_organisation(session: Session, *, name: str) -> Organisation:
    """Make an organisation.

    Raises NameTaken.
    """
    organisation = Organisation(name=tidy(name), created_at=clock.now())
    try:
        with session.begin_nested():
            session.add(organisation)
    except IntegrityError as error:
        raise NameTaken from error
    return organisation


def rename_organisation(session: Session, *, organisation_id: int, name: str) -> None:
    """Give an organisation another name.

    Raises NameTaken.
    """
    try:
        with session.begin_nested():
            session.execute(update(Organisation).where(Organisation.id == organisation_id).values(name=tidy(name)))
    except IntegrityError as error:
        raise NameTaken from error


def grant(
    session: Session, *, person_id: int, organisation_id: int | None, role: Role, employee_id: str | None = None
) -> Membership:
    """Give a person a role, or return the one they hold already, with ``employee_id`` set on it when one is given.

    Raises EmployeeIdTaken.
    """
    held = _held(session, person_id, organisation_id, role)
    if held is None:
        held = Membership(
            person_id=person_id,
            organisation_id=organisation_id,
            role=role,
            employee_id=employee_id or None,
            created_at=clock.now(),
        )
        try:
            with session.begin_nested():
                session.add(held)
        except IntegrityError as error:
            # Either somebody granted the same role a moment ago, or the employee id belongs to another learner.
            same = _held(session, person_id, organisation_id, role)
            if same is None:
                raise EmployeeIdTaken from error
            held = same
    if employee_id and held.employee_id != employee_id:
        set_employee_id(session, membership_id=held.id, employee_id=employee_id)
    return held


def set_employee_id(session: Session, *, membership_id: int, employee_id: str | None) -> None:
    """Correct a learner's employee id.

    Raises EmployeeIdTaken.
    """
    try:
        with session.begin_nested():
            session.execute(
                update(Membership).where(Membership.id == membership_id).values(employee_id=employee_id or None)
            )
    except IntegrityError as error:
        raise EmployeeIdTaken from error


def correct_person(session: Session, *, person_id: int, name: str, email: str | None) -> None:
    """Correct a name and an address. With another address the former one no longer lets anybody in."""
    before = session.execute(select(Person.name, Person.email).where(Person.id == person_id)).one()
    people.rename_person(session, person_id=person_id, name=name)
    if email != before.email:
        session.execute(update(Person).where(Person.id == person_id).values(email=email))
    if fold_address(email or "") != fold_address(before.email or ""):
        people.move_address(session, person_id=person_id, address=email)
    if tidy(name) != before.name:
        # Certificates name people.
        for seat_id in session.execute(select(Seat.id).where(Seat.person_id == person_id)).scalars():
            note(session, seat_id=seat_id)


def end_membership(session: Session, *, membership_id: int) -> None:
    """End a role. A learner leaves the organisation's groups too, and seats on days to come become free.

    Raises StillLeads for a facilitator with courses today or later.
    """
    membership = session.get_one(Membership, membership_id)
    if membership.ended_at is not None:
        return
    if membership.role == Role.FACILITATOR:
        _require_no_runs(session, membership)
    if membership.role == Role.LEARNER:
        _leave_groups(session, membership)
    membership.ended_at = clock.now()
    session.flush()


def _held(session: Session, person_id: int, organisation_id: int | None, role: Role) -> Membership | None:
    return session.execute(
        select(Membership).where(
            Membership.person_id == person_id,
            Membership.organisation_id.is_(None)
            if organisation_id is None
            else Membership.organisation_id == organisation_id,
            Membership.role == role,
            Membership.ended_at.is_(None),
        )
    ).scalar_one_or_none()


def _require_no_runs(session: Session, membership: Membership) -> None:
    runs = session.execute(
        select(func.count())
        .select_from(Run)
        .where(
            Run.facilitator_id == membership.person_id,
            Run.cancelled_at.is_(None),
            Run.day_id.in_(_days(session, membership.organisation_id, ahead=0)),
        )
    ).scalar_one()
    if runs:
        raise StillLeads(runs)


def _days(session: Session, organisation_id: int | None, *, ahead: int) -> list[int]:
    """Return an organisation's days from so many days ahead on, each counted from today in its own zone."""
    days = session.execute(
        select(Day.id, Day.date, Day.zone).where(
            Day.organisation_id == organisation_id,
            Day.date >= clock.earliest_date(),
        )
    )
    return [each.id for each in days if each.date >= clock.today(each.zone) + timedelta(days=ahead)]


def _leave_groups(session: Session, membership: Membership) -> None:
    now = clock.now()
    groups = select(Cohort.id).where(Cohort.organisation_id == membership.organisation_id)
    session.execute(
        update(CohortMember)
        .where(
            CohortMember.person_id == membership.person_id,
            CohortMember.left_at.is_(None),
            CohortMember.cohort_id.in_(groups),
        )
        .values(left_at=now)
    )
    days = _days(session, membership.organisation_id, ahead=1)
    freed = session.execute(
        update(Seat)
        .where(Seat.person_id == membership.person_id, Seat.cancelled_at.is_(None), Seat.day_id.in_(days))
        .values(cancelled_at=now)
        .returning(Seat.id)
    ).scalars()
    for seat_id in freed.all():
        note(session, seat_id=seat_id)
