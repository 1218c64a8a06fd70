"""Who sits in a run, and what was said about their presence."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from course.cohorts.models import Presence, Seat
from course.people.models import Person
from course.statements import columns


@dataclass(frozen=True)
class Attendance:
    """A live seat of a run. While nobody has said anything, ``version`` is 0 and the times are None."""

    seat_id: int
    name: str
    way: str
    came: int | None
    left: int | None
    minutes: int | None
    version: int


@dataclass(frozen=True)
class PresenceCount:
    seats: int
    said: int


# The statements are built once: building one costs more than running it.
_ATTENDANCE = (
    select(
        Seat.id,
        Person.name,
        Seat.way,
        Presence.came,
        Presence.left,
        Presence.minutes,
        func.coalesce(Presence.version, 0),
    )
    .join(Person, Person.id == Seat.person_id)
    .outerjoin(Presence, Presence.seat_id == Seat.id)
    .where(Seat.run_id == bindparam("run_id"), Seat.cancelled_at.is_(None))
    .order_by(func.lower(Person.name), Seat.id)
)
_COUNTS = (
    select(Seat.run_id, func.count(), func.count(Presence.seat_id))
    .outerjoin(Presence, Presence.seat_id == Seat.id)
    .where(Seat.run_id.in_(bindparam("run_ids", expanding=True)), Seat.cancelled_at.is_(None))
    .group_by(Seat.run_id)
)


def attendance(session: Session, *, run_id: int) -> tuple[Attendance, ...]:
    """Return the live seats of a run by name, walk-ins too."""
    rows = columns(session, _ATTENDANCE, {"run_id": run_id})
    return tuple(Attendance(*row) for row in rows)


def presence_counts(session: Session, *, run_ids: Collection[int]) -> dict[int, PresenceCount]:
    """Return for each run how many seats it has and for how many presence was said."""
    rows = session.execute(_COUNTS, {"run_ids": list(run_ids)})
    return {run_id: PresenceCount(seats, said) for run_id, seats, said in rows}
