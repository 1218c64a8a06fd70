"""All lints of a case, in one list."""

from course.cases.checker import Report
from course.cases.findings import CaseFinding
from course.cases.lints import balance, names, points, sentences, structure, texts
from course.cases.lints.subject import Fault, Lint, NotProvedError, Proof, Subject
from course.cases.lints.waived import settle
from course.content.schema import Scenario

LINTS: tuple[Lint, ...] = (
    *texts.LINTS,
    *structure.LINTS,
    *names.LINTS,
    *points.LINTS,
    *balance.LINTS,
    *sentences.LINTS,
)


CODES = {lint.code for lint in LINTS}


def advise(report: Report) -> list[CaseFinding]:
    """Give all that is to be said of a checked case: what the checker found, and the advice, less what is waived.

    A case that nobody can play is given no advice. One with too many states gets what needs no walk over them.
    """
    found = list(report.findings)
    proof = None
    if report.graph is not None and report.measures is not None:
        proof = Proof(report.graph, report.measures)
    if proof is not None or report.sample is not None:
        found += lint_case(report.scenario, proof)
    return settle(report.scenario, found, CODES, is_proved=proof is not None)


def lint_case(scenario: Scenario, proof: Proof | None) -> list[CaseFinding]:
    """Give all advice on a case that can be played."""
    subject = Subject(scenario, proof)
    return [
        CaseFinding(lint.code, fault.wrong, fault.scene, fault.path, lint.severity, fault.mend)
        for lint in LINTS
        if scenario.size in lint.sizes
        for fault in _faults(lint, subject)
    ]


def _faults(lint: Lint, subject: Subject) -> list[Fault]:
    try:
        return list(lint.find(subject))
    except NotProvedError:
        return []
