"""Reading pages: the draft as it stands, what was handed in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, bindparam, false, select, true, union_all
from sqlalchemy.orm import Session

from course.reflections.models import Draft, Submission
from course.statements import columns


@dataclass(frozen=True)
class DraftText:
    text: str
    version: int
    saved_at: datetime


@dataclass(frozen=True)
class Page:
    """A page as it was handed in, with the one it revises."""

    text: str
    words: int
    submitted_at: datetime
    late: bool
    number: int
    reflection: str
    version_hash: str
    previous: "Page | None"


@dataclass(frozen=True)
class Written:
    """All that a seat has written for one reflection."""

    pages: tuple[Page, ...]
    """As handed in, first page first."""
    drafts: Mapping[int, DraftText]
    """By the number of the page."""


# The statements are built once: building one costs more than running it.
_PAGES = (
    select(
        Submission.text,
        Submission.words,
        Submission.submitted_at,
        Submission.late,
        Submission.number,
        Submission.reflection,
        Submission.version_hash,
    )
    .where(Submission.seat_id == bindparam("seat_id"), Submission.reflection == bindparam("reflection"))
    .order_by(Submission.number)
)
_DRAFTS = select(
    Draft.text,
    Draft.version,
    Draft.saved_at,
    false().label("late"),
    Draft.number,
    Draft.reflection,
    Draft.version_hash,
    false().label("handed_in"),
).where(Draft.seat_id == bindparam("seat_id"), Draft.reflection == bindparam("reflection"))
# Both in one statement: whoever opens or hands in a page needs both.
_WRITTEN: CompoundSelect[*tuple[Any, ...]] = union_all(
    _PAGES.order_by(None).add_columns(true().label("handed_in")), _DRAFTS
).order_by(Submission.number)


def written(session: Session, *, seat_id: int, reflection: str) -> Written:
    """Return all that a seat has written for one reflection."""
    pages: list[Page] = []
    drafts: dict[int, DraftText] = {}
    found = columns(session, _WRITTEN, {"seat_id": seat_id, "reflection": reflection})
    for text, count, at, late, number, page, version_hash, handed_in in found:
        if handed_in:
            pages.append(Page(text, count, at, late, number, page, version_hash, pages[-1] if pages else None))
        else:
            drafts[number] = DraftText(text, count, at)
    return Written(tuple(pages), drafts)


def pages(session: Session, *, seat_id: int, reflection: str) -> tuple[Page, ...]:
    """Return what a seat handed in for one reflection, first page first."""
    rows = columns(session, _PAGES, {"seat_id": seat_id, "reflection": reflection})
    found: list[Page] = []
    for row in rows:
        found.append(Page(*row, previous=found[-1] if found else None))
    return tuple(found)


def page_of(session: Session, submission_id: int) -> Page | None:
    """Return a page by the id of its submission, with the pages it revises."""
    mine = session.execute(
        select(Submission.seat_id, Submission.reflection, Submission.number).where(Submission.id == submission_id)
    ).first()
    if mine is None:
        return None
    written = pages(session, seat_id=mine.seat_id, reflection=mine.reflection)
    return next(page for page in written if page.number == mine.number)
