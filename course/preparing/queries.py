"""Reading what somebody has prepared: their own notes on a module, their own ticks of a run."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from course.preparing.models import Note, Tick
from course.preparing.rules import Step
from course.statements import columns


@dataclass(frozen=True)
class NoteText:
    """A note as it stands, with the title its block had when it was written."""

    title: str
    text: str
    version: int
    saved_at: datetime


# The statements are built once: building one costs more than running it.
_NOTES = (
    select(Note.block, Note.title, Note.text, Note.version, Note.saved_at)
    .where(Note.person_id == bindparam("person_id"), Note.module == bindparam("module"))
    .order_by(Note.id)
)
_TICKS = select(Tick.step, Tick.at).where(Tick.person_id == bindparam("person_id"), Tick.run_id == bindparam("run_id"))


def notes(session: Session, *, person_id: int, module: str) -> dict[str, NoteText]:
    """Return one person's notes on a module by block, those of blocks that the module no longer has too."""
    rows = columns(session, _NOTES, {"person_id": person_id, "module": module})
    return {row[0]: NoteText(*row[1:]) for row in rows}


def ticks(session: Session, *, person_id: int, run_id: int) -> dict[Step, datetime]:
    """Return the steps that one person has done for a run, with when."""
    rows = columns(session, _TICKS, {"person_id": person_id, "run_id": run_id})
    done = {row[0]: row[1] for row in rows}
    return {step: done[step] for step in Step if step in done}
