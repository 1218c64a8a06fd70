"""The proof of a case: all its states are enumerated, and nothing is left to luck. Too many of them are sampled."""

from dataclasses import dataclass, field, replace
from fractions import Fraction

from course.cases.bars import LONGEST_PLAY, SIZE_CODES, check_agreement, check_size, scene_path
from course.cases.case import Case, CaseError, compile_case
from course.cases.engine import EndlessGatesError
from course.cases.findings import CaseFinding
from course.cases.graph import BUDGET, Graph, TooManyStatesError, circle, explore, ordered
from course.cases.measures import Measures, TooLongError, measure
from course.cases.names import check_names
from course.cases.proof import (
    Met,
    check_met,
    check_narrow,
    check_plays,
    check_sampled_plays,
    met_in,
    narrow_in,
)
from course.cases.sampling import PLAYS, SEED, Sample, agreement, sample, scores
from course.cases.termination import circle_in
from course.content.schema import Scenario


@dataclass(frozen=True)
class Report:
    """What the enumeration found; the figures are there when every play is known to end."""

    scenario: Scenario
    states: int = 0
    graph: Graph | None = None
    measures: Measures | None = None
    agreement: float | None = None
    """Spearman's correlation of score and ending over seeded random plays."""
    sample: Sample | None = None
    """Given instead of measures when there are too many states to prove anything by them."""
    findings: tuple[CaseFinding, ...] = field(default=())

    @property
    def ok(self) -> bool:
        return not any(finding.severity == "error" for finding in self.findings)

    @property
    def verdict(self) -> str:
        """Say in one line what is known, and how."""
        if self.sample:
            plays = f"{self.sample.plays:,} random plays, seed {self.sample.seed}"
            return f"sampled, not proved: more than {self.states:,} states ({plays})"
        if self.measures is None:
            return "not played"
        return f"proved: {self.states:,} states, {self.measures.paths:,} different plays"

    @property
    def shares(self) -> dict[str, Fraction]:
        """For each ending its share of random plays: exact, or of the sample."""
        if self.sample:
            count = max(self.sample.endings.total(), 1)
            return {ending: Fraction(times, count) for ending, times in self.sample.endings.items()}
        return self.measures.shares if self.measures else {}


def check_case(scenario: Scenario, *, budget: int = BUDGET) -> Report:
    """Check a case whole. Names first; with a wrong name nothing can be played."""
    findings = [*check_names(scenario), *check_size(scenario)]
    if any(finding.code not in SIZE_CODES for finding in findings):
        return Report(scenario, findings=tuple(findings))
    try:
        case = compile_case(scenario)
        graph = explore(case, budget)
    except EndlessGatesError as error:
        findings.append(_circle(scenario, str(error), error.gates[0]))
        return Report(scenario, findings=tuple(findings))
    except CaseError as error:
        findings.append(CaseFinding("broken", str(error)))
        return Report(scenario, findings=tuple(findings))
    except TooManyStatesError as error:
        return _sampled(case, error.part, budget, findings)
    return _proved(graph, findings)


def _circle(scenario: Scenario, message: str, scene: str) -> CaseFinding:
    return CaseFinding("circle", message, scene, scene_path(scenario, scene))


def _proved(graph: Graph, findings: list[CaseFinding]) -> Report:
    scenario = graph.case.scenario
    findings += check_met(scenario, met_in(graph))
    findings += check_narrow(graph.case, narrow_in(graph))
    report = Report(scenario, len(graph.states), graph)
    order = ordered(graph)
    if len(order) < len(graph.states):
        scenes = circle(graph, order)
        message = f"A play can go round for ever: {' → '.join([*scenes, scenes[0]])}."
        findings.append(_circle(scenario, message, scenes[0]))
        return replace(report, findings=tuple(findings))
    try:
        measures = measure(graph, order)
    except TooLongError as error:
        findings.append(_too_long(f"A play can take {error.steps:,} answers"))
        return replace(report, findings=tuple(findings))
    agreed = agreement(scores(graph))
    findings += check_plays(scenario, measures)
    findings += check_agreement(scenario, agreed, f"{PLAYS:,} random plays (seed {SEED})")
    return replace(report, measures=measures, agreement=agreed, findings=tuple(findings))


def _too_long(said: str) -> CaseFinding:
    return CaseFinding("too-long", f"{said}; nobody plays more than {LONGEST_PLAY}.", path=("scenes",))


def _sampled(case: Case, part: Graph, budget: int, findings: list[CaseFinding]) -> Report:
    """Look at random plays, after it is known that they end. What they show is labelled."""
    scenario = case.scenario
    round_and_round = circle_in(scenario)
    if round_and_round:
        message = (
            f"A play may go round for ever at {', '.join(round_and_round)}: no counter was found that ends it, and"
            f" there are more than {budget:,} states to look for one."
        )
        findings.append(_circle(scenario, message, round_and_round[0]))
        return Report(scenario, budget, findings=tuple(findings))
    found = sample(case)
    if found.endless:
        findings.append(_too_long(f"A random play took more: … → {' → '.join(found.endless)}"))
        return Report(scenario, budget, findings=tuple(findings))
    message = (
        f"There are more than {budget:,} states, so nothing is proved: {found.plays:,} random plays (seed"
        f" {found.seed}) were looked at. Make ranges smaller, or use fewer variables and flags."
    )
    findings.append(CaseFinding("sampled", message, None, ("variables",), "warning"))
    known = met_in(part)
    met = Met(known.scenes | found.visits.keys(), known.answers | found.taken.keys(), known.routes | found.passed)
    findings += check_met(scenario, met, sampled=True)
    findings += check_narrow(case, {**narrow_in(part), **found.narrow})
    findings += check_sampled_plays(scenario, found)
    return Report(scenario, budget, sample=found, agreement=found.agreement, findings=tuple(findings))
