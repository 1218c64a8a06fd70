"""Steps of the case with every kind of scene, as its tests take them."""

from uuid import uuid4

from sqlalchemy.orm import Session

from course.scenarios import service
from course.scenarios.models import Attempt
from course.scenarios.service import StepResult
from tests.make import Cast

CASE = "crane"
ORDER = "ask_site,ground,rig,report"
WHOLE = ("call.ring", "words.", "words.date", "hands.hers", f"order.{ORDER}")
"""From the first scene to the end; without a choice, a sentence is said."""


def begin(session: Session, cast: Cast, seat_id: int | None = None, partner_id: int | None = None) -> Attempt:
    seat_id = cast.lena_seat if seat_id is None else seat_id
    return service.begin(
        session, seat_id=seat_id, scenario_id=CASE, version_hash=cast.version_hash, partner_id=partner_id
    )


def send(
    session: Session,
    attempt: Attempt,
    move: str,
    base: int,
    operation: str = "",
    *,
    text: str = "The crane comes on Wednesday.",
    nearer: str = "",
) -> StepResult:
    """Take a step; one without a choice says a sentence."""
    scene, _, choice = move.partition(".")
    if not choice:
        return service.say(
            session,
            seat_id=attempt.seat_id,
            scenario=attempt.scenario,
            number=attempt.number,
            scene=scene,
            text=text,
            confidence=70,
            may_show=True,
            base_version=base,
            operation_id=operation or str(uuid4()),
        )
    return service.step(
        session,
        seat_id=attempt.seat_id,
        scenario=attempt.scenario,
        number=attempt.number,
        scene=scene,
        choice=choice,
        base_version=base,
        operation_id=operation or str(uuid4()),
        nearer=nearer,
    )


def go(session: Session, attempt: Attempt, *moves: str) -> None:
    """Take steps from where a play that was just begun stands, and find each of them taken."""
    for base, move in enumerate(moves, start=attempt.version):
        assert send(session, attempt, move, base).kind == "taken"
    session.refresh(attempt)
