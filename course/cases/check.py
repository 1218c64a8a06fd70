"""A module's folder checked whole: what is read, what is named, and what its cases can do."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course.cases.checker import Report, check_case
from course.cases.lints.whole import advise
from course.content.checks import check_loaded, check_overlap, settle
from course.content.findings import ContentError, Finding, errors
from course.content.loader import LoadedModule, load
from course.content.schema import Module, Reflection, Scenario, Shape, Skin


def check_module(folder: Path) -> tuple[Module | None, list[Finding]]:
    """Check a folder. The module is given only when no finding is an error."""
    loaded, findings = check_folder(folder)
    return (loaded.module if loaded else None), findings


def check_folder(folder: Path, *, against: Path | None = None) -> tuple[LoadedModule | None, list[Finding]]:
    """Check a folder, as ``check_module`` does, and keep its pictures for who publishes it.

    ``against`` is a folder of texts by others, with which the module may share no run of words.
    Raises ``ContentError`` when that folder cannot be compared with.
    """
    checked = check_whole(folder, against=against)
    return (None if errors(checked.findings) else checked.loaded), checked.findings


@dataclass(frozen=True)
class Checked:
    """A folder that was checked: what could be read of it, and what is known of its cases."""

    loaded: LoadedModule | None
    """Given when the folder can be read at all; its findings may be errors all the same."""
    findings: list[Finding]
    reports: tuple[Report, ...] = ()

    def of_case(self, case: str) -> list[Finding]:
        """Return the findings of one case's file."""
        return [finding for finding in self.findings if finding.file == case_file(case)]


def check_whole(folder: Path, *, against: Path | None = None) -> Checked:
    """Check a folder and keep the figures of its cases. Raises ``ContentError`` as ``check_folder`` does."""
    try:
        loaded = load(folder)
    except ContentError as error:
        return Checked(None, error.findings)
    reports = tuple(check_case(scenario) for scenario in loaded.module.scenarios)
    findings = [*loaded.warnings, *check_loaded(loaded)]
    findings += [finding for report in reports for finding in _on_lines(loaded, report)]
    if against is not None:
        findings += check_overlap(loaded, against)
    return Checked(loaded, settle(loaded, findings), reports)


def case_file(case: str) -> str:
    return f"scenarios/{case}.yaml"


def _on_lines(loaded: LoadedModule, report: Report) -> Iterator[Finding]:
    """Give what the proof of a case found, and advice on it, each finding on the line it is about."""
    file = case_file(report.scenario.id)
    for found in advise(report):
        message = " ".join(filter(None, (found.message, found.mend)))
        yield Finding(file, loaded.lines.line(file, found.path), message, found.code, found.severity)


def json_schema() -> dict[str, Any]:
    """Describe the files an author writes, as JSON Schema for an editor."""
    shapes: dict[str, type[Shape]] = {
        "module": Module,
        "scenario": Scenario,
        "skin": Skin,
        "reflection": Reflection,
    }
    return {name: shape.model_json_schema(by_alias=True) for name, shape in shapes.items()}
