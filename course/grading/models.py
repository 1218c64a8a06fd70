"""Grades, their events and the release of a group's feedback."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from course.database import Base


class Grade(Base, kw_only=True):
    """The grade of one submission of any kind that has a rubric.

    ``kind`` and ``submission_id`` name the submission (``reflection`` for now). The cached columns are the
    fold of the accepted events. ``handle`` stands in addresses, so that no page names a person before it may.
    """

    __tablename__ = "grading_grade"
    __table_args__ = (
        UniqueConstraint("kind", "submission_id"),
        Index("ix_grading_grade_run", "run_id", "position"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    handle: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    submission_id: Mapped[int]
    run_id: Mapped[int] = mapped_column(ForeignKey("cohorts_run.id"))
    seat_id: Mapped[int] = mapped_column(ForeignKey("cohorts_seat.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    version_hash: Mapped[str] = mapped_column(ForeignKey("library_version.hash"))
    rubric: Mapped[str]
    number: Mapped[int]
    """1 for the first submission, 2 for its revision."""
    position: Mapped[int]
    """Place in the queue's seeded random order."""
    version: Mapped[int] = mapped_column(default=0)
    levels: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    comments: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    next_step: Mapped[str] = mapped_column(default="")
    revise: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    named_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the author's name was opened to the grader."""
    ready_at: Mapped[datetime | None] = mapped_column(default=None)
    released_at: Mapped[datetime | None] = mapped_column(default=None)
    release_id: Mapped[int | None] = mapped_column(ForeignKey("grading_release.id"), default=None)
    read_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the learner first opened the feedback."""


class GradeEvent(Base, kw_only=True):
    """One write of a grader. A write that lost a conflict is kept too, with no version of its own."""

    __tablename__ = "grading_event"
    __table_args__ = (
        UniqueConstraint("grade_id", "version"),
        UniqueConstraint("grade_id", "operation_id"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    grade_id: Mapped[int] = mapped_column(ForeignKey("grading_grade.id"))
    version: Mapped[int | None]
    base_version: Mapped[int]
    operation_id: Mapped[str]
    field: Mapped[str]
    """``level.<criterion>``, ``comment.<criterion>``, ``next_step``, ``revise``, ``ready`` or ``name``."""
    value: Mapped[Any] = mapped_column(JSON)
    by_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    at: Mapped[datetime]


class Release(Base, kw_only=True):
    """Feedback sent to a group at once. Within ten minutes it can be taken back."""

    __tablename__ = "grading_release"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("cohorts_run.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    at: Mapped[datetime]
    recalled_at: Mapped[datetime | None] = mapped_column(default=None)
    recalled_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"), default=None)
