"""Attempts, their events and sentences, what they scored, and how the room holds them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
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
    skin: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """The words it is played in; empty for the case's own."""
    rewound: Mapped[int | None] = mapped_column(default=None)
    """How many steps of the record it took over before it went on by itself: a rewind, and so always practice."""


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
    """The id of a choice, or the items of an order joined by commas. Empty where a sentence was said."""
    at: Mapped[datetime]


class Partner(Base, kw_only=True):
    """Who sat beside an attempt: it counts for this seat as well."""

    __tablename__ = "scenarios_partner"

    attempt_id: Mapped[int] = mapped_column(ForeignKey("scenarios_attempt.id"), primary_key=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("cohorts_seat.id"), index=True)
    at: Mapped[datetime]


class Saying(Base, kw_only=True):
    """A sentence of the learner's own, given before the choices were seen."""

    __tablename__ = "scenarios_saying"
    __table_args__ = (UniqueConstraint("attempt_id", "version"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("scenarios_attempt.id"))
    version: Mapped[int]
    """The step of the attempt by which it was given."""
    scene: Mapped[str]
    text: Mapped[str]
    confidence: Mapped[int]
    """How sure the learner was, from 0 to 100."""
    may_show: Mapped[bool]
    """Whether the learner ticked that it may be shown to the room."""
    nearer: Mapped[str] = mapped_column(default="")
    """What the learner found it nearer to: ``poor``, ``between`` or ``good``; empty until then."""
    at: Mapped[datetime]


class Score(Base, kw_only=True):
    """What a finished attempt is worth by one key. A new key adds a row; the old ones stay."""

    __tablename__ = "scenarios_score"
    __table_args__ = (UniqueConstraint("attempt_id", "key_hash"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("scenarios_attempt.id"))
    key_hash: Mapped[str]
    """Of the key's points alone, so that two versions with the same key score alike."""
    profile: Mapped[dict[str, Any]]
    """By competency: ``{"gain": 0 to 1 or null, "taken": n, "met": n}``."""
    at: Mapped[datetime]


class Stop(Base, kw_only=True):
    """A scene at which the facilitator holds the room: nobody answers it until it is lifted."""

    __tablename__ = "scenarios_stop"
    __table_args__ = (
        Index(
            "uq_scenarios_stop_live",
            "run_id",
            "scenario",
            "scene",
            unique=True,
            sqlite_where=text("lifted_at IS NULL"),
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("cohorts_run.id"))
    scenario: Mapped[str]
    scene: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    at: Mapped[datetime]
    lifted_at: Mapped[datetime | None] = mapped_column(default=None)


class Reveal(Base, kw_only=True):
    """A decision whose counts the facilitator shows to the room."""

    __tablename__ = "scenarios_reveal"
    __table_args__ = (
        Index(
            "uq_scenarios_reveal_live",
            "run_id",
            "scenario",
            "scene",
            unique=True,
            sqlite_where=text("hidden_at IS NULL"),
            postgresql_where=text("hidden_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("cohorts_run.id"))
    scenario: Mapped[str]
    scene: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    at: Mapped[datetime]
    hidden_at: Mapped[datetime | None] = mapped_column(default=None)


class Pick(Base, kw_only=True):
    """A sentence that the facilitator put on the room's wall."""

    __tablename__ = "scenarios_pick"
    __table_args__ = (
        Index(
            "uq_scenarios_pick_live",
            "saying_id",
            unique=True,
            sqlite_where=text("taken_down_at IS NULL"),
            postgresql_where=text("taken_down_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("cohorts_run.id"), index=True)
    saying_id: Mapped[int] = mapped_column(ForeignKey("scenarios_saying.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    at: Mapped[datetime]
    taken_down_at: Mapped[datetime | None] = mapped_column(default=None)
