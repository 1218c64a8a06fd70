"""Submission review: from a learner's line in the platform's gradebook to their work here, as far as it may be seen."""

from http import HTTPStatus

import structlog
from flask import Response, g, make_response, render_template, url_for

from course.cohorts.models import Role
from course.cohorts.queries.seats import seats_of
from course.content.schema import Module
from course.library import queries as library
from course.lti.views.door import blueprint
from course.lti.views.landing import enter as enter_at
from course.platforms.queries import review as queries
from course.platforms.queries.review import Work, Written
from course.platforms.rules import Launch
from course.platforms.service import rights
from course.platforms.service.landing import Landing
from course.web import embedded, review, transaction
from course.web.access import Who, enter, found, viewer
from course.web.texts import _

log = structlog.get_logger()


def start_review(launch: Launch, landing: Landing) -> Response:
    """Answer a submission review that was accepted and has landed, in the launch's unit."""
    if landing.person_id is None or landing.context_id is None:
        return _end(launch, landing, _("You have no part in this course, so nothing of it is yours to look at."))
    session = transaction.session()
    person_id = queries.participant(
        session, context_id=landing.context_id, platform_id=launch.platform_id, subject=launch.of_subject
    )
    if person_id is None or not landing.module:
        return _end(launch, landing, _("There is nobody here whose work this could be."), HTTPStatus.NOT_FOUND)
    own = person_id == landing.person_id
    if not own and not launch.roles.teacher:
        return _end(launch, landing, _("Only the facilitator looks at other people's work."))
    work = queries.work(
        session,
        context_id=landing.context_id,
        organisation_id=landing.organisation_id,
        person_id=person_id,
        module=landing.module,
    )
    if work is None:
        return _end(
            launch,
            landing,
            _("There is no date for this module yet, so there is nothing to look at."),
            HTTPStatus.NOT_FOUND,
        )
    log.info("lti review", platform=launch.platform_id, run=work.run_id, own=own)
    return _own(landing, work) if own else _facilitator(launch, landing, work)


@blueprint.get("/lti/feedback/<int:seat_id>")
@enter(Who.LEARNER)
def feedback_waits(seat_id: int) -> str:
    """Tell a learner who comes from the gradebook that nothing was sent to them yet."""
    me, session = viewer(), transaction.session()
    seats = seats_of(session, person_id=me.person_id, organisations=me.organisations(Role.LEARNER))
    here = found(next((seat for seat in seats if seat.seat_id == seat_id), None))
    module = library.module(session, here.version_hash)
    pages = queries.written(session, seat_id)
    return render_template("lti/feedback_waits.html", module=module, here=here, handed_in=bool(pages))


def _own(landing: Landing, work: Work) -> Response:
    session = transaction.session()
    rights.grant(session, person_ids=[work.person_id], organisation_id=landing.organisation_id, role=Role.LEARNER)
    module = library.module(session, work.version_hash)
    sent = _preferred([page for page in queries.written(session, work.seat_id) if page.sent], module)
    block_id = _block(module, sent.rubric) if sent is not None else ""
    if not block_id:
        return enter_at(landing, work.person_id, url_for("lti.feedback_waits", seat_id=work.seat_id))
    return enter_at(
        landing, work.person_id, url_for("learner.feedback", slug=module.slug, block_id=block_id, seat=work.seat_id)
    )


def _facilitator(launch: Launch, landing: Landing, work: Work) -> Response:
    if work.facilitator_id != landing.person_id or landing.person_id is None:
        who = work.facilitator or _("whoever will facilitate it")
        why = _("The pages of this course are read by %(name)s, who facilitates it, and by nobody else.", name=who)
        return _end(launch, landing, why)
    session = transaction.session()
    rights.grant(
        session, person_ids=[landing.person_id], organisation_id=landing.organisation_id, role=Role.FACILITATOR
    )
    pages = queries.written(session, work.seat_id)
    if pages and all(page.sent for page in pages):
        page = _preferred(pages, library.module(session, work.version_hash))
        return enter_at(landing, landing.person_id, url_for("facilitator.grade", handle=found(page).handle))
    # The queue says why no name is shown, and how to open it all the same.
    token = review.token(seat_id=work.seat_id, person_id=landing.person_id)
    return enter_at(landing, landing.person_id, url_for("facilitator.run_grading", run_id=work.run_id, page=token))


def _preferred(pages: list[Written] | tuple[Written, ...], module: Module) -> Written | None:
    """Return the newest page; the sentences of a play only where there is no page."""
    return next(iter(sorted(pages, key=lambda page: page.rubric == module.sentences)), None)


def _block(module: Module, rubric: str) -> str:
    """Return the block at which feedback on this page is read; that of sentences is read at the first case."""
    if rubric == module.sentences:
        return next((block.id for block in module.blocks if block.scenario is not None), "")
    return next((block.id for block in module.blocks if block.reflection == rubric), "")


def _end(launch: Launch, landing: Landing, why: str, status: int = HTTPStatus.FORBIDDEN) -> Response:
    embedded.may_frame(*landing.framed_by)
    # Whoever is signed in here by another way is no part of this page.
    g.viewer = None
    body = render_template(
        "lti/review_end.html",
        why=why,
        back=launch.return_url,
        platform=landing.platform or _("your learning platform"),
        viewer=None,
    )
    response = make_response(body, status)
    response.headers["Cache-Control"] = "no-store"
    return response
