"""Reading plays: where one stands, what was chosen, who has finished."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from course.cases.engine import Choose
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


# Built once, on the tables' own columns: a play is read at every step.
_attempt = Attempt.__table__
_event = AttemptEvent.__table__
_PLAY = (
    select(
        _attempt.c.id,
        _attempt.c.number,
        _attempt.c.version,
        _attempt.c.version_hash,
        _attempt.c.scene,
        _attempt.c.state,
        _attempt.c.finished_at,
        _event.c.scene.label("from_scene"),
        _event.c.choice,
    )
    .outerjoin_from(
        _attempt,
        _event,
        and_(_event.c.attempt_id == _attempt.c.id, _event.c.version == bindparam("after")),
    )
    .where(_attempt.c.seat_id == bindparam("seat_id"), _attempt.c.scenario == bindparam("scenario"))
    .order_by(_attempt.c.number.desc())
    .limit(1)
)
_NUMBERED = _PLAY.where(_attempt.c.number == bindparam("number"))
_PROGRESS = (
    select(_attempt.c.seat_id, _attempt.c.scenario, _attempt.c.number, _attempt.c.version, _attempt.c.finished_at)
    .where(_attempt.c.seat_id.in_(bindparam("seat_ids", expanding=True)))
    .order_by(_attempt.c.seat_id, _attempt.c.scenario, _attempt.c.number)
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
        wanted = wanted.where(_attempt.c.finished_at.is_not(None))
    row = session.connection().execute(wanted, told).first()
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
    rows = session.connection().execute(_PROGRESS, {"seat_ids": list(seat_ids)})
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
