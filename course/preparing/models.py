"""A facilitator's notes on the blocks of a module, every save of them, and the ticks of the list of preparing."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from course.database import Base


class Note(Base, kw_only=True):
    """What one facilitator wrote for themselves beside a block: of no run and of no version of the module."""

    __tablename__ = "preparing_note"
    __table_args__ = (UniqueConstraint("person_id", "module", "block"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    module: Mapped[str]
    block: Mapped[str]
    title: Mapped[str]
    """What the block was called when the note was written: a later version may have dropped it."""
    text: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=0)
    saved_at: Mapped[datetime]


class NoteEvent(Base, kw_only=True):
    """One save of a note. A save that lost a conflict is kept too, with no version of its own."""

    __tablename__ = "preparing_note_event"
    __table_args__ = (
        UniqueConstraint("note_id", "version"),
        UniqueConstraint("note_id", "operation_id"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    note_id: Mapped[int] = mapped_column(ForeignKey("preparing_note.id"))
    version: Mapped[int | None]
    base_version: Mapped[int]
    operation_id: Mapped[str]
    text: Mapped[str]
    at: Mapped[datetime]


class Tick(Base, kw_only=True):
    """A step of preparing that somebody has done for a run."""

    __tablename__ = "preparing_tick"
    __table_args__ = (UniqueConstraint("person_id", "run_id", "step"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    run_id: Mapped[int] = mapped_column(ForeignKey("cohorts_run.id"))
    step: Mapped[str]
    at: Mapped[datetime]
