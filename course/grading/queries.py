"""Reading grades: the feedback a learner may see, a grade as it stands and as it stood, the next one to grade."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, literal, select, tuple_, union_all
from sqlalchemy.orm import Session

from course.content.schema import Criterion
from course.grading.models import Grade, GradeEvent
from course.grading.rules import State, Write, fold
from course.library import queries as library
from course.statements import columns


@dataclass(frozen=True)
class Feedback:
    """What was sent to a learner about one submission."""

    grade_id: int
    number: int
    version_hash: str
    levels: dict[str, Any]
    comments: dict[str, Any]
    next_step: str
    revise: bool
    released_at: datetime
    read_at: datetime | None


# The statements are built once: building one costs more than running it.
_FEEDBACK = (
    select(
        Grade.id,
        Grade.number,
        Grade.version_hash,
        Grade.levels,
        Grade.comments,
        Grade.next_step,
        Grade.revise,
        Grade.released_at,
        Grade.read_at,
    )
    .where(
        Grade.seat_id == bindparam("seat_id"),
        Grade.kind == "reflection",
        Grade.rubric == bindparam("rubric"),
        Grade.released_at.is_not(None),
    )
    .order_by(Grade.number)
)


def feedback_of_seat(session: Session, *, seat_id: int, reflection: str) -> tuple[Feedback, ...]:
    """Return the feedback that was sent for one reflection, first submission first; never what was not sent."""
    rows = columns(session, _FEEDBACK, {"seat_id": seat_id, "rubric": reflection})
    return tuple(Feedback(*row) for row in rows)


@dataclass(frozen=True)
class Head:
    """A grade as it stands, with what decides who may write to it."""

    id: int
    author_id: int
    released_at: datetime | None
    criteria: tuple[str, ...]
    state: State


_HEAD = select(
    Grade.id,
    Grade.author_id,
    Grade.released_at,
    Grade.version_hash,
    Grade.rubric,
    Grade.version,
    Grade.levels,
    Grade.comments,
    Grade.next_step,
    Grade.revise,
    Grade.named_at,
    Grade.ready_at,
).where(Grade.id == bindparam("grade_id"))


def head(session: Session, *, grade_id: int) -> Head:
    """Return a grade as it stands."""
    row = columns(session, _HEAD, {"grade_id": grade_id}).one()
    state = State(row.version, row.levels, row.comments, row.next_step, row.revise, row.named_at, row.ready_at)
    found = criteria(session, version_hash=row.version_hash, rubric=row.rubric)
    return Head(row.id, row.author_id, row.released_at, tuple(each.id for each in found), state)


def criteria(session: Session, *, version_hash: str, rubric: str) -> tuple[Criterion, ...]:
    """Return the criteria of a rubric as the version has them on which the submission was made."""
    reflection = library.module(session, version_hash).reflection(rubric)
    if reflection is None:
        raise LookupError(rubric)
    return reflection.criteria


def state_at(session: Session, *, grade_id: int, version: int, criteria: tuple[str, ...]) -> State:
    """Return a grade as it stood at a version: the fold of its writes up to it."""
    rows = session.execute(
        select(GradeEvent.version, GradeEvent.field, GradeEvent.value, GradeEvent.at)
        .where(GradeEvent.grade_id == grade_id, GradeEvent.version <= version)
        .order_by(GradeEvent.version)
    )
    return fold((Write(*row) for row in rows), criteria)


def next_to_grade(session: Session, *, run_id: int, viewer_id: int, after: tuple[int, int] | None = None) -> str | None:
    """Return the handle of the next grade of a run that is not ready, round the queue from ``after``.

    ``after`` is the position and id of the grade one comes from; that one itself is never the answer.
    """
    here = tuple_(Grade.position, Grade.id)
    waiting = (
        select(Grade.handle)
        .where(
            Grade.run_id == run_id,
            Grade.author_id != viewer_id,
            Grade.ready_at.is_(None),
            Grade.released_at.is_(None),
        )
        .order_by(Grade.position, Grade.id)
        .limit(1)
    )
    if after is None:
        return session.execute(waiting).scalar_one_or_none()
    # One step along the index on each side, whatever the length of the queue.
    later = waiting.add_columns(literal(0).label("turn")).where(here > tuple_(*after)).subquery()
    earlier = waiting.add_columns(literal(1).label("turn")).where(here < tuple_(*after)).subquery()
    both = union_all(select(later), select(earlier)).subquery()
    return session.execute(select(both.c.handle).order_by(both.c.turn).limit(1)).scalar_one_or_none()
