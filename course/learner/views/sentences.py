"""The sentences of a first play, handed in as one page for grading where the module wants that."""

from course.cases.engine import compile_case
from course.content.schema import Decision
from course.grading import service as grading
from course.learner.views.place import Place
from course.learner.views.player import RECORD
from course.library import queries as library
from course.reflections import service as reflections
from course.reflections.queries import pages
from course.scenarios import queries as scenarios
from course.web.access import found
from course.web.transaction import session


def operation_of(attempt_id: int) -> str:
    """Return the operation by which the sentences of a play are handed in."""
    return f"sentences-{attempt_id}"


def hand_in(here: Place, scenario_id: str, number: int) -> None:
    """Hand in what was said in a play that has just ended, in the transaction of its last step.

    Only the record's sentences are graded, and once: a module asks for one such page of each learner.
    """
    reflection = here.module.sentences
    if reflection is None or number != RECORD:
        return
    seat_id = here.row.seat_id
    if pages(session(), seat_id=seat_id, reflection=reflection):
        return
    play = found(scenarios.play(session(), seat_id=seat_id, scenario=scenario_id, number=number))
    said = scenarios.sentences(session(), attempt_id=play.attempt_id)
    if not said:
        return
    module = library.module(session(), play.version_hash)
    case = compile_case(found(module.scenario(scenario_id, play.skin)))
    titles = {name: node.scene.title for name, node in case.nodes.items() if isinstance(node.scene, Decision)}
    page = reflections.submit(
        session(),
        seat_id=seat_id,
        reflection=reflection,
        version_hash=here.row.version_hash,
        text="\n\n".join(f"{titles[each.scene]}\n{each.text}" for each in said),
        operation_id=operation_of(play.attempt_id),
        due=here.seated.page_due(reflection),
    )
    grading.enter(
        session(),
        kind="reflection",
        submission_id=page.id,
        run_id=here.row.run_id,
        seat_id=seat_id,
        author_id=here.row.person_id,
        version_hash=page.version_hash,
        rubric=reflection,
        number=page.number,
    )
