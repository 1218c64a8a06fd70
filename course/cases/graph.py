"""All states that a case can reach, found by playing every open choice of every state."""

from collections import deque
from dataclasses import dataclass

from course.cases.case import Case
from course.cases.engine import State, begin, land, open_options, take

BUDGET = 250_000


@dataclass(frozen=True)
class Graph:
    """States by number, 0 being the start; what leads from each to which."""

    case: Case
    states: list[State]
    edges: list[tuple[tuple[int, int], ...]]
    """For each state: pairs of the place of a choice in its scene, and the number of the state after."""
    passed: frozenset[tuple[str, int]]
    """Gates with the places of the routes that were taken."""


class TooManyStatesError(Exception):
    """A case with more states than the budget: nothing about it can be proved by enumeration."""

    def __init__(self, part: Graph) -> None:
        self.part = part
        """What was enumerated until then; the states at its end have no edges yet."""
        super().__init__(len(part.states))


def explore(case: Case, budget: int = BUDGET) -> Graph:
    """Enumerate breadth first. Raises ``TooManyStatesError`` above the budget."""
    start = begin(case)[0]
    numbers = {start: 0}
    states = [start]
    edges: list[tuple[tuple[int, int], ...]] = []
    initial = tuple(variable.start for variable in case.scenario.variables)
    passed = set(land(case, case.scenario.start, initial, 0)[1])
    for state in states:
        leads: list[tuple[int, int]] = []
        node = case.nodes[state.scene]
        for option in open_options(node, state):
            after, via = take(case, state, option)
            if via:
                passed.update(via)
            number = numbers.get(after)
            if number is None:
                number = numbers[after] = len(states)
                states.append(after)
            leads.append((option.place, number))
        edges.append(tuple(leads))
        if len(states) > budget:
            raise TooManyStatesError(Graph(case, states, edges, frozenset(passed)))
    return Graph(case, states, edges, frozenset(passed))


def ordered(graph: Graph) -> list[int]:
    """Order the states so that every choice leads forward; those on or behind a circle are left out."""
    incoming = [0] * len(graph.states)
    for leads in graph.edges:
        for _, number in leads:
            incoming[number] += 1
    ready = deque([0] if incoming[0] == 0 else [])
    order: list[int] = []
    while ready:
        here = ready.popleft()
        order.append(here)
        for _, number in graph.edges[here]:
            incoming[number] -= 1
            if incoming[number] == 0:
                ready.append(number)
    return order


def circle(graph: Graph, order: list[int]) -> list[str]:
    """Name the scenes of one circle, given the order of all states that are on none."""
    left = set(range(len(graph.states))) - set(order)
    # Every state that is left has one before it that is left: walk back until one comes again.
    before = {number: here for here in left for _, number in graph.edges[here] if number in left}
    walk: dict[int, None] = {}
    here = min(left)
    while here not in walk:
        walk[here] = None
        here = before[here]
    back = list(walk)[list(walk).index(here) :]
    return list(dict.fromkeys(graph.states[number].scene for number in reversed(back)))
