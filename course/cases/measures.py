"""What all plays of a case have in common: counts and best ways, each state looked at once."""

from dataclasses import dataclass
from fractions import Fraction

from course.cases.case import Node
from course.cases.graph import Graph
from course.content.schema import Decision, Ending

COMMON_SHARE = 120
"""A number that 2, 3 and 4 open choices and all orders of 3, 4 and 5 items divide: shares of plays stay whole."""


@dataclass(frozen=True)
class Measures:
    """Figures of one case, exact over all its plays."""

    paths: int
    shares: dict[str, Fraction]
    """For each ending, the share of plays that end there when every open answer is as likely."""
    fewest_decisions: int
    most_decisions: int
    opportunities: dict[str, int]
    """For each competency, the fewest opportunities that any play meets."""
    best_total: int
    best_endings: frozenset[str]
    """Where the plays with the best total end."""
    always_met: frozenset[str]
    """Scenes that every play meets."""


def measure(graph: Graph, order: list[int]) -> Measures:
    """Measure a case whose states have an order, every choice leading forward."""
    back = order[::-1]
    lengths = _lengths(graph, back)
    best, best_endings = _best(graph, back)
    return Measures(
        paths=_paths(graph, back),
        shares=_shares(graph, order, lengths[1]),
        fewest_decisions=lengths[0],
        most_decisions=lengths[1],
        opportunities=_opportunities(graph, back),
        best_total=best,
        best_endings=best_endings,
        always_met=_always_met(graph, back),
    )


def _paths(graph: Graph, back: list[int]) -> int:
    paths = [1] * len(graph.states)
    for here in back:
        if graph.edges[here]:
            paths[here] = sum(paths[number] for _, number in graph.edges[here])
    return paths[0]


def _lengths(graph: Graph, back: list[int]) -> tuple[int, int]:
    fewest = [0] * len(graph.states)
    most = [0] * len(graph.states)
    for here in back:
        if leads := graph.edges[here]:
            fewest[here] = 1 + min([fewest[number] for _, number in leads])
            most[here] = 1 + max([most[number] for _, number in leads])
    return fewest[0], most[0]


def _shares(graph: Graph, order: list[int], longest: int) -> dict[str, Fraction]:
    weight = [0] * len(graph.states)
    weight[0] = COMMON_SHARE**longest
    shares = {scene.id: 0 for scene in graph.case.scenario.scenes if isinstance(scene, Ending)}
    for here in order:
        leads = graph.edges[here]
        if not leads:
            scene = graph.states[here].scene
            shares[scene] = shares.get(scene, 0) + weight[here]
            continue
        options = graph.case.nodes[graph.states[here].scene].options
        ways = [options[place].ways for place, _ in leads]
        part = weight[here] // sum(ways)
        for each, (_, number) in zip(ways, leads, strict=True):
            weight[number] += part * each
    return {scene: Fraction(share, weight[0]) for scene, share in shares.items()}


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


def _best(graph: Graph, back: list[int]) -> tuple[int, frozenset[str]]:
    nodes = graph.case.nodes
    worth = {scene: [sum(option.choice.key.values()) for option in node.options] for scene, node in nodes.items()}
    bit = {scene: 1 << place for place, scene in enumerate(nodes)}
    best = [0] * len(graph.states)
    reached = [0] * len(graph.states)
    for here in back:
        scene = graph.states[here].scene
        leads = graph.edges[here]
        if not leads:
            reached[here] = bit[scene]
            continue
        points = worth[scene]
        totals = [points[place] + best[number] for place, number in leads]
        top = best[here] = max(totals)
        for total, (_, number) in zip(totals, leads, strict=True):
            if total == top:
                reached[here] |= reached[number]
    return best[0], frozenset(scene for scene, mark in bit.items() if reached[0] & mark)


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
