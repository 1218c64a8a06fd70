"""A finished play as its learner reads it afterwards: the path, the chances, the turning point, how sure they were."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from itertools import groupby
from typing import cast

from course.cases.case import distance, most_distant
from course.cases.engine import Action, Case, begin, ending
from course.cases.scoring import ScoredStep, score, tallies, turning_step
from course.content.schema import Choice, Decision, Ending, RankScene, SayScene, VoteScene

SURE = 70
UNSURE = 30
"""From the one on, and down to the other, of 100."""


class UnfinishedPlayError(ValueError):
    """A debrief of a play that has not ended; before its end nothing of it is shown."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """What a learner said before the choices were seen, and what they thought of it."""

    text: str
    confidence: int
    nearer: str = ""
    """``poor``, ``between``, ``good``, or empty when they did not mark it."""


class Surety(StrEnum):
    """How sure somebody was, in three words."""

    SURE = "sure"
    HALF = "half"
    UNSURE = "unsure"


class Result(StrEnum):
    """What an answer gained of what there was to gain."""

    PAID = "paid"
    COST = "cost"
    EVEN = "even"
    """There was nothing to gain: all open answers were alike."""


@dataclass(frozen=True, slots=True)
class SaidPart:
    prompt: str
    sentence: Sentence
    good: str
    surety: Surety
    result: Result


@dataclass(frozen=True, slots=True)
class OrderPart:
    """An order of the learner's beside the one of the case."""

    given: tuple[str, ...]
    right: tuple[str, ...]
    wrong: int
    """Pairs that stood the wrong way round."""
    pairs: int


@dataclass(frozen=True, slots=True)
class StepPart:
    scene_title: str
    when: str
    chosen: str
    then: str
    coach: str
    pivot_change: int
    is_turning_point: bool
    taken_over: int = 0
    """How many steps of the play came before this scene, its sentence included: where a rewind to it begins."""
    is_vote: bool = False
    said: SaidPart | None = None
    order: OrderPart | None = None


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
    scored: tuple[ScoredStep, ...] = field(default=(), compare=False, repr=False)
    """The steps it was made of, in the order of ``steps``."""

    @property
    def steps(self) -> tuple[StepPart, ...]:
        return tuple(step for month in self.months for step in month.steps)


def debrief(case: Case, actions: Iterable[Action], sentences: Mapping[int, Sentence] | None = None) -> Debrief:
    """Make the debrief of a finished play, with the sentences by the step that each was.

    Raises ``UnfinishedPlayError`` before its end.
    """
    steps = score(case, actions)
    last = steps[-1].after if steps else begin(case)[0]
    reached = ending(case, last)
    if reached is None:
        raise UnfinishedPlayError(f"This play of {case.scenario.id} has not ended.")
    turning = turning_step(steps)
    said = sentences or {}
    parts = [_step(case, step, said, is_turning_point=place == turning) for place, step in enumerate(steps)]
    months = groupby(zip(steps, parts, strict=True), key=lambda pair: decision(case, pair[0].scene).month)
    return Debrief(
        months=tuple(MonthPart(month, tuple(part for _, part in pairs)) for month, pairs in months),
        chances=_chances(case, steps),
        ending=_ending(case, reached),
        turning=None if turning is None else parts[turning],
        scored=steps,
    )


def decision(case: Case, scene: str) -> Decision:
    """Return the scene in which an answer was given."""
    return cast("Decision", case.nodes[scene].scene)


def given_text(scene: Decision, given: str) -> str:
    """Return an answer in words; of an order, its items, the first first."""
    words = {answer.id: answer.text for answer in scene.answers if isinstance(answer, Choice)}
    if isinstance(scene, RankScene):
        words = {item.id: item.text for item in scene.items}
    return "; ".join(words[name] for name in given.split(","))


def sureness(confidence: int) -> Surety:
    """Return in three words what somebody said in a hundred."""
    if confidence >= SURE:
        return Surety.SURE
    return Surety.UNSURE if confidence <= UNSURE else Surety.HALF


def result_of(gain: Fraction | None) -> Result:
    """Return whether an answer gained at least half of what was there to gain."""
    if gain is None:
        return Result.EVEN
    return Result.PAID if 2 * gain >= 1 else Result.COST


def _step(case: Case, step: ScoredStep, sentences: Mapping[int, Sentence], *, is_turning_point: bool) -> StepPart:
    scene = decision(case, step.scene)
    says = isinstance(scene, SayScene)
    return StepPart(
        scene_title=scene.title,
        when=scene.when,
        chosen=given_text(scene, step.given),
        then=step.answer.then,
        coach=step.answer.coach,
        pivot_change=step.pivot_change,
        is_turning_point=is_turning_point,
        taken_over=step.version - (2 if says else 1),
        is_vote=isinstance(scene, VoteScene),
        said=_said(scene, step, sentences.get(step.version - 1)) if isinstance(scene, SayScene) else None,
        order=_order(scene, step.given.split(",")) if isinstance(scene, RankScene) else None,
    )


def _said(scene: SayScene, step: ScoredStep, sentence: Sentence | None) -> SaidPart | None:
    if sentence is None:
        return None
    return SaidPart(scene.prompt, sentence, scene.good, sureness(sentence.confidence), result_of(step.gain))


def _order(scene: RankScene, given: list[str]) -> OrderPart:
    words = {item.id: item.text for item in scene.items}
    mine = tuple(words[name] for name in given)
    return OrderPart(mine, tuple(words.values()), distance(scene, given), most_distant(scene))


def _chances(case: Case, steps: tuple[ScoredStep, ...]) -> tuple[ChancePart, ...]:
    found = []
    for competency, tally in zip(case.scenario.competencies, tallies(case, steps), strict=True):
        words = (competency.title, competency.project, competency.relationship)
        found.append(ChancePart(competency.id, *words, tally.taken, tally.met))
    return tuple(found)


def _ending(case: Case, reached: Ending) -> EndingPart:
    count = sum(isinstance(scene, Ending) for scene in case.scenario.scenes)
    return EndingPart(reached.title, reached.body, reached.learned, reached.rank, of=count)
