"""Days moved to where a test needs them, and a learner's browser."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from course import clock
from course.cohorts.models import Day
from course.database import Engines, unit_of_work
from course.grading import service as grading
from course.grading.models import Grade
from course.reflections import queries
from course.reflections import service as reflections
from tests.make import Cast

ZONE = "America/New_York"

Move = Callable[[int], None]


@pytest.fixture
def move_day(engines: Engines, cast: Cast) -> Move:
    """Move Lena's day so many days away from today, and let it begin at midnight."""

    def move(days: int) -> None:
        with unit_of_work(engines, write=True) as session:
            session.execute(
                update(Day).where(Day.id == cast.day).values(date=clock.today(ZONE) + timedelta(days=days), starts=0)
            )

    return move


@pytest.fixture
def yesterday(move_day: Move) -> None:
    """The day is over: every block and the page are open."""
    move_day(-1)


def hand_in(
    session: Session, cast: Cast, text: str = "Two words.", *, number: int = 1, operation_id: str | None = None
) -> Grade:
    """Hand Lena's page in and enter it for grading, as her desk does."""
    page = reflections.submit(
        session,
        seat_id=cast.lena_seat,
        reflection="first-minute",
        version_hash=cast.version_hash,
        text=text,
        operation_id=operation_id or f"page-{number}",
        due=clock.now() + timedelta(days=1),
        number=number,
    )
    entered = grading.enter(
        session,
        kind="reflection",
        submission_id=page.id,
        run_id=cast.run,
        seat_id=cast.lena_seat,
        author_id=cast.lena,
        version_hash=cast.version_hash,
        rubric="first-minute",
        number=number,
    )
    return session.get_one(Grade, entered.id)


def send_feedback(session: Session, grade: Grade, *, revise: bool = False, at: datetime | None = None) -> None:
    """Set a grade as its release leaves it."""
    session.execute(
        update(Grade)
        .where(Grade.id == grade.id)
        .values(
            levels={"person": 3, "words": 2, "when": 4},
            comments={"person": "You saw the night shift."},
            next_step="Write the sentence down.",
            revise=revise,
            released_at=at or clock.now(),
        )
    )


def handed_in(engines: Engines, cast: Cast) -> list[str]:
    """Return the texts Lena handed in."""
    with unit_of_work(engines, write=False) as session:
        return [page.text for page in queries.pages(session, seat_id=cast.lena_seat, reflection="first-minute")]


__all__ = ["Move", "hand_in", "handed_in", "send_feedback"]
