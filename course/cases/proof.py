"""What must hold of every play of a case, looked for in all its states or in the plays of a sample."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from course.cases.bars import BARS, FEWEST_OPEN, check_agreement, check_decisions, scene_path
from course.cases.case import Case
from course.cases.engine import State, flags, values
from course.cases.findings import CaseFinding, Path
from course.cases.graph import Graph
from course.cases.measures import Measures
from course.cases.sampling import Sample
from course.content.schema import Decision, Ending, Gate, RankScene, Scenario, answer_path

SAMPLED = "Sampled, not proved: "


@dataclass(frozen=True)
class Met:
    """What some plays met: all plays of a case, or those of a sample."""

    scenes: frozenset[str]
    """Gates included."""
    answers: frozenset[tuple[str, int]]
    """By their places."""
    routes: frozenset[tuple[str, int]]


def met_in(graph: Graph) -> Met:
    """Collect what the states of a graph meet; it may be a part of a graph."""
    scenes = {state.scene for state in graph.states} | {gate for gate, _ in graph.passed}
    pairs = zip(graph.states, graph.edges, strict=False)
    answers = {(state.scene, place) for state, leads in pairs for place, _ in leads}
    return Met(frozenset(scenes), frozenset(answers), graph.passed)


def narrow_in(graph: Graph) -> dict[str, tuple[int, State]]:
    """Find decisions with fewer than two open answers: the fewest, and the first state in which it is so."""
    worst: dict[str, tuple[int, State]] = {}
    for state, leads in zip(graph.states, graph.edges, strict=False):
        if len(leads) < FEWEST_OPEN and isinstance(graph.case.nodes[state.scene].scene, Decision):
            count, _ = worst.get(state.scene, (FEWEST_OPEN, state))
            if len(leads) < count:
                worst[state.scene] = (len(leads), state)
    return worst


def check_met(scenario: Scenario, met: Met, *, sampled: bool = False) -> Iterator[CaseFinding]:
    """Find what no play ever meets: scenes, choices, routes. A sample can't prove it, and only advises."""
    found = _unmet(scenario, met)
    return _labelled(replace(finding, severity="warning") for finding in found) if sampled else found


def _labelled(findings: Iterable[CaseFinding]) -> Iterator[CaseFinding]:
    for finding in findings:
        yield replace(finding, message=SAMPLED + finding.message[0].lower() + finding.message[1:])


def _unmet(scenario: Scenario, met: Met) -> Iterator[CaseFinding]:
    for number, scene in enumerate(scenario.scenes):
        here: Path = ("scenes", number)
        if scene.id not in met.scenes:
            what = "ending" if isinstance(scene, Ending) else "scene"
            message = f"No play ever reaches the {what} `{scene.id}`."
            yield CaseFinding("unreachable", message, scene.id, (*here, "id"))
        elif isinstance(scene, Decision):
            for place, answer in enumerate(scene.answers):
                if (scene.id, place) not in met.answers:
                    is_band = isinstance(scene, RankScene)
                    name = f"`{scene.id}.{answer.id}`"
                    message = f"No order comes to the band {name}." if is_band else f"The choice {name} is never open."
                    path = (*answer_path(here, scene, place), "within" if is_band else "if")
                    yield CaseFinding("never-open", message, scene.id, path)
        elif isinstance(scene, Gate):
            for place, route in enumerate(scene.routes):
                if (scene.id, place) not in met.routes:
                    message = f"No play ever takes this route of the gate `{scene.id}` (to `{route.to}`)."
                    yield CaseFinding("route-unused", message, scene.id, (*here, "routes", place))


def check_narrow(case: Case, narrow: Mapping[str, tuple[int, State]]) -> Iterator[CaseFinding]:
    """Tell the decisions where, in some state, there is nothing or only one thing to choose."""
    for scene, (count, state) in narrow.items():
        path = scene_path(case.scenario, scene)
        where = _state_words(case, state)
        if count == 0:
            message = f"A play can get stuck at `{scene}`: no choice is open with {where}."
            yield CaseFinding("dead-end", message, scene, path)
        else:
            message = f"At `{scene}` there is no choice left, only one way on, with {where}."
            yield CaseFinding("one-choice", message, scene, path)


def check_plays(scenario: Scenario, measures: Measures) -> Iterator[CaseFinding]:
    """Find where the plays of a case fall short of the bar of its size."""
    missed = [scene for scene in _anchors(scenario) if scene not in measures.always_met]
    yield from _check_anchors(scenario, missed)
    yield from _check_opportunities(scenario, measures.opportunities)
    yield from check_decisions(scenario, measures.fewest_decisions, measures.most_decisions)
    yield from _check_best_ending(scenario, measures)


def check_sampled_plays(scenario: Scenario, sample: Sample) -> Iterator[CaseFinding]:
    """Find where the plays of a sample fall short of the bar. Each such play is a proof; that there is none is not."""
    missed = [scene for scene in _anchors(scenario) if sample.visits[scene] < sample.plays]
    yield from _check_anchors(scenario, missed)
    if sample.endings:
        yield from _check_opportunities(scenario, sample.opportunities)
        yield from _labelled(check_decisions(scenario, sample.fewest_decisions, sample.most_decisions))
        yield from _labelled(_check_best_seen(scenario, sample))
    said = f"{sample.plays:,} random plays (seed {sample.seed})"
    yield from _labelled(check_agreement(scenario, sample.agreement, said))


def _state_words(case: Case, state: State) -> str:
    words = [f"{name} {value}" for name, value in values(case, state).items()]
    return ", ".join([*words, *sorted(flags(case, state))]) or "nothing set"


def _anchors(scenario: Scenario) -> list[str]:
    return [scene.id for scene in scenario.scenes if isinstance(scene, Decision) and scene.must_meet]


def _check_anchors(scenario: Scenario, missed: list[str]) -> Iterator[CaseFinding]:
    for place, scene in enumerate(scenario.scenes):
        if scene.id in missed:
            message = f"`{scene.id}` is marked must_meet, and some plays miss it."
            yield CaseFinding("must-meet", message, scene.id, ("scenes", place, "must_meet"))


def _check_opportunities(scenario: Scenario, opportunities: Mapping[str, int]) -> Iterator[CaseFinding]:
    bar = BARS[scenario.size]
    for place, competency in enumerate(scenario.competencies):
        count = opportunities[competency.id]
        if count < bar.opportunities:
            said = "opportunity" if count == 1 else "opportunities"
            message = (
                f"Some play meets only {count} {said} for `{competency.id}`;"
                f" a {scenario.size} case gives every play at least {bar.opportunities}."
            )
            yield CaseFinding("opportunities", message, None, ("competencies", place))


def _first(scenario: Scenario) -> str:
    return next((scene.id for scene in scenario.scenes if isinstance(scene, Ending) and scene.rank == 1), "")


def _check_best_ending(scenario: Scenario, measures: Measures) -> Iterator[CaseFinding]:
    first = _first(scenario)
    others = sorted(measures.best_endings - {first})
    if not measures.shares.get(first):
        return  # No play reaches it, which is said already.
    if first not in measures.best_endings:
        message = (
            f"The best total ({measures.best_total}) ends in `{others[0]}`, and the ending of rank 1 is `{first}`."
        )
        yield CaseFinding("best-ending", message, first, scene_path(scenario, first))
    elif others:
        message = f"The best total ({measures.best_total}) is also reached by plays that end in `{others[0]}`."
        yield CaseFinding("best-ending-shared", message, others[0], scene_path(scenario, others[0]), "warning")


def _check_best_seen(scenario: Scenario, sample: Sample) -> Iterator[CaseFinding]:
    first = _first(scenario)
    best = max(total for total, _ in sample.scores)
    if sample.endings[first] and (best, 1) not in sample.scores:
        message = f"The best total of these plays ({best}) did not end in `{first}`, the ending of rank 1."
        yield CaseFinding("best-ending", message, first, scene_path(scenario, first), "warning")
