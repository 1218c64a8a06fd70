"""Where an accepted launch comes out: on a page of the course, or on one that says why there is none yet."""

from http import HTTPStatus

from flask import Response, g, make_response, redirect, render_template, url_for

from course.library import queries as library
from course.lti.views import window
from course.people import service as people
from course.platforms.queries.teaching import managers
from course.platforms.rules import WAY, Launch
from course.platforms.service.landing import Goal, Landing
from course.web import embedded, transaction
from course.web.texts import _

ENDS = {
    Goal.NO_DATE: ("lti/no_date.html", HTTPStatus.OK),
    Goal.PREVIEW: ("lti/preview.html", HTTPStatus.OK),
    Goal.NO_RIGHTS: ("lti/no_part.html", HTTPStatus.FORBIDDEN),
    Goal.NO_MODULE: ("lti/no_module.html", HTTPStatus.NOT_FOUND),
}
"""Launches that end where they landed: the page needs no session, so none is opened."""


def turn(landing: Landing, launch: Launch) -> Response:
    """Open the session of a launch and lead to a clean address, in the launch's unit; or say what is missing."""
    if landing.person_id is None or (landing.goal in ENDS and not landing.ask_link):
        return _end(landing, launch)
    path = _path(landing)
    if landing.ask_link:
        path = url_for("lti.before", then=path or None)
    return enter(landing, landing.person_id, path)


def enter(landing: Landing, person_id: int, path: str) -> Response:
    """Open a session for whoever landed, and lead to an address of ours."""
    session = transaction.session()
    embedded.leave(session)
    token = people.open_session_later(session, person_id=person_id, way=WAY, organisation_id=landing.organisation_id)
    response = make_response(redirect(path, 303))
    if embedded.in_frame() and not embedded.cookies_work():
        response = window.offer(
            response,
            person_id=person_id,
            organisation_id=landing.organisation_id,
            framed_by=landing.framed_by,
            platform=landing.platform,
        )
    return embedded.let_in(response, token, framed_by=landing.framed_by, platform=landing.platform, person_id=person_id)


def _path(landing: Landing) -> str:
    """Return the clean address of a landing, or nothing where it has none."""
    if landing.goal is Goal.MODULE:
        return url_for("learner.module", slug=landing.module, seat=landing.seat_id)
    if landing.goal is Goal.TEACHER_RUN and landing.run_id is not None:
        return url_for("facilitator.run", run_id=landing.run_id)
    if landing.goal is Goal.TEACHER_COURSE and landing.link_id is not None:
        return url_for("lti.link", link_id=landing.link_id)
    return ""


def _end(landing: Landing, launch: Launch) -> Response:
    template, status = ENDS[landing.goal]
    session = transaction.session()
    embedded.may_frame(*landing.framed_by)
    # Whoever is signed in here by another way is no part of this page.
    g.viewer = None
    module = None
    if landing.module:
        version_hash = library.live_hash(session, landing.module)
        module = library.module(session, version_hash) if version_hash is not None else None
    body = render_template(
        template,
        landing=landing,
        module=module,
        managers=managers(session, landing.organisation_id) if landing.goal is Goal.NO_DATE else (),
        back=launch.return_url,
        platform=landing.platform or _("your learning platform"),
        viewer=None,
    )
    response = make_response(body, status)
    response.headers["Cache-Control"] = "no-store"
    return response
