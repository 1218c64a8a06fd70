"""Reading grades: the feedback a learner may see, a grade with its fold."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from course.grading.models import Grade


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


_FEEDBACK = (
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


def feedback_of_seat(session: Session, *, seat_id: int, reflection: str) -> tuple[Feedback, ...]:
    """Return the feedback that was sent for one reflection, first submission first; never what was not sent."""
    rows = session.execute(
        select(*_FEEDBACK)
        .where(
            Grade.seat_id == seat_id,
            Grade.kind == "reflection",
            Grade.rubric == reflection,
            Grade.released_at.is_not(None),
        )
        .order_by(Grade.number)
    )
    return tuple(Feedback(*row) for row in rows)
