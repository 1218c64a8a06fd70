"""Random plays with a seed: how far score and ending agree, and what is known of a case too large to enumerate."""

import math
import random
from collections import Counter
from dataclasses import dataclass, field
from itertools import accumulate

from course.cases.bars import FEWEST_OPEN, LONGEST_PLAY
from course.cases.case import Case, Option
from course.cases.engine import State, begin, land, open_options, take
from course.cases.graph import Graph
from course.content.schema import Decision, Ending, VoteScene

PLAYS = 10_000
SEED = 2026

Chances = dict[tuple[str, tuple[int, ...]], tuple[str, ...]]
"""By scene and the places of its open answers, the competencies in which these differ."""


@dataclass
class Sample:
    """What some random plays met: every open answer as likely as the others, of an order every order."""

    seed: int
    plays: int = 0
    """Those that were played to their end, or until they got stuck."""
    scores: Counter[tuple[int, int]] = field(default_factory=Counter)
    """How many plays had which total and which rank of their ending."""
    endings: Counter[str] = field(default_factory=Counter)
    visits: Counter[str] = field(default_factory=Counter)
    """How many plays came to a scene, gates included."""
    taken: Counter[tuple[str, int]] = field(default_factory=Counter)
    """How often an answer was given, by its place."""
    passed: set[tuple[str, int]] = field(default_factory=set)
    """Gates with the places of the routes that were taken."""
    narrow: dict[str, tuple[int, State]] = field(default_factory=dict)
    """Decisions with fewer than two open answers: the fewest, and a state in which it is so."""
    endless: tuple[str, ...] = ()
    """The last scenes of a play that had not ended after ``LONGEST_PLAY`` answers."""
    fewest_decisions: int = LONGEST_PLAY
    most_decisions: int = 0
    opportunities: dict[str, int] = field(default_factory=dict)
    """For each competency, the fewest that a play met."""

    @property
    def agreement(self) -> float | None:
        return agreement(self.scores)


def sample(case: Case, *, plays: int = PLAYS, seed: int = SEED) -> Sample:
    """Play a case at random by the engine. The same seed gives the same plays."""
    dice = random.Random(seed)  # noqa: S311 - These dice decide nothing that anybody could want to foresee.
    competencies = [each.id for each in case.scenario.competencies]
    found = Sample(seed, opportunities=dict.fromkeys(competencies, LONGEST_PLAY))
    first, via = _first(case)
    chances: Chances = {}
    for _ in range(plays):
        _Playing(case, found, first, via, chances).play(dice)
        if found.endless:
            break  # One such play is enough to refuse the case.
    return found


def scores(graph: Graph, *, plays: int = PLAYS, seed: int = SEED) -> Counter[tuple[int, int]]:
    """Play at random along the states of an enumerated case: the totals and ranks that ``sample`` finds, sooner."""
    dice = random.Random(seed)  # noqa: S311 - A reader must be able to draw these plays again by their seed.
    states, edges, nodes = graph.states, graph.edges, graph.case.nodes
    worth = {scene: [sum(option.choice.key.values()) for option in node.options] for scene, node in nodes.items()}
    uneven = {scene for scene, node in nodes.items() if any(option.ways != 1 for option in node.options)}
    ends: Counter[tuple[int, int]] = Counter()
    for _ in range(plays):
        here = total = 0
        while leads := edges[here]:
            scene = states[here][0]
            if scene in uneven:
                options = nodes[scene].options
                drawn = _pick([options[place] for place, _ in leads], dice)
            else:
                drawn = int(dice.random() * len(leads))
            place, here = leads[drawn]
            total += worth[scene][place]
        ends[total, here] += 1
    found: Counter[tuple[int, int]] = Counter()
    for (total, last), count in ends.items():
        reached = nodes[states[last].scene].scene
        if isinstance(reached, Ending):
            found[total, reached.rank] += count
    return found


def agreement(found: Counter[tuple[int, int]]) -> float | None:
    """Spearman's rank correlation of total and ending, 1 when a better total always means a better ending.

    rho = Pearson's correlation of the places, equal values sharing the mean of theirs (Spearman 1904; ties as in
    Kendall, Rank Correlation Methods, 1948). ``None`` when all totals, or all endings, are the same.
    """
    totals: Counter[int] = Counter()
    ranks: Counter[int] = Counter()
    for (total, rank), count in found.items():
        totals[total] += count
        ranks[-rank] += count  # Rank 1 is the best ending, so its place is the highest.
    places, best = _places(totals), _places(ranks)
    middle = (found.total() + 1) / 2
    together = sum(count * (places[total] - middle) * (best[-rank] - middle) for (total, rank), count in found.items())
    apart = sum(count * (places[total] - middle) ** 2 for total, count in totals.items())
    ending = sum(count * (best[rank] - middle) ** 2 for rank, count in ranks.items())
    return together / math.sqrt(apart * ending) if apart and ending else None


def _places(counts: Counter[int]) -> dict[int, float]:
    """Give each value the mean of the places, from 1, that it takes when all are put in order."""
    values = sorted(counts)
    before = accumulate((counts[value] for value in values), initial=0)
    return {value: start + (counts[value] + 1) / 2 for start, value in zip(before, values, strict=False)}


def _pick(options: list[Option], dice: random.Random) -> int:
    """Draw one of some options, each as likely as it has ways; the place of it in the list."""
    drawn = int(dice.random() * sum(option.ways for option in options))
    for place, option in enumerate(options):
        drawn -= option.ways
        if drawn < 0:
            return place
    return len(options) - 1


def _first(case: Case) -> tuple[State, tuple[tuple[str, int], ...]]:
    start = tuple(variable.start for variable in case.scenario.variables)
    return begin(case)[0], land(case, case.scenario.start, start, 0)[1]


class _Playing:
    """One random play, writing down what it meets."""

    def __init__(
        self, case: Case, found: Sample, state: State, via: tuple[tuple[str, int], ...], chances: Chances
    ) -> None:
        self.case = case
        self.found = found
        self.state = state
        self.chances = chances
        self.met: dict[str, None] = {}
        self.opportunities: dict[str, int] = dict.fromkeys(found.opportunities, 0)
        self._arrive(via)

    def play(self, dice: random.Random) -> None:
        total = decisions = 0
        walked: list[str] = []
        while options := self._open():
            if len(walked) == LONGEST_PLAY:
                self.found.endless = tuple(walked[-len(self.case.nodes) :])
                return
            option = options[_pick(options, dice)]
            self._meet(options)
            walked.append(self.state.scene)
            decisions += not isinstance(self.case.nodes[self.state.scene].scene, VoteScene)
            total += sum(option.choice.key.values())
            self.found.taken[self.state.scene, option.place] += 1
            self.state, via = take(self.case, self.state, option)
            self._arrive(via)
        self._end(total, decisions)

    def _open(self) -> list[Option]:
        here = self.state.scene
        node = self.case.nodes[here]
        options = open_options(node, self.state)
        if len(options) < FEWEST_OPEN and isinstance(node.scene, Decision):
            known = self.found.narrow.get(here)
            if known is None or len(options) < known[0]:
                self.found.narrow[here] = (len(options), self.state)
        return options

    def _arrive(self, via: tuple[tuple[str, int], ...]) -> None:
        self.found.passed.update(via)
        self.met.update(dict.fromkeys((*(gate for gate, _ in via), self.state.scene)))

    def _meet(self, options: list[Option]) -> None:
        """Count for each competency whether the open answers differ in it."""
        at = (self.state.scene, tuple([option.place for option in options]))
        if at not in self.chances:
            keys = [option.choice.key for option in options]
            self.chances[at] = tuple(name for name in self.opportunities if len({key.get(name, 0) for key in keys}) > 1)
        for competency in self.chances[at]:
            self.opportunities[competency] += 1

    def _end(self, total: int, decisions: int) -> None:
        found = self.found
        found.plays += 1
        found.visits.update(self.met.keys())
        reached = self.case.nodes[self.state.scene].scene
        if not isinstance(reached, Ending):
            return  # It got stuck, which is written down.
        found.endings[reached.id] += 1
        found.scores[total, reached.rank] += 1
        found.fewest_decisions = min(found.fewest_decisions, decisions)
        found.most_decisions = max(found.most_decisions, decisions)
        for competency, met in self.opportunities.items():
            found.opportunities[competency] = min(found.opportunities[competency], met)
