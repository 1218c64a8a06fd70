"""The proof of a case: all its states are enumerated, and nothing is left to luck."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from course.cases.case import CaseError, compile_case
from course.cases.engine import EndlessGatesError, State, flags, values
from course.cases.findings import CaseFinding, Path
from course.cases.graph import BUDGET, Graph, TooManyStatesError, circle, explore, ordered
from course.cases.measures import Measures, measure
from course.cases.names import check_names
from course.content.schema import Decision, Ending, Gate, Scenario, answer_path


@dataclass(frozen=True)
class Bar:
    """What a case of one size must reach."""

    scenes: tuple[int, int]
    opportunities: int
    endings: int
    decisions: tuple[int, int]
    variables: int


BARS = {
    "vignette": Bar(scenes=(3, 6), opportunities=1, endings=1, decisions=(1, 4), variables=6),
    "short": Bar(scenes=(6, 10), opportunities=2, endings=2, decisions=(2, 7), variables=6),
    "full": Bar(scenes=(15, 25), opportunities=3, endings=4, decisions=(7, 12), variables=4),
}
FEWEST_OPEN = 2


@dataclass(frozen=True)
class Report:
    """What the enumeration found; the figures are there when every play is known to end."""

    scenario: Scenario
    states: int = 0
    measures: Measures | None = None
    findings: tuple[CaseFinding, ...] = field(default=())
    graph: Graph | None = None
    """All states, for who looks further."""

    @property
    def ok(self) -> bool:
        return not any(finding.severity == "error" for finding in self.findings)

    @property
    def shares(self) -> dict[str, Fraction]:
        return self.measures.shares if self.measures else {}


def check_case(scenario: Scenario, *, budget: int = BUDGET) -> Report:
    """Check a case whole. Names first; with a wrong name nothing can be played."""
    findings = [*check_names(scenario), *_size(scenario)]
    if any(finding.code not in SIZE_CODES for finding in findings):
        return Report(scenario, findings=tuple(findings))
    try:
        graph = explore(compile_case(scenario), budget)
    except EndlessGatesError as error:
        findings.append(CaseFinding("circle", str(error), error.gates[0], _path(scenario, error.gates[0])))
        return Report(scenario, findings=tuple(findings))
    except CaseError as error:
        findings.append(CaseFinding("broken", str(error)))
        return Report(scenario, findings=tuple(findings))
    except TooManyStatesError:
        message = f"Too many states: more than {budget}. Make ranges smaller, or use fewer variables and flags."
        findings.append(CaseFinding("too-many-states", message, path=("variables",)))
        return Report(scenario, states=budget, findings=tuple(findings))
    return _proved(graph, findings)


def _proved(graph: Graph, findings: list[CaseFinding]) -> Report:
    scenario = graph.case.scenario
    findings += _reached(graph)
    findings += _dead_ends(graph)
    order = ordered(graph)
    if len(order) < len(graph.states):
        scenes = circle(graph, order)
        message = f"A play can go round for ever: {' → '.join([*scenes, scenes[0]])}."
        findings.append(CaseFinding("circle", message, scenes[0], _path(scenario, scenes[0])))
        return Report(scenario, len(graph.states), None, tuple(findings))
    measures = measure(graph, order)
    findings += _bars(scenario, measures)
    return Report(scenario, len(graph.states), measures, tuple(findings), graph)


SIZE_CODES = {"scene-count", "ending-count", "variable-count"}


def _size(scenario: Scenario) -> Iterator[CaseFinding]:
    bar = BARS[scenario.size]
    low, high = bar.scenes
    count = len(scenario.scenes)
    if not low <= count <= high:
        message = f"A {scenario.size} case has {low} to {high} scenes with gates and endings; this one has {count}."
        yield CaseFinding("scene-count", message, path=("scenes",))
    endings = sum(isinstance(scene, Ending) for scene in scenario.scenes)
    if endings < bar.endings:
        message = f"A {scenario.size} case has at least {bar.endings} endings; this one has {endings}."
        yield CaseFinding("ending-count", message, path=("scenes",))
    if len(scenario.variables) > bar.variables:
        message = (
            f"A {scenario.size} case has at most {bar.variables} variables; this one has {len(scenario.variables)}."
        )
        yield CaseFinding("variable-count", message, path=("variables",))


def _path(scenario: Scenario, scene: str) -> Path:
    places = [place for place, each in enumerate(scenario.scenes) if each.id == scene]
    return ("scenes", places[0], "id") if places else ()


def _reached(graph: Graph) -> Iterator[CaseFinding]:
    """Find what no play ever meets: scenes, choices, routes."""
    entered = {state.scene for state in graph.states} | {gate for gate, _ in graph.passed}
    taken = {(state.scene, place) for state, leads in zip(graph.states, graph.edges, strict=True) for place, _ in leads}
    for number, scene in enumerate(graph.case.scenario.scenes):
        here: Path = ("scenes", number)
        if scene.id not in entered:
            what = "ending" if isinstance(scene, Ending) else "scene"
            message = f"No play ever reaches the {what} `{scene.id}`."
            yield CaseFinding("unreachable", message, scene.id, (*here, "id"))
        elif isinstance(scene, Decision):
            for place, answer in enumerate(scene.answers):
                if (scene.id, place) not in taken:
                    message = f"The choice `{scene.id}.{answer.id}` is never open."
                    yield CaseFinding("never-open", message, scene.id, (*answer_path(here, scene, place), "if"))
        elif isinstance(scene, Gate):
            for place, route in enumerate(scene.routes):
                if (scene.id, place) not in graph.passed:
                    message = f"No play ever takes this route of the gate `{scene.id}` (to `{route.to}`)."
                    yield CaseFinding("route-unused", message, scene.id, (*here, "routes", place))


def _dead_ends(graph: Graph) -> Iterator[CaseFinding]:
    """Find decisions where, in some state, there is nothing or only one thing to choose."""
    worst: dict[str, tuple[int, State]] = {}
    for state, leads in zip(graph.states, graph.edges, strict=True):
        if len(leads) < FEWEST_OPEN and isinstance(graph.case.nodes[state.scene].scene, Decision):
            count, _ = worst.get(state.scene, (FEWEST_OPEN, state))
            if len(leads) < count:
                worst[state.scene] = (len(leads), state)
    for scene, (count, state) in worst.items():
        where = _state_words(graph, state)
        path = _path(graph.case.scenario, scene)
        if count == 0:
            message = f"A play can get stuck at `{scene}`: no choice is open with {where}."
            yield CaseFinding("dead-end", message, scene, path)
        else:
            message = f"At `{scene}` there is no choice left, only one way on, with {where}."
            yield CaseFinding("one-choice", message, scene, path)


def _state_words(graph: Graph, state: State) -> str:
    words = [f"{name} {value}" for name, value in values(graph.case, state).items()]
    return ", ".join([*words, *sorted(flags(graph.case, state))]) or "nothing set"


def _bars(scenario: Scenario, measures: Measures) -> Iterator[CaseFinding]:
    """Find where the plays of a case fall short of the bar of its size."""
    bar = BARS[scenario.size]
    for place, scene in enumerate(scenario.scenes):
        if isinstance(scene, Decision) and scene.must_meet and scene.id not in measures.always_met:
            message = f"`{scene.id}` is marked must_meet, and some plays miss it."
            yield CaseFinding("must-meet", message, scene.id, ("scenes", place, "must_meet"))
    for place, competency in enumerate(scenario.competencies):
        count = measures.opportunities[competency.id]
        if count < bar.opportunities:
            message = (
                f"Some play meets only {count} opportunities for `{competency.id}`;"
                f" a {scenario.size} case gives every play at least {bar.opportunities}."
            )
            yield CaseFinding("opportunities", message, None, ("competencies", place))
    low, high = bar.decisions
    if measures.fewest_decisions < low or measures.most_decisions > high:
        said = f"{measures.fewest_decisions} to {measures.most_decisions} decisions"
        message = f"A play takes {said}; {low} to {high} suit a {scenario.size} case."
        yield CaseFinding("decisions", message, None, ("scenes",), "warning")
    yield from _best_ending(scenario, measures)


def _best_ending(scenario: Scenario, measures: Measures) -> Iterator[CaseFinding]:
    first = next((scene.id for scene in scenario.scenes if isinstance(scene, Ending) and scene.rank == 1), "")
    others = sorted(measures.best_endings - {first})
    if not measures.shares.get(first):
        return  # No play reaches it, which is said already.
    if first not in measures.best_endings:
        message = (
            f"The best total ({measures.best_total}) ends in `{others[0]}`, and the ending of rank 1 is `{first}`."
        )
        yield CaseFinding("best-ending", message, first, _path(scenario, first))
    elif others:
        message = f"The best total ({measures.best_total}) is also reached by plays that end in `{others[0]}`."
        yield CaseFinding("best-ending-shared", message, others[0], _path(scenario, others[0]), "warning")
