"""Keeping what a finished play is worth, and scoring it once more when the key is another."""

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from course import clock
from course.cases.case import KEPT_CASES
from course.cases.engine import Action, Case, IllegalStep
from course.library.models import Version
from course.scenarios import queries
from course.scenarios.models import Attempt, AttemptEvent, Score
from course.scenarios.rules import action_of, key_hash, profile
from course.scenarios.service.beginning import case_of
from course.statements import columns, insert_once, write_row


@dataclass(frozen=True)
class Rescored:
    """What became of the finished plays of a case: scored now, scored by this key before, no play of it any more."""

    scored: int
    known: int
    unfit: int


# The statements are built once: building one costs more than running it.
_SCORE = insert_once(Score)
_KNOWN = (
    select(Attempt.id, Score.id)
    .join(Version, Version.hash == Attempt.version_hash)
    .outerjoin(Score, and_(Score.attempt_id == Attempt.id, Score.key_hash == bindparam("key_hash")))
    .where(
        Version.slug == bindparam("slug"), Attempt.scenario == bindparam("scenario"), Attempt.finished_at.is_not(None)
    )
)
_EVENTS = (
    select(AttemptEvent.attempt_id, AttemptEvent.scene, AttemptEvent.choice)
    .join(Attempt, Attempt.id == AttemptEvent.attempt_id)
    .join(Version, Version.hash == Attempt.version_hash)
    .where(
        Version.slug == bindparam("slug"), Attempt.scenario == bindparam("scenario"), Attempt.finished_at.is_not(None)
    )
    .order_by(AttemptEvent.attempt_id, AttemptEvent.version)
)


def keep_score(session: Session, *, attempt_id: int, case: Case) -> None:
    """Keep what a play that has just ended is worth by the key it was played on."""
    worth = profile(case, queries.actions(session, attempt_id=attempt_id))
    write_row(session, _SCORE, {"attempt_id": attempt_id, "key_hash": _key(case), "profile": worth, "at": clock.now()})


@lru_cache(maxsize=KEPT_CASES)
def _key(case: Case) -> str:
    # A case is kept as long as its version is played, and its key with it.
    return key_hash(case.scenario)


def rescore(session: Session, *, version_hash: str, scenario: str) -> Rescored:
    """Score all finished plays of a module's case by the key of one of its versions, from what was chosen in them.

    Scores by other keys stay. A play that this version would not allow is left as it is.
    Raises UnknownScenario.
    """
    case = case_of(session, version_hash=version_hash, scenario_id=scenario)
    slug = session.execute(select(Version.slug).where(Version.hash == version_hash)).scalar_one()
    key, now = key_hash(case.scenario), clock.now()
    told = {"slug": slug, "scenario": scenario}
    waiting: dict[int, list[Action]] = defaultdict(list)
    known = {row[0]: row[1] for row in columns(session, _KNOWN, {**told, "key_hash": key})}
    for attempt_id, scene, choice in columns(session, _EVENTS, told):
        if known[attempt_id] is None:
            waiting[attempt_id].append(action_of(scene, choice))
    rows: list[dict[str, Any]] = []
    for attempt_id, actions in waiting.items():
        worth = _worth(case, actions)
        if worth is not None:
            rows.append({"attempt_id": attempt_id, "key_hash": key, "profile": worth, "at": now})
    if rows:
        write_row(session, _SCORE, rows)
    return Rescored(len(rows), len(known) - len(waiting), len(waiting) - len(rows))


def _worth(case: Case, actions: list[Action]) -> dict[str, Any] | None:
    try:
        return profile(case, actions)
    except IllegalStep:
        return None
