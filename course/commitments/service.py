"""Making a promise, keeping it, letting it go, and taking either back."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from course import clock
from course.commitments.models import Commitment
from course.commitments.rules import Wording, fit
from course.database import Base
from course.statements import columns, insert_once, write_row


@dataclass(frozen=True)
class Made:
    """What became of a promise that was sent: made now, or known from the same form sent before."""

    kind: Literal["made", "repeated"]
    id: int


# The statements are built once: building one costs more than running it.
_PROMISES = Base.metadata.tables[Commitment.__tablename__]
_MAKE = insert_once(Commitment)
_KNOWN = select(Commitment.id).where(
    Commitment.seat_id == bindparam("seat_id"), Commitment.operation_id == bindparam("operation_id")
)
_MINE = update(_PROMISES).where(_PROMISES.c.id == bindparam("promise_id"), _PROMISES.c.seat_id == bindparam("of_seat"))
_OPEN = _MINE.where(_PROMISES.c.kept_at.is_(None), _PROMISES.c.dropped_at.is_(None))
_EXISTS = select(Commitment.id).where(
    Commitment.id == bindparam("promise_id"), Commitment.seat_id == bindparam("of_seat")
)


def make(
    session: Session,
    *,
    seat_id: int,
    origin: str,
    wording: Wording,
    today: date,
    operation_id: str,
    instead_of: int | None = None,
) -> Made:
    """Make a promise, and drop the one it replaces. The same form sent twice makes one, as it was sent first.

    Raises UnfitPromise.
    """
    promised = fit(wording, today)
    row = {"when": promised.when, "then": promised.then, "alias": promised.alias, "by": promised.by}
    row |= {"seat_id": seat_id, "operation_id": operation_id, "origin": origin, "made_at": clock.now()}
    made = write_row(session, _MAKE, row).scalar_one_or_none()
    if made is None:
        known = columns(session, _KNOWN, {"seat_id": seat_id, "operation_id": operation_id}).scalar_one()
        return Made("repeated", known)
    if instead_of is not None:
        drop(session, seat_id=seat_id, promise_id=instead_of)
    return Made("made", made)


def keep(session: Session, *, seat_id: int, promise_id: int) -> bool:
    """Note that a promise was kept, at the first time it is said. Return whether the seat has such a promise."""
    mine = {"promise_id": promise_id, "of_seat": seat_id}
    write_row(session, _OPEN, {**mine, "kept_at": clock.now()})
    return columns(session, _EXISTS, mine).first() is not None


def drop(session: Session, *, seat_id: int, promise_id: int) -> bool:
    """Let a promise go that was not kept. Return whether the seat has such a promise."""
    mine = {"promise_id": promise_id, "of_seat": seat_id}
    write_row(session, _OPEN, {**mine, "dropped_at": clock.now()})
    return columns(session, _EXISTS, mine).first() is not None


def reopen(session: Session, *, seat_id: int, promise_id: int) -> bool:
    """Take back that a promise was kept or dropped. Return whether the seat has such a promise."""
    mine = {"promise_id": promise_id, "of_seat": seat_id}
    write_row(session, _MINE, {**mine, "kept_at": None, "dropped_at": None})
    return columns(session, _EXISTS, mine).first() is not None
