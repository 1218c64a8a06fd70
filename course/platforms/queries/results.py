"""What an LMS may know of a seat: its completion, and the levels of its page with their words."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from babel.dates import format_date
from sqlalchemy import BindParameter, and_, bindparam, select
from sqlalchemy.orm import Session

from course.cohorts.models import Day, Run, Seat
from course.completions.models import Completion
from course.content.schema import Module, Reflection
from course.grading.models import Grade
from course.grading.rules import RECALL, score
from course.library import queries as library
from course.platforms.rules import Tag
from course.reflections.models import Submission
from course.statements import columns

LOCALE = "en_GB"


@dataclass(frozen=True)
class Result:
    """What a line item is to hold of one seat."""

    given: float
    """Of 100."""
    comment: str
    """In full each time: a score without one wipes the comment before it."""
    at: datetime
    """When the learner did what it stands for."""
    free_at: datetime
    """Until then it may be taken back, and nobody is told."""

    @cached_property
    def digest(self) -> str:
        """Tells one result from another of the same seat."""
        told = [self.given, self.comment, self.at.isoformat(), self.free_at.isoformat()]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


Results = Mapping[tuple[int, Tag], Result]
"""By seat."""


@dataclass(frozen=True)
class Sent:
    """Feedback that was sent for one page."""

    rubric: str
    levels: Mapping[str, int]
    next_step: str
    revise: bool
    released_at: datetime
    submitted_at: datetime


# The statements are built once: building one costs more than running it.
_THESE: BindParameter[Any] = bindparam("seat_ids", expanding=True)
_STANDING = (
    select(Seat.id, Run.version_hash, Day.date, Completion.completed, Completion.completed_at)
    .join(Run, Run.id == Seat.run_id)
    .join(Day, Day.id == Seat.day_id)
    .outerjoin(Completion, Completion.seat_id == Seat.id)
    .where(Seat.id.in_(_THESE), Seat.cancelled_at.is_(None))
)
_SENT = (
    select(
        Grade.seat_id,
        Grade.rubric,
        Grade.levels,
        Grade.next_step,
        Grade.revise,
        Grade.released_at,
        Submission.submitted_at,
    )
    .join(Submission, and_(Grade.kind == "reflection", Submission.id == Grade.submission_id))
    .where(Grade.seat_id.in_(_THESE), Grade.released_at.is_not(None))
    .order_by(Grade.number)
)


def results(session: Session, seat_ids: Collection[int]) -> Results:
    """Return what there is to tell of these seats, in two statements for any number; nothing where there is nothing."""
    told = {"seat_ids": list(seat_ids)}
    pages: dict[int, list[Sent]] = defaultdict(list)
    for seat_id, *sent in columns(session, _SENT, told):
        pages[seat_id].append(Sent(*sent))
    found: dict[tuple[int, Tag], Result] = {}
    for seat_id, version_hash, day, completed, completed_at in columns(session, _STANDING, told).all():
        module = library.module(session, version_hash)
        if completed and completed_at is not None:
            found[seat_id, Tag.COMPLETION] = completion(module, day, completed_at, pages[seat_id])
        levels = page(module, pages[seat_id])
        if levels is not None:
            found[seat_id, Tag.PAGE] = levels
    return found


def completion(module: Module, day: date, completed_at: datetime, sent: Sequence[Sent]) -> Result:
    """Return a completion as an LMS is told of it."""
    on = format_date(day, "d MMMM y", locale=LOCALE)
    return Result(100.0, f"Completed: {module.title}, {on}.", completed_at, _free_at(completed_at, sent))


def page(module: Module, sent: Sequence[Sent]) -> Result | None:
    """Return the levels of a module's pages with their words, as far as they were sent.

    Whoever revises can only gain: of each criterion the best level that was sent counts, as for the completion.
    """
    parts, numbers = [], []
    rubrics = dict.fromkeys(block.reflection for block in module.blocks if block.reflection is not None)
    known = [each for each in map(module.reflection, rubrics) if each is not None]
    for reflection in known:
        of_this = [each for each in sent if each.rubric == reflection.id]
        if of_this:
            best = _best(of_this)
            parts.append(_words(reflection, best, of_this[-1], titled=len(known) > 1))
            numbers += [(reflection.id, criterion, level) for criterion, level in best.items()]
    given = score({f"{rubric}.{criterion}": level for rubric, criterion, level in numbers})
    if given is None:
        return None
    newest = max(each.submitted_at for each in sent)
    return Result(given, "\n\n".join(parts), newest, _free_at(newest, sent))


def _best(sent: Sequence[Sent]) -> dict[str, int]:
    best: dict[str, int] = {}
    for each in sent:
        best |= {criterion: max(level, best.get(criterion, level)) for criterion, level in each.levels.items()}
    return best


def _words(reflection: Reflection, levels: Mapping[str, int], last: Sent, *, titled: bool) -> str:
    lines = [reflection.title] if titled else []
    for criterion in reflection.criteria:
        if criterion.id in levels:
            level = next(each for each in criterion.levels if each.level == levels[criterion.id])
            lines.append(f"{criterion.title}: level {level.level} of 4. {level.text}")
    lines.append(f"Next step: {last.next_step.strip()}")
    if last.revise:
        lines.append("Please revise the page.")
    return "\n".join(lines)


def _free_at(at: datetime, sent: Sequence[Sent]) -> datetime:
    return max([at, *(each.released_at + RECALL for each in sent)])


def result(session: Session, seat_id: int, tag: Tag) -> Result | None:
    """Return what there is to tell of one seat under one tag."""
    return results(session, [seat_id]).get((seat_id, tag))
