"""Builders of grading's tests: a page handed in and entered, a grade filled."""

from collections.abc import Iterator
from itertools import count

from sqlalchemy import select
from sqlalchemy.orm import Session

from course import clock
from course.cohorts.models import Run, Seat
from course.grading import service
from course.grading.models import Grade, GradeEvent
from course.grading.rules import Write
from course.reflections.models import Submission

REFLECTION = "first-minute"
CRITERIA = ("person", "words", "when")
_operations: Iterator[int] = count(1)


def operation() -> str:
    """A fresh operation id."""
    return f"operation-{next(_operations)}"


def handed_in(session: Session, seat_id: int, *, number: int = 1, text: str = "On Tuesday I will ask A.") -> Submission:
    seat = session.get_one(Seat, seat_id)
    run = session.get_one(Run, seat.run_id)
    made = Submission(
        seat_id=seat_id,
        reflection=REFLECTION,
        number=number,
        version_hash=run.version_hash,
        operation_id=operation(),
        text=text,
        words=len(text.split()),
        late=False,
        submitted_at=clock.now(),
    )
    session.add(made)
    session.flush()
    return made


def entered(session: Session, seat_id: int, *, number: int = 1, text: str = "On Tuesday I will ask A.") -> Grade:
    """The grade of a page that was just handed in."""
    page = handed_in(session, seat_id, number=number, text=text)
    seat = session.get_one(Seat, seat_id)
    entered = service.enter(
        session,
        kind="reflection",
        submission_id=page.id,
        run_id=seat.run_id,
        seat_id=seat_id,
        author_id=seat.person_id,
        version_hash=page.version_hash,
        rubric=REFLECTION,
        number=number,
    )
    return session.get_one(Grade, entered.id)


def filled(
    session: Session, grade: Grade, *, by_id: int, levels: tuple[int, ...] = (3, 2, 4), next_step: str = "Ask A."
) -> Grade:
    """The same grade with every level and a next step."""
    for criterion, level in zip(CRITERIA, levels, strict=True):
        put(session, grade, f"level.{criterion}", level, by_id=by_id)
    put(session, grade, "next_step", next_step, by_id=by_id)
    session.refresh(grade)
    return grade


def made_ready(session: Session, grade: Grade, *, by_id: int) -> Grade:
    filled(session, grade, by_id=by_id)
    done = service.set_ready(
        session, grade_id=grade.id, base_version=grade.version, operation_id=operation(), by_id=by_id
    )
    assert done.kind is service.Kind.SAVED
    session.refresh(grade)
    return grade


def put(session: Session, grade: Grade, field: str, value: object, *, by_id: int) -> service.WriteResult:
    """Write one field on the newest version."""
    session.refresh(grade)
    return service.write(
        session,
        grade_id=grade.id,
        field=field,
        value=value,
        base_version=grade.version,
        operation_id=operation(),
        by_id=by_id,
    )


def events_of(session: Session, grade_id: int) -> list[GradeEvent]:
    """Every event of a grade in the order it was written."""
    return list(session.scalars(select(GradeEvent).where(GradeEvent.grade_id == grade_id).order_by(GradeEvent.id)))


def accepted(session: Session, grade_id: int) -> list[Write]:
    """The writes that were accepted, in the order of their versions."""
    rows = session.execute(
        select(GradeEvent.version, GradeEvent.field, GradeEvent.value, GradeEvent.at)
        .where(GradeEvent.grade_id == grade_id, GradeEvent.version.is_not(None))
        .order_by(GradeEvent.version)
    )
    return [Write(*row) for row in rows]
