"""The play itself: one pure function for playing, replaying and checking."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal, NamedTuple, cast

from course.cases.case import Case, CaseError, Node, Option, band, compile_case, distance, says
from course.cases.guards import Fact
from course.content.schema import Consequence, Decision, Ending, RankScene

__all__ = [
    "Action",
    "Case",
    "CaseError",
    "Choose",
    "Chose",
    "Ended",
    "Entered",
    "Event",
    "IllegalStep",
    "Move",
    "Passed",
    "Said",
    "Spoke",
    "State",
    "begin",
    "compile_case",
    "dump",
    "ending",
    "flags",
    "has_said",
    "open_choices",
    "replay",
    "revive",
    "scene",
    "step",
    "values",
]


class State(NamedTuple):
    """Where a play stands. Two plays in equal states have the same future."""

    scene: str
    values: tuple[int, ...]
    """The variables, in the order of the scenario."""
    marks: int
    """Flags, and those past scenes and choices that some guard asks for, as bits."""


class Choose(NamedTuple):
    """What a player does: an answer by its id; in a scene with an order, the ids of its items joined by commas."""

    scene: str
    choice: str


class Said(NamedTuple):
    """The other thing a player does: a sentence of one's own was given. What it says changes nothing in the case."""

    scene: str


Action = Choose | Said


class Move(NamedTuple):
    """A variable that changed."""

    variable: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Entered:
    scene: str


@dataclass(frozen=True, slots=True)
class Chose:
    scene: str
    choice: str
    moves: tuple[Move, ...]
    """What really changed, after the ranges had their say."""


@dataclass(frozen=True, slots=True)
class Spoke:
    scene: str


@dataclass(frozen=True, slots=True)
class Passed:
    gate: str
    to: str


@dataclass(frozen=True, slots=True)
class Ended:
    ending: str
    rank: int


Event = Entered | Spoke | Chose | Passed | Ended


class IllegalStep(ValueError):  # noqa: N818 - it is a refusal told to a player, not a fault.
    """A step that cannot be taken from this state; the state stays as it is."""

    def __init__(self, reason: Literal["ended", "elsewhere", "unknown", "closed", "unsaid"], sentence: str) -> None:
        self.reason = reason
        super().__init__(sentence)


class EndlessGatesError(CaseError):
    """Gates that send a play round and round."""

    def __init__(self, gates: Iterable[str]) -> None:
        self.gates = tuple(gates)
        super().__init__(f"These gates lead in a circle: {', '.join(self.gates)}.")


def begin(case: Case) -> tuple[State, tuple[Event, ...]]:
    """Open a play at the start of the case."""
    start = tuple(variable.start for variable in case.scenario.variables)
    state, via = land(case, case.scenario.start, start, 0)
    return state, _arrival(case, state, via)


def step(case: Case, state: State, action: Action) -> tuple[State, tuple[Event, ...]]:
    """Take one step. Raises ``IllegalStep`` when it cannot be taken here and now."""
    node = _here(case, state, action)
    if isinstance(action, Said):
        if not says(node) or state.marks & case.said:
            raise IllegalStep("closed", f"No sentence is asked for at {action.scene} now.")
        return state._replace(marks=state.marks | case.said), (Spoke(action.scene),)
    if says(node) and not state.marks & case.said:
        raise IllegalStep("unsaid", f"At {action.scene} a sentence is said before anything is chosen.")
    option = wanted(node, state, action)
    after, via = take(case, state, option)
    moves = tuple(
        Move(case.scenario.variables[change.place].id, state.values[change.place], after.values[change.place])
        for change in option.changes
        if state.values[change.place] != after.values[change.place]
    )
    return after, (Chose(action.scene, option.choice.id, moves), *_arrival(case, after, via))


def replay(case: Case, actions: Iterable[Action]) -> list[tuple[State, tuple[Event, ...]]]:
    """Play a list of actions: the beginning, then one entry for each action."""
    return list(accumulate(actions, lambda played, action: step(case, played[0], action), initial=begin(case)))


def has_said(case: Case, state: State) -> bool:
    """Whether the sentence that the scene on the screen asks for was given."""
    return bool(state.marks & case.said)


def open_choices(case: Case, state: State) -> tuple[Consequence, ...]:
    """List the answers that can be given now, of an order its bands; none when the play has ended."""
    return tuple(option.choice for option in open_options(case.nodes[state.scene], state))


def scene(case: Case, state: State) -> Decision | Ending:
    """Give the scene on the screen; it is never a gate."""
    return cast("Decision | Ending", case.nodes[state.scene].scene)


def ending(case: Case, state: State) -> Ending | None:
    """Give the ending a play has reached, if it has."""
    here = case.nodes[state.scene].scene
    return here if isinstance(here, Ending) else None


def values(case: Case, state: State) -> dict[str, int]:
    """Give the variables by name."""
    return {name: state.values[place] for name, place in case.places.items()}


def flags(case: Case, state: State) -> frozenset[str]:
    """Give the flags that are set."""
    return frozenset(flag for flag, bit in case.flags.items() if state.marks & bit)


def dump(case: Case, state: State) -> dict[str, object]:
    """Write a state as data for JSON, by names, so that it can be read without the case."""
    facts = [fact for fact, bit in case.facts.items() if state.marks & bit]
    data: dict[str, object] = {
        "scene": state.scene,
        "variables": values(case, state),
        "flags": sorted(flags(case, state)),
        "visited": [fact.name for fact in facts if fact.kind == "visited"],
        "chose": [fact.name for fact in facts if fact.kind == "chose"],
    }
    return data | {"said": True} if has_said(case, state) else data


def revive(case: Case, data: Mapping[str, object]) -> State:
    """Read a state that ``dump`` wrote; ``ValueError`` when it belongs to another case."""
    try:
        by_name = cast("Mapping[str, int]", data["variables"])
        numbers = tuple(by_name[name] for name in case.places)
        marks = sum(case.flags[flag] for flag in cast("list[str]", data["flags"]))
        marks += sum(case.facts[Fact("visited", name)] for name in cast("list[str]", data["visited"]))
        marks += sum(case.facts[Fact("chose", name)] for name in cast("list[str]", data["chose"]))
        marks |= case.said if data.get("said") else 0
        here = str(data["scene"])
        known = not case.nodes[here].is_gate and len(numbers) == len(by_name)
    except (KeyError, TypeError) as error:
        raise ValueError(f"This state does not belong to {case.scenario.id}: {error}.") from error
    if not known:
        raise ValueError(f"This state does not belong to {case.scenario.id}.")
    return State(here, numbers, marks)


def open_options(node: Node, state: State) -> list[Option]:
    """List the options of a scene whose guards hold in a state."""
    return [option for option in node.options if option.guard is None or option.guard(state.values, state.marks)]


def take(case: Case, state: State, option: Option) -> tuple[State, tuple[tuple[str, int], ...]]:
    """Take an option that is open: the state after it, and the gates and routes on the way."""
    after = state.values
    if option.changes:
        moved = list(after)
        for change in option.changes:
            value = moved[change.place] + change.by
            moved[change.place] = min(max(value, change.low), change.high)
        after = tuple(moved)
    return land(case, option.choice.to, after, (state.marks & option.keep) | option.add)


def land(case: Case, to: str, numbers: tuple[int, ...], marks: int) -> tuple[State, tuple[tuple[str, int], ...]]:
    """Enter a scene and pass the gates behind it: the state, and gates with the route each took."""
    via: tuple[tuple[str, int], ...] = ()
    node = case.nodes[to]
    while node.is_gate:
        if len(via) > len(case.nodes):
            raise EndlessGatesError(dict.fromkeys(gate for gate, _ in via))
        marks |= node.mark
        for place, (guard, target) in enumerate(node.routes):
            if guard is None or guard(numbers, marks):
                via = (*via, (to, place))
                to = target
                break
        else:
            raise CaseError(f"No way out of the gate {to}: its last route needs to have no guard.")
        node = case.nodes[to]
    return State(to, numbers, marks | node.mark), via


def _arrival(case: Case, state: State, via: tuple[tuple[str, int], ...]) -> tuple[Event, ...]:
    passed = tuple(Passed(gate, case.nodes[gate].routes[place][1]) for gate, place in via)
    here = case.nodes[state.scene].scene
    if isinstance(here, Ending):
        return (*passed, Ended(here.id, here.rank))
    return (*passed, Entered(here.id))


def _here(case: Case, state: State, action: Action) -> Node:
    node = case.nodes[state.scene]
    if isinstance(node.scene, Ending):
        raise IllegalStep("ended", "This play has ended.")
    if action.scene != state.scene:
        raise IllegalStep("elsewhere", f"The play stands at {state.scene}, not at {action.scene}.")
    return node


def wanted(node: Node, state: State, action: Choose) -> Option:
    """Find the option that an answer comes to. Raises ``IllegalStep``."""
    if isinstance(node.scene, RankScene):
        try:
            return node.options[band(node.scene, distance(node.scene, action.choice.split(",")))]
        except ValueError as error:
            raise IllegalStep("unknown", str(error)) from error
    for option in node.options:
        if option.choice.id == action.choice:
            if option.guard is None or option.guard(state.values, state.marks):
                return option
            raise IllegalStep("closed", f"The choice {action.choice} is not open now.")
    raise IllegalStep("unknown", f"The scene {action.scene} has no choice {action.choice}.")
