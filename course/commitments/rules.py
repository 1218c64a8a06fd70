"""What holds for a promise without a database: what it needs, when it is due, and how long a closed one is shown."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

DAYS = 7
"""From the day to when a promise is usually to be kept: what is not done within a week is rarely done."""
FARTHEST_DAYS = 366
LONGEST = {"when": 300, "then": 300, "alias": 60}
"""Characters of each text."""

# Not one of these can be typed, and PostgreSQL keeps no zero byte.
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class Problem(StrEnum):
    """What is wrong with one part of a promise."""

    MISSING = "missing"
    TOO_LONG = "too long"
    PAST = "past"
    TOO_FAR = "too far"


class UnfitPromise(ValueError):  # noqa: N818 - It is what the writer is told, not a fault.
    """A promise with parts that are missing or out of bounds, by the name of the part."""

    def __init__(self, problems: Mapping[str, Problem]) -> None:
        self.problems = dict(problems)
        super().__init__(", ".join(f"{part} is {problem}" for part, problem in problems.items()))


@dataclass(frozen=True)
class Wording:
    """An if-then promise: what starts it, what is then done, with whom under another name, by which day."""

    when: str
    then: str
    alias: str
    by: date


class Due(StrEnum):
    """How a promise stands."""

    KEPT = "kept"
    DROPPED = "dropped"
    OVERDUE = "overdue"
    TODAY = "today"
    TOMORROW = "tomorrow"
    LATER = "later"


def fit(wording: Wording, today: date) -> Wording:
    """Return a promise with its texts on one line each.

    Raises UnfitPromise.
    """
    tidied = Wording(_line(wording.when), _line(wording.then), _line(wording.alias), wording.by)
    problems = {}
    for part, longest in LONGEST.items():
        text: str = getattr(tidied, part)
        if not text:
            problems[part] = Problem.MISSING
        elif len(text) > longest:
            problems[part] = Problem.TOO_LONG
    if tidied.by < today:
        problems["by"] = Problem.PAST
    elif tidied.by > today + timedelta(days=FARTHEST_DAYS):
        problems["by"] = Problem.TOO_FAR
    if problems:
        raise UnfitPromise(problems)
    return tidied


def usual_day(day: date, today: date) -> date:
    """Return the day that a new promise is for unless its maker says otherwise: a week from the day, or from now."""
    week = timedelta(days=DAYS)
    return day + week if day + week > today else today + week


def due(by: date, today: date, *, kept_at: datetime | None, dropped_at: datetime | None) -> Due:
    """Return how a promise stands on a day."""
    if dropped_at is not None:
        return Due.DROPPED
    if kept_at is not None:
        return Due.KEPT
    if by < today:
        return Due.OVERDUE
    return {0: Due.TODAY, 1: Due.TOMORROW}.get((by - today).days, Due.LATER)


def in_sight(today: date, zone: str, *, kept_at: datetime | None, dropped_at: datetime | None) -> bool:
    """Whether a promise is shown among what is to do: until it is closed, and that day still, to take it back."""
    closed = dropped_at or kept_at
    return closed is None or closed.astimezone(ZoneInfo(zone)).date() >= today


def _line(text: str) -> str:
    return " ".join(_CONTROL.sub(" ", text).split())
