"""One group as its manager sets it up."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from course.cohorts.models import Cohort, CohortMember, Membership, Role
from course.people.models import Organisation, Person

PAGE = 100
CANDIDATES = 20


@dataclass(frozen=True)
class Group:
    cohort_id: int
    name: str
    organisation_id: int
    organisation: str
    members: int


@dataclass(frozen=True)
class Member:
    person_id: int
    name: str
    email: str
    employee_id: str


def group(session: Session, organisation_ids: Collection[int], cohort_id: int) -> Group | None:
    row = session.execute(
        select(
            Cohort.id,
            Cohort.name,
            Cohort.organisation_id,
            Organisation.name.label("organisation"),
            select(func.count())
            .where(CohortMember.cohort_id == Cohort.id, CohortMember.left_at.is_(None))
            .scalar_subquery()
            .label("members"),
        )
        .join(Organisation, Organisation.id == Cohort.organisation_id)
        .where(Cohort.id == cohort_id, Cohort.organisation_id.in_(organisation_ids))
    ).one_or_none()
    return Group(row.id, row.name, row.organisation_id, row.organisation, row.members) if row else None


def members(session: Session, found: Group, *, page: int = 0) -> tuple[tuple[Member, ...], bool]:
    """Return one page of a group's members by name, and whether there are more."""
    rows = session.execute(
        select(Person.id, Person.name, Person.email, Membership.employee_id)
        .join(CohortMember, CohortMember.person_id == Person.id)
        .outerjoin(
            Membership,
            (Membership.person_id == Person.id)
            & (Membership.organisation_id == found.organisation_id)
            & (Membership.role == Role.LEARNER)
            & Membership.ended_at.is_(None),
        )
        .where(CohortMember.cohort_id == found.cohort_id, CohortMember.left_at.is_(None))
        .order_by(func.lower(Person.name), Person.id)
        .limit(PAGE + 1)
        .offset(page * PAGE)
    ).all()
    return tuple(Member(row.id, row.name, row.email or "", row.employee_id or "") for row in rows[:PAGE]), len(
        rows
    ) > PAGE


def candidates(session: Session, found: Group, *, search: str = "") -> tuple[tuple[Member, ...], bool]:
    """Return learners of the organisation who are not in the group, a few by name, and whether there are more."""
    inside = exists().where(
        CohortMember.person_id == Person.id,
        CohortMember.cohort_id == found.cohort_id,
        CohortMember.left_at.is_(None),
    )
    wanted = (
        select(Person.id, Person.name, Person.email, Membership.employee_id)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.organisation_id == found.organisation_id,
            Membership.role == Role.LEARNER,
            Membership.ended_at.is_(None),
            ~inside,
        )
        .order_by(func.lower(Person.name), Person.id)
        .limit(CANDIDATES + 1)
    )
    if search:
        fields = (Person.name, Person.email, Membership.employee_id)
        wanted = wanted.where(or_(*(field.icontains(search, autoescape=True) for field in fields)))
    rows = session.execute(wanted).all()
    return tuple(Member(row.id, row.name, row.email or "", row.employee_id or "") for row in rows[:CANDIDATES]), len(
        rows
    ) > CANDIDATES


def learners_among(session: Session, found: Group, person_ids: Collection[int]) -> list[int]:
    """Return who of these ids is a learner of the group's organisation: foreign ids fall away."""
    rows = session.execute(
        select(Membership.person_id).where(
            Membership.organisation_id == found.organisation_id,
            Membership.role == Role.LEARNER,
            Membership.ended_at.is_(None),
            Membership.person_id.in_(person_ids),
        )
    )
    return list(rows.scalars())


def member_ids(session: Session, cohort_id: int) -> list[int]:
    """Return everybody of a group, by id, so that two managers add seats in the same order."""
    return list(
        session.execute(
            select(CohortMember.person_id)
            .where(CohortMember.cohort_id == cohort_id, CohortMember.left_at.is_(None))
            .order_by(CohortMember.person_id)
        ).scalars()
    )
