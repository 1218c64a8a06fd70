"""What a play is worth: chances met and taken, and the step where the pivot turned."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

from course.cases.case import distance, most_distant
from course.cases.engine import Action, Case, Choose, Chose, Event, State, open_choices, replay, wanted
from course.content.schema import Consequence, Decision, RankScene

SHARP_FALL = -2

Played = tuple[State, tuple[Event, ...]]
"""What ``engine.step`` gives."""


@dataclass(frozen=True, slots=True)
class Chance:
    """One opportunity: the open options differed in this competency.

    In an order, ``chosen`` is its distance from the best one, taken as loss.
    """

    competency: str
    chosen: int
    worst: int
    best: int
    weight: int = 1

    @property
    def gain(self) -> Fraction:
        """(chosen - worst open) / (best open - worst open), from 0 to 1."""
        return Fraction(self.chosen - self.worst, self.best - self.worst)

    @property
    def taken(self) -> bool:
        """Whether the choice was worth at least half of what was there to gain."""
        return 2 * (self.chosen - self.worst) >= self.best - self.worst


@dataclass(frozen=True, slots=True)
class ScoredStep:
    """One answer of a play, with the chances it held and how it moved the pivot. Sentences are no steps here."""

    version: int
    """Which step of the play it was, from 1, sentences counted."""
    scene: str
    given: str
    """What the learner sent: the id of a choice, or an order."""
    answer: Consequence
    """What it came to."""
    chances: tuple[Chance, ...]
    pivot_change: int
    before: State
    after: State

    @property
    def gain(self) -> Fraction | None:
        """The weighted mean of what its chances gained, from 0 to 1; ``None`` when it held none."""
        return mean_gain(self.chances)


@dataclass(frozen=True, slots=True)
class Tally:
    """Of one competency: chances taken of chances met, and what they gained."""

    competency: str
    taken: int
    met: int
    gain: Fraction | None
    """Weighted mean of (chosen - worst open) / (best open - worst open), from 0 to 1; ``None`` with no chance met."""


def mean_gain(chances: Iterable[Chance]) -> Fraction | None:
    """Return the weighted mean gain of some chances: sum(weight x gain) / sum(weight)."""
    listed = tuple(chances)
    if not listed:
        return None
    return sum((chance.weight * chance.gain for chance in listed), Fraction()) / sum(each.weight for each in listed)


def score(case: Case, actions: Iterable[Action]) -> tuple[ScoredStep, ...]:
    """Replay a play and score each of its answers."""
    taken = tuple(actions)
    played = replay(case, taken)
    return tuple(
        _scored(case, version, before, action, after)
        for version, ((before, _), action, after) in enumerate(
            zip(played[:-1], taken, played[1:], strict=True), start=1
        )
        if isinstance(action, Choose)
    )


def tallies(case: Case, steps: Iterable[ScoredStep]) -> tuple[Tally, ...]:
    """Sum the chances of a play, for every competency of the case in its order."""
    chances = [chance for step in steps for chance in step.chances]
    found = []
    for competency in case.scenario.competencies:
        met = [chance for chance in chances if chance.competency == competency.id]
        found.append(Tally(competency.id, sum(chance.taken for chance in met), len(met), mean_gain(met)))
    return tuple(found)


def turning_point(case: Case, actions: Iterable[Action]) -> int | None:
    """Find the step, from 0, where the pivot moved most sharply; ``None`` when it never did."""
    return turning_step(score(case, actions))


def turning_step(steps: tuple[ScoredStep, ...]) -> int | None:
    """Find the first largest fall of 2 or more; without one, the first largest rise."""
    changes = [step.pivot_change for step in steps]
    lowest, highest = min(changes, default=0), max(changes, default=0)
    if lowest <= SHARP_FALL:
        return changes.index(lowest)
    return changes.index(highest) if highest > 0 else None


def _scored(case: Case, version: int, before: State, action: Choose, played: Played) -> ScoredStep:
    after, events = played
    node = case.nodes[action.scene]
    answer = wanted(node, before, action).choice
    scene = cast("Decision", node.scene)
    chances = []
    offered = open_choices(case, before)
    for competency in case.scenario.competencies:
        points = [each.key.get(competency.id, 0) for each in offered]
        if min(points) < max(points):
            span = (answer.key.get(competency.id, 0), min(points), max(points))
            if isinstance(scene, RankScene):
                span = (-distance(scene, action.choice.split(",")), -most_distant(scene), 0)
            chances.append(Chance(competency.id, *span, scene.weight))
    moved = _pivot_change(case, events)
    return ScoredStep(version, action.scene, action.choice, answer, tuple(chances), moved, before, after)


def _pivot_change(case: Case, events: tuple[Event, ...]) -> int:
    moves = [move for event in events if isinstance(event, Chose) for move in event.moves]
    return sum(move.after - move.before for move in moves if move.variable == case.scenario.pivot)
