"""What the learner's pages are made of: their seats, with what they did on each."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import Session

from course.cohorts.models import Seat
from course.cohorts.queries import seats
from course.cohorts.queries.seats import SeatRow
from course.commitments.models import Commitment
from course.completions.models import Certificate
from course.grading.models import Grade
from course.learner.rules import Seated, Sent
from course.library import queries as library
from course.reflections.models import Submission
from course.scenarios.queries import ENDED_OF_PERSON
from course.statements import columns


@dataclass(frozen=True)
class Standing:
    """A seat with how far its learner came."""

    row: SeatRow
    seated: Seated
    certified: bool
    """Whether there is a valid certificate."""
    promised: bool
    """Whether anything was ever promised."""


# Built once: building a statement costs more than running it. A page comes once for each case that was finished.
_DONE = (
    select(
        Seat.id,
        Certificate.code,
        Submission.reflection,
        Submission.number,
        Grade.revise,
        Grade.read_at,
        Grade.released_at,
        # Not whether one is near: that would cost twice as much, and most seats have none at all.
        select(func.max(Commitment.id)).where(Commitment.seat_id == Seat.id).scalar_subquery().label("promised"),
        ENDED_OF_PERSON.c.scenario,
    )
    .outerjoin(
        Certificate,
        and_(Certificate.seat_id == Seat.id, Certificate.superseded_at.is_(None), Certificate.revoked_at.is_(None)),
    )
    .outerjoin(Submission, Submission.seat_id == Seat.id)
    .outerjoin(Grade, and_(Grade.kind == "reflection", Grade.submission_id == Submission.id))
    .outerjoin(ENDED_OF_PERSON, ENDED_OF_PERSON.c.seat_id == Seat.id)
    .where(Seat.person_id == bindparam("person_id"))
    .order_by(Submission.number)
)


@dataclass
class Deeds:
    """What a learner did on one seat, and what came of it."""

    finished: set[str] = field(default_factory=set)
    pages: dict[str, int] = field(default_factory=dict)
    feedback: dict[str, Sent] = field(default_factory=dict)
    ticked: frozenset[str] = frozenset()
    certified: bool = False
    promised: bool = False


def seated_of(session: Session, row: SeatRow, deeds: Deeds | None = None) -> Seated:
    """Return what the row of a seat says, with what its learner did if that is known."""
    did = deeds or Deeds()
    return Seated(
        module=library.module(session, row.version_hash),
        on=row.on,
        starts=row.starts,
        zone=row.zone,
        opens_days=row.opens_days,
        due_days=row.due_days,
        welcomed=row.welcomed_at is not None,
        finished=frozenset(did.finished),
        pages=did.pages,
        feedback=did.feedback,
        ticked=did.ticked,
    )


def standings(session: Session, rows: Sequence[SeatRow]) -> tuple[Standing, ...]:
    """Return how far a learner came on each of these seats of theirs, of which there is one at least."""
    deeds = _deeds(session, rows)
    return tuple(
        Standing(row, seated_of(session, row, did), did.certified, did.promised)
        for row, did in ((row, deeds[row.seat_id]) for row in rows)
    )


def day(session: Session, row: SeatRow) -> Seated:
    """Return a seat with all that its learner did, the ticked blocks too."""
    deeds = _deeds(session, [row])[row.seat_id]
    deeds.ticked = seats.blocks_read(session, seat_id=row.seat_id)
    return seated_of(session, row, deeds)


def _deeds(session: Session, rows: Sequence[SeatRow]) -> dict[int, Deeds]:
    """Return what one person did on these seats of theirs."""
    found = {row.seat_id: Deeds() for row in rows}
    for row in columns(session, _DONE, {"person_id": rows[0].person_id}):
        if row.id not in found:
            continue
        here = found[row.id]
        here.certified = row.code is not None
        here.promised = row.promised is not None
        if row.scenario is not None:
            here.finished.add(row.scenario)
        if row.reflection is None:
            continue
        # The newest comes last and stands.
        here.pages[row.reflection] = row.number
        if row.released_at is not None:
            here.feedback[row.reflection] = Sent(row.number, row.revise, row.read_at is not None, row.released_at)
    return found
