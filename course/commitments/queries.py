"""Reading promises: always those of somebody's own seats."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session

from course.commitments.models import Commitment
from course.statements import columns

RECENT = timedelta(days=2)
"""Longer than any day on the clocks of any zone: what was closed before it is out of sight everywhere."""


@dataclass(frozen=True)
class Promise:
    """One promise as its learner reads it."""

    id: int
    seat_id: int
    origin: str
    when: str
    then: str
    alias: str
    by: date
    kept_at: datetime | None
    dropped_at: datetime | None


# The statements are built once: building one costs more than running it.
_PROMISES = select(
    Commitment.id,
    Commitment.seat_id,
    Commitment.origin,
    Commitment.when,
    Commitment.then,
    Commitment.alias,
    Commitment.by,
    Commitment.kept_at,
    Commitment.dropped_at,
).order_by(Commitment.by, Commitment.id)
_NEAR = _PROMISES.where(
    Commitment.seat_id.in_(bindparam("seat_ids", expanding=True)),
    or_(
        and_(Commitment.kept_at.is_(None), Commitment.dropped_at.is_(None)),
        Commitment.kept_at >= bindparam("since"),
        Commitment.dropped_at >= bindparam("since"),
    ),
)
_HERE = _PROMISES.where(Commitment.seat_id == bindparam("seat_id"), Commitment.origin == bindparam("origin"))


def promises(session: Session, *, seat_ids: Collection[int], now: datetime) -> tuple[Promise, ...]:
    """Return what some seats promised and is open, or was closed a short while ago; the most urgent first."""
    rows = columns(session, _NEAR, {"seat_ids": list(seat_ids), "since": now - RECENT})
    return tuple(Promise(*row) for row in rows)


def promises_here(session: Session, *, seat_id: int, origin: str) -> tuple[Promise, ...]:
    """Return what a seat promised in one place of its module, kept and dropped ones too."""
    return tuple(Promise(*row) for row in columns(session, _HERE, {"seat_id": seat_id, "origin": origin}))
