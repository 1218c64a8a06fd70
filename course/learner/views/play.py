"""Playing: beginning, saying a sentence, taking a step, waiting while the room is held."""

from flask import make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from course.content.schema import Block
from course.learner.forms import BeginForm, SayForm, StepForm
from course.learner.views import sentences
from course.learner.views.block import show
from course.learner.views.desk import blueprint
from course.learner.views.opening import ways_of
from course.learner.views.place import Place, block_here, not_open, place, small_number
from course.scenarios import queries as scenarios
from course.scenarios import service
from course.scenarios.rules import LONGEST_SENTENCE, EmptySentence, SentenceTooLong
from course.scenarios.service import NotBesideYou, StepResult
from course.web.access import Who, enter, found
from course.web.drafts import sent
from course.web.texts import _
from course.web.transaction import session

HELD = '"held"'
"""The mark of a page whose room is held; it has no other news than that it goes on."""


@blueprint.post("/<slug>/<block_id>/begin")
@enter(Who.LEARNER)
def begin(slug: str, block_id: str) -> Response:
    """Open the play that the button was for; a second press finds it open."""
    here = place(slug)
    block = block_here(here, block_id)
    scenario = found(here.module.scenario(found(block.scenario)))
    closed = not_open(here)
    if closed is not None:
        return closed
    form = sent(BeginForm)
    newest = scenarios.play(session(), seat_id=here.row.seat_id, scenario=scenario.id)
    wanted = form.play.data if form.validate() and form.play.data else 1
    if newest is not None and newest.number >= wanted:
        return redirect(here.block_url(block) + "#play", 303)
    ways = [way.skin for way in ways_of(here.module, scenario)]
    skin = form.skin.data or ""
    if skin not in ways and len(ways) == 1:
        skin = ways[0]
    if skin not in ways or form.skin.errors:
        return _not_begun(here, block, form, _("Choose your trade first."))
    nobody = _("Choose somebody from your course, or play alone.")
    if form.partner.errors:
        return _not_begun(here, block, form, nobody)
    try:
        service.begin(
            session(),
            seat_id=here.row.seat_id,
            scenario_id=scenario.id,
            version_hash=here.row.version_hash,
            skin=skin,
            partner_id=form.partner.data,
        )
    except NotBesideYou:
        return _not_begun(here, block, form, nobody)
    return redirect(here.block_url(block) + "#play", 303)


@blueprint.post("/<slug>/<block_id>/say")
@enter(Who.LEARNER)
def say(slug: str, block_id: str) -> Response:
    """Give the sentence that a scene asks for. Only then is there anything to choose from."""
    here = place(slug)
    block = block_here(here, block_id)
    scenario = found(block.scenario)
    form = sent(SayForm)
    if not form.validate():
        return _refused(here, block, form)
    try:
        result = service.say(
            session(),
            seat_id=here.row.seat_id,
            scenario=scenario,
            number=form.play.data or 0,
            scene=form.scene.data or "",
            text=form.text.data or "",
            confidence=form.confidence.data or 0,
            may_show=bool(form.may_show.data),
            base_version=form.version.data or 0,
            operation_id=form.operation_id.data or "",
        )
    except EmptySentence:
        form.refuse("text", _("Write your sentence first."))
        return _refused(here, block, form)
    except SentenceTooLong:
        form.refuse("text", _("Your sentence is too long: at most %(most)s characters fit.", most=LONGEST_SENTENCE))
        return _refused(here, block, form)
    if result.kind in {"taken", "repeated"}:
        return redirect(here.block_url(block) + "#play", 303)
    return _not_taken(here, block, form, result)


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
        choice=form.given,
        base_version=form.version.data or 0,
        operation_id=form.operation_id.data or "",
        nearer=form.nearer,
    )
    if result.kind not in {"taken", "repeated"}:
        return _not_taken(here, block, form, result)
    if result.ended:
        sentences.hand_in(here, scenario, number)
    return redirect(here.with_query(here.block_url(block), after=result.version, play=number) + "#play", 303)


@blueprint.get("/<slug>/<block_id>/held")
@enter(Who.LEARNER)
def held(slug: str, block_id: str) -> Response:
    """Tell a page that waits that the room is still held; lead anybody else to where the play is.

    The page's own link comes here, too: one to the page itself would not load it again.
    """
    here = place(slug)
    block = block_here(here, block_id)
    play = scenarios.play(session(), seat_id=here.row.seat_id, scenario=found(block.scenario))
    same = play is not None and play.held and play.number == small_number("play")
    if not same or request.headers.get("If-None-Match") != HELD:
        return redirect(here.block_url(block) + "#play", 303)
    response = make_response("", 304)
    response.headers["ETag"] = HELD
    return response


def _not_begun(here: Place, block: Block, form: BeginForm, why: str) -> Response:
    form.skin.errors = []
    form.refuse("skin", why)
    return make_response(show(here, block, step=form), 422)


def _not_taken(here: Place, block: Block, form: StepForm | SayForm, result: StepResult) -> Response:
    """Say why a step was not taken; whatever was typed stays on the page."""
    field = "choice" if isinstance(form, StepForm) else "text"
    if result.kind in {"stale", "none"}:
        return make_response(
            render_template("learner/decided.html", here=here, block=block, url=here.block_url(block)), 409
        )
    if result.kind == "held":
        form.refuse(
            field,
            _("Your facilitator is holding the room here, so nothing was sent. It stays on this page until you go on."),
        )
        return make_response(show(here, block, step=form), 409)
    if result.kind == "unsaid":
        form.refuse(field, _("Write your own sentence first. Then you choose."))
    elif isinstance(form, StepForm):
        form.refuse(field, _("This cannot be chosen here. Choose one of the answers."))
    else:
        form.refuse(field, _("No sentence is asked for here."))
    return _refused(here, block, form)


def _refused(here: Place, block: Block, form: StepForm | SayForm) -> Response:
    field = form.choice if isinstance(form, StepForm) else form.text
    if not field.errors:
        form.refuse(field.name, _("This form was not whole. Choose once more."))
    return make_response(show(here, block, step=form), 422)
