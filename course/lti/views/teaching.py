"""What a teacher of a platform's course sees who does not lead its day: the group, the date, who decides."""

import structlog
from flask import Response, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from course.lti.views.door import blueprint
from course.platforms.queries import teaching as queries
from course.platforms.queries.teaching import Link
from course.platforms.service import teaching
from course.web import transaction
from course.web.access import Who, enter, found, viewer
from course.web.texts import _

log = structlog.get_logger()


@blueprint.get("/lti/links/<int:link_id>/")
@enter(Who.SIGNED_IN)
def link(link_id: int) -> AnyResponse:
    here = _own(link_id)
    run = here.runs[0] if here.runs else None
    leads = next((held for held in here.runs if held.facilitator_id == viewer().person_id), None)
    if leads is not None:
        return redirect(url_for("facilitator.run", run_id=leads.run_id), 303)
    body = render_template(
        "lti/course.html",
        link=here,
        run=run,
        managers=queries.managers(transaction.session(), here.organisation_id),
    )
    return make_response(body)


@blueprint.post("/lti/links/<int:link_id>/lead")
@enter(Who.SIGNED_IN)
def lead(link_id: int) -> AnyResponse:
    """Let a teacher facilitate the run that nobody facilitates."""
    here = _own(link_id)
    if not here.runs:
        return _too_late(here)
    run_id = here.runs[0].run_id
    if not teaching.lead(
        transaction.session(), run_id=run_id, person_id=viewer().person_id, organisation_id=here.organisation_id
    ):
        return _too_late(here)
    log.info("lti facilitator", person=viewer().person_id, run=run_id, context=here.context_id)
    flash(_("You facilitate this course now. Your training manager sees your name beside it."), "good")
    return redirect(url_for("facilitator.run", run_id=run_id), 303)


def _too_late(here: Link) -> Response:
    flash(_("Somebody else facilitates it by now. Nothing was changed."), "attention")
    return make_response(redirect(url_for("lti.link", link_id=here.link_id), 303))


def _own(link_id: int) -> Link:
    """Return a link of a course that the viewer teaches; 404 for everybody else's."""
    me = viewer()
    here = queries.link_of_teacher(transaction.session(), link_id=link_id, person_id=me.person_id)
    return found(here if here is not None and me.organisation_id in {None, here.organisation_id} else None)
