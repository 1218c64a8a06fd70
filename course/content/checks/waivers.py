"""Advice that an author does not take, with the reason: `explained:` in module.yaml."""

from collections.abc import Iterator

from course.content.checks.prose import words
from course.content.checks.subject import MODULE, Subject
from course.content.findings import Finding
from course.content.loader import LoadedModule
from course.content.schema import Explained

MOST = 5
SHORTEST_REASON = 5
"""Words: less than a short sentence explains nothing."""


def settle(loaded: LoadedModule, findings: list[Finding]) -> list[Finding]:
    """Leave out the warnings that the module explains, and say what is wrong with its explanations."""
    subject = Subject(loaded)
    explained = loaded.module.explained
    kept = [finding for finding in findings if not any(_covers(subject, each, finding) for each in explained)]
    return sorted([*kept, *_faults(subject, findings)])


def _covers(subject: Subject, explained: Explained, finding: Finding) -> bool:
    return finding.severity == "warning" and _meant(subject, explained, finding)


def _meant(subject: Subject, explained: Explained, finding: Finding) -> bool:
    """Whether a finding is of the code and at the place: a file, or a file and words of the line."""
    file, _, said = explained.place.partition(": ")
    if (finding.code, finding.file) != (explained.code, file):
        return False
    return said in subject.line(file, finding.line)


def _faults(subject: Subject, findings: list[Finding]) -> Iterator[Finding]:
    for place, explained in enumerate(subject.module.explained):
        here = ("explained", place)
        meant = [finding for finding in findings if _meant(subject, explained, finding)]
        if any(finding.severity == "error" for finding in meant):
            message = f"`{explained.code}` is an error here. An error is mended and not explained."
            yield subject.find(MODULE, (*here, "code"), message, "waiver-error")
        elif not meant:
            message = (
                f"Nothing at `{explained.place}` is called `{explained.code}`. Take it out, or write the place as FILE"
                " or FILE: WORDS OF THE LINE."
            )
            yield subject.find(MODULE, here, message, "waiver-unused", "warning")
        if len(words(explained.reason)) < SHORTEST_REASON:
            message = "Why is it better so? Give a reason that somebody else can judge."
            yield subject.find(MODULE, (*here, "reason"), message, "waiver-reason")
    if len(subject.module.explained) > MOST:
        message = f"A module explains at most {MOST} findings; mend the others."
        yield subject.find(MODULE, ("explained", MOST), message, "waiver-many")
