"""What all plays of a case have in common: counts and best ways, each state looked at once."""

from collections.abc import Mapping
from dataclasses import dataclass

from course.cases.bars import LONGEST_PLAY
from course.cases.bests import best_totals, bests, dominated
from course.cases.case import Node
from course.cases.engine import State
from course.cases.graph import Graph
from course.cases.odds import Answered, Odds, odds
from course.content.schema import Decision, VoteScene


@dataclass(frozen=True)
class Measures(Odds):
    """Figures of one case, exact over all its plays: the odds of random play, and what all plays have in common."""

    paths: int
    """How many different plays there are: the sum over the open answers of the paths after each; 1 at an ending."""
    fewest_decisions: int
    most_decisions: int
    """The decisions of the shortest and of the longest play. A vote of the room is none."""
    opportunities: dict[str, int]
    """For each competency, the fewest opportunities that any play meets: decisions whose open answers differ in it."""
    best_total: int
    """The most points that a play can have."""
    best_endings: frozenset[str]
    """Where the plays with the best total end."""
    always_met: frozenset[str]
    """Scenes that every play meets."""
    dominated: dict[Answered, tuple[str, ...]]
    """Answers that are never the better one, with those that are; see ``bests.dominated``."""
    best_total_from: Mapping[State, int]
    """For each state, the best total still to come; see ``bests.best_totals``."""


class TooLongError(Exception):
    """A case whose longest play is longer than anybody plays; chances of such plays are numbers without end."""

    def __init__(self, steps: int) -> None:
        self.steps = steps
        super().__init__(steps)


def measure(graph: Graph, order: list[int]) -> Measures:
    """Measure a case whose states have an order, every choice leading forward. Raises ``TooLongError``."""
    back = order[::-1]
    fewest, most, steps = _lengths(graph, back)
    if steps > LONGEST_PLAY:
        raise TooLongError(steps)
    best = bests(graph, order)
    return Measures(
        **vars(odds(graph, order, steps)),
        paths=_paths(graph, back),
        fewest_decisions=fewest,
        most_decisions=most,
        opportunities=_opportunities(graph, back),
        best_total=best.totals[0],
        best_endings=best.endings,
        always_met=_always_met(graph, back),
        dominated=dominated(graph, best),
        best_total_from=best_totals(graph, best),
    )


def _paths(graph: Graph, back: list[int]) -> int:
    paths = [1] * len(graph.states)
    for here in back:
        if graph.edges[here]:
            paths[here] = sum([paths[number] for _, number in graph.edges[here]])
    return paths[0]


def _lengths(graph: Graph, back: list[int]) -> tuple[int, int, int]:
    """Count the decisions of the shortest and of the longest play, and the answers of the longest, votes included."""
    counted = {scene: int(not isinstance(node.scene, VoteScene)) for scene, node in graph.case.nodes.items()}
    fewest = [0] * len(graph.states)
    most = [0] * len(graph.states)
    steps = [0] * len(graph.states)
    for here in back:
        if leads := graph.edges[here]:
            one = counted[graph.states[here].scene]
            fewest[here] = one + min([fewest[number] for _, number in leads])
            most[here] = one + max([most[number] for _, number in leads])
            steps[here] = 1 + max([steps[number] for _, number in leads])
    return fewest[0], most[0], steps[0]


def _opportunities(graph: Graph, back: list[int]) -> dict[str, int]:
    names = [competency.id for competency in graph.case.scenario.competencies]
    differs: dict[tuple[str, tuple[int, ...]], tuple[bool, ...]] = {}
    own: list[tuple[bool, ...]] = []
    for state, leads in zip(graph.states, graph.edges, strict=True):
        at = (state.scene, tuple([place for place, _ in leads]))
        if at not in differs:
            differs[at] = _differing(graph.case.nodes[state.scene], at[1], names)
        own.append(differs[at])
    fewest: dict[str, int] = {}
    for place, name in enumerate(names):
        count = [0] * len(graph.states)
        for here in back:
            if leads := graph.edges[here]:
                count[here] = own[here][place] + min([count[number] for _, number in leads])
        fewest[name] = count[0]
    return fewest


def _differing(node: Node, open_places: tuple[int, ...], names: list[str]) -> tuple[bool, ...]:
    keys = [node.options[place].choice.key for place in open_places]
    return tuple(len({key.get(name, 0) for key in keys}) > 1 for name in names)


def _always_met(graph: Graph, back: list[int]) -> frozenset[str]:
    scenes = [scene.id for scene in graph.case.scenario.scenes if isinstance(scene, Decision)]
    bit = {scene: 1 << place for place, scene in enumerate(scenes)}
    met = [0] * len(graph.states)
    for here in back:
        common = -1 if graph.edges[here] else 0
        for _, number in graph.edges[here]:
            common &= met[number]
        met[here] = common | bit.get(graph.states[here].scene, 0)
    return frozenset(scene for scene, mark in bit.items() if met[0] & mark)
