"""What a learner does with a seat of their own: putting the first card away, ticking a block."""

from contextlib import suppress

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from course import clock
from course.cohorts.models import BlockRead, Seat


def put_card_away(session: Session, *, seat_id: int) -> None:
    """Remember that the card of the first visit was read. A second time changes nothing."""
    session.execute(update(Seat).where(Seat.id == seat_id, Seat.welcomed_at.is_(None)).values(welcomed_at=clock.now()))


def tick_block(session: Session, *, seat_id: int, block: str) -> None:
    """Remember that a learner is done with a block. A second time changes nothing."""
    with suppress(IntegrityError), session.begin_nested():
        session.add(BlockRead(seat_id=seat_id, block=block, at=clock.now()))
