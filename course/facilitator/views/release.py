"""The pages of one run: who is done, sending the feedback to all, taking it back."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from course.facilitator.queries.grading import pages_of_run, recallable
from course.facilitator.views import sentences
from course.facilitator.views.desk import blueprint, own_run
from course.facilitator.views.review import asked
from course.grading import service
from course.library import queries as library
from course.platforms.queries.scores import told_of_run
from course.platforms.rules import Telling
from course.web.access import Who, enter, viewer
from course.web.address import base_url
from course.web.texts import _, ngettext
from course.web.told import learners
from course.web.transaction import session

LONGEST_ID = 9


@blueprint.get("/runs/<int:run_id>/grading/")
@enter(Who.FACILITATOR)
def run_grading(run_id: int) -> str:
    held = own_run(run_id)
    told = told_of_run(session(), run_id)
    pages = list(enumerate(pages_of_run(session(), run_id=run_id, viewer_id=viewer().person_id), start=1))
    return render_template(
        "facilitator/run_grading.html",
        run=held,
        module=library.module(session(), held.version_hash),
        waiting=[(place, page) for place, page in pages if page.ready_at is None and page.released_at is None],
        done=[(place, page) for place, page in pages if page.ready_at is not None and page.released_at is None],
        sent=[(place, page) for place, page in pages if page.released_at is not None],
        back=recallable(session(), run_id=run_id),
        refused=any(one.state is Telling.REFUSED for one in told),
        learners=learners(told),
        asked=asked(held),
    )


@blueprint.post("/runs/<int:run_id>/grading/release")
@enter(Who.FACILITATOR)
def release(run_id: int) -> ResponseReturnValue:
    own_run(run_id)
    result = service.release_run(session(), run_id=run_id, by_id=viewer().person_id, base_url=base_url())
    if result.refusal is not None:
        flash(sentences.refusal(result.refusal), "attention")
    else:
        sent = ngettext("Feedback sent to 1 person.", "Feedback sent to %(num)s people.", result.count)
        flash(sent % {"num": result.count}, "good")
    return redirect(url_for("facilitator.run_grading", run_id=run_id), 303)


@blueprint.post("/runs/<int:run_id>/grading/recall")
@enter(Who.FACILITATOR)
def recall(run_id: int) -> ResponseReturnValue:
    own_run(run_id)
    sent = request.form.get("release_id", "")
    release_id = int(sent) if sent.isdecimal() and len(sent) <= LONGEST_ID else 0
    result = service.recall_release(session(), run_id=run_id, release_id=release_id, by_id=viewer().person_id)
    if result.refusal is not None:
        flash(sentences.refusal(result.refusal), "attention")
    else:
        flash(_("Taken back. No mail has left, and everything can be changed again."), "good")
    return redirect(url_for("facilitator.run_grading", run_id=run_id), 303)
