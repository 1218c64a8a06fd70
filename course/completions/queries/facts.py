"""What results are made of: seats and the facts about them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import BindParameter, Select, and_, bindparam, select
from sqlalchemy.orm import Session

from course.cohorts.models import Cohort, Day, Presence, Run, Seat
from course.completions.models import Certificate, Completion
from course.completions.rules import Facts, PageFacts, PageState
from course.grading.models import Grade
from course.people.models import Organisation, Person
from course.reflections.models import Submission
from course.scenarios.queries import ENDED
from course.statements import columns


@dataclass(frozen=True)
class Settled:
    """The result of a seat as it is kept."""

    attended: bool
    completed: bool
    reasons: list[Any]
    waits: bool
    attended_at: datetime | None
    completed_at: datetime | None


@dataclass(frozen=True)
class SeatRow:
    """A live seat with what was done, said and settled of it so far."""

    seat_id: int
    version_hash: str
    reported: bool
    """Whether an LMS is told of it."""
    minutes: int | None
    """Minutes of presence; None while nobody has said who was there."""
    certified: bool
    """Whether a valid certificate is out."""
    settled: Settled | None
    pages: dict[str, PageFacts] = field(default_factory=dict)
    """What was handed in, by reflection."""
    finished: set[str] = field(default_factory=set)
    """The cases that were played to their end."""

    @property
    def facts(self) -> Facts:
        """What a module's rule is applied to."""
        return Facts(self.minutes, frozenset(self.finished), self.pages)


@dataclass(frozen=True)
class Named:
    """What the certificate of a seat would say of people and the day."""

    name: str
    organisation: str
    facilitator: str | None
    date: date


# The statements are built once: building one costs more than running it.
_THESE: BindParameter[int] = bindparam("seat_ids", expanding=True)
_SEATS: Select[*tuple[Any, ...]] = (
    select(
        Seat.id,
        Run.version_hash,
        Seat.reported,
        Presence.minutes,
        Certificate.id,
        Completion.seat_id,
        Completion.attended,
        Completion.completed,
        Completion.reasons,
        Completion.waits,
        Completion.attended_at,
        Completion.completed_at,
        Submission.reflection,
        Grade.released_at,
        Grade.revise,
        Grade.levels,
        ENDED.c.scenario,
    )
    .join(Run, Run.id == Seat.run_id)
    .outerjoin(Presence, Presence.seat_id == Seat.id)
    .outerjoin(Completion, Completion.seat_id == Seat.id)
    .outerjoin(
        Certificate,
        and_(Certificate.seat_id == Seat.id, Certificate.superseded_at.is_(None), Certificate.revoked_at.is_(None)),
    )
    # Every submission with what was sent for it, the oldest first, once for each case that was finished.
    .outerjoin(Submission, Submission.seat_id == Seat.id)
    .outerjoin(Grade, and_(Grade.kind == "reflection", Grade.submission_id == Submission.id))
    .outerjoin(ENDED, ENDED.c.seat_id == Seat.id)
    .where(Seat.id.in_(_THESE), Seat.cancelled_at.is_(None))
    .order_by(Seat.id, Submission.number)
)
_facilitator = Person.__table__.alias("facilitator")
_NAMED: Select[*tuple[Any, ...]] = (
    select(Person.name, Organisation.name, _facilitator.c.name, Day.date)
    .select_from(Seat)
    .join(Run, Run.id == Seat.run_id)
    .join(Day, Day.id == Seat.day_id)
    .join(Cohort, Cohort.id == Run.cohort_id)
    .join(Organisation, Organisation.id == Cohort.organisation_id)
    .join(Person, Person.id == Seat.person_id)
    .outerjoin(_facilitator, _facilitator.c.id == Run.facilitator_id)
    .where(Seat.id == bindparam("seat_id"))
)


def seats(session: Session, seat_ids: Iterable[int]) -> list[SeatRow]:
    """Return live seats by id."""
    found: dict[int, SeatRow] = {}
    for seat_id, version_hash, reported, minutes, certificate, known, *rest in columns(
        session, _SEATS, {"seat_ids": list(seat_ids)}
    ):
        *settled, reflection, sent, revise, levels, case = rest
        if seat_id not in found:
            kept = Settled(*settled) if known is not None else None
            found[seat_id] = SeatRow(seat_id, version_hash, reported, minutes, certificate is not None, kept)
        if case is not None:
            found[seat_id].finished.add(case)
        if reflection is not None:
            pages = found[seat_id].pages
            before = pages.get(reflection, PageFacts())
            pages[reflection] = _page_facts(before, sent=sent is not None, revise=bool(revise), levels=levels or {})
    return list(found.values())


def named(session: Session, seat_id: int) -> Named:
    """Return the names and the day of a seat."""
    return Named(*columns(session, _NAMED, {"seat_id": seat_id}).one())


def _page_facts(before: PageFacts, *, sent: bool, revise: bool, levels: dict[str, Any]) -> PageFacts:
    if not sent:
        # A revision waits for its feedback; what the page before it reached still counts.
        return PageFacts(PageState.WAITING, before.levels)
    # Whoever revises can only gain: of each criterion the best level that was sent counts.
    best = {criterion: max(level, before.levels.get(criterion, level)) for criterion, level in levels.items()}
    return PageFacts(PageState.REVISE if revise else PageState.SENT, best)
