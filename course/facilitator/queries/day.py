"""The day as its facilitator reads it, and how far a group has come."""

from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import bindparam, func, select, union_all
from sqlalchemy.orm import Session

from course.cohorts.models import Arrival, Seat
from course.cohorts.rules.timetable import Slot, timetable
from course.content.markdown import to_html
from course.content.schema import Block
from course.library import queries as library
from course.reflections.models import Submission
from course.scenarios.models import Attempt, Partner

KEPT = 2000


@dataclass(frozen=True)
class Guide:
    """One block with what to say, do and expect; the texts are HTML."""

    block: Block
    begins: int
    ends: int
    say: str
    do: tuple[tuple[int, str], ...]
    expect: str
    what_if: str

    @property
    def told(self) -> bool:
        """Whether the author wrote anything for the facilitator."""
        return bool(self.say or self.do or self.expect or self.what_if)


def guide(session: Session, *, version_hash: str, starts: int) -> tuple[Guide, ...]:
    """Return the day's blocks with their facilitator parts."""
    module = library.module(session, version_hash)
    return tuple(_guide(slot) for slot in timetable(module, starts))


# The same texts are shown again and again, and a published text never changes.
@lru_cache(maxsize=KEPT)
def _html(text: str) -> str:
    return to_html(text, shift=3)


def _guide(slot: Slot) -> Guide:
    part = slot.block.facilitator
    return Guide(
        slot.block,
        slot.begins,
        slot.ends,
        say=_html(part.say),
        do=tuple((step.minutes, _html(step.text)) for step in part.do),
        expect=_html(part.expect),
        what_if=_html(part.what_if),
    )


@dataclass(frozen=True)
class Progress:
    """How many of a run have done what: numbers only, because what somebody chose is theirs."""

    seats: int
    arrived: int
    handed_in: int


# The statements are built once: building one costs more than running it.
_PROGRESS = (
    select(
        func.count(Seat.id.distinct()),
        func.count(Arrival.seat_id.distinct()),
        func.count(Submission.seat_id.distinct()),
    )
    .select_from(Seat)
    .outerjoin(Arrival, (Arrival.seat_id == Seat.id) & Arrival.undone_at.is_(None))
    .outerjoin(Submission, Submission.seat_id == Seat.id)
    .where(Seat.run_id == bindparam("run_id"), Seat.cancelled_at.is_(None))
)
# A play counts for whoever sat beside it as well.
_ENDED = (
    Seat.run_id == bindparam("run_id"),
    Seat.cancelled_at.is_(None),
    Attempt.finished_at.is_not(None),
)
_PLAYED = union_all(
    select(Attempt.scenario, Seat.id).join(Seat, Seat.id == Attempt.seat_id).where(*_ENDED),
    select(Attempt.scenario, Seat.id)
    .join(Partner, Partner.attempt_id == Attempt.id)
    .join(Seat, Seat.id == Partner.seat_id)
    .where(*_ENDED),
).subquery()
_FINISHED = select(_PLAYED.c.scenario, func.count(_PLAYED.c.id.distinct())).group_by(_PLAYED.c.scenario)


def progress(session: Session, *, run_id: int) -> Progress:
    """Count the seats of a run, who came in by the code, and who handed a page in."""
    return Progress(*session.execute(_PROGRESS, {"run_id": run_id}).one())


def finished_cases(session: Session, *, run_id: int) -> dict[str, int]:
    """Return for each case of a run how many have played it to its end."""
    return {row[0]: row[1] for row in session.execute(_FINISHED, {"run_id": run_id})}
