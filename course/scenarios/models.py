"""Attempts and their events."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from course.database import Base


class Attempt(Base, kw_only=True):
    """One play of a case on one seat. The first is the record; later ones are practice.

    ``state`` and ``scene`` are the fold of the events, kept for speed and never the truth.
    """

    __tablename__ = "scenarios_attempt"
    __table_args__ = (UniqueConstraint("seat_id", "scenario", "number"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("cohorts_seat.id"))
    scenario: Mapped[str]
    version_hash: Mapped[str] = mapped_column(ForeignKey("library_version.hash"))
    number: Mapped[int]
    version: Mapped[int] = mapped_column(default=0)
    """How many steps were taken."""
    scene: Mapped[str]
    state: Mapped[dict[str, Any]]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None] = mapped_column(default=None)


class AttemptEvent(Base, kw_only=True):
    """One step, for good."""

    __tablename__ = "scenarios_event"
    __table_args__ = (
        UniqueConstraint("attempt_id", "version"),
        UniqueConstraint("attempt_id", "operation_id"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("scenarios_attempt.id"))
    version: Mapped[int]
    operation_id: Mapped[str]
    scene: Mapped[str]
    choice: Mapped[str]
    at: Mapped[datetime]
