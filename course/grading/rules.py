"""What holds for grades without a database: the fold of a grader's writes, what is missing, the score, the order."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

LEVELS = (1, 2, 3, 4)
LONGEST_COMMENT = 2000
LONGEST_NEXT_STEP = 600
LONGEST_OPERATION = 160
RECALL = timedelta(minutes=10)
"""How long feedback that was sent can be taken back, and how long its mails wait."""
MAIL_SUBJECT = "Your feedback is there"
MAIL_BODY = "Your feedback is there:\n{link}\n"
NEXT_STEP = "next_step"
REVISE = "revise"
READY = "ready"
NAME = "name"
"""Written by a grader who opens the author's name before the levels stand: such a grade is not blind."""


class Refusal(StrEnum):
    """Why a write, a release or its recall was not done."""

    OWN_WORK = "own_work"
    RELEASED = "released"
    UNKNOWN_FIELD = "unknown_field"
    BAD_VALUE = "bad_value"
    TOO_LONG = "too_long"
    BAD_OPERATION = "bad_operation"
    MISSING = "missing"
    NOTHING_READY = "nothing_ready"
    NOTHING_SENT = "nothing_sent"
    TOO_LATE = "too_late"


@dataclass(frozen=True)
class Write:
    """One accepted write of a grader."""

    version: int
    field: str
    value: Any
    at: datetime


@dataclass(frozen=True)
class State:
    """A grade as its accepted writes made it."""

    version: int
    levels: Mapping[str, int]
    comments: Mapping[str, str]
    next_step: str
    revise: bool
    named_at: datetime | None
    """When every level was set for the first time, or the name was opened before; from then on it is known."""
    ready_at: datetime | None

    def value(self, field: str) -> Any:  # noqa: ANN401 - A level, a text or a yes, as the field has it.
        """Return what a field holds now."""
        kind, _dot, criterion = field.partition(".")
        if kind == "level":
            return self.levels.get(criterion)
        if kind == "comment":
            return self.comments.get(criterion, "")
        marks = {READY: self.ready_at is not None, NAME: self.named_at is not None}
        return {NEXT_STEP: self.next_step, REVISE: self.revise, **marks}[field]


NOTHING = State(version=0, levels={}, comments={}, next_step="", revise=False, named_at=None, ready_at=None)


def apply(state: State, write: Write, criteria: tuple[str, ...]) -> State:
    """Return the state after one more write. A write that changes something reopens a grade that was ready."""
    kind, _dot, criterion = write.field.partition(".")
    if write.field == READY:
        return replace(state, version=write.version, ready_at=write.at)
    if write.field == NAME:
        return replace(state, version=write.version, named_at=state.named_at or write.at)
    ready_at = state.ready_at if state.value(write.field) == write.value else None
    state = replace(state, version=write.version, ready_at=ready_at)
    if kind == "level":
        levels = {**state.levels, criterion: write.value}
        levels = {each: levels[each] for each in criteria if levels.get(each) is not None}
        named_at = state.named_at or (write.at if len(levels) == len(criteria) else None)
        return replace(state, levels=levels, named_at=named_at)
    if kind == "comment":
        comments = {**state.comments, criterion: write.value}
        return replace(state, comments={each: comments[each] for each in criteria if comments.get(each)})
    if write.field == NEXT_STEP:
        return replace(state, next_step=write.value)
    return replace(state, revise=write.value)


def fold(writes: Iterable[Write], criteria: tuple[str, ...]) -> State:
    """Return what all accepted writes, in the order of their versions, make of an empty grade."""
    state = NOTHING
    for write in writes:
        state = apply(state, write, criteria)
    return state


def missing(state: State, criteria: tuple[str, ...]) -> tuple[str, ...]:
    """Return the fields that must be filled before a grade can be ready."""
    fields = [f"level.{criterion}" for criterion in criteria if criterion not in state.levels]
    return tuple(fields) if state.next_step.strip() else (*fields, NEXT_STEP)


def fields_of(criteria: tuple[str, ...]) -> tuple[str, ...]:
    """Return every field a grader may write."""
    levels = [f"level.{criterion}" for criterion in criteria]
    comments = [f"comment.{criterion}" for criterion in criteria]
    return (*levels, *comments, NEXT_STEP, REVISE)


def cleaned(field: str, value: object, criteria: tuple[str, ...]) -> Any:  # noqa: ANN401 - As ``State.value``.
    """Return the value as it is kept, or the refusal it deserves."""
    if field not in fields_of(criteria):
        return Refusal.UNKNOWN_FIELD
    if field == REVISE:
        return value if isinstance(value, bool) else Refusal.BAD_VALUE
    if field.startswith("level."):
        right = value is None or (isinstance(value, int) and not isinstance(value, bool) and value in LEVELS)
        return value if right else Refusal.BAD_VALUE
    if not isinstance(value, str):
        return Refusal.BAD_VALUE
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    # No database keeps these, and no keyboard makes them.
    if "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        return Refusal.BAD_VALUE
    longest = LONGEST_NEXT_STEP if field == NEXT_STEP else LONGEST_COMMENT
    return text if len(text) <= longest else Refusal.TOO_LONG


def score(levels: Mapping[str, int]) -> float | None:
    """Return 25 x the mean level, of 100: what the outside world is told. None while there is no level."""
    return 25 * sum(levels.values()) / len(levels) if levels else None


def position(*, run_id: int, rubric: str, salt: str) -> int:
    """Return a place in the queue's random order: 31 bits that neither a name nor an order of arrival decides.

    ``salt`` is random and kept with the grade, so the place can be found again and not foreseen.
    """
    seed = hashlib.sha256(f"{run_id}:{rubric}:{salt}".encode()).digest()
    return int.from_bytes(seed[:4], "big") >> 1
