"""Where an LMS comes to register us by an invitation, and the JSON from which Canvas configures us."""

from flask import Response, current_app, jsonify, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from course.lti.rules import canvas
from course.lti.rules.registration import Fault, Ours, Unfit, is_text
from course.lti.service import registration
from course.lti.service.outside import Outside
from course.lti.views.door import blueprint
from course.lti.views.registration_words import why
from course.platforms.queries import platforms as queries
from course.platforms.queries.platforms import Invited
from course.platforms.rules import origin_of
from course.web import address, embedded, transaction
from course.web.access import Unit, Who, enter
from course.web.static import static_url
from course.web.texts import _

GONE, CONFLICT, UNFIT = 410, 409, 422


@blueprint.get("/lti/register")
@enter(Who.ANYBODY, Unit.OWN)
def register() -> AnyResponse:
    """Register us at the platform that opens this. It is the platform's GET, as the specification has it."""
    token = request.args.get("invite", "")
    configuration_url = request.args.get("openid_configuration", "")
    with transaction.unit(write=False) as session:
        invited = queries.invitation(session, token)
    if invited is not None and _is_done(invited, configuration_url):
        return _registered(invited, configuration_url)
    if invited is None or not invited.open:
        return _refused(Unfit(Fault.LINK))
    if not configuration_url:
        return make_response(render_template("lti/register.html", invited=invited, link=request.url))
    outside: Outside = current_app.extensions["oneday-outside"]
    try:
        call = registration.Call(token, configuration_url, request.args.get("registration_token", ""))
        made = registration.register(transaction.unit, outside, call, ours=ours())
    except Unfit as unfit:
        return _refused(unfit, invited)
    return _registered(made, configuration_url)


@blueprint.get("/lti/canvas.json")
@enter(Who.ANYBODY, Unit.NONE)
def canvas_json() -> Response:
    """Show what Canvas asks for when a developer key is made from an address. There is no secret in it."""
    return jsonify(canvas.configuration(ours()))


def ours() -> Ours:
    base = address.base_url()
    return Ours(
        base_url=base,
        logo_url=f"{base}{static_url('icon.svg')}",
        description=_("One-day soft-skill modules for technical people: the day, the hard conversation, the feedback."),
    )


def _is_done(invited: Invited, configuration_url: str) -> bool:
    """Tell whether this very platform came by this link before: its admin has reloaded the page."""
    return invited.platform_id is not None and origin_of(invited.issuer) == origin_of(configuration_url)


def _registered(made: Invited, configuration_url: str) -> Response:
    # The page holds nothing but words; a platform may show it in a page of another of its hosts, as Canvas does.
    embedded.may_frame(*dict.fromkeys(map(origin_of, (configuration_url, made.issuer, request.referrer or ""))))
    return make_response(render_template("lti/registered.html", made=made, active=made.state == "active"))


def _refused(unfit: Unfit, invited: Invited | None = None) -> Response:
    status = {Fault.LINK: GONE, Fault.TAKEN: CONFLICT}.get(unfit.fault, UNFIT)
    host = origin_of(request.args.get("openid_configuration", "")).partition("://")[2]
    words = unfit.words if is_text(unfit.words, 500) else ""
    body = render_template("lti/register_refused.html", said=why(unfit, host), words=words, retry=invited is not None)
    return make_response(body, status)
