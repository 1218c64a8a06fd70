"""What a check found: a sentence about one line of one file."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "waived"]
"""What is waived is said with the reason, and stops nothing."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One sentence about one line; ``code`` names the kind of finding for programs and tests."""

    file: str
    line: int
    message: str
    code: str
    severity: Severity = "error"

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.severity}: {self.message} [{self.code}]"


class ContentError(Exception):
    """A module that cannot be read, with everything that is wrong with it."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = sorted(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))


def errors(findings: Iterable[Finding]) -> list[Finding]:
    """Keep the findings that stop a module from being published."""
    return [finding for finding in findings if finding.severity == "error"]
