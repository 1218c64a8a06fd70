"""The learner's own debrief, made from the steps they took, on the version they took them on."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from course.cases.debrief import Debrief, debrief
from course.cases.engine import compile_case
from course.library import queries as library
from course.scenarios import queries as scenarios


@dataclass(frozen=True)
class PlayDebrief:
    """One finished play, looked back on."""

    number: int
    version_hash: str
    title: str
    finished_at: datetime
    debrief: Debrief


def play_debrief(session: Session, *, seat_id: int, scenario: str, number: int | None = None) -> PlayDebrief | None:
    """Return the debrief of a seat's play, the newest that ended by default; None for one that has not ended."""
    play = scenarios.play(session, seat_id=seat_id, scenario=scenario, number=number, ended=True)
    if play is None or play.finished_at is None:
        return None
    played = library.module(session, play.version_hash).scenario(scenario)
    if played is None:
        return None
    steps = scenarios.actions(session, attempt_id=play.attempt_id)
    return PlayDebrief(
        play.number, play.version_hash, played.title, play.finished_at, debrief(compile_case(played), steps)
    )
