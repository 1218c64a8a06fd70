"""The grading screen's form and its script's operations: shape only, the values are judged by the service."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from course.grading.rules import NEXT_STEP, REVISE

DIGITS = frozenset("1234")
LONGEST_STAMP = 40
LONGEST_VERSION = 9
LARGEST_VERSION = 10**LONGEST_VERSION


@dataclass(frozen=True)
class SentGrade:
    """A whole grade as the form sends it. ``stamp`` names this showing of the form."""

    version: int
    stamp: str
    values: Mapping[str, Any]

    def operation(self, field: str, value: object) -> str:
        """Return an operation id that the same form with the same text makes again, and no other."""
        mark = hashlib.sha256(repr(value).encode("utf-8", "replace")).hexdigest()[:12]
        return f"{self.stamp}:{field}:{mark}"


def read_grade(sent: Mapping[str, str], criteria: tuple[str, ...]) -> SentGrade | None:
    """Return what was sent, or None when it does not come from the form."""
    version, stamp = sent.get("version", ""), sent.get("stamp", "")
    if not version.isdecimal() or len(version) > LONGEST_VERSION or not 0 < len(stamp) <= LONGEST_STAMP:
        return None
    values: dict[str, Any] = {}
    for criterion in criteria:
        level = sent.get(f"level.{criterion}")
        if level is not None:
            values[f"level.{criterion}"] = int(level) if level in DIGITS else level
        values[f"comment.{criterion}"] = sent.get(f"comment.{criterion}", "")
    values[NEXT_STEP] = sent.get(NEXT_STEP, "")
    values[REVISE] = REVISE in sent
    return SentGrade(int(version), stamp, values)


@dataclass(frozen=True)
class Operation:
    """One write of the grading screen's script."""

    field: str
    value: Any
    base_version: int
    operation_id: str


def read_operation(sent: object) -> Operation | None:
    """Return an operation, or None when it is none."""
    if not isinstance(sent, dict) or "value" not in sent:
        return None
    field, base, name = sent.get("field"), sent.get("base_version"), sent.get("operation_id")
    if not isinstance(field, str) or not isinstance(name, str):
        return None
    if not isinstance(base, int) or isinstance(base, bool) or not 0 <= base < LARGEST_VERSION:
        return None
    return Operation(field, sent["value"], base, name)
