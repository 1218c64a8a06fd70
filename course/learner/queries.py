"""What the learner's pages are made of: their seats, with what they did on each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from course.cohorts.queries import seats
from course.cohorts.queries.seats import SeatRow
from course.completions.models import Certificate
from course.grading.models import Grade
from course.learner.rules import Seated, Sent
from course.library import queries as library
from course.reflections.models import Submission
from course.scenarios import queries as scenarios


@dataclass(frozen=True)
class Standing:
    """A seat with how far its learner came."""

    row: SeatRow
    seated: Seated


# The statements are built once: building one costs more than running it.
_CERTIFIED = select(Certificate.seat_id).where(
    Certificate.seat_id.in_(bindparam("seat_ids", expanding=True)),
    Certificate.superseded_at.is_(None),
    Certificate.revoked_at.is_(None),
)
_WRITTEN = (
    select(
        Submission.seat_id,
        Submission.reflection,
        Submission.number,
        Grade.revise,
        Grade.read_at,
        Grade.released_at,
    )
    .outerjoin(Grade, and_(Grade.kind == "reflection", Grade.submission_id == Submission.id))
    .where(Submission.seat_id.in_(bindparam("seat_ids", expanding=True)))
    .order_by(Submission.number)
)


def seated_of(session: Session, row: SeatRow) -> Seated:
    """Return what the row of a seat says, without what its learner did."""
    return Seated(
        module=library.module(session, row.version_hash),
        on=row.on,
        starts=row.starts,
        zone=row.zone,
        opens_days=row.opens_days,
        due_days=row.due_days,
        welcomed=row.welcomed_at is not None,
    )


def standings(session: Session, rows: Sequence[SeatRow]) -> tuple[Standing, ...]:
    """Return how far a learner came on each of their seats: two statements for all of them."""
    ids = [row.seat_id for row in rows]
    finished: dict[int, set[str]] = {seat_id: set() for seat_id in ids}
    for play in scenarios.progress(session, seat_ids=ids):
        if play.finished_at is not None:
            finished[play.seat_id].add(play.scenario)
    written = _written(session, ids)
    return tuple(
        Standing(
            row,
            replace(
                seated_of(session, row),
                finished=frozenset(finished[row.seat_id]),
                pages=written[row.seat_id].pages,
                feedback=written[row.seat_id].feedback,
            ),
        )
        for row in rows
    )


def day(session: Session, row: SeatRow) -> Seated:
    """Return a seat with all that its learner did, the ticked blocks too."""
    ticked = seats.blocks_read(session, seat_id=row.seat_id)
    return replace(standings(session, [row])[0].seated, ticked=ticked)


def certified(session: Session, seat_ids: Sequence[int]) -> frozenset[int]:
    """Return the seats that have a valid certificate."""
    return frozenset(session.execute(_CERTIFIED, {"seat_ids": list(seat_ids)}).scalars())


@dataclass(frozen=True)
class _Written:
    """What was handed in on a seat, and the newest feedback that was sent, by reflection."""

    pages: dict[str, int]
    feedback: dict[str, Sent]


def _written(session: Session, seat_ids: Sequence[int]) -> dict[int, _Written]:
    rows = session.execute(_WRITTEN, {"seat_ids": list(seat_ids)})
    found = {seat_id: _Written({}, {}) for seat_id in seat_ids}
    for row in rows:
        # The newest comes last and stands.
        here = found[row.seat_id]
        here.pages[row.reflection] = row.number
        if row.released_at is not None:
            here.feedback[row.reflection] = Sent(row.number, row.revise, row.read_at is not None, row.released_at)
    return found
