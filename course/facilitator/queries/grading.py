"""The grading queue, the grading screen, and what of a run was sent.

A page is known by its handle. Its author's name is read once ``named_at`` is set, and never before.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date as Date  # noqa: N812 - ``date`` is the name of a field here.
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, case, exists, func, or_, select
from sqlalchemy.orm import Session

from course import clock
from course.cohorts.models import Cohort, Day, Run
from course.grading.models import Grade, GradeEvent, Release
from course.grading.rules import NAME, RECALL, State
from course.people.models import Person
from course.reflections.models import Submission
from course.statements import columns

KIND = "reflection"
_WAITING = and_(Grade.ready_at.is_(None), Grade.released_at.is_(None))
_DONE = and_(Grade.ready_at.is_not(None), Grade.released_at.is_(None))
_VIEWER: BindParameter[int] = bindparam("viewer_id")
# The statements are built once: building one costs more than running it.
_NAME = case((Grade.named_at.is_not(None), Person.name))
_SEEN = exists().where(GradeEvent.grade_id == Grade.id, GradeEvent.field == NAME)
"""The name was opened before the levels stood: the page was not graded blind."""


@dataclass(frozen=True)
class QueueCount:
    """How the pages of a run stand, without one's own."""

    waiting: int
    done: int
    sent: int
    oldest: datetime | None
    """When the longest waiting page came in."""


_COUNTS = (
    select(
        Grade.run_id,
        func.count(case((_WAITING, 1))),
        func.count(case((_DONE, 1))),
        func.count(Grade.released_at),
        func.min(case((_WAITING, Grade.created_at))),
    )
    .where(Grade.run_id.in_(bindparam("run_ids", expanding=True)), Grade.author_id != _VIEWER)
    .group_by(Grade.run_id)
)


def queue_counts(session: Session, *, run_ids: Collection[int], viewer_id: int) -> dict[int, QueueCount]:
    rows = columns(session, _COUNTS, {"run_ids": list(run_ids), "viewer_id": viewer_id})
    return {run_id: QueueCount(*counts) for run_id, *counts in rows}


@dataclass(frozen=True)
class Sheet:
    """One page in the hands of its grader."""

    grade_id: int
    handle: str
    run_id: int
    seat_id: int
    position: int
    number: int
    rubric: str
    version_hash: str
    state: State
    released_at: datetime | None
    name: str | None
    seen: bool
    """Whether the name was opened before the levels stood."""
    text: str
    words: int
    late: bool
    submitted_at: datetime
    zone: str
    date: Date
    cohort: str


_SHEET = (
    select(
        Grade.id,
        Grade.handle,
        Grade.run_id,
        Grade.seat_id,
        Grade.position,
        Grade.number,
        Grade.rubric,
        Grade.version_hash,
        Grade.version,
        Grade.levels,
        Grade.comments,
        Grade.next_step,
        Grade.revise,
        Grade.named_at,
        Grade.ready_at,
        Grade.released_at,
        _NAME,
        _SEEN,
        Submission.text,
        Submission.words,
        Submission.late,
        Submission.submitted_at,
        Day.zone,
        Day.date,
        Cohort.name,
    )
    .join(Submission, and_(Grade.kind == KIND, Submission.id == Grade.submission_id))
    .join(Run, Run.id == Grade.run_id)
    .join(Day, Day.id == Run.day_id)
    .join(Cohort, Cohort.id == Run.cohort_id)
    .join(Person, Person.id == Grade.author_id)
    .where(
        Grade.handle == bindparam("handle"),
        Grade.author_id != _VIEWER,
        Run.facilitator_id == _VIEWER,
        Cohort.organisation_id.in_(bindparam("organisations", expanding=True)),
    )
)


def sheet(session: Session, *, handle: str, viewer_id: int, organisations: Collection[int]) -> Sheet | None:
    """Return the page behind a handle; None for the page of another facilitator's run, and for one's own."""
    told = {"handle": handle, "viewer_id": viewer_id, "organisations": list(organisations)}
    row = columns(session, _SHEET, told).first()
    if row is None:
        return None
    values: list[Any] = list(row)
    values[8:15] = [State(*values[8:15])]
    return Sheet(*values)


@dataclass(frozen=True)
class Place:
    """Where a page stands in its queue: the ``index``-th of ``total``, of which ``ready`` are done or sent."""

    index: int
    total: int
    ready: int


_POSITION: BindParameter[int] = bindparam("position")
_GRADE: BindParameter[int] = bindparam("grade_id")
_UP_TO_HERE = or_(Grade.position < _POSITION, and_(Grade.position == _POSITION, Grade.id <= _GRADE))
_PLACE = select(
    func.count(case((_UP_TO_HERE, 1))),
    func.count(),
    func.count(case((~_WAITING, 1))),
).where(Grade.run_id == bindparam("run_id"), Grade.author_id != _VIEWER)


def place(session: Session, *, run_id: int, viewer_id: int, position: int, grade_id: int) -> Place:
    told = {"run_id": run_id, "viewer_id": viewer_id, "position": position, "grade_id": grade_id}
    row = columns(session, _PLACE, told).one()
    return Place(*row)


@dataclass(frozen=True)
class Earlier:
    """The first page and its feedback, beside which a revision is read."""

    text: str
    levels: dict[str, Any]
    comments: dict[str, Any]
    next_step: str


_EARLIER = (
    select(Submission.text, Grade.levels, Grade.comments, Grade.next_step)
    .join(Submission, and_(Grade.kind == KIND, Submission.id == Grade.submission_id))
    .where(
        Grade.seat_id == bindparam("seat_id"),
        Grade.rubric == bindparam("rubric"),
        Grade.number == bindparam("number"),
    )
)


def earlier(session: Session, *, seat_id: int, rubric: str, number: int) -> Earlier | None:
    """Return the page before a revision, with the feedback it was given."""
    told = {"seat_id": seat_id, "rubric": rubric, "number": number - 1}
    row = columns(session, _EARLIER, told).first()
    return Earlier(*row) if row is not None else None


@dataclass(frozen=True)
class PageLine:
    """One page in the list of a run."""

    handle: str
    number: int
    ready_at: datetime | None
    released_at: datetime | None
    started: bool
    name: str | None
    seen: bool
    submitted_at: datetime


_PAGES = (
    select(
        Grade.handle,
        Grade.number,
        Grade.ready_at,
        Grade.released_at,
        Grade.version > 0,
        _NAME,
        _SEEN,
        Grade.created_at,
    )
    .join(Person, Person.id == Grade.author_id)
    .where(Grade.run_id == bindparam("run_id"), Grade.author_id != _VIEWER)
    .order_by(Grade.position, Grade.id)
)


def pages_of_run(session: Session, *, run_id: int, viewer_id: int) -> tuple[PageLine, ...]:
    """Return the pages of a run in the order of the queue."""
    rows = columns(session, _PAGES, {"run_id": run_id, "viewer_id": viewer_id})
    return tuple(PageLine(*row) for row in rows)


@dataclass(frozen=True)
class SeatPage:
    """A page of one seat, for whoever was sent to it from outside."""

    grade_id: int
    handle: str
    rubric: str
    named: bool
    sent: bool


_OF_SEAT = (
    select(Grade.id, Grade.handle, Grade.rubric, Grade.named_at.is_not(None), Grade.released_at.is_not(None))
    .where(Grade.run_id == bindparam("run_id"), Grade.seat_id == bindparam("seat_id"), Grade.author_id != _VIEWER)
    .order_by(Grade.number.desc(), Grade.id)
)


def pages_of_seat(session: Session, *, run_id: int, seat_id: int, viewer_id: int) -> tuple[SeatPage, ...]:
    """Return the pages of one seat of a run, the newest first."""
    rows = columns(session, _OF_SEAT, {"run_id": run_id, "seat_id": seat_id, "viewer_id": viewer_id})
    return tuple(SeatPage(*row) for row in rows)


@dataclass(frozen=True)
class Recallable:
    """Feedback that was just sent and can still be taken back."""

    release_id: int
    until: datetime


def recallable(session: Session, *, run_id: int) -> Recallable | None:
    """Return the newest release of a run that can still be taken back."""
    row = session.execute(
        select(Release.id, Release.at)
        .where(Release.run_id == run_id, Release.recalled_at.is_(None), Release.at > clock.now() - RECALL)
        .order_by(Release.id.desc())
        .limit(1)
    ).first()
    return Recallable(row.id, row.at + RECALL) if row is not None else None
