"""Looking back on a play that has ended, and going back into it to try another way."""

from dataclasses import dataclass, replace
from itertools import groupby

from flask import redirect, render_template
from markupsafe import Markup
from werkzeug.wrappers import Response

from course.cases.debrief import ChancePart, OrderPart, SaidPart, StepPart
from course.content.markdown import to_line
from course.content.schema import Block
from course.debrief.queries import PlayDebrief, handed_in, play_debrief
from course.grading.queries import feedback_of_seat
from course.learner.forms import PromiseForm, RewindForm
from course.learner.views import editor, promised, sentences
from course.learner.views.desk import blueprint
from course.learner.views.editor import Told
from course.learner.views.place import Place, block_here, operation, place, small_number
from course.learner.views.texts import prose
from course.scenarios import service
from course.scenarios.rules import MOST_REWINDS
from course.web.access import Who, enter, found
from course.web.drafts import sent
from course.web.transaction import session


@dataclass(frozen=True)
class Step:
    """One decision, looked back on."""

    month: int
    title: str
    when: str
    chosen: str
    then: Markup
    coach: str
    rose: bool
    is_vote: bool
    said: SaidPart | None
    order: OrderPart | None
    cost: int | None
    """Points that were out of reach after it; None where that is not known."""
    taken_over: int
    operation_id: str
    turned: bool = False


@dataclass(frozen=True)
class Graded:
    """What the facilitator makes of the sentences; ``told`` is None until it was sent."""

    told: Told | None


@blueprint.get("/<slug>/<block_id>/debrief/")
@enter(Who.LEARNER)
def debrief(slug: str, block_id: str) -> str | Response:
    """Look back on a play that has ended; before that there is nothing to see."""
    here = place(slug)
    block = block_here(here, block_id)
    return show(here, block) or redirect(here.block_url(block), 303)


@blueprint.post("/<slug>/<block_id>/debrief/rewind")
@enter(Who.LEARNER)
def rewind(slug: str, block_id: str) -> Response:
    """Go back to a decision of the record, as practice; the record stays as it is."""
    here = place(slug)
    block = block_here(here, block_id)
    scenario = found(block.scenario)
    form = sent(RewindForm)
    if form.validate():
        result = service.rewind(
            session(),
            seat_id=here.row.seat_id,
            scenario=scenario,
            number=1,
            to_version=form.taken_over.data or 0,
            operation_id=form.operation_id.data or "",
        )
        if result.kind in {"made", "repeated"}:
            return redirect(here.block_url(block) + "#play", 303)
    return redirect(here.with_query(here.block_url(block, "debrief/"), play=1) + "#closer", 303)


def show(here: Place, block: Block, *, refused: PromiseForm | None = None) -> str | None:
    """Render what a learner looks back on, with what a refused promise has to say; None before the end of a play."""
    scenario = found(block.scenario)
    number = small_number("play")
    looked = play_debrief(session(), seat_id=here.row.seat_id, scenario=scenario, module=here.module, number=number)
    if looked is None:
        return None
    steps = _steps(here, looked)
    ending = looked.debrief.ending
    return render_template(
        "learner/debrief.html",
        here=here,
        block=block,
        looked=looked,
        ending=ending,
        ending_html=_prose(here, looked, ending.body),
        learned_html=_prose(here, looked, ending.learned),
        turning=_first(steps),
        months=[(month, list(each)) for month, each in groupby(steps, key=lambda step: step.month)],
        spoken=[step for step in steps if step.said is not None],
        steps=steps,
        chance_rows=[_chance(chance) for chance in looked.debrief.chances if chance.met],
        unmet=[chance.title for chance in looked.debrief.chances if not chance.met],
        graded=_graded(here, looked),
        compared_plays=looked.comparison,
        rewinds_left=max(0, MOST_REWINDS - looked.rewinds),
        rewind_url=here.block_url(block, "debrief/rewind") if looked.own and looked.is_record else None,
        promise=_promise(here, block, scenario, number, refused),
        block_url=here.block_url(block),
        begin_url=here.block_url(block, "begin"),
        record_url=here.with_query(here.block_url(block, "debrief/"), play=1),
    )


def _promise(
    here: Place, block: Block, origin: str, number: int | None, refused: PromiseForm | None
) -> promised.PromisePart:
    page_url = here.block_url(block, "debrief/")
    if number is not None:
        page_url = here.with_query(page_url, play=number)
    make_url = here.block_url(block, "promise")
    return promised.part(here, origin, page_url, make_url, change=small_number("change"), refused=refused)


def _steps(here: Place, looked: PlayDebrief) -> list[Step]:
    costs = looked.costs or [None] * len(looked.debrief.steps)
    parts = [(month.month, step) for month in looked.debrief.months for step in month.steps]
    return [_step(here, looked, month, step, cost) for (month, step), cost in zip(parts, costs, strict=True)]


def _first(steps: list[Step]) -> Step | None:
    """Return the one moment that comes first: where trust turned, or else what cost most."""
    turned = next((step for step in steps if step.turned), None)
    dearest = max(steps, key=lambda step: step.cost or 0, default=None)
    return turned or (dearest if dearest is not None and dearest.cost else None)


def _step(here: Place, looked: PlayDebrief, month: int, step: StepPart, cost: int | None) -> Step:
    said = step.said
    return Step(
        month=month,
        title=step.scene_title,
        when=step.when,
        chosen=to_line(step.chosen),
        then=_prose(here, looked, step.then),
        coach=to_line(step.coach),
        rose=step.pivot_change > 0,
        turned=step.is_turning_point,
        is_vote=step.is_vote,
        said=replace(said, good=to_line(said.good)) if said is not None else None,
        order=step.order,
        cost=cost,
        taken_over=step.taken_over,
        operation_id=operation(),
    )


def _chance(chance: ChancePart) -> dict[str, object]:
    poles = {"project": chance.project, "relationship": chance.relationship}
    return {"title": chance.title, **poles, "taken": chance.taken, "of": chance.met}


def _graded(here: Place, looked: PlayDebrief) -> Graded | None:
    """Return how the facilitator's reading of the sentences stands; None where nobody reads them."""
    rubric = here.module.sentences
    if rubric is None or not any(step.said for step in looked.debrief.steps):
        return None
    # Of all plays of a module, the sentences of one are graded.
    if not handed_in(session(), seat_id=here.row.seat_id, operation_id=sentences.operation_of(looked.attempt_id)):
        return None
    sent_back = feedback_of_seat(session(), seat_id=here.row.seat_id, reflection=rubric)
    return Graded(editor.told(sent_back[-1], found(here.module.reflection(rubric))) if sent_back else None)


def _prose(here: Place, looked: PlayDebrief, text: str) -> Markup:
    return prose(looked.version_hash, here.module, text)
