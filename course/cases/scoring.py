"""What a play is worth: chances met and taken, and the step where the pivot turned."""

from collections.abc import Iterable
from dataclasses import dataclass

from course.cases.engine import Case, Choose, Chose, Event, State, open_choices, replay
from course.content.schema import Choice

SHARP_FALL = -2


@dataclass(frozen=True, slots=True)
class Chance:
    """One opportunity: the open options differed in this competency."""

    competency: str
    chosen: int
    worst: int
    best: int

    @property
    def taken(self) -> bool:
        """Whether the choice was worth at least half of what was there to gain."""
        return 2 * (self.chosen - self.worst) >= self.best - self.worst


@dataclass(frozen=True, slots=True)
class ScoredStep:
    """One step of a play, with the chances it held and how it moved the pivot."""

    scene: str
    choice: Choice
    chances: tuple[Chance, ...]
    pivot_change: int
    after: State


@dataclass(frozen=True, slots=True)
class Tally:
    """Of one competency: chances taken of chances met."""

    competency: str
    taken: int
    met: int


def score(case: Case, actions: Iterable[Choose]) -> tuple[ScoredStep, ...]:
    """Replay a play and score each of its steps."""
    taken = tuple(actions)
    played = replay(case, taken)
    return tuple(
        _scored(case, before, action, after, events)
        for (before, _), action, (after, events) in zip(played[:-1], taken, played[1:], strict=True)
    )


def tallies(case: Case, steps: Iterable[ScoredStep]) -> tuple[Tally, ...]:
    """Sum the chances of a play, for every competency of the case in its order."""
    chances = [chance for step in steps for chance in step.chances]
    found = []
    for competency in case.scenario.competencies:
        met = [chance for chance in chances if chance.competency == competency.id]
        found.append(Tally(competency.id, sum(chance.taken for chance in met), len(met)))
    return tuple(found)


def turning_point(case: Case, actions: Iterable[Choose]) -> int | None:
    """Find the step, from 0, where the pivot moved most sharply; ``None`` when it never did."""
    return turning_step(score(case, actions))


def turning_step(steps: tuple[ScoredStep, ...]) -> int | None:
    """Find the first largest fall of 2 or more; without one, the first largest rise."""
    changes = [step.pivot_change for step in steps]
    lowest, highest = min(changes, default=0), max(changes, default=0)
    if lowest <= SHARP_FALL:
        return changes.index(lowest)
    return changes.index(highest) if highest > 0 else None


def _scored(case: Case, before: State, action: Choose, after: State, events: tuple[Event, ...]) -> ScoredStep:
    choices = open_choices(case, before)
    chosen = next(choice for choice in choices if choice.id == action.choice)
    chances = []
    for competency in case.scenario.competencies:
        points = [choice.key.get(competency.id, 0) for choice in choices]
        if min(points) < max(points):
            mine = chosen.key.get(competency.id, 0)
            chances.append(Chance(competency.id, mine, min(points), max(points)))
    return ScoredStep(action.scene, chosen, tuple(chances), _pivot_change(case, events), after)


def _pivot_change(case: Case, events: tuple[Event, ...]) -> int:
    moves = [move for event in events if isinstance(event, Chose) for move in event.moves]
    return sum(move.after - move.before for move in moves if move.variable == case.scenario.pivot)
