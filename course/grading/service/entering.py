"""Entering submissions for grading, and remembering that feedback was read."""

import secrets
from dataclasses import dataclass

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from course import clock
from course.grading import rules
from course.grading.models import Grade
from course.statements import columns, insert_once, write_row

HANDLE_BYTES = 16


@dataclass(frozen=True)
class Entered:
    """A grade that was opened."""

    id: int
    handle: str


# The statements are built once: building one costs more than running it.
_ENTER = insert_once(Grade)
_EMPTY = {"version": 0, "levels": {}, "comments": {}, "next_step": "", "revise": False}
_KNOWN = select(Grade.id, Grade.handle).where(
    Grade.kind == bindparam("kind"), Grade.submission_id == bindparam("submission_id")
)


def enter(
    session: Session,
    *,
    kind: str,
    submission_id: int,
    run_id: int,
    seat_id: int,
    author_id: int,
    version_hash: str,
    rubric: str,
    number: int,
) -> Entered:
    """Open the grade of a submission. A second call for the same submission answers with the first one's grade."""
    handle = secrets.token_urlsafe(HANDLE_BYTES)
    grade = {
        "handle": handle,
        "kind": kind,
        "submission_id": submission_id,
        "run_id": run_id,
        "seat_id": seat_id,
        "author_id": author_id,
        "version_hash": version_hash,
        "rubric": rubric,
        "number": number,
        "position": rules.position(run_id=run_id, rubric=rubric, salt=handle),
        "created_at": clock.now(),
    }
    made = write_row(session, _ENTER, {**_EMPTY, **grade}).scalar_one_or_none()
    if made is not None:
        return Entered(made, handle)
    return Entered(*columns(session, _KNOWN, {"kind": kind, "submission_id": submission_id}).one())


def mark_read(session: Session, *, grade_id: int) -> None:
    """Remember when the learner first opened feedback that was sent."""
    session.execute(
        update(Grade)
        .where(Grade.id == grade_id, Grade.released_at.is_not(None), Grade.read_at.is_(None))
        .values(read_at=clock.now())
    )
