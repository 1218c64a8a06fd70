"""Memberships, cohorts, days, runs, seats, presence, the door of a room and roster imports."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from course.database import Base


class Role(StrEnum):
    LEARNER = "learner"
    FACILITATOR = "facilitator"
    MANAGER = "manager"
    ADMIN = "admin"


class Membership(Base, kw_only=True):
    """A role that a person holds in an organisation; an admin holds it for the whole site."""

    __tablename__ = "cohorts_membership"
    __table_args__ = (
        CheckConstraint("(role = 'admin') = (organisation_id IS NULL)", name="admin_has_no_organisation"),
        Index(
            "uq_cohorts_membership_live",
            "person_id",
            "organisation_id",
            "role",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "uq_cohorts_membership_employee",
            "organisation_id",
            "employee_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL AND employee_id IS NOT NULL AND role = 'learner'"),
            postgresql_where=text("ended_at IS NULL AND employee_id IS NOT NULL AND role = 'learner'"),
        ),
        Index("ix_cohorts_membership_organisation_role", "organisation_id", "role"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("people_organisation.id"), default=None)
    role: Mapped[str]
    employee_id: Mapped[str | None] = mapped_column(default=None)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)


class Cohort(Base, kw_only=True):
    """A group of technicians of one organisation."""

    __tablename__ = "cohorts_cohort"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("people_organisation.id"))
    name: Mapped[str]
    created_at: Mapped[datetime]


class CohortMember(Base, kw_only=True):
    """A learner of a cohort. Leaving is a date, not a deletion."""

    __tablename__ = "cohorts_member"
    __table_args__ = (
        Index(
            "uq_cohorts_member_live",
            "cohort_id",
            "person_id",
            unique=True,
            sqlite_where=text("left_at IS NULL"),
            postgresql_where=text("left_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts_cohort.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), index=True)
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None] = mapped_column(default=None)


class Day(Base, kw_only=True):
    """A date at a place. ``starts`` is minutes after midnight on the wall clock of ``zone``."""

    __tablename__ = "cohorts_day"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("people_organisation.id"), index=True)
    date: Mapped[date]
    starts: Mapped[int]
    zone: Mapped[str]
    place: Mapped[str]
    created_at: Mapped[datetime]


class Run(Base, kw_only=True):
    """One module held on one day for one cohort. It keeps the version it was made on."""

    __tablename__ = "cohorts_run"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    day_id: Mapped[int] = mapped_column(ForeignKey("cohorts_day.id"), index=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts_cohort.id"), index=True)
    module: Mapped[str]
    version_hash: Mapped[str] = mapped_column(ForeignKey("library_version.hash"))
    facilitator_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"), default=None, index=True)
    opens_days: Mapped[int] = mapped_column(default=7)
    """Days before the day at which learners may open the module."""
    due_days: Mapped[int] = mapped_column(default=7)
    """Days after the day at whose end the page is due."""
    created_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None] = mapped_column(default=None)


class Seat(Base, kw_only=True):
    """A person's place in a run. At most one live seat per person and day."""

    __tablename__ = "cohorts_seat"
    __table_args__ = (
        Index(
            "uq_cohorts_seat_live",
            "day_id",
            "person_id",
            unique=True,
            sqlite_where=text("cancelled_at IS NULL"),
            postgresql_where=text("cancelled_at IS NULL"),
        ),
        # Each launch asks whether a run has a seat of which the LMS is not told yet.
        Index("ix_cohorts_seat_run", "run_id", "cancelled_at", "reported"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("cohorts_run.id"))
    day_id: Mapped[int] = mapped_column(ForeignKey("cohorts_day.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), index=True)
    way: Mapped[str]
    """manager, walk_in or platform."""
    created_at: Mapped[datetime]
    welcomed_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the learner put away the card of the first visit."""
    cancelled_at: Mapped[datetime | None] = mapped_column(default=None)
    reported: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Whether an LMS is told of this seat's results."""


class BlockRead(Base, kw_only=True):
    """A learner said that a block is done."""

    __tablename__ = "cohorts_block_read"
    __table_args__ = (UniqueConstraint("seat_id", "block"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("cohorts_seat.id"))
    block: Mapped[str]
    at: Mapped[datetime]


class Presence(Base, kw_only=True):
    """When a person was in the room, in minutes after midnight on the day's wall clock. Absent: both equal.

    No row: nobody has said yet. ``version`` counts the writes, so that two tabs see each other.
    """

    __tablename__ = "cohorts_presence"
    __table_args__ = (CheckConstraint('came <= "left"', name="came_before_left"),)

    seat_id: Mapped[int] = mapped_column(ForeignKey("cohorts_seat.id"), primary_key=True)
    came: Mapped[int]
    left: Mapped[int]
    minutes: Mapped[int]
    """Contact minutes, breaks taken out, by the run's own timetable."""
    version: Mapped[int] = mapped_column(default=1)
    said_by: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    said_at: Mapped[datetime]


class Door(Base, kw_only=True):
    """The code by which learners come in from the room: one run, one day, until closed or rotated."""

    __tablename__ = "cohorts_door"
    __table_args__ = (
        Index(
            "uq_cohorts_door_open",
            "code",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index(
            "uq_cohorts_door_run",
            "run_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("cohorts_run.id"), index=True)
    code: Mapped[str]
    key: Mapped[str]
    """The long secret in the QR: nobody guesses it, so it is never throttled."""
    opened_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None] = mapped_column(default=None)


class Arrival(Base, kw_only=True):
    """A seat taken by the code, with the session it opened, so that a wrongly taken name can be undone."""

    __tablename__ = "cohorts_arrival"
    __table_args__ = (
        Index(
            "uq_cohorts_arrival_live",
            "seat_id",
            unique=True,
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    door_id: Mapped[int] = mapped_column(ForeignKey("cohorts_door.id"), index=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("cohorts_seat.id"), index=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("people_session.id"))
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None] = mapped_column(default=None)


class RosterImport(Base, kw_only=True):
    """One CSV roster that was taken in, with what each row did, so that it can be undone."""

    __tablename__ = "cohorts_roster_import"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts_cohort.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    file_name: Mapped[str]
    changes: Mapped[list[Any]]
    """One entry a row: ``{"line", "act", "person_id", "before": {...}}``."""
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None] = mapped_column(default=None)
