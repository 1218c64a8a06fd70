"""What the demo's facilitator has prepared for the day to come."""

from sqlalchemy.orm import Session

from course.cli.prepared import prepare_run
from course.cli.story import MODULE, read_texts
from course.cohorts.models import Run
from course.content.loader import load
from course.paths import MODULES
from course.preparing import queries
from course.preparing.rules import Step
from tests.make import Cast


def test_a_step_is_done_and_the_notes_stand_beside_their_blocks(cast: Cast, session: Session) -> None:
    run = session.get_one(Run, cast.run)
    prepare_run(session, run, cast.farid, {"hello": "Begin with the lift.", "no-such-block": "Lost."})
    assert list(queries.ticks(session, person_id=cast.farid, run_id=run.id)) == [Step.CASE]
    notes = queries.notes(session, person_id=cast.farid, module=run.module)
    assert {block: (note.title, note.text) for block, note in notes.items()} == {
        "hello": ("Hello", "Begin with the lift.")
    }


def test_every_note_of_the_demo_has_its_block() -> None:
    blocks = {block.id for block in load(MODULES / MODULE).module.blocks}
    notes = read_texts().notes
    assert (len(notes), set(notes) - blocks) == (2, set())
