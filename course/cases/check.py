"""A module's folder checked whole: what is read, what is named, and what its cases can do."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from course.cases.checker import Report, check_case
from course.cases.findings import CaseFinding
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
    try:
        loaded = load(folder)
    except ContentError as error:
        return None, error.findings
    advice = {case.id: _known(case.model_dump_json(by_alias=True)) for case in loaded.module.scenarios}
    findings = _findings(loaded, advice, against)
    return (None if errors(findings) else loaded), findings


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
    advice = {report.scenario.id: tuple(advise(report)) for report in reports}
    return Checked(loaded, _findings(loaded, advice, against), reports)


def case_file(case: str) -> str:
    return f"scenarios/{case}.yaml"


@lru_cache(maxsize=64)
def _known(case: str) -> tuple[CaseFinding, ...]:
    """Prove a case and give advice on it, once for each content: whoever saves one file has not changed the others."""
    return tuple(advise(check_case(Scenario.model_validate_json(case))))


def _findings(
    loaded: LoadedModule, advice: Mapping[str, tuple[CaseFinding, ...]], against: Path | None
) -> list[Finding]:
    """Give all findings of a folder, those of its cases on the lines they are about."""
    findings = [*loaded.warnings, *check_loaded(loaded)]
    for case, found in advice.items():
        file = case_file(case)
        for each in found:
            message = " ".join(filter(None, (each.message, each.mend)))
            line = loaded.lines.line(file, each.path)
            findings.append(Finding(file, line, message, each.code, each.severity))
    if against is not None:
        findings += check_overlap(loaded, against)
    return settle(loaded, findings)


def json_schema() -> dict[str, Any]:
    """Describe the files an author writes, as JSON Schema for an editor."""
    shapes: dict[str, type[Shape]] = {
        "module": Module,
        "scenario": Scenario,
        "skin": Skin,
        "reflection": Reflection,
    }
    return {name: shape.model_json_schema(by_alias=True) for name, shape in shapes.items()}
