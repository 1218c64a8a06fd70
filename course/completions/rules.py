"""A module's rule applied to what is known of one seat. Pure: the same facts always give the same result."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from course.content.schema import CompletionRule, Condition, Module, PresenceRule, ReflectionRule, ScenarioRule

FACILITATORS = {"page_waiting", "presence_unknown"}
"""Reasons that the learner can do nothing about."""


class PageState(StrEnum):
    """Where a learner's page stands."""

    NOT_WRITTEN = "not_written"
    WAITING = "waiting"
    REVISE = "revise"
    SENT = "sent"


@dataclass(frozen=True)
class PageFacts:
    """What is known of one page. ``levels`` are the best that were sent for each criterion."""

    state: PageState = PageState.NOT_WRITTEN
    levels: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Facts:
    """What is known of one seat. ``minutes`` is None while nobody has said who was there."""

    minutes: int | None = None
    finished: frozenset[str] = frozenset()
    pages: Mapping[str, PageFacts] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """``reasons`` name what is missing for completion, in the order of the rule, each with its facts."""

    attended: bool
    completed: bool
    reasons: tuple[dict[str, Any], ...]

    @property
    def waits(self) -> bool:
        """Whether all that is missing is the facilitator's to do."""
        return bool(self.reasons) and all(reason["code"] in FACILITATORS for reason in self.reasons)


def judge(module: Module, facts: Facts) -> Result:
    """Apply a module's completion rule."""
    rule: CompletionRule = module.completion
    attended = all(_missing(module, condition, facts) is None for condition in rule.attended)
    missing = [_missing(module, condition, facts) for condition in rule.completed]
    reasons = tuple(reason for reason in missing if reason is not None)
    return Result(attended, completed=not reasons, reasons=reasons)


def minutes_needed(module: Module, percent: int) -> int:
    """Return the fewest whole minutes that make ``percent`` of the contact time."""
    return math.ceil(module.contact_minutes * percent / 100)


def _missing(module: Module, condition: Condition, facts: Facts) -> dict[str, Any] | None:
    match condition:
        case PresenceRule():
            return _presence(module, condition, facts.minutes)
        case ScenarioRule(scenario=scenario):
            return None if scenario in facts.finished else {"code": "case_open", "scenario": scenario}
        case ReflectionRule():
            return _page(condition, facts.pages.get(condition.reflection, PageFacts()))


def _presence(module: Module, condition: PresenceRule, minutes: int | None) -> dict[str, Any] | None:
    if minutes is None:
        return {"code": "presence_unknown"}
    needed = minutes_needed(module, condition.percent)
    if minutes >= needed:
        return None
    return {"code": "presence_short", "minutes": minutes, "needed": needed}


def _page(condition: ReflectionRule, page: PageFacts) -> dict[str, Any] | None:
    reason: dict[str, Any] = {"reflection": condition.reflection}
    low = sorted(criterion for criterion, level in page.levels.items() if level < condition.level)
    if page.levels and not low:
        return None
    match page.state:
        case PageState.NOT_WRITTEN:
            return {"code": "page_not_written", **reason}
        case PageState.WAITING:
            return {"code": "page_waiting", **reason}
        case PageState.REVISE:
            return {"code": "page_revise", **reason, "criteria": low, "level": condition.level}
        case PageState.SENT:
            return {"code": "page_short", **reason, "criteria": low, "level": condition.level}
