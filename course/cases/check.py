"""A module's folder checked whole: what is read, what is named, and what its cases can do."""

from pathlib import Path
from typing import Any

from course.cases.checker import check_case
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
    findings = [*loaded.warnings, *check_loaded(loaded), *check_cases(loaded)]
    if against is not None:
        findings += check_overlap(loaded, against)
    findings = settle(loaded, findings)
    return (None if errors(findings) else loaded), findings


def check_cases(loaded: LoadedModule) -> list[Finding]:
    """Prove every case of a loaded module and give advice on it, each finding on the line it is about."""
    findings = []
    for scenario in loaded.module.scenarios:
        file = f"scenarios/{scenario.id}.yaml"
        for found in advise(check_case(scenario)):
            line = loaded.lines.line(file, found.path)
            message = " ".join(filter(None, (found.message, found.mend)))
            findings.append(Finding(file, line, message, found.code, found.severity))
    return findings


def json_schema() -> dict[str, Any]:
    """Describe the files an author writes, as JSON Schema for an editor."""
    shapes: dict[str, type[Shape]] = {
        "module": Module,
        "scenario": Scenario,
        "skin": Skin,
        "reflection": Reflection,
    }
    return {name: shape.model_json_schema(by_alias=True) for name, shape in shapes.items()}
