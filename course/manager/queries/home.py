"""The groups of a manager's organisations, with their next day."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from course.cohorts.models import Cohort, CohortMember, Day, Membership, Role, Run, Seat
from course.library.models import Version
from course.people.models import Organisation
from course.platforms.queries.contexts import any_course


@dataclass(frozen=True)
class HeldRun:
    """One course of a group as the lists show it."""

    run_id: int
    title: str
    date: date
    place: str
    seats: int


@dataclass(frozen=True)
class Group:
    cohort_id: int
    name: str
    members: int
    next_run: HeldRun | None
    last_run: HeldRun | None


@dataclass(frozen=True)
class Place:
    """One organisation with its groups, and how many learners it has."""

    organisation_id: int
    name: str
    learners: int
    told: bool
    """Whether a learning platform has told of any course of it."""
    groups: tuple[Group, ...]


def places(session: Session, organisation_ids: Collection[int], *, today: date) -> tuple[Place, ...]:
    """Return the organisations by name, each with its groups."""
    organisations = session.execute(
        select(
            Organisation.id, Organisation.name, func.count(Membership.id).label("learners"), any_course().label("told")
        )
        .outerjoin(
            Membership,
            (Membership.organisation_id == Organisation.id)
            & (Membership.role == Role.LEARNER)
            & Membership.ended_at.is_(None),
        )
        .where(Organisation.id.in_(organisation_ids))
        .group_by(Organisation.id, Organisation.name)
        .order_by(Organisation.name)
    ).all()
    groups = _groups(session, organisation_ids, today=today)
    return tuple(
        Place(row.id, row.name, row.learners, row.told, tuple(groups.get(row.id, []))) for row in organisations
    )


def _groups(session: Session, organisation_ids: Collection[int], *, today: date) -> dict[int, list[Group]]:
    rows = session.execute(
        select(Cohort.id, Cohort.name, Cohort.organisation_id, func.count(CohortMember.id).label("members"))
        .outerjoin(CohortMember, (CohortMember.cohort_id == Cohort.id) & CohortMember.left_at.is_(None))
        .where(Cohort.organisation_id.in_(organisation_ids))
        .group_by(Cohort.id, Cohort.name, Cohort.organisation_id)
        .order_by(Cohort.name)
    ).all()
    coming, gone = _nearest(session, organisation_ids, today=today)
    groups: dict[int, list[Group]] = {}
    for row in rows:
        group = Group(row.id, row.name, row.members, coming.get(row.id), gone.get(row.id))
        groups.setdefault(row.organisation_id, []).append(group)
    return groups


def _nearest(
    session: Session, organisation_ids: Collection[int], *, today: date
) -> tuple[dict[int, HeldRun], dict[int, HeldRun]]:
    """Return each group's next course, today's included, and its last one before today."""
    coming: dict[int, HeldRun] = {}
    gone: dict[int, HeldRun] = {}
    for cohort_id, held in runs(session, Cohort.organisation_id.in_(organisation_ids)):
        if held.date < today:
            gone[cohort_id] = held
        else:
            coming.setdefault(cohort_id, held)
    return coming, gone


def runs(session: Session, where: ColumnElement[bool]) -> tuple[tuple[int, HeldRun], ...]:
    """Return the courses that a clause on cohorts names, by date, each with its cohort's id."""
    rows = session.execute(
        select(Run.cohort_id, Run.id, Version.title, Day.date, Day.place, func.count(Seat.id).label("seats"))
        .join(Day, Day.id == Run.day_id)
        .join(Cohort, Cohort.id == Run.cohort_id)
        .join(Version, Version.hash == Run.version_hash)
        .outerjoin(Seat, (Seat.run_id == Run.id) & Seat.cancelled_at.is_(None))
        .where(where, Run.cancelled_at.is_(None))
        .group_by(Run.cohort_id, Run.id, Version.title, Day.date, Day.place)
        .order_by(Day.date, Run.id)
    )
    return tuple((row.cohort_id, HeldRun(row.id, row.title, row.date, row.place, row.seats)) for row in rows)
