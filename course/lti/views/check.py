"""The connection check: one line a part, in plain words, with what to do and a text for a ticket."""

from flask import Response, current_app, make_response, render_template

from course import clock
from course.lti.rules.checking import Finding
from course.lti.service import checking
from course.lti.service.outside import Outside
from course.lti.views.check_words import Line, line, ticket
from course.lti.views.door import blueprint
from course.platforms.models import Platform
from course.platforms.queries import checking as queries
from course.platforms.queries import keys as signing
from course.platforms.queries import platforms
from course.web import access, address, transaction
from course.web.access import Unit, Who, enter


@blueprint.get("/admin/platforms/<int:platform_id>/check")
@enter(Who.ADMIN)
def check(platform_id: int) -> Response:
    """Show what is known already; nobody is asked."""
    platform = access.found(platforms.platform(transaction.session(), platform_id))
    return _page(platform, checking.known(queries.seen(transaction.session(), platform_id)), asked=False)


@blueprint.post("/admin/platforms/<int:platform_id>/check")
@enter(Who.ADMIN, Unit.OWN)
def run_check(platform_id: int) -> Response:
    """Ask the platform, outside of any transaction. Nothing is kept but its keys and the token that it gave."""
    with transaction.unit(write=False) as session:
        access.found(platforms.platform(session, platform_id))
    outside: Outside = current_app.extensions["oneday-outside"]
    found = checking.check(transaction.unit, outside, platform_id)
    with transaction.unit(write=False) as session:
        return _page(access.found(platforms.platform(session, platform_id)), found, asked=True)


def _page(platform: Platform, found: tuple[Finding, ...], *, asked: bool) -> Response:
    session = transaction.session()
    base_url = address.base_url()
    lines: list[Line] = [line(finding, platform, base_url) for finding in found]
    text = ticket(
        platform,
        lines,
        now=clock.now(),
        base_url=base_url,
        kids=[each.kid for each in signing.published(session, now=clock.now())],
        deployments=[each.name for each in platforms.deployments(session, platform.id)],
    )
    body = render_template("lti/check.html", platform=platform, lines=lines, ticket=text, asked=asked)
    return make_response(body)
