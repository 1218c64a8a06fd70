"""What a decision cost: the best total that was still to be had before it, less the best that was after it."""

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from threading import Lock

from course.cases.bests import best_totals, bests
from course.cases.case import KEPT_CASES, Case, CaseError
from course.cases.engine import State
from course.cases.graph import TooManyStatesError, explore, ordered
from course.cases.scoring import ScoredStep

KEPT_TABLES = 8
"""A table of 40,000 states takes about 10 MB."""
MAPS = {"do", "key"}
STRUCTURE = {
    *("start", "variables", "id", "min", "max", "flags", "scenes", "kind", "to"),
    *("choices", "bands", "items", "within", "routes", "if", "set", "clear", *MAPS),
}
"""The parts of a case on which its states and points depend; all else are words."""


class _Tables:
    """The best totals of the cases played last. A case and its skins share one table."""

    def __init__(self) -> None:
        self._known: dict[str, Mapping[State, int] | None] = {}
        self._lock = Lock()

    def of(self, case: Case) -> Mapping[State, int] | None:
        name = _structure(case)
        # Under the lock, so that a room that ends its plays at once has the states walked once.
        with self._lock:
            if name not in self._known:
                if len(self._known) >= KEPT_TABLES:
                    self._known.pop(next(iter(self._known)))
                self._known[name] = _table(case)
            return self._known[name]


_tables = _Tables()


def regrets(case: Case, steps: Iterable[ScoredStep]) -> tuple[int, ...] | None:
    """Return for each answer of a play what it cost, in points of the key and never below 0.

    cost = best(before) - (points of the answer + best(after)), with best(state) the highest total that can still be
    reached from a state, found over all states of the case (``bests``). The costs of a whole play add up to the best
    total of the case less the total of the play. Of an order, the points are those of its band. ``None`` when nothing
    is proved about the case: it has too many states, or a play that goes round.
    """
    table = _tables.of(case)
    if table is None:
        return None
    return tuple(
        table[_silent(case, step.before)] - sum(step.answer.key.values()) - table[_silent(case, step.after)]
        for step in steps
    )


def _silent(case: Case, state: State) -> State:
    """Leave out that a sentence was said: it changes nothing in what can follow."""
    return state._replace(marks=state.marks & ~case.said)


def _table(case: Case) -> Mapping[State, int] | None:
    try:
        graph = explore(case)
    except (TooManyStatesError, CaseError):
        return None
    order = ordered(graph)
    if len(order) < len(graph.states):
        return None
    return best_totals(graph, bests(graph, order))


@lru_cache(maxsize=KEPT_CASES)
def _structure(case: Case) -> str:
    """Write the parts of a case that matter here, as a name for its table."""
    whole = case.scenario.model_dump(mode="json", by_alias=True, exclude={"id"})
    return json.dumps(_bones(whole), sort_keys=True)


def _bones(part: object) -> object:
    if isinstance(part, dict):
        return {name: each if name in MAPS else _bones(each) for name, each in part.items() if name in STRUCTURE}
    return [_bones(each) for each in part] if isinstance(part, list) else part
