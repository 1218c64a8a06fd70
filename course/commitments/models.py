"""Promises: if this happens, then I do that, with somebody, by a day."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from course.database import Base


class Commitment(Base, kw_only=True):
    """One if-then promise of a learner. It belongs to them; nobody else reads it unless they share it."""

    __tablename__ = "commitments_commitment"
    __table_args__ = (UniqueConstraint("seat_id", "operation_id"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("cohorts_seat.id"))
    operation_id: Mapped[str]
    origin: Mapped[str]
    """Where in the module it was made: the id of a scenario or of a block."""
    when: Mapped[str]
    """The if: what will happen that starts it."""
    then: Mapped[str]
    """What the learner then does or says."""
    alias: Mapped[str]
    """With whom, under another name."""
    by: Mapped[date]
    made_at: Mapped[datetime]
    kept_at: Mapped[datetime | None] = mapped_column(default=None)
    dropped_at: Mapped[datetime | None] = mapped_column(default=None)
