"""Seats that a platform's course gives, and those of which the platform is told."""

from collections.abc import Collection

from sqlalchemy import bindparam, literal, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from course import clock
from course.cohorts.models import Run, Seat
from course.cohorts.rules.calendar import RunCancelled
from course.cohorts.service import calendar
from course.completions import service as completions
from course.database import Base
from course.outbox.service import note
from course.platforms.queries.landing import RunRow
from course.statements import write_row

WAY = "platform"

_SEATS, _RUNS = Base.metadata.tables[Seat.__tablename__], Base.metadata.tables[Run.__tablename__]
# One statement: the run cannot be cancelled between a look at it and the sitting down.
_SIT = (
    postgresql.insert(_SEATS)
    .from_select(
        ["run_id", "day_id", "person_id", "way", "created_at", "reported"],
        select(
            _RUNS.c.id,
            _RUNS.c.day_id,
            bindparam("who", type_=_SEATS.c.person_id.type),
            literal(WAY),
            bindparam("now", type_=_SEATS.c.created_at.type),
            literal(value=True),
        )
        .where(_RUNS.c.id == bindparam("run"), _RUNS.c.cancelled_at.is_(None))
        .with_for_update(read=True),
    )
    .on_conflict_do_nothing()
    .returning(_SEATS.c.id)
)


def give(session: Session, *, run: RunRow, person_id: int) -> int | None:
    """Give a learner a place in a run, or the one back that was cancelled.

    Returns the seat, or None when they have a place in another run on that day or the run was cancelled just now.
    """
    if run.gone_seat_id is not None:
        try:
            seated = calendar.add_seats(session, run_id=run.run_id, person_ids=[person_id], way=WAY)
        except RunCancelled:
            return None
        if not seated.added:
            return None
        report(session, seat_ids=[run.gone_seat_id])
        return run.gone_seat_id
    told = {"who": person_id, "run": run.run_id, "now": clock.now()}
    seat_id: int | None = write_row(session, _SIT, told).scalar_one_or_none()
    if seat_id is not None:
        completions.begin(session, seat_id=seat_id, version_hash=run.version_hash)
    return seat_id


def report(session: Session, *, seat_ids: Collection[int]) -> None:
    """Let a platform be told of these seats from now on, and of what was reached on them before."""
    marked = session.execute(
        update(Seat).where(Seat.id.in_(list(seat_ids)), ~Seat.reported).values(reported=True).returning(Seat.id)
    )
    for seat_id in marked.scalars().all():
        note(session, seat_id=seat_id)
