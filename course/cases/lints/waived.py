"""Lints that an author stands by: shown with the reason, and counted."""

from collections.abc import Iterator
from dataclasses import replace

from course.cases.findings import CaseFinding
from course.content.checks.wording import fold
from course.content.schema import Scenario, Waiver

FEWEST_WORDS = 5
"""Less than a short sentence explains nothing."""


def settle(scenario: Scenario, found: list[CaseFinding], known: set[str], *, is_proved: bool) -> list[CaseFinding]:
    """Mark the warnings that the case waives, each with its reason, and find what is wrong with its waivers."""
    faults = _faults(scenario, found, known)
    if not is_proved:
        faults = (fault for fault in faults if fault.code != "waiver-unneeded")
    return [*(_waived(scenario, finding) for finding in found), *faults]


def _covers(waiver: Waiver, finding: CaseFinding) -> bool:
    return waiver.lint == finding.code and waiver.scene in {None, finding.scene}


def _waived(scenario: Scenario, finding: CaseFinding) -> CaseFinding:
    waiver = next((each for each in scenario.waivers if _covers(each, finding)), None)
    if waiver is None or finding.severity == "error":
        return finding
    return replace(finding, severity="waived", mend=f"Waived: {waiver.reason}")


def _faults(scenario: Scenario, found: list[CaseFinding], known: set[str]) -> Iterator[CaseFinding]:
    for place, waiver in enumerate(scenario.waivers):
        here = ("waivers", place)
        covered = [finding for finding in found if _covers(waiver, finding)]
        if waiver.lint not in known and not covered:
            wrong, mend = f"There is no lint `{waiver.lint}`.", "Take the name that stands in brackets in the finding."
            yield CaseFinding("waiver-unknown", wrong, waiver.scene, (*here, "lint"), "error", mend)
        elif any(finding.severity == "error" for finding in covered):
            wrong, mend = f"`{waiver.lint}` is an error here.", "Mend it; an error is not waived."
            yield CaseFinding("waiver-error", wrong, waiver.scene, (*here, "lint"), "error", mend)
        elif not covered:
            wrong, mend = f"Nothing here trips `{waiver.lint}`.", "Take this waiver out."
            yield CaseFinding("waiver-unneeded", wrong, waiver.scene, here, "warning", mend)
        if len(fold(waiver.reason)) < FEWEST_WORDS:
            wrong, mend = "This reason says nothing.", "Give one that somebody else can judge."
            yield CaseFinding("waiver-thin", wrong, waiver.scene, (*here, "reason"), "warning", mend)
