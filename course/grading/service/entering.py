"""Entering submissions for grading, and remembering that feedback was read."""

import secrets

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from course import clock
from course.grading import rules
from course.grading.models import Grade

HANDLE_BYTES = 16


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
) -> Grade:
    """Open the grade of a submission. A second call for the same submission answers with the first one's grade."""
    known = select(Grade).where(Grade.kind == kind, Grade.submission_id == submission_id)
    grade = session.execute(known).scalar_one_or_none()
    if grade is not None:
        return grade
    handle = secrets.token_urlsafe(HANDLE_BYTES)
    grade = Grade(
        handle=handle,
        kind=kind,
        submission_id=submission_id,
        run_id=run_id,
        seat_id=seat_id,
        author_id=author_id,
        version_hash=version_hash,
        rubric=rubric,
        number=number,
        position=rules.position(run_id=run_id, rubric=rubric, salt=handle),
        created_at=clock.now(),
    )
    try:
        with session.begin_nested():
            session.add(grade)
    except IntegrityError:
        return session.execute(known).scalar_one()
    return grade


def mark_read(session: Session, *, grade_id: int) -> None:
    """Remember when the learner first opened feedback that was sent."""
    session.execute(
        update(Grade)
        .where(Grade.id == grade_id, Grade.released_at.is_not(None), Grade.read_at.is_(None))
        .values(read_at=clock.now())
    )
