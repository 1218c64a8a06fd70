"""Every guard of a case with the states in which it is asked."""

from collections.abc import Iterator
from typing import NamedTuple

from course.cases.engine import State
from course.cases.findings import Path
from course.cases.graph import Graph
from course.cases.guards import Parsed, parse
from course.content.schema import Choice, Decision, Gate


class Asked(NamedTuple):
    """A guard, where it stands, and the states in which it is asked."""

    scene: str
    path: Path
    parsed: Parsed
    states: list[State]
    ahead: frozenset[str]
    """Scenes behind a gate: their own visit is in the states already, and was not when the gate asked."""


def of_choices(graph: Graph, states: dict[str, list[State]]) -> Iterator[Asked]:
    """List the guards of choices, given the states by scene."""
    for place, scene in enumerate(graph.case.scenario.scenes):
        for number, answer in enumerate(scene.answers if isinstance(scene, Decision) else ()):
            if isinstance(answer, Choice) and answer.guard is not None:
                path = ("scenes", place, "choices", number, "if")
                yield Asked(scene.id, path, parse(answer.guard), states.get(scene.id, []), frozenset())


def of_gates(graph: Graph, behind: dict[str, set[int]]) -> Iterator[Asked]:
    """Send the states behind each gate through its routes once more; a route is asked when those before it said no."""
    landed = {gate: set(numbers) for gate, numbers in behind.items()}
    waiting = [gate for gate, numbers in landed.items() if numbers]
    scenes = enumerate(graph.case.scenario.scenes)
    gates = {scene.id: (place, scene) for place, scene in scenes if isinstance(scene, Gate)}
    found: dict[tuple[str, int], Asked] = {}
    while waiting:
        place, gate = gates[waiting.pop()]
        left = landed[gate.id]
        ahead = frozenset((gate.id, *(route.to for route in gate.routes)))
        for number, (guard, to) in enumerate(graph.case.nodes[gate.id].routes):
            written = gate.routes[number].guard
            if written is not None:
                path = ("scenes", place, "routes", number, "if")
                states = [graph.states[each] for each in left]
                found[gate.id, number] = Asked(gate.id, path, parse(written), states, ahead)
            taken = {
                each for each in left if guard is None or guard(graph.states[each].values, graph.states[each].marks)
            }
            left = left - taken
            if to in gates and not taken <= landed[to]:
                landed[to] |= taken
                waiting.append(to)
    yield from found.values()
