"""The door itself: where a launch begins, where it comes back, and where platforms find our keys."""

from urllib.parse import quote, urlencode, urlsplit, urlunsplit

import structlog
from flask import Response, current_app, g, jsonify, make_response, redirect, render_template, request
from sqlalchemy.orm import Session

from course.lti.rules.reasons import Reason
from course.lti.service import keys, launching
from course.lti.service.launching import Accepted, Asked, Denied, Returned
from course.lti.service.outside import Outside
from course.lti.views import launch_words, storage, window
from course.lti.views.deep_linking import start_deep_linking
from course.lti.views.door import blueprint
from course.lti.views.landing import turn
from course.lti.views.review import start_review
from course.people.rules import new_token
from course.platforms.queries import launching as queries
from course.platforms.queries.launching import Known
from course.platforms.rules import Message
from course.platforms.service import landing, logins
from course.platforms.service.logins import LIFE
from course.web import address, embedded, transaction
from course.web.access import Unit, Who, enter
from course.web.security import csrf

JWKS_SECONDS = 3600
"""How long platforms may keep what they read of our keys: less than a key is published after its time."""
SHORT = 12
"""Letters of a state in the name of its cookie, so that two launches at once do not take each other's."""

log = structlog.get_logger()


@blueprint.get("/lti/jwks")
@enter(Who.ANYBODY, Unit.OWN)
def jwks() -> Response:
    """Show the keys that platforms check our signatures with; the first one is made when it is first asked for."""
    with transaction.unit(write=False) as session:
        shown = keys.jwks(session)
    if not shown["keys"]:
        made = keys.make()
        with transaction.unit(write=True) as session:
            keys.ensure_key(session, made)
            shown = keys.jwks(session)
    response = jsonify(shown)
    response.headers["Cache-Control"] = f"public, max-age={JWKS_SECONDS}"
    return response


@blueprint.route("/lti/login", methods=["GET", "POST"])
@enter(Who.ANYBODY, Unit.WRITE)
def login() -> Response:
    """Send the browser on to its platform, with a state and a nonce, and with a secret of its own to come back with."""
    told = request.values.to_dict()
    session = transaction.session()
    asked = Asked(
        issuer=told.get("iss", ""),
        client_id=told.get("client_id", ""),
        login_hint=told.get("login_hint", ""),
        target=told.get("target_link_uri", ""),
    )
    platform = launching.find_platform(session, asked, base_url=address.base_url())
    if isinstance(platform, Denied):
        return _refuse(platform)
    waits = window.before_login(told, platform=platform.name)
    if waits is not None:
        return waits
    state = storage.mark(new_token(), told.get("lti_storage_target", ""))
    began = logins.begin(session, platform_id=platform.platform_id, target=asked.target, state=state)
    next_url = _ask(platform, asked, state=state, nonce=began.nonce, hint=told.get("lti_message_hint"))
    if storage.wanted(state):
        response = storage.put(state=state, secret=began.browser, next_url=next_url)
    else:
        response = make_response(redirect(next_url, 302))
    embedded.put(response, _cookie(state), began.browser, max_age=int(LIFE.total_seconds()))
    return response


@blueprint.post("/lti/launch")
@enter(Who.ANYBODY, Unit.OWN)
def launch() -> Response:
    """Take what the browser brings back from its platform, and let it in or say why not."""
    form = request.form
    state = form.get("state", "")
    browser = embedded.kept(_cookie(state)) or form.get("browser", "")
    if not browser and "browser" not in form and storage.target_of(state):
        asking = _ask_storage(state, form.get("id_token", ""))
        if asking is not None:
            return asking
    outside: Outside = current_app.extensions["oneday-outside"]
    returned = Returned(state=state, token=form.get("id_token", ""), browser=browser, error=form.get("error", ""))
    outcome = launching.receive(transaction.unit, outside, returned, _let_in)
    response = _refuse(outcome) if isinstance(outcome, Denied) else outcome
    embedded.drop(response, _cookie(state))
    return response


# What comes from a platform's page carries no token of ours: the state is what shows where it began.
csrf.exempt(login)
csrf.exempt(launch)


def _let_in(session: Session, accepted: Accepted) -> Response:
    """Let a proved launch take effect, and answer it by what it is for."""
    landed = landing.land(
        session, accepted.launch, deployment_id=accepted.deployment_id, organisation_id=accepted.organisation_id
    )
    log.info(
        "lti launch",
        platform=accepted.platform.platform_id,
        message=accepted.launch.message.value,
        goal=landed.goal.value,
        context=landed.context_id,
    )
    if accepted.launch.message is Message.DEEP_LINKING:
        return start_deep_linking(accepted.launch, accepted.claims)
    if accepted.launch.message is Message.REVIEW:
        return start_review(accepted.launch, landed)
    return turn(landed, accepted.launch)


def _ask(platform: Known, asked: Asked, *, state: str, nonce: str, hint: str | None) -> str:
    """Return the address at which the platform is asked who this is. Its hints go back as they came."""
    parameters = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": platform.client_id,
        "redirect_uri": f"{address.base_url()}/lti/launch",
        "login_hint": asked.login_hint,
        "state": state,
        "nonce": nonce,
    }
    if hint is not None:
        parameters["lti_message_hint"] = hint
    return _with(platform.auth_url, parameters)


def _ask_storage(state: str, token: str) -> Response | None:
    """Ask the platform's storage for the browser's secret; None when the launch is over anyway."""
    with transaction.unit(write=False) as session:
        begun = queries.begun(session, state)
        if begun is None or begun.spent_at is not None:
            return None
        platform = queries.platform(session, begun.platform_id)
    return storage.get(
        state=state,
        id_token=token,
        auth_url=platform.auth_url,
        platform=platform.name,
    )


def _cookie(state: str) -> str:
    return f"{embedded.PREFIX}oneday-lti-{state[:SHORT]}"


def _refuse(denied: Denied) -> Response:
    """Say why, in words, and show the way back to the platform."""
    reason, platform = denied.refused.reason, denied.platform
    log.info("lti refused", reason=reason.value, platform=platform.platform_id if platform is not None else None)
    name = platform.name if platform is not None else ""
    said = launch_words.why(denied.refused, platform=name)
    # Whoever is signed in here by another way is no part of this page, which any site may frame.
    g.viewer = None
    back = _back(denied.return_url, said.what, reason) if denied.return_url else ""
    body = render_template(
        "lti/refused.html", said=said, platform=name, back=back, request_id=g.get("request_id", ""), viewer=None
    )
    response = make_response(body, launch_words.status(reason))
    response.headers["Cache-Control"] = "no-store"
    return response


def _back(return_url: str, what: str, reason: Reason) -> str:
    """Return the platform's address with what it may tell its reader and what it may log."""
    return _with(return_url, {"lti_errormsg": what, "lti_log": f"{reason.value} {g.get('request_id', '')}".strip()})


def _with(url: str, parameters: dict[str, str]) -> str:
    """Return an address with more parameters than it has."""
    parts = urlsplit(url)
    query = "&".join(filter(None, (parts.query, urlencode(parameters, quote_via=quote))))
    return urlunsplit(parts._replace(query=query))
