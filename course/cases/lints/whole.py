"""All lints of a case, in one list."""

from course.cases.findings import CaseFinding
from course.cases.graph import Graph
from course.cases.lints import balance, names, points, sentences, structure, texts
from course.cases.lints.subject import Lint, Subject
from course.cases.lints.waived import settle
from course.cases.measures import Measures

LINTS: tuple[Lint, ...] = (
    *texts.LINTS,
    *structure.LINTS,
    *names.LINTS,
    *points.LINTS,
    *balance.LINTS,
    *sentences.LINTS,
)


def lint_case(graph: Graph, measures: Measures) -> list[CaseFinding]:
    """Give all advice on a case, in the order of its file, with what it waives."""
    subject = Subject(graph, measures)
    size = subject.scenario.size
    found = [
        CaseFinding(lint.code, fault.wrong, fault.scene, fault.path, lint.severity, fault.mend)
        for lint in LINTS
        if size in lint.sizes
        for fault in lint.find(subject)
    ]
    return settle(subject.scenario, found, {lint.code for lint in LINTS})
