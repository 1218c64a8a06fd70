"""Saying who was in the room, and how long."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from course import clock
from course.cohorts.models import Presence
from course.cohorts.queries.runs import HeldRun
from course.cohorts.rules.presence import require_order
from course.cohorts.rules.timetable import contact_minutes_between, timetable
from course.database import Base
from course.library import queries as library
from course.outbox import service as outbox
from course.statements import insert_once, write_row


class Said(StrEnum):
    """What came of saying somebody's presence."""

    SAVED = "saved"
    UNCHANGED = "unchanged"
    CONFLICT = "conflict"
    TOO_EARLY = "too_early"


@dataclass(frozen=True)
class SayResult:
    """``version``, ``came`` and ``left`` are what stands now: after a conflict, the other's."""

    kind: Said
    version: int
    came: int | None = None
    left: int | None = None
    minutes: int | None = None


# The statements are built once: building one costs more than running it.
_PRESENCES = Base.metadata.tables[Presence.__tablename__]
_FIRST = insert_once(Presence)
_AGAIN = (
    update(_PRESENCES)
    .where(_PRESENCES.c.seat_id == bindparam("of_seat"), _PRESENCES.c.version == bindparam("seen"))
    .returning(_PRESENCES.c.version)
)


def say(
    session: Session, held: HeldRun, *, seat_id: int, came: int, left: int, base_version: int, by_id: int
) -> SayResult:
    """Say from when to when somebody with a seat in this run was in the room, in minutes after midnight.

    Absent is both the same. ``base_version`` is the version that was seen, 0 for none. Raises LeftBeforeCame.
    """
    require_order(came, left)
    if clock.now() < clock.at(held.date, held.starts, held.zone):
        return SayResult(Said.TOO_EARLY, base_version)
    slots = timetable(library.module(session, held.version_hash), held.starts)
    minutes = contact_minutes_between(slots, came, left)
    told = {"came": came, "left": left, "minutes": minutes, "said_by": by_id, "said_at": clock.now()}
    saved = _first(session, seat_id, told) if base_version == 0 else _again(session, seat_id, base_version, told)
    if saved is None:
        return _stands(session, seat_id, came, left)
    outbox.note(session, seat_id=seat_id)
    return SayResult(Said.SAVED, saved, came, left, minutes)


def _first(session: Session, seat_id: int, told: dict[str, Any]) -> int | None:
    made = write_row(session, _FIRST, {"seat_id": seat_id, "version": 1, **told}).first()
    return 1 if made is not None else None


def _again(session: Session, seat_id: int, base_version: int, told: dict[str, Any]) -> int | None:
    seen = {"of_seat": seat_id, "seen": base_version}
    return write_row(session, _AGAIN, {**seen, "version": base_version + 1, **told}).scalar_one_or_none()


def _stands(session: Session, seat_id: int, came: int, left: int) -> SayResult:
    """Answer with what stands: the same times, said by whomever, are no conflict."""
    theirs = session.execute(
        select(Presence.came, Presence.left, Presence.minutes, Presence.version).where(Presence.seat_id == seat_id)
    ).one_or_none()
    if theirs is None:
        return SayResult(Said.CONFLICT, 0)
    same = (theirs.came, theirs.left) == (came, left)
    return SayResult(
        Said.UNCHANGED if same else Said.CONFLICT, theirs.version, theirs.came, theirs.left, theirs.minutes
    )
