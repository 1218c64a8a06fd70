"""One course of a group: its day, its facilitator, its seats, and whether anybody has begun."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from course.cohorts.models import Cohort, CohortMember, Day, Run, Seat
from course.library.models import Live, Version
from course.people.models import Person
from course.reflections.models import Draft, Submission
from course.scenarios.models import Attempt

CANDIDATES = 60


@dataclass(frozen=True)
class HeldRun:
    run_id: int
    day_id: int
    cohort_id: int
    cohort: str
    organisation_id: int
    title: str
    date: date
    starts: int
    zone: str
    place: str
    facilitator_id: int | None
    facilitator: str
    opens_days: int
    due_days: int
    cancelled: bool
    newer: bool
    """Whether a newer version of the module is published."""
    begun: bool
    """Whether anybody has begun to work in it."""
    beside: int
    """How many other courses are held on the same day."""


@dataclass(frozen=True)
class Seated:
    seat_id: int
    person_id: int
    name: str
    email: str
    way: str


@dataclass(frozen=True)
class LastDay:
    zone: str
    place: str
    starts: int


def run(session: Session, organisation_ids: Collection[int], run_id: int) -> HeldRun | None:
    row = _row(session, organisation_ids, run_id)
    if row is None:
        return None
    return HeldRun(
        run_id=row.id,
        day_id=row.day_id,
        cohort_id=row.cohort_id,
        cohort=row.cohort,
        organisation_id=row.organisation_id,
        title=row.title,
        date=row.date,
        starts=row.starts,
        zone=row.zone,
        place=row.place,
        facilitator_id=row.facilitator_id,
        facilitator=row.facilitator or "",
        opens_days=row.opens_days,
        due_days=row.due_days,
        cancelled=row.cancelled_at is not None,
        newer=bool(row.newer),
        begun=bool(row.begun),
        beside=row.beside,
    )


def _row(session: Session, organisation_ids: Collection[int], run_id: int) -> Row[*tuple[Any, ...]] | None:
    other = aliased(Run)
    begun = _work(Seat.run_id == Run.id)
    return session.execute(
        select(
            Run.id,
            Run.day_id,
            Run.cohort_id,
            Cohort.name.label("cohort"),
            Cohort.organisation_id,
            Version.title,
            Day.date,
            Day.starts,
            Day.zone,
            Day.place,
            Run.facilitator_id,
            Person.name.label("facilitator"),
            Run.opens_days,
            Run.due_days,
            Run.cancelled_at,
            (Live.version_hash != Run.version_hash).label("newer"),
            begun.label("begun"),
            select(func.count())
            .where(other.day_id == Run.day_id, other.id != Run.id, other.cancelled_at.is_(None))
            .scalar_subquery()
            .label("beside"),
        )
        .join(Day, Day.id == Run.day_id)
        .join(Cohort, Cohort.id == Run.cohort_id)
        .join(Version, Version.hash == Run.version_hash)
        .outerjoin(Live, Live.slug == Run.module)
        .outerjoin(Person, Person.id == Run.facilitator_id)
        .where(Run.id == run_id, Cohort.organisation_id.in_(organisation_ids))
    ).one_or_none()


def seats(session: Session, run_id: int) -> tuple[Seated, ...]:
    rows = session.execute(
        select(Seat.id, Seat.person_id, Person.name, Person.email, Seat.way)
        .join(Person, Person.id == Seat.person_id)
        .where(Seat.run_id == run_id, Seat.cancelled_at.is_(None))
        .order_by(func.lower(Person.name), Person.id)
    )
    return tuple(Seated(row.id, row.person_id, row.name, row.email or "", row.way) for row in rows)


def seat_of(session: Session, run_id: int, seat_id: int) -> Seated | None:
    row = session.execute(
        select(Seat.id, Seat.person_id, Person.name, Person.email, Seat.way)
        .join(Person, Person.id == Seat.person_id)
        .where(Seat.run_id == run_id, Seat.id == seat_id, Seat.cancelled_at.is_(None))
    ).one_or_none()
    return Seated(row.id, row.person_id, row.name, row.email or "", row.way) if row else None


def unseated(session: Session, held: HeldRun) -> tuple[tuple[tuple[int, str], ...], int]:
    """Return members of the group without a seat on this day: some by name, and how many there are."""
    sitting = exists().where(
        Seat.person_id == CohortMember.person_id, Seat.day_id == held.day_id, Seat.cancelled_at.is_(None)
    )
    rows = session.execute(
        select(Person.id, Person.name, func.count().over().label("whole"))
        .join(CohortMember, CohortMember.person_id == Person.id)
        .where(CohortMember.cohort_id == held.cohort_id, CohortMember.left_at.is_(None), ~sitting)
        .order_by(func.lower(Person.name), Person.id)
        .limit(CANDIDATES)
    ).all()
    return tuple((row.id, row.name) for row in rows), rows[0].whole if rows else 0


def members_among(session: Session, cohort_id: int, person_ids: Collection[int]) -> list[int]:
    """Return who of these ids is in the group: foreign ids fall away."""
    return list(
        session.execute(
            select(CohortMember.person_id)
            .where(
                CohortMember.cohort_id == cohort_id,
                CohortMember.left_at.is_(None),
                CohortMember.person_id.in_(person_ids),
            )
            .order_by(CohortMember.person_id)
        ).scalars()
    )


def names(session: Session, person_ids: Collection[int]) -> list[str]:
    return list(
        session.execute(
            select(Person.name).where(Person.id.in_(person_ids)).order_by(func.lower(Person.name))
        ).scalars()
    )


def last_day(session: Session, organisation_ids: Collection[int]) -> LastDay | None:
    """Return the day that was made last: the next one is likely to be there again."""
    row = session.execute(
        select(Day.zone, Day.place, Day.starts)
        .where(Day.organisation_id.in_(organisation_ids))
        .order_by(Day.id.desc())
        .limit(1)
    ).one_or_none()
    return LastDay(row.zone, row.place, row.starts) if row else None


def same_day(session: Session, *, organisation_id: int, date: date, starts: int, zone: str, place: str) -> int | None:
    """Return the day that is this one already, so that a second course stands beside the first."""
    return session.execute(
        select(Day.id)
        .where(
            Day.organisation_id == organisation_id,
            Day.date == date,
            Day.starts == starts,
            Day.zone == zone,
            func.lower(Day.place) == place.lower(),
        )
        .order_by(Day.id)
        .limit(1)
    ).scalar_one_or_none()


def already_held(session: Session, *, cohort_id: int, module: str, date: date) -> int | None:
    """Return the group's course of this module on this date: sending a form twice makes one."""
    return session.execute(
        select(Run.id)
        .join(Day, Day.id == Run.day_id)
        .where(Run.cohort_id == cohort_id, Run.module == module, Day.date == date, Run.cancelled_at.is_(None))
        .limit(1)
    ).scalar_one_or_none()


def has_work(session: Session, run_id: int) -> bool:
    """Return whether anybody has begun in a run: a play, a draft or a page."""
    return bool(session.execute(select(_work(Seat.run_id == run_id))).scalar_one())


def seats_with_work(session: Session, seat_ids: list[int]) -> set[int]:
    """Return on which of these seats somebody has worked."""
    found: set[int] = set()
    for kept in (Attempt, Draft, Submission):
        found |= set(session.execute(select(kept.seat_id).where(kept.seat_id.in_(seat_ids))).scalars())
    return found


def _work(of: ColumnElement[bool]) -> ColumnElement[bool]:
    return or_(*(exists().where(kept.seat_id == Seat.id, of) for kept in (Attempt, Draft, Submission)))
