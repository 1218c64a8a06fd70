"""The best that can still come of a state: its total, its ending, and answers that nobody has a reason to give."""

from dataclasses import dataclass

from course.cases.case import Node
from course.cases.engine import State
from course.cases.graph import Graph
from course.cases.odds import Answered
from course.content.schema import Ending, RankScene


@dataclass(frozen=True)
class Bests:
    """Found backwards from the endings, each state once (dynamic programming), so exact."""

    totals: list[int]
    """For each state: best(state) = max over open answers of (points of the answer + best(state after)); 0 at an
    ending. The points of an answer are the sum of its key."""
    ranks: list[int]
    """For each state, the best rank of an ending that can still be reached."""
    endings: frozenset[str]
    """Where the plays with the best total end."""


def bests(graph: Graph, order: list[int]) -> Bests:
    """Find the best of every state, each looked at once."""
    nodes = graph.case.nodes
    worth = _worth(graph)
    bit = {scene: 1 << place for place, scene in enumerate(nodes)}
    finish = {scene: node.scene.rank for scene, node in nodes.items() if isinstance(node.scene, Ending)}
    totals = [0] * len(graph.states)
    ranks = [len(nodes) + 1] * len(graph.states)
    reached = [0] * len(graph.states)
    for here in reversed(order):
        scene = graph.states[here].scene
        leads = graph.edges[here]
        if not leads:
            reached[here] = bit[scene]
            ranks[here] = finish.get(scene, ranks[here])
            continue
        points = worth[scene]
        ways = [points[place] + totals[number] for place, number in leads]
        top = totals[here] = max(ways)
        ranks[here] = min([ranks[number] for _, number in leads])
        for total, (_, number) in zip(ways, leads, strict=True):
            if total == top:
                reached[here] |= reached[number]
    return Bests(totals, ranks, frozenset(scene for scene, mark in bit.items() if reached[0] & mark))


def best_totals(graph: Graph, found: Bests) -> dict[State, int]:
    """Give the best total still to come, by state.

    What an answer cost (its regret) is best(before) - (points of the answer + best(after)), which is never negative.
    """
    return dict(zip(graph.states, found.totals, strict=True))


def dominated(graph: Graph, found: Bests) -> dict[Answered, tuple[str, ...]]:
    """Find the answers that are never the better one, each with the answers that are better instead.

    An answer is dominated when in every state in which it is open, another open answer has at least as many points
    for every competency, leads to states whose best rank is at least as good, and whose best total (points included)
    is at least as high; and when in some state one of the three is strictly better. Bands of an order are left out:
    a worse order is meant to be worse. So are votes, whose answers are all alike.
    """
    worth = _worth(graph)
    rivals = {scene: _rivals(graph, node) for scene, node in graph.case.nodes.items() if _can_be_dominated(node)}
    alive = {scene: dict.fromkeys(each, 0) for scene, each in rivals.items()}
    better = {(scene, place): 0 for scene, each in rivals.items() for place in each}
    for state, leads in zip(graph.states, graph.edges, strict=True):
        scene = state.scene
        if not alive.get(scene):
            continue
        points = worth[scene]
        way = {place: (found.ranks[number], -points[place] - found.totals[number]) for place, number in leads}
        for place in [each for each in alive[scene] if each in way]:
            rank, total = way[place]
            over = strictly = 0
            for rival, gains in rivals[scene][place]:
                if rival in way and way[rival][0] <= rank and way[rival][1] <= total:
                    over |= 1 << rival
                    if gains or way[rival] != way[place]:
                        strictly |= 1 << rival
            if not over:
                del alive[scene][place]
            better[scene, place] |= strictly
    return {
        (scene, options[place].choice.id): tuple(
            option.choice.id for option in options if better[scene, place] & 1 << option.place
        )
        for scene, places in alive.items()
        for options in [graph.case.nodes[scene].options]
        for place in places
        if better[scene, place]
    }


def _worth(graph: Graph) -> dict[str, list[int]]:
    return {
        scene: [sum(option.choice.key.values()) for option in node.options] for scene, node in graph.case.nodes.items()
    }


def _can_be_dominated(node: Node) -> bool:
    return bool(node.options) and not isinstance(node.scene, RankScene)


def _rivals(graph: Graph, node: Node) -> dict[int, list[tuple[int, bool]]]:
    """For each option by place: those with at least as many points in each competency, and whether in one with more."""
    names = [competency.id for competency in graph.case.scenario.competencies]
    keys = [tuple(option.choice.key.get(name, 0) for name in names) for option in node.options]
    return {
        place: [
            (rival, other != key)
            for rival, other in enumerate(keys)
            if rival != place and all(more >= less for more, less in zip(other, key, strict=True))
        ]
        for place, key in enumerate(keys)
    }
