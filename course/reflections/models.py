"""Drafts and what was handed in."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from course.database import Base


class Draft(Base, kw_only=True):
    """The page as it stands while it is written. ``number`` is that of the submission it will become."""

    __tablename__ = "reflections_draft"
    __table_args__ = (UniqueConstraint("seat_id", "reflection", "number"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("cohorts_seat.id"))
    reflection: Mapped[str]
    number: Mapped[int]
    version_hash: Mapped[str] = mapped_column(ForeignKey("library_version.hash"))
    text: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=0)
    saved_at: Mapped[datetime]


class DraftEvent(Base, kw_only=True):
    """One save of a draft. A save that lost a conflict is kept too, with no version of its own."""

    __tablename__ = "reflections_draft_event"
    __table_args__ = (
        UniqueConstraint("draft_id", "version"),
        UniqueConstraint("draft_id", "operation_id"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("reflections_draft.id"))
    version: Mapped[int | None]
    base_version: Mapped[int]
    operation_id: Mapped[str]
    text: Mapped[str]
    at: Mapped[datetime]


class Submission(Base, kw_only=True):
    """A page handed in. It never changes; a revision is another one beside it."""

    __tablename__ = "reflections_submission"
    __table_args__ = (UniqueConstraint("seat_id", "reflection", "number"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("cohorts_seat.id"))
    reflection: Mapped[str]
    number: Mapped[int]
    version_hash: Mapped[str] = mapped_column(ForeignKey("library_version.hash"))
    operation_id: Mapped[str]
    text: Mapped[str]
    words: Mapped[int]
    late: Mapped[bool]
    submitted_at: Mapped[datetime]
