"""The people of a manager's organisations."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from course.cohorts.models import Cohort, CohortMember, Day, Membership, Role, Run, Seat
from course.library.models import Version
from course.people.models import Organisation, Person

PAGE = 50
ROLES = (Role.LEARNER, Role.FACILITATOR, Role.MANAGER)


@dataclass(frozen=True)
class Line:
    """Somebody in one organisation."""

    person_id: int
    name: str
    email: str
    employee_id: str
    organisation: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Held:
    """One role of somebody in one of the manager's organisations."""

    membership_id: int
    role: str
    organisation_id: int
    organisation: str
    employee_id: str


@dataclass(frozen=True)
class Known:
    """Somebody as a manager of theirs sees them."""

    person_id: int
    name: str
    email: str
    shared: bool
    """Whether they also belong where this manager does not, so that name and address are not this manager's."""
    roles: tuple[Held, ...]

    def learner_in(self, organisation_id: int) -> Held | None:
        return next(
            (held for held in self.roles if held.role == Role.LEARNER and held.organisation_id == organisation_id),
            None,
        )


@dataclass(frozen=True)
class Course:
    run_id: int
    title: str
    date: date
    group: str


def people(
    session: Session, organisation_ids: Collection[int], *, search: str = "", role: str = "", page: int = 0
) -> tuple[tuple[Line, ...], bool]:
    """Return one page of people by name, and whether there are more."""
    flags = [func.max(case((Membership.role == held, 1), else_=0)).label(held.value) for held in ROLES]
    number = func.max(Membership.employee_id)
    wanted = (
        select(Person.id, Person.name, Person.email, Organisation.name.label("organisation"), number.label("number"))
        .add_columns(*flags)
        .join(Membership, Membership.person_id == Person.id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.organisation_id.in_(organisation_ids), Membership.ended_at.is_(None))
        .group_by(Person.id, Person.name, Person.email, Organisation.name)
        .order_by(func.lower(Person.name), Person.id, Organisation.name)
        .limit(PAGE + 1)
        .offset(page * PAGE)
    )
    if search:
        fields = (Person.name, Person.email, Membership.employee_id)
        wanted = wanted.where(or_(*(field.icontains(search, autoescape=True) for field in fields)))
    if role:
        wanted = wanted.having(func.max(case((Membership.role == role, 1), else_=0)) == 1)
    rows = session.execute(wanted).all()
    lines = tuple(
        Line(
            row.id,
            row.name,
            row.email or "",
            row.number or "",
            row.organisation,
            tuple(held.value for held in ROLES if getattr(row, held.value)),
        )
        for row in rows[:PAGE]
    )
    return lines, len(rows) > PAGE


def person(session: Session, organisation_ids: Collection[int], person_id: int) -> Known | None:
    """Return somebody of these organisations, or None for everybody else."""
    rows = session.execute(
        select(
            Person.name,
            Person.email,
            Membership.id,
            Membership.role,
            Membership.organisation_id,
            Membership.employee_id,
            Organisation.name.label("organisation"),
            belongs_elsewhere(organisation_ids).label("shared"),
        )
        .join(Membership, Membership.person_id == Person.id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(
            Person.id == person_id,
            Membership.organisation_id.in_(organisation_ids),
            Membership.ended_at.is_(None),
        )
        .order_by(Organisation.name, Membership.role)
    ).all()
    if not rows:
        return None
    return Known(
        person_id,
        rows[0].name,
        rows[0].email or "",
        bool(rows[0].shared),
        tuple(Held(row.id, row.role, row.organisation_id, row.organisation, row.employee_id or "") for row in rows),
    )


def belongs_elsewhere(organisation_ids: Collection[int]) -> ColumnElement[bool]:
    """Return the condition that a person holds a role outside of these organisations, or for the whole site."""
    other = aliased(Membership)
    return exists().where(
        other.person_id == Person.id,
        other.ended_at.is_(None),
        or_(other.organisation_id.is_(None), other.organisation_id.not_in(organisation_ids)),
    )


def groups_of(session: Session, organisation_ids: Collection[int], person_id: int) -> tuple[tuple[int, str], ...]:
    rows = session.execute(
        select(Cohort.id, Cohort.name)
        .join(CohortMember, CohortMember.cohort_id == Cohort.id)
        .where(
            CohortMember.person_id == person_id,
            CohortMember.left_at.is_(None),
            Cohort.organisation_id.in_(organisation_ids),
        )
        .order_by(Cohort.name)
    )
    return tuple((row.id, row.name) for row in rows)


def courses_of(session: Session, organisation_ids: Collection[int], person_id: int) -> tuple[Course, ...]:
    rows = session.execute(
        select(Run.id, Version.title, Day.date, Cohort.name)
        .join(Seat, Seat.run_id == Run.id)
        .join(Day, Day.id == Run.day_id)
        .join(Cohort, Cohort.id == Run.cohort_id)
        .join(Version, Version.hash == Run.version_hash)
        .where(Seat.person_id == person_id, Seat.cancelled_at.is_(None), Cohort.organisation_id.in_(organisation_ids))
        .order_by(Day.date)
    )
    return tuple(Course(row.id, row.title, row.date, row.name) for row in rows)


def organisations(session: Session, organisation_ids: Collection[int]) -> tuple[tuple[int, str], ...]:
    rows = session.execute(
        select(Organisation.id, Organisation.name)
        .where(Organisation.id.in_(organisation_ids))
        .order_by(Organisation.name)
    )
    return tuple((row.id, row.name) for row in rows)


def cohorts(session: Session, organisation_ids: Collection[int]) -> tuple[tuple[int, str, int, str], ...]:
    """Return every group as (id, name, organisation's id, organisation's name)."""
    rows = session.execute(
        select(Cohort.id, Cohort.name, Cohort.organisation_id, Organisation.name.label("organisation"))
        .join(Organisation, Organisation.id == Cohort.organisation_id)
        .where(Cohort.organisation_id.in_(organisation_ids))
        .order_by(Organisation.name, Cohort.name)
    )
    return tuple((row.id, row.name, row.organisation_id, row.organisation) for row in rows)


def facilitators(session: Session, organisation_ids: Collection[int]) -> tuple[tuple[int, str, int], ...]:
    """Return who may lead a course, as (person's id, name, organisation's id)."""
    rows = session.execute(
        select(Person.id, Person.name, Membership.organisation_id)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.role == Role.FACILITATOR,
            Membership.ended_at.is_(None),
            Membership.organisation_id.in_(organisation_ids),
        )
        .order_by(Person.name, Person.id)
    )
    return tuple((row.id, row.name, row.organisation_id) for row in rows)
