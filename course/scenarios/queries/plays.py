"""Reading plays: where one stands, what was chosen, who has finished."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from course.cases.engine import Choose
from course.database import columns
from course.scenarios.models import Attempt, AttemptEvent


@dataclass(frozen=True)
class Play:
    """One attempt as it stands. ``chosen`` is the step that was asked for, if it was taken."""

    attempt_id: int
    number: int
    version: int
    version_hash: str
    scene: str
    state: dict[str, Any]
    finished_at: datetime | None
    chosen: Choose | None


@dataclass(frozen=True)
class Progress:
    """How far somebody came with one play of a case."""

    seat_id: int
    scenario: str
    number: int
    version: int
    finished_at: datetime | None


# The statements are built once: building one costs more than running it.
_PLAY = (
    select(
        Attempt.id,
        Attempt.number,
        Attempt.version,
        Attempt.version_hash,
        Attempt.scene,
        Attempt.state,
        Attempt.finished_at,
        AttemptEvent.scene.label("from_scene"),
        AttemptEvent.choice,
    )
    .outerjoin(
        AttemptEvent,
        and_(AttemptEvent.attempt_id == Attempt.id, AttemptEvent.version == bindparam("after")),
    )
    .where(Attempt.seat_id == bindparam("seat_id"), Attempt.scenario == bindparam("scenario"))
    .order_by(Attempt.number.desc())
    .limit(1)
)
_NUMBERED = _PLAY.where(Attempt.number == bindparam("number"))
_PROGRESS = (
    select(Attempt.seat_id, Attempt.scenario, Attempt.number, Attempt.version, Attempt.finished_at)
    .where(Attempt.seat_id.in_(bindparam("seat_ids", expanding=True)))
    .order_by(Attempt.seat_id, Attempt.scenario, Attempt.number)
)


def play(
    session: Session,
    *,
    seat_id: int,
    scenario: str,
    number: int | None = None,
    after: int | None = None,
    ended: bool = False,
) -> Play | None:
    """Return a seat's play by its number, the newest by default, with the step that made its version ``after``.

    With ``ended``, only a play that has ended.
    """
    told: dict[str, object] = {"seat_id": seat_id, "scenario": scenario, "after": after}
    wanted = _PLAY
    if number is not None:
        told["number"] = number
        wanted = _NUMBERED
    if ended:
        wanted = wanted.where(Attempt.finished_at.is_not(None))
    row = columns(session, wanted, told).first()
    if row is None:
        return None
    chosen = Choose(row.from_scene, row.choice) if row.choice is not None else None
    return Play(row.id, row.number, row.version, row.version_hash, row.scene, row.state, row.finished_at, chosen)


def actions(session: Session, *, attempt_id: int) -> tuple[Choose, ...]:
    """Return what was chosen in a play, in order."""
    rows = session.execute(
        select(AttemptEvent.scene, AttemptEvent.choice)
        .where(AttemptEvent.attempt_id == attempt_id)
        .order_by(AttemptEvent.version)
    )
    return tuple(Choose(row.scene, row.choice) for row in rows)


def progress(session: Session, *, seat_ids: Collection[int]) -> tuple[Progress, ...]:
    """Return every play of some seats, in the order they were begun."""
    rows = columns(session, _PROGRESS, {"seat_ids": list(seat_ids)})
    return tuple(Progress(*row) for row in rows)


def finished(session: Session, seat_ids: Collection[int], scenario: str) -> dict[int, datetime]:
    """Return the seats that have finished a case, with the moment their first play ended."""
    rows = session.execute(
        select(Attempt.seat_id, Attempt.finished_at).where(
            Attempt.seat_id.in_(seat_ids),
            Attempt.scenario == scenario,
            Attempt.number == 1,
            Attempt.finished_at.is_not(None),
        )
    )
    return {row.seat_id: row.finished_at for row in rows}
