"""A scenario made ready to play: names resolved, guards bound, once for each content."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations

from course.cases.guards import Fact, Guard, GuardError, Parsed, bind, parse
from course.content.schema import Choice, Consequence, Decision, Ending, Gate, RankScene, SayScene, Scenario

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
    """One answer of a decision, ready to take."""

    place: int
    choice: Consequence
    guard: Guard | None
    changes: tuple[Change, ...]
    keep: int
    """Marks that stay: all but the flags it clears."""
    add: int
    """Marks that it makes: flags it sets, and that it was chosen if some guard asks."""
    ways: int = 1
    """How many answers of a learner come to this one: of a band, the number of its orders."""


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
    said: int
    """The mark of having said one's own sentence in the scene where the play stands."""


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
            texts.extend(answer.guard for answer in scene.answers if isinstance(answer, Choice))
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
        self.said = 1 << (len(self.flags) + len(self.facts))
        self.bits: dict[str | Fact, int] = {}
        self.bits.update(self.flags.items())
        self.bits.update(self.facts.items())

    def case(self) -> Case:
        nodes = {scene.id: self._node(scene) for scene in self.scenario.scenes}
        for node in nodes.values():
            for target in (*(option.choice.to for option in node.options), *(to for _, to in node.routes)):
                nodes[target]  # An unknown target ends here and not in the middle of a play.
        nodes[self.scenario.start]
        return Case(self.scenario, nodes, self.places, self.flags, self.facts, self.said)

    def _node(self, scene: Decision | Gate | Ending) -> Node:
        mark = self.facts.get(Fact("visited", scene.id), 0)
        if isinstance(scene, Decision):
            return Node(scene, mark, options=tuple(self._option(scene, *each) for each in enumerate(scene.answers)))
        if isinstance(scene, Gate):
            routes = tuple((self._guard(route.guard), route.to) for route in scene.routes)
            return Node(scene, mark, routes=routes, is_gate=True)
        return Node(scene, mark)

    def _option(self, scene: Decision, place: int, answer: Consequence) -> Option:
        variables = self.scenario.variables
        moves = sorted((self.places[name], by) for name, by in answer.do.items())
        changes = tuple(Change(which, by, variables[which].min, variables[which].max) for which, by in moves)
        cleared = sum(self.flags[flag] for flag in set(answer.clear)) | self.said
        made = sum(self.flags[flag] for flag in set(answer.set))
        chosen = self.facts.get(Fact("chose", f"{scene.id}.{answer.id}"), 0)
        ways = orders(scene)[place] if isinstance(scene, RankScene) else 1
        guard = self._guard(answer.guard) if isinstance(answer, Choice) else None
        return Option(place, answer, guard if ways else _never, changes, ~cleared, made | chosen, ways)

    def _guard(self, text: str | None) -> Guard | None:
        return None if text is None else bind(self.parsed[text], self.places, self.bits)


def _never(_values: tuple[int, ...], _marks: int) -> bool:
    """Guard a band that no order comes to."""
    return False


def distance(scene: RankScene, order: Sequence[str]) -> int:
    """Count the pairs that stand the wrong way round (Kendall's tau distance), 0 being the order of the file.

    Raises ValueError when the order is not one of all items, each once.
    """
    right = {item.id: place for place, item in enumerate(scene.items)}
    if len(order) != len(right) or set(order) != set(right):
        raise ValueError(f"An order of {scene.id} names each of its items once.")
    places = [right[name] for name in order]
    return sum(first > second for place, first in enumerate(places) for second in places[place + 1 :])


def most_distant(scene: RankScene) -> int:
    """Return the distance of the reversed order, the largest there is: n (n - 1) / 2 for n items."""
    return len(scene.items) * (len(scene.items) - 1) // 2


def band(scene: RankScene, wrong: int) -> int:
    """Return the place of the band for so many pairs the wrong way round."""
    last = len(scene.bands) - 1
    return next((place for place, each in enumerate(scene.bands) if each.within is None or wrong <= each.within), last)


def orders(scene: RankScene) -> tuple[int, ...]:
    """Return, for each band, how many orders come to it."""
    counts = [0] * len(scene.bands)
    for order in permutations(item.id for item in scene.items):
        counts[band(scene, distance(scene, order))] += 1
    return tuple(counts)


def says(node: Node) -> bool:
    """Whether a scene asks for a sentence before it shows what there is to choose."""
    return isinstance(node.scene, SayScene)
