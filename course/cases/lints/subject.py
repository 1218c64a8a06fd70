"""What every lint is given: the case, its states walked once, and what was measured on them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from course.cases.engine import State
from course.cases.findings import Path
from course.cases.graph import Graph
from course.cases.lints.guards import Asked, of_choices, of_gates
from course.cases.measures import Measures
from course.content.findings import Severity
from course.content.schema import Consequence, Decision, Ending, Gate, Scenario, VoteScene, answer_path

Size = Literal["vignette", "short", "full"]
ALL: tuple[Size, ...] = ("vignette", "short", "full")
LARGER: tuple[Size, ...] = ("short", "full")
FULL: tuple[Size, ...] = ("full",)


class Fault(NamedTuple):
    """One thing that a lint finds: the sentence of what is wrong, and what to do."""

    wrong: str
    mend: str
    scene: str | None
    path: Path


class Answer(NamedTuple):
    """One answer of a decision, with where it stands in the file."""

    scene: Decision
    path: Path
    answer: Consequence

    @property
    def name(self) -> str:
        return f"{self.scene.id}.{self.answer.id}"


@dataclass(frozen=True, slots=True)
class Lint:
    """A piece of advice with its name; ``sizes`` are those of the cases that it is given to."""

    code: str
    find: Callable[["Subject"], Iterator[Fault]]
    sizes: tuple[Size, ...] = ALL
    severity: Severity = "warning"


class Walk(NamedTuple):
    """What one walk over the states collects."""

    states: dict[str, list[State]]
    """By scene."""
    leads: dict[str, set[str]]
    """By scene, the scenes that come next in some play."""
    landed: dict[str, set[int]]
    """By gate, the numbers of the states behind it, for those choices that lead to the gate itself."""


class NotProvedError(Exception):
    """A lint asks for all states of a case that has too many."""


class Proof(NamedTuple):
    """All states of a case, and what was measured on them."""

    graph: Graph
    measures: Measures


@dataclass(frozen=True)
class Subject:
    """One case, ready to be looked at."""

    scenario: Scenario
    proof: Proof | None

    @property
    def graph(self) -> Graph:
        return self._proved.graph

    @property
    def measures(self) -> Measures:
        return self._proved.measures

    @property
    def _proved(self) -> Proof:
        if self.proof is None:
            raise NotProvedError
        return self.proof

    @cached_property
    def decisions(self) -> list[tuple[Path, Decision]]:
        """All scenes in which the learner does something, with their paths."""
        scenes = enumerate(self.scenario.scenes)
        return [(("scenes", place), scene) for place, scene in scenes if isinstance(scene, Decision)]

    @cached_property
    def keyed(self) -> list[tuple[Path, Decision]]:
        """The decisions that can change the play or the score: all but the votes."""
        return [(path, scene) for path, scene in self.decisions if not isinstance(scene, VoteScene)]

    @cached_property
    def endings(self) -> list[tuple[Path, Ending]]:
        scenes = enumerate(self.scenario.scenes)
        return [(("scenes", place), scene) for place, scene in scenes if isinstance(scene, Ending)]

    @cached_property
    def shown(self) -> list[tuple[Path, Decision | Ending]]:
        """All scenes that a learner sees."""
        return [*self.decisions, *self.endings]

    @cached_property
    def gates(self) -> list[tuple[Path, Gate]]:
        scenes = enumerate(self.scenario.scenes)
        return [(("scenes", place), scene) for place, scene in scenes if isinstance(scene, Gate)]

    @cached_property
    def answers(self) -> list[Answer]:
        """All answers with a consequence of their own; those of a vote share one."""
        return [
            Answer(scene, answer_path(path, scene, number), answer)
            for path, scene in self.keyed
            for number, answer in enumerate(scene.answers)
        ]

    @cached_property
    def walk(self) -> Walk:
        """Walk over the states, once for all lints."""
        graph = self.graph
        states: dict[str, list[State]] = {}
        leads: dict[str, set[str]] = {scene: set() for scene in graph.case.nodes}
        landed: dict[str, set[int]] = {gate.id: set() for _, gate in self.gates}
        into: dict[str, tuple[set[int] | None, ...]] = {
            scene: tuple(landed.get(option.choice.to) for option in node.options)
            for scene, node in graph.case.nodes.items()
        }
        for state, edges in zip(graph.states, graph.edges, strict=True):
            states.setdefault(state.scene, []).append(state)
            after, rooms = leads[state.scene], into[state.scene]
            for place, number in edges:
                after.add(graph.states[number].scene)
                room = rooms[place]
                if room is not None:
                    room.add(number)
        if self.scenario.start in landed:
            landed[self.scenario.start].add(0)
        return Walk(states, leads, landed)

    @cached_property
    def asked(self) -> list[Asked]:
        """All guards, with the states in which they are asked."""
        return [*of_choices(self.graph, self.walk.states), *of_gates(self.graph, self.walk.landed)]


def effect(answer: Consequence) -> tuple[object, ...]:
    """Give all that an answer does to a play, points apart."""
    do = sorted((name, by) for name, by in answer.do.items() if by)
    return (tuple(do), frozenset(answer.set), frozenset(answer.clear), answer.to)


def worth(answer: Consequence) -> int:
    """Sum the points of an answer over all competencies."""
    return sum(answer.key.values())


def best_places(scene: Decision) -> list[int]:
    """Give the places of the answers that are worth most."""
    points = [worth(answer) for answer in scene.answers]
    return [place for place, each in enumerate(points) if each == max(points)]
