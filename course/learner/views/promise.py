"""Making a promise at the end of a debrief, and telling what became of it."""

from flask import abort, make_response, redirect
from werkzeug.wrappers import Response

from course import clock
from course.commitments import service
from course.commitments.rules import UnfitPromise, Wording
from course.learner.forms import DeedForm, PromiseForm
from course.learner.rules import BOOSTER
from course.learner.views import debrief, promised
from course.learner.views.desk import blueprint
from course.learner.views.place import Place, block_here, place
from course.scenarios import queries as scenarios
from course.web.access import Who, enter, found
from course.web.drafts import sent
from course.web.transaction import session

DEEDS = {"keep": service.keep, "drop": service.drop, "reopen": service.reopen}


@blueprint.post("/<slug>/<block_id>/promise")
@enter(Who.LEARNER)
def make(slug: str, block_id: str) -> Response:
    """Make the promise of a debrief; the same form sent twice makes one."""
    here = place(slug)
    block = block_here(here, block_id)
    origin = found(block.scenario)
    if origin not in scenarios.finished(session(), [here.row.seat_id])[here.row.seat_id]:
        return redirect(here.block_url(block), 303)
    form = sent(PromiseForm)
    if form.validate() and _made(here, origin, form):
        return redirect(here.block_url(block, "debrief/") + "#promise", 303)
    page = debrief.show(here, block, refused=form)
    return make_response(page, 422) if page is not None else redirect(here.block_url(block), 303)


@blueprint.post("/<slug>/promises/<int:promise_id>")
@enter(Who.LEARNER)
def deed(slug: str, promise_id: int) -> Response:
    """Note that a promise was kept or let go, or take that back."""
    here = place(slug)
    form = sent(DeedForm)
    if not form.validate():
        abort(400)
    if not DEEDS[form.deed.data or ""](session(), seat_id=here.row.seat_id, promise_id=promise_id):
        abort(404)
    back = form.back.data or ""
    block = here.seated.booster if back == BOOSTER else here.module.block(back)
    if block is None or block.scenario is None:
        return redirect(here.desk_url + "#promises", 303)
    return redirect(here.block_url(block, "debrief/") + "#promise", 303)


def _made(here: Place, origin: str, form: PromiseForm) -> bool:
    wording = Wording(form.when.data or "", form.then.data or "", form.alias.data or "", found(form.by.data))
    try:
        service.make(
            session(),
            seat_id=here.row.seat_id,
            origin=origin,
            wording=wording,
            today=clock.today(here.row.zone),
            operation_id=form.operation_id.data or "",
            instead_of=form.instead_of.data,
        )
    except UnfitPromise as unfit:
        promised.tell(form, unfit.problems)
        return False
    return True
