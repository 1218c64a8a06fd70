"""What the demo's facilitator has prepared for the day to come: a step of the list, and notes from the last time."""

from collections.abc import Mapping
from uuid import uuid4

from sqlalchemy.orm import Session

from course.cohorts.models import Run
from course.library import queries as library
from course.preparing import service as preparing
from course.preparing.rules import Step


def prepare_run(session: Session, run: Run, person_id: int, notes: Mapping[str, str]) -> None:
    """Tick the first step of a run, and save the notes that belong to its blocks."""
    preparing.tick(session, person_id=person_id, run_id=run.id, step=Step.CASE)
    for block in library.module(session, run.version_hash).blocks:
        if block.id in notes:
            preparing.save_note(
                session,
                person_id=person_id,
                module=run.module,
                block=block.id,
                title=block.title,
                text=notes[block.id],
                base_version=0,
                operation_id=str(uuid4()),
            )
