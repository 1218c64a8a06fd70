"""Reading pages: the draft as it stands, what was handed in."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from course.database import columns
from course.reflections.models import Draft, Submission


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


# The statements are built once: building one costs more than running it.
_DRAFT = select(Draft.text, Draft.version, Draft.saved_at).where(
    Draft.seat_id == bindparam("seat_id"),
    Draft.reflection == bindparam("reflection"),
    Draft.number == bindparam("number"),
)
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


def draft(session: Session, *, seat_id: int, reflection: str, number: int = 1) -> DraftText | None:
    """Return the page as it stands while it is written."""
    row = columns(session, _DRAFT, {"seat_id": seat_id, "reflection": reflection, "number": number}).first()
    return DraftText(*row) if row is not None else None


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
