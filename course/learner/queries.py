"""What the learner's pages are made of: their seats, with what they did on each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from course.cohorts.queries import seats
from course.cohorts.queries.seats import SeatRow
from course.grading.models import Grade
from course.learner.rules import Seated, Sent
from course.library import queries as library
from course.reflections import queries as reflections
from course.scenarios import queries as scenarios


@dataclass(frozen=True)
class Standing:
    """A seat with how far its learner came."""

    row: SeatRow
    seated: Seated


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
    """Return how far a learner came on each of their seats: three statements for all of them."""
    ids = [row.seat_id for row in rows]
    finished: dict[int, set[str]] = {seat_id: set() for seat_id in ids}
    for play in scenarios.progress(session, seat_ids=ids):
        if play.finished_at is not None:
            finished[play.seat_id].add(play.scenario)
    pages: dict[int, dict[str, int]] = {seat_id: {} for seat_id in ids}
    for page in reflections.handed_in(session, seat_ids=ids):
        pages[page.seat_id][page.reflection] = page.number
    feedback = _feedback(session, ids)
    return tuple(
        Standing(
            row,
            replace(
                seated_of(session, row),
                finished=frozenset(finished[row.seat_id]),
                pages=pages[row.seat_id],
                feedback=feedback[row.seat_id],
            ),
        )
        for row in rows
    )


def day(session: Session, row: SeatRow) -> Seated:
    """Return a seat with all that its learner did, the ticked blocks too."""
    ticked = seats.blocks_read(session, seat_id=row.seat_id)
    return replace(standings(session, [row])[0].seated, ticked=ticked)


def _feedback(session: Session, seat_ids: Sequence[int]) -> dict[int, dict[str, Sent]]:
    rows = session.execute(
        select(Grade.seat_id, Grade.rubric, Grade.number, Grade.revise, Grade.read_at, Grade.released_at)
        .where(Grade.seat_id.in_(seat_ids), Grade.kind == "reflection", Grade.released_at.is_not(None))
        .order_by(Grade.number)
    )
    found: dict[int, dict[str, Sent]] = {seat_id: {} for seat_id in seat_ids}
    for row in rows:
        # The newest comes last and stands.
        found[row.seat_id][row.rubric] = Sent(row.number, row.revise, row.read_at is not None, row.released_at)
    return found
