"""A finished play as its learner reads it afterwards: the path, the chances, the turning point."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import cast

from course.cases.engine import Action, Case, begin, ending
from course.cases.scoring import ScoredStep, score, tallies, turning_step
from course.content.schema import Choice, Decision, Ending, RankScene


class UnfinishedPlayError(ValueError):
    """A debrief of a play that has not ended; before its end nothing of it is shown."""


@dataclass(frozen=True, slots=True)
class StepPart:
    scene_title: str
    when: str
    chosen: str
    then: str
    coach: str
    pivot_change: int
    is_turning_point: bool


@dataclass(frozen=True, slots=True)
class MonthPart:
    month: int
    steps: tuple[StepPart, ...]


@dataclass(frozen=True, slots=True)
class ChancePart:
    competency: str
    title: str
    project: str
    relationship: str
    taken: int
    met: int


@dataclass(frozen=True, slots=True)
class EndingPart:
    title: str
    body: str
    learned: str
    rank: int
    of: int


@dataclass(frozen=True, slots=True)
class Debrief:
    months: tuple[MonthPart, ...]
    chances: tuple[ChancePart, ...]
    ending: EndingPart
    turning: StepPart | None


def debrief(case: Case, actions: Iterable[Action]) -> Debrief:
    """Make the debrief of a finished play. Raises ``UnfinishedPlayError`` before its end."""
    steps = score(case, actions)
    last = steps[-1].after if steps else begin(case)[0]
    reached = ending(case, last)
    if reached is None:
        raise UnfinishedPlayError(f"This play of {case.scenario.id} has not ended.")
    turning = turning_step(steps)
    parts = [_step(case, step, is_turning_point=place == turning) for place, step in enumerate(steps)]
    months = groupby(zip(steps, parts, strict=True), key=lambda pair: _decision(case, pair[0]).month)
    return Debrief(
        months=tuple(MonthPart(month, tuple(part for _, part in pairs)) for month, pairs in months),
        chances=_chances(case, steps),
        ending=_ending(case, reached),
        turning=None if turning is None else parts[turning],
    )


def _decision(case: Case, step: ScoredStep) -> Decision:
    return cast("Decision", case.nodes[step.scene].scene)


def given_text(scene: Decision, given: str) -> str:
    """Return an answer in words; of an order, its items, the first first."""
    words = {answer.id: answer.text for answer in scene.answers if isinstance(answer, Choice)}
    if isinstance(scene, RankScene):
        words = {item.id: item.text for item in scene.items}
    return "; ".join(words[name] for name in given.split(","))


def _step(case: Case, step: ScoredStep, *, is_turning_point: bool) -> StepPart:
    scene = _decision(case, step)
    return StepPart(
        scene_title=scene.title,
        when=scene.when,
        chosen=given_text(scene, step.given),
        then=step.answer.then,
        coach=step.answer.coach,
        pivot_change=step.pivot_change,
        is_turning_point=is_turning_point,
    )


def _chances(case: Case, steps: tuple[ScoredStep, ...]) -> tuple[ChancePart, ...]:
    found = []
    for competency, tally in zip(case.scenario.competencies, tallies(case, steps), strict=True):
        words = (competency.title, competency.project, competency.relationship)
        found.append(ChancePart(competency.id, *words, tally.taken, tally.met))
    return tuple(found)


def _ending(case: Case, reached: Ending) -> EndingPart:
    count = sum(isinstance(scene, Ending) for scene in case.scenario.scenes)
    return EndingPart(reached.title, reached.body, reached.learned, reached.rank, of=count)
