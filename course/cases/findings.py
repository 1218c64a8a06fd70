"""What the checker says about a case: a sentence and the part of the scenario it is about."""

from dataclasses import dataclass

from course.content.findings import Severity

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class CaseFinding:
    """One sentence about a case; ``path`` leads to the part of the scenario, e.g. ("scenes", 3, "to")."""

    code: str
    message: str
    scene: str | None = None
    path: Path = ()
    severity: Severity = "error"
    mend: str = ""
    """What to do about it; of a waived finding, why it stays."""
