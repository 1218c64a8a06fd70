"""Playing: beginning, taking a step."""

from flask import make_response, redirect, render_template
from werkzeug.wrappers import Response

from course.content.schema import Block
from course.learner.forms import BeginForm, StepForm
from course.learner.views.block import show
from course.learner.views.desk import blueprint
from course.learner.views.place import Place, block_here, not_open, place
from course.scenarios import queries as scenarios
from course.scenarios import service
from course.web.access import Who, enter, found
from course.web.drafts import sent
from course.web.texts import _
from course.web.transaction import session


@blueprint.post("/<slug>/<block_id>/begin")
@enter(Who.LEARNER)
def begin(slug: str, block_id: str) -> Response:
    """Open the play that the button was for; a second press finds it open."""
    here = place(slug)
    block = block_here(here, block_id)
    scenario = found(block.scenario)
    closed = not_open(here)
    if closed is not None:
        return closed
    form = sent(BeginForm)
    newest = scenarios.play(session(), seat_id=here.row.seat_id, scenario=scenario)
    wanted = form.play.data if form.validate() and form.play.data else 1
    if newest is None or newest.number < wanted:
        service.begin(session(), seat_id=here.row.seat_id, scenario_id=scenario, version_hash=here.row.version_hash)
    return redirect(here.block_url(block) + "#play", 303)


@blueprint.post("/<slug>/<block_id>/play")
@enter(Who.LEARNER)
def step(slug: str, block_id: str) -> Response:
    """Take one choice."""
    here = place(slug)
    block = block_here(here, block_id)
    scenario = found(block.scenario)
    form = sent(StepForm)
    if not form.validate():
        return _refused(here, block, form)
    number = form.play.data or 0
    result = service.step(
        session(),
        seat_id=here.row.seat_id,
        scenario=scenario,
        number=number,
        scene=form.scene.data or "",
        choice=form.choice.data,
        base_version=form.version.data or 0,
        operation_id=form.operation_id.data or "",
    )
    if result.kind in {"stale", "none"}:
        return _decided(here, block)
    if result.kind not in {"taken", "repeated"}:
        form.refuse("choice", _("This cannot be chosen here. Choose one of the answers."))
        return _refused(here, block, form)
    return redirect(here.with_query(here.block_url(block), after=result.version, play=number) + "#play", 303)


def _refused(here: Place, block: Block, form: StepForm) -> Response:
    if not form.choice.errors:
        form.refuse("choice", _("This form was not whole. Choose once more."))
    return make_response(show(here, block, step=form), 422)


def _decided(here: Place, block: Block) -> Response:
    return make_response(
        render_template("learner/decided.html", here=here, block=block, url=here.block_url(block)), 409
    )
