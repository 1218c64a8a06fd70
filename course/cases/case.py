"""A scenario made ready to play: names resolved, guards bound, once for each content."""

from dataclasses import dataclass
from functools import lru_cache

from course.cases.guards import Fact, Guard, GuardError, Parsed, bind, parse
from course.content.schema import Choice, Decision, Ending, Gate, Scenario

KEPT_CASES = 256


class CaseError(ValueError):
    """A scenario that cannot be played; ``course check`` says all that is wrong with it."""


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """What an option does to one variable, by its place; the sum stays within the range."""

    place: int
    by: int
    low: int
    high: int


@dataclass(frozen=True, slots=True, eq=False)
class Option:
    """One choice of a decision, ready to take."""

    place: int
    choice: Choice
    guard: Guard | None
    changes: tuple[Change, ...]
    keep: int
    """Marks that stay: all but the flags it clears."""
    add: int
    """Marks that it makes: flags it sets, and that it was chosen if some guard asks."""


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One scene, ready to enter. Of options and routes, a decision has the one, a gate the other."""

    scene: Decision | Gate | Ending
    mark: int
    """The mark of having been here, if some guard asks; else 0."""
    options: tuple[Option, ...] = ()
    routes: tuple[tuple[Guard | None, str], ...] = ()
    is_gate: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A scenario ready to play. Variables go by place, flags and facts by bit."""

    scenario: Scenario
    nodes: dict[str, Node]
    places: dict[str, int]
    flags: dict[str, int]
    facts: dict[Fact, int]


class _Same:
    """A scenario as a key of the cache: the same object, not an equal one."""

    __slots__ = ("scenario",)

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario

    def __hash__(self) -> int:
        return id(self.scenario)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.scenario is self.scenario


def compile_case(scenario: Scenario) -> Case:
    """Make a scenario ready to play, once for each scenario object. Raises ``CaseError``."""
    return _compiled(_Same(scenario))


@lru_cache(maxsize=KEPT_CASES)
def _compiled(key: _Same) -> Case:
    scenario = key.scenario
    try:
        return _Compiler(scenario).case()
    except GuardError as error:
        raise CaseError(f"{scenario.id}: {error}") from error
    except KeyError as error:
        raise CaseError(f"{scenario.id}: {error} is not known in this case.") from error


def guards_of(scenario: Scenario) -> list[str]:
    """List every guard that is written in a scenario."""
    texts: list[str | None] = []
    for scene in scenario.scenes:
        if isinstance(scene, Decision):
            texts.extend(choice.guard for choice in scene.choices)
        elif isinstance(scene, Gate):
            texts.extend(route.guard for route in scene.routes)
    return [text for text in texts if text is not None]


class _Compiler:
    """Resolves the names of one scenario."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.parsed: dict[str, Parsed] = {text: parse(text) for text in guards_of(scenario)}
        self.places = {variable.id: place for place, variable in enumerate(scenario.variables)}
        self.flags = {flag: 1 << bit for bit, flag in enumerate(scenario.flags)}
        mentioned = sorted(set[Fact]().union(*(parsed.facts for parsed in self.parsed.values())))
        self.facts = {fact: 1 << bit for bit, fact in enumerate(mentioned, start=len(self.flags))}
        self.bits: dict[str | Fact, int] = {}
        self.bits.update(self.flags.items())
        self.bits.update(self.facts.items())

    def case(self) -> Case:
        nodes = {scene.id: self._node(scene) for scene in self.scenario.scenes}
        for node in nodes.values():
            for target in (*(option.choice.to for option in node.options), *(to for _, to in node.routes)):
                nodes[target]  # An unknown target ends here and not in the middle of a play.
        nodes[self.scenario.start]
        return Case(self.scenario, nodes, self.places, self.flags, self.facts)

    def _node(self, scene: Decision | Gate | Ending) -> Node:
        mark = self.facts.get(Fact("visited", scene.id), 0)
        if isinstance(scene, Decision):
            return Node(scene, mark, options=tuple(self._option(scene.id, *each) for each in enumerate(scene.choices)))
        if isinstance(scene, Gate):
            routes = tuple((self._guard(route.guard), route.to) for route in scene.routes)
            return Node(scene, mark, routes=routes, is_gate=True)
        return Node(scene, mark)

    def _option(self, scene_id: str, place: int, choice: Choice) -> Option:
        variables = self.scenario.variables
        moves = sorted((self.places[name], by) for name, by in choice.do.items())
        changes = tuple(Change(which, by, variables[which].min, variables[which].max) for which, by in moves)
        cleared = sum(self.flags[flag] for flag in set(choice.clear))
        made = sum(self.flags[flag] for flag in set(choice.set))
        chosen = self.facts.get(Fact("chose", f"{scene_id}.{choice.id}"), 0)
        return Option(place, choice, self._guard(choice.guard), changes, keep=~cleared, add=made | chosen)

    def _guard(self, text: str | None) -> Guard | None:
        return None if text is None else bind(self.parsed[text], self.places, self.bits)
