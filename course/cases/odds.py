"""What random play makes likely: every open answer as likely as the others, of an order every order."""

from dataclasses import dataclass
from fractions import Fraction

from course.cases.case import Case
from course.cases.graph import Graph
from course.content.schema import Decision, Ending, VoteScene

COMMON_SHARE = 120
"""A number that 2, 3 and 4 open choices and all orders of 3, 4 and 5 items divide: shares of plays stay whole."""
PERCENT = 100

Answered = tuple[str, str]
"""A scene and one of its answers, by their ids."""


@dataclass(frozen=True)
class Odds:
    """Figures of random play, exact: fractions of whole numbers, summed over all states."""

    shares: dict[str, Fraction]
    """For each ending, the share of plays that end there."""
    visits: dict[str, Fraction]
    """For each decision and ending, how often a play comes there on average: the sum of the weights of its states.
    Without a way back in the case it is the share of plays that come there."""
    taken: dict[Answered, Fraction]
    """For each answer, how often a play gives it on average."""
    leverage: dict[str, Fraction]
    """For each decision but votes, in percentage points: the sum over its states of weight x (chance of the ending of
    rank 1 after the best open answer - the same after the worst), divided by the weight of the scene. The measure of
    section 5 of the notes on scenarios: how much is at stake here."""
    lost: dict[Answered, Fraction]
    """For each answer that is a point of no return: of the weight of the states in which it is open and the ending of
    rank 1 can still be reached, the share of those in which it can't be reached any more after it, although the play
    goes on. Answers that never lose it are left out."""
    lost_states: int
    """In how many states of the case that ending is out of reach while the play goes on."""


def odds(graph: Graph, order: list[int], longest: int) -> Odds:
    """Measure random play. ``longest`` is the number of steps of the longest play."""
    weight, taken = _forward(graph, order, longest)
    whole = weight[0]
    visits, shares = _visits(graph, weight)
    wins = _wins(graph, order, whole)
    spread, opened, losing = _at_stake(graph, weight, wins)
    best = max(wins) or 1
    return Odds(
        shares={scene: Fraction(share, whole) for scene, share in shares.items()},
        visits={scene: Fraction(visit, whole) for scene, visit in visits.items()},
        taken=_by_answer(graph.case, taken, whole),
        leverage={
            scene: Fraction(PERCENT * stake, best * visits[scene]) if visits[scene] else Fraction()
            for scene, stake in spread.items()
            if not isinstance(graph.case.nodes[scene].scene, VoteScene)
        },
        lost={
            (scene, option.choice.id): Fraction(counts[option.place], opened[scene][option.place])
            for scene, counts in losing.items()
            for option in graph.case.nodes[scene].options
            if counts[option.place]
        },
        lost_states=sum(not win and bool(leads) for win, leads in zip(wins, graph.edges, strict=True)),
    )


def _forward(graph: Graph, order: list[int], longest: int) -> tuple[list[int], dict[str, list[int]]]:
    """Send the weight of all plays through the states, as whole numbers, and count what each answer takes of it."""
    weight = [0] * len(graph.states)
    weight[0] = COMMON_SHARE**longest
    taken = _zeros(graph.case)
    for here in order:
        leads = graph.edges[here]
        if not leads:
            continue
        scene = graph.states[here].scene
        counts = taken[scene]
        options = graph.case.nodes[scene].options
        ways = [options[place].ways for place, _ in leads]
        part = weight[here] // sum(ways)
        for each, (place, number) in zip(ways, leads, strict=True):
            share = part * each
            counts[place] += share
            weight[number] += share
    return weight, taken


def _visits(graph: Graph, weight: list[int]) -> tuple[dict[str, int], dict[str, int]]:
    """Sum the weights by scene; and of those in which plays end."""
    visits = {scene: 0 for scene, node in graph.case.nodes.items() if not node.is_gate}
    shares = {scene: 0 for scene in visits if isinstance(graph.case.nodes[scene].scene, Ending)}
    for state, leads, part in zip(graph.states, graph.edges, weight, strict=True):
        visits[state.scene] += part
        if not leads:
            shares[state.scene] = shares.get(state.scene, 0) + part
    return visits, shares


def _wins(graph: Graph, order: list[int], whole: int) -> list[int]:
    """For each state the chance of the ending of rank 1, as a part of ``whole``."""
    wins = [0] * len(graph.states)
    for here in reversed(order):
        scene = graph.states[here].scene
        leads = graph.edges[here]
        if not leads:
            reached = graph.case.nodes[scene].scene
            wins[here] = whole if isinstance(reached, Ending) and reached.rank == 1 else 0
            continue
        options = graph.case.nodes[scene].options
        won = ways = 0
        for place, number in leads:
            each = options[place].ways
            ways += each
            won += each * wins[number]
        wins[here] = won // ways
    return wins


def _at_stake(
    graph: Graph, weight: list[int], wins: list[int]
) -> tuple[dict[str, int], dict[str, list[int]], dict[str, list[int]]]:
    """Sum by scene what the best answer wins over the worst; by answer, where it was open, and where it loses all."""
    spread = {scene: 0 for scene, node in graph.case.nodes.items() if isinstance(node.scene, Decision)}
    opened, losing = _zeros(graph.case), _zeros(graph.case)
    for state, leads, part, win in zip(graph.states, graph.edges, weight, wins, strict=True):
        if not win or not leads:
            continue
        after = [wins[number] for _, number in leads]
        lowest = min(after)
        spread[state.scene] += part * (max(after) - lowest)
        counts = opened[state.scene]
        for place, _ in leads:
            counts[place] += part
        if not lowest:
            counts = losing[state.scene]
            for place, number in leads:
                if not wins[number] and graph.edges[number]:
                    counts[place] += part
    return spread, opened, losing


def _zeros(case: Case) -> dict[str, list[int]]:
    return {scene: [0] * len(node.options) for scene, node in case.nodes.items() if node.options}


def _by_answer(case: Case, counts: dict[str, list[int]], whole: int) -> dict[Answered, Fraction]:
    return {
        (scene, option.choice.id): Fraction(count, whole)
        for scene, listed in counts.items()
        for option, count in zip(case.nodes[scene].options, listed, strict=True)
    }
