"""The debrief plan of one room: where it disagreed and much hung on it, and what it said there."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from course.cases.engine import Case, IllegalStep
from course.cases.leverage import leverage
from course.cases.scoring import score
from course.cases.splits import Weighed, ranked, split
from course.content.schema import Decision, Ending
from course.scenarios.queries import room
from course.scenarios.queries.room import Sentence
from course.scenarios.rules import FEWEST, may_quote

MOST_QUOTES = 2
"""Good sentences for each decision, and as many poor ones."""
MARKS = {"good": 1.0, "between": 0.5, "poor": 0.0}
"""What the learner's own mark is worth."""
MIDDLE = 0.5


@dataclass(frozen=True)
class Talk:
    """A decision to talk about."""

    weighed: Weighed
    good: tuple[str, ...]
    poor: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """What a room's own play gives to talk about."""

    people: int
    ended: int
    talks: tuple[Talk, ...]
    """The most worth it first; only decisions that enough people answered."""
    hands: tuple[Decision, ...]
    """Too few answered these: a show of hands tells more."""
    quoted: bool
    """Whether enough people let their sentences be shown."""
    weighed: bool
    """Whether it is known how much hangs on each decision."""


def plan(session: Session, *, run_id: int, case: Case) -> Plan:
    """Make the debrief plan of a run."""
    standing = room.standing(session, run_id=run_id, scenario=case.scenario.id)
    offered = room.sentences(session, run_id=run_id, scenario=case.scenario.id)
    quoted = may_quote(room.authors(offered))
    worth = _worths(session, case, offered) if quoted else {}
    decisions = [scene for scene in case.scenario.scenes if isinstance(scene, Decision)]
    splits = [split(scene, standing.given.get(scene.id, {})) for scene in decisions]
    stakes = leverage(case)
    endings = [scene.id for scene in case.scenario.scenes if isinstance(scene, Ending)]
    return Plan(
        people=sum(standing.at.values()),
        ended=sum(standing.at.get(scene, 0) for scene in endings),
        talks=tuple(
            _talk(weighed, worth) for weighed in ranked([each for each in splits if each.answered >= FEWEST], stakes)
        ),
        hands=tuple(each.scene for each in splits if each.answered < FEWEST),
        quoted=quoted,
        weighed=stakes is not None,
    )


def _worths(session: Session, case: Case, offered: tuple[Sentence, ...]) -> dict[Sentence, float]:
    """Weigh each sentence: the mean of its author's own mark and of what the answer after it gained, each 0 to 1."""
    steps = room.steps(session, attempt_ids={each.attempt_id for each in offered})
    gains: dict[tuple[int, str], float] = {}
    for attempt_id, actions in steps.items():
        try:
            scored = score(case, actions)
        except IllegalStep:
            # A play of another version of the case: its sentences are weighed by their marks alone.
            continue
        for step in scored:
            if step.gain is not None:
                gains.setdefault((attempt_id, step.scene), float(step.gain))
    found: dict[Sentence, float] = {}
    for each in offered:
        known = [MARKS.get(each.nearer), gains.get((each.attempt_id, each.scene))]
        numbers = [number for number in known if number is not None]
        if numbers:
            found[each] = sum(numbers) / len(numbers)
    return found


def _talk(weighed: Weighed, worth: Mapping[Sentence, float]) -> Talk:
    here = {each.text: value for each, value in worth.items() if each.scene == weighed.split.scene.id}
    good = sorted((-value, text) for text, value in here.items() if value > MIDDLE)
    poor = sorted((value, text) for text, value in here.items() if value < MIDDLE)
    return Talk(
        weighed,
        good=tuple(text for _value, text in good[:MOST_QUOTES]),
        poor=tuple(text for _value, text in poor[:MOST_QUOTES]),
    )
