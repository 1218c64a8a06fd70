"""Out of a frame that keeps no cookies, into a window of its own: before the login, or after the launch by a ticket."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

from flask import Response, current_app, g, make_response, redirect, render_template, request, url_for
from itsdangerous import BadSignature, URLSafeSerializer

from course.lti.views.door import blueprint
from course.people import service as people
from course.web import address, embedded, transaction
from course.web.access import Unit, Who, enter, viewer
from course.web.carry import local_path
from course.web.security import csrf
from course.web.viewer import LTI

PROBED = "oneday_probe"
"""Stands in the address of a login that was sent on to see whether our cookie comes back."""
LIFE = timedelta(seconds=60)
_SALT = "a window of its own"


@dataclass(frozen=True)
class Ticket:
    """What an address of ``/lti/window/`` carries, signed: a one-use secret, and what it opens."""

    secret: str
    organisation_id: int
    path: str
    framed_by: tuple[str, ...]
    platform: str


def before_login(parameters: Mapping[str, str], *, platform: str) -> Response | None:
    """Answer a login in a frame whose cookies do not come back, as long as nothing of the platform's is used up.

    None: the login goes on. Whether cookies come back is tried once, by sending the browser on to this same login.
    """
    if not embedded.in_frame() or embedded.cookies_work():
        return None
    told = {name: value for name, value in parameters.items() if name != PROBED}
    if PROBED not in parameters:
        response = make_response(redirect(f"{request.path}?{urlencode({**told, PROBED: '1'})}", 303))
        embedded.put(response, embedded.PROBE, "1")
        return response
    if told.get("lti_storage_target"):
        return None
    embedded.show_anybody()
    again = f"{request.path}?{urlencode(told)}"
    return _page("lti/window_login.html", 200, again=again, platform=platform)


def offer(
    response: Response, *, person_id: int, organisation_id: int, framed_by: tuple[str, ...], platform: str
) -> Response:
    """Lead a launch whose browser keeps no cookies in this frame past the page that opens a window.

    ``response`` goes to a path of ours; if its cookies stay in the frame after all, that is where the page goes on to.
    """
    path = local_path(response.location) or "/"
    ticket = _ticket(
        person_id=person_id, organisation_id=organisation_id, path=path, framed_by=framed_by, platform=platform
    )
    response.location = url_for("lti.window", ticket=ticket)
    return response


@blueprint.get("/lti/out")
@enter(Who.SIGNED_IN, Unit.WRITE)
def out() -> Response:
    """Show the way out of a frame to one page, for whoever wants a larger screen or has a projector."""
    me = viewer()
    path = local_path(request.args.get("to")) or "/"
    if me.way != LTI or me.organisation_id is None or not embedded.is_framed():
        return make_response(redirect(path, 303))
    ticket = _ticket(
        person_id=me.person_id,
        organisation_id=me.organisation_id,
        path=path,
        framed_by=embedded.framers(),
        platform=embedded.platform(),
    )
    return _page("lti/window.html", 200, ticket=ticket, asked=True, back=path)


@blueprint.get("/lti/window/<ticket>")
@enter(Who.ANYBODY)
def window(ticket: str) -> Response:
    """Show the way into a window; where the frame kept its cookies, there is no need."""
    known = _read(ticket)
    if known is None:
        return _late()
    if g.viewer is not None and g.viewer.organisation_id == known.organisation_id:
        return make_response(redirect(known.path, 303))
    embedded.may_frame(*known.framed_by)
    return _page("lti/window.html", 200, ticket=ticket, platform=known.platform)


@blueprint.post("/lti/window/<ticket>")
@enter(Who.ANYBODY)
def open_window(ticket: str) -> Response:
    """Open the session in the new window. The frame has no cookie that a form's secret could be in.

    The ticket is the secret, and only a page of ours sends it: another site's would let its reader in as somebody else.
    """
    known = _read(ticket)
    session = transaction.session()
    spent = None
    if known is not None and _from_here():
        spent = people.spend_link(session, token=known.secret, purpose="window")
    if known is None or spent is None:
        return _late()
    embedded.leave(session)
    token, _session_id = people.open_session(
        session, person_id=spent.person_id, way=spent.way, organisation_id=known.organisation_id
    )
    response = make_response(redirect(known.path, 303))
    return embedded.let_in(
        response, token, framed_by=known.framed_by, platform=known.platform, person_id=spent.person_id
    )


csrf.exempt(open_window)


def _from_here() -> bool:
    """Whether a page of ours sent this form. Browsers name the origin of every form's page."""
    return urlsplit(request.headers.get("Origin", "")).netloc in {request.host, urlsplit(address.base_url()).netloc}


def _late() -> Response:
    return _page("lti/window_late.html", 410)


def _page(template: str, status: int, **told: str | bool) -> Response:
    response = make_response(render_template(template, **told), status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _sealer() -> URLSafeSerializer:
    return URLSafeSerializer(cast(str, current_app.secret_key), salt=_SALT)


def _ticket(*, person_id: int, organisation_id: int, path: str, framed_by: tuple[str, ...], platform: str) -> str:
    secret = people.make_link(transaction.session(), person_id=person_id, purpose="window", life=LIFE)
    return str(_sealer().dumps(asdict(Ticket(secret, organisation_id, path, framed_by, platform))))


def _read(ticket: str) -> Ticket | None:
    try:
        told: dict[str, Any] = _sealer().loads(ticket)
    except BadSignature:
        return None
    return Ticket(**{**told, "framed_by": tuple(told["framed_by"])})
