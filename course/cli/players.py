"""Plays by chance, for the demo, the bench and tests."""

from random import Random
from uuid import uuid4

from sqlalchemy.orm import Session

from course.cases import engine
from course.cases.engine import Action, Case, Said
from course.cases.moves import by_chance
from course.content.schema import SayScene
from course.scenarios import service as scenarios
from course.scenarios.models import Attempt
from course.scenarios.rules import NEARER

SENTENCES = (
    "What would you like to be able to see by Friday?",
    "I should have asked you this in the first week.",
    "We are on plan, so there is nothing to worry about.",
    "Tell me what worries you most, and I will write it down.",
    "That is the scope we agreed on.",
    "I left you alone with that question. I am sorry.",
    "With respect, that is in the plan you signed.",
    "What would you say if your own boss asked you today?",
    "I can't promise that. I can promise you an answer by Thursday.",
    "Nobody told me that this mattered to you.",
    "Let me say it back, so that I don't mend the wrong thing.",
    "All of this becomes clear in month two.",
    "I was angry last time. Can we start again?",
    "That isn't my job, but I know whose it is.",
)


def play_on(session: Session, attempt: Attempt, dice: Random, *, limit: int | None = None) -> int:
    """Play an attempt that was just begun to its end, or until so many steps are taken. Returns how many were."""
    case = scenarios.case_of(
        session, version_hash=attempt.version_hash, scenario_id=attempt.scenario, skin=attempt.skin
    )
    state = engine.revive(case, attempt.state)
    version = attempt.version
    while engine.ending(case, state) is None and version != limit:
        action = by_chance(case, state, dice)
        _send(session, attempt, case, action, version=version, dice=dice)
        state, _events = engine.step(case, state, action)
        version += 1
    return version


def _send(session: Session, attempt: Attempt, case: Case, action: Action, *, version: int, dice: Random) -> None:
    if isinstance(action, Said):
        scenarios.say(
            session,
            seat_id=attempt.seat_id,
            scenario=attempt.scenario,
            number=attempt.number,
            scene=action.scene,
            # Nobody has their neighbour's words.
            text=SENTENCES[(attempt.seat_id + version) % len(SENTENCES)],
            confidence=dice.randrange(20, 100, 10),
            may_show=True,
            base_version=version,
            operation_id=str(uuid4()),
        )
        return
    scenarios.step(
        session,
        seat_id=attempt.seat_id,
        scenario=attempt.scenario,
        number=attempt.number,
        scene=action.scene,
        choice=action.choice,
        base_version=version,
        operation_id=str(uuid4()),
        nearer=dice.choice(NEARER) if isinstance(case.nodes[action.scene].scene, SayScene) else "",
    )
