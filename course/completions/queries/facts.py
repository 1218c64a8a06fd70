"""What results are made of: seats and the facts about them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, Select, and_, bindparam, select
from sqlalchemy.orm import Session

from course.cohorts.models import Cohort, Day, Presence, Run, Seat
from course.completions.rules import Facts, PageFacts, PageState
from course.grading.models import Grade
from course.people.models import Organisation, Person
from course.reflections.models import Submission
from course.scenarios.models import Attempt


@dataclass(frozen=True)
class SeatRow:
    """A seat with what its certificate would print."""

    seat_id: int
    version_hash: str
    name: str
    organisation: str
    facilitator: str | None
    date: date


# The statements are built once: building one costs more than running it.
_THESE: BindParameter[int] = bindparam("seat_ids", expanding=True)
_facilitator = Person.__table__.alias("facilitator")
_SEATS: Select[Any] = (
    select(
        Seat.id,
        Run.version_hash,
        Person.name,
        Organisation.name.label("organisation"),
        _facilitator.c.name.label("facilitator"),
        Day.date,
    )
    .join(Run, Run.id == Seat.run_id)
    .join(Day, Day.id == Seat.day_id)
    .join(Cohort, Cohort.id == Run.cohort_id)
    .join(Organisation, Organisation.id == Cohort.organisation_id)
    .join(Person, Person.id == Seat.person_id)
    .outerjoin(_facilitator, _facilitator.c.id == Run.facilitator_id)
    .where(Seat.id.in_(_THESE), Seat.cancelled_at.is_(None))
    .order_by(Seat.id)
)
_PRESENT = select(Presence.seat_id, Presence.minutes).where(Presence.seat_id.in_(_THESE))
_FINISHED = select(Attempt.seat_id, Attempt.scenario).where(
    Attempt.seat_id.in_(_THESE), Attempt.finished_at.is_not(None)
)
_SUBMISSIONS: Select[Any] = (
    # Every submission with what was sent for it, the oldest first.
    select(Submission.seat_id, Submission.reflection, Grade.released_at, Grade.revise, Grade.levels)
    .outerjoin(Grade, and_(Grade.kind == "reflection", Grade.submission_id == Submission.id))
    .where(Submission.seat_id.in_(_THESE))
    .order_by(Submission.number)
)


def seats(session: Session, seat_ids: Iterable[int]) -> list[SeatRow]:
    """Return live seats by id."""
    return [SeatRow(*row) for row in session.execute(_SEATS, {"seat_ids": list(seat_ids)})]


def facts(session: Session, seat_ids: Iterable[int]) -> dict[int, Facts]:
    """Return what is known of each seat, in four statements for any number of seats."""
    ids = list(seat_ids)
    told = {"seat_ids": ids}
    minutes = dict(session.execute(_PRESENT, told).all())
    finished: dict[int, set[str]] = defaultdict(set)
    for seat_id, scenario in session.execute(_FINISHED, told):
        finished[seat_id].add(scenario)
    pages: dict[int, dict[str, PageFacts]] = defaultdict(dict)
    for seat_id, reflection, sent, revise, levels in session.execute(_SUBMISSIONS, told):
        before = pages[seat_id].get(reflection, PageFacts())
        pages[seat_id][reflection] = _page_facts(
            before, sent=sent is not None, revise=bool(revise), levels=levels or {}
        )
    return {seat_id: Facts(minutes.get(seat_id), frozenset(finished[seat_id]), pages[seat_id]) for seat_id in ids}


def _page_facts(before: PageFacts, *, sent: bool, revise: bool, levels: dict[str, Any]) -> PageFacts:
    if not sent:
        # A revision waits for its feedback; what the page before it reached still counts.
        return PageFacts(PageState.WAITING, before.levels)
    # Whoever revises can only gain: of each criterion the best level that was sent counts.
    best = {criterion: max(level, before.levels.get(criterion, level)) for criterion, level in levels.items()}
    return PageFacts(PageState.REVISE if revise else PageState.SENT, best)
