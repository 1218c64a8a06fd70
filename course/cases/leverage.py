"""How much is at stake in each decision of a case, kept for as long as the case is."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from course.cases.bars import LONGEST_PLAY
from course.cases.case import KEPT_CASES, Case, CaseError
from course.cases.graph import Graph, TooManyStatesError, explore, ordered
from course.cases.odds import odds

MOST_STATES = 60_000
"""A room waits for the figures, so a case with more states than about a second enumerates goes without."""


@lru_cache(maxsize=KEPT_CASES)
def leverage(case: Case) -> Mapping[str, float] | None:
    """Return for each decision but votes what is at stake in it, in percentage points; see ``odds.Odds.leverage``.

    ``None`` when nothing is proved about the case: it has too many states, or a play that goes round.
    """
    try:
        graph = explore(case, MOST_STATES)
    except (TooManyStatesError, CaseError):
        return None
    order = ordered(graph)
    longest = _longest(graph, order)
    if len(order) < len(graph.states) or longest > LONGEST_PLAY:
        return None
    return MappingProxyType({scene: float(stake) for scene, stake in odds(graph, order, longest).leverage.items()})


def _longest(graph: Graph, order: list[int]) -> int:
    """Count the steps of the longest play."""
    steps = [0] * len(graph.states)
    for here in reversed(order):
        if leads := graph.edges[here]:
            steps[here] = 1 + max([steps[number] for _, number in leads])
    return steps[0]
