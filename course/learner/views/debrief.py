"""Looking back on a play that has ended."""

from flask import redirect, render_template
from markupsafe import Markup
from werkzeug.wrappers import Response

from course.content.markdown import to_line
from course.debrief.queries import PlayDebrief, play_debrief
from course.learner.views.desk import blueprint
from course.learner.views.place import Place, block_here, place, small_number
from course.learner.views.texts import prose
from course.scenarios import queries as scenarios
from course.web.access import Who, enter, found
from course.web.transaction import session


@blueprint.get("/<slug>/<block_id>/debrief/")
@enter(Who.LEARNER)
def debrief(slug: str, block_id: str) -> str | Response:
    """Look back on a play that has ended; before that there is nothing to see."""
    here = place(slug)
    block = block_here(here, block_id)
    scenario = found(block.scenario)
    looked = play_debrief(session(), seat_id=here.row.seat_id, scenario=scenario, number=small_number("play"))
    if looked is None:
        return redirect(here.block_url(block), 303)
    newest = scenarios.play(session(), seat_id=here.row.seat_id, scenario=scenario)
    return render_template(
        "learner/debrief.html",
        here=here,
        block=block,
        looked=looked,
        debrief=looked.debrief,
        ending_html=_prose(here, looked, looked.debrief.ending.body),
        learned_html=_prose(here, looked, looked.debrief.ending.learned),
        months=_months(here, looked),
        chance_rows=[
            {
                "title": chance.title,
                "project": chance.project,
                "relationship": chance.relationship,
                "taken": chance.taken,
                "of": chance.met,
            }
            for chance in looked.debrief.chances
        ],
        block_url=here.block_url(block),
        begin_url=here.block_url(block, "begin"),
        newest=found(newest),
        record_url=here.with_query(here.block_url(block, "debrief/"), play=1),
    )


def _months(here: Place, looked: PlayDebrief) -> list[tuple[int, list[dict[str, object]]]]:
    return [
        (
            month.month,
            [
                {
                    "when": step.when,
                    "title": step.scene_title,
                    "chosen": to_line(step.chosen),
                    "then": _prose(here, looked, step.then),
                    "coach": to_line(step.coach),
                    "turned": step.is_turning_point,
                }
                for step in month.steps
            ],
        )
        for month in looked.debrief.months
    ]


def _prose(here: Place, looked: PlayDebrief, text: str) -> Markup:
    return prose(looked.version_hash, here.module, text)
