"""Oneday inside the page of an LMS: the cookies of a session that a launch opened, and who may frame its pages.

Two cookies that no page of the portal ever sets: the session's token, set only by a launch, and beside it the memory
of its forms, with those who may frame it. Where the portal's cookies arrive too, these win, and the portal's stay as
they are.
"""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, current_app, g, request
from flask import session as form_memory
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy.orm import Session

from course.people import service as people
from course.platforms.rules import origin_of
from course.settings import Settings
from course.web.viewer import LTI, Viewer

PREFIX = "__Host-"
COOKIE = f"{PREFIX}oneday-lti"
FORM_COOKIE = f"{PREFIX}oneday-lti-form"
PROBE = f"{PREFIX}oneday-lti-kept"
"""Set only to see whether it comes back."""
FRAMES = {"iframe", "frame", "embed", "object"}

_FRAMED_BY = "framed_by"
_PLATFORM = "platform"
LASTING = frozenset({_FRAMED_BY, _PLATFORM})
"""What a launch's session remembers until it is closed, whatever becomes of its forms."""
_SECRET = "csrf_token"  # noqa: S105 - The name under which Flask-WTF keeps it.


def is_secure() -> bool:
    """Whether this browser is here by https: asked here alone, and all that follows from it for cookies is below."""
    settings: Settings = current_app.extensions["oneday-settings"]
    return request.is_secure or settings.secure


def name_of(cookie: str) -> str:
    """Return the name under which a cookie of this file is kept.

    Only https may set the prefix. By plain http, which means tests and a machine of one's own, the same cookie has
    no prefix and reaches frames of the same site alone.
    """
    return cookie if is_secure() else cookie.removeprefix(PREFIX)


def flags() -> dict[str, Any]:
    """Return how cookies are set that must come back in a frame of another site's page."""
    secure = is_secure()
    return {
        "path": "/",
        "httponly": True,
        "secure": secure,
        "samesite": "None" if secure else "Lax",
        "partitioned": secure,
    }


def put(response: Response, cookie: str, value: str, *, max_age: int | None = None) -> None:
    """Put something into the browser that comes back in a frame. ``cookie`` is a name that begins with ``PREFIX``."""
    response.set_cookie(name_of(cookie), value, max_age=max_age, **flags())


def drop(response: Response, cookie: str) -> None:
    """Take it out again."""
    response.delete_cookie(name_of(cookie), **flags())


def kept(cookie: str) -> str | None:
    """Return what ``put`` put, if this browser brought it."""
    brought = request.cookies
    # Asked some ten times a request, and nearly always in vain: what is there is looked at before what it means.
    if cookie not in brought and cookie.removeprefix(PREFIX) not in brought:
        return None
    return brought.get(name_of(cookie))


def is_embedded() -> bool:
    """Whether this request carries a session that a launch opened, alive or not."""
    # Each request asks this some eight times.
    known: bool | None = g.get("embedded")
    if known is None:
        known = g.embedded = bool(kept(COOKIE))
    return known


def cookies_work() -> bool:
    """Whether a cookie of this file came back where this request comes from."""
    return is_embedded() or bool(kept(PROBE))


def in_frame() -> bool:
    """Whether the browser says that the answer is a page in a frame. Old browsers say nothing."""
    return request.headers.get("Sec-Fetch-Dest", "") in FRAMES


def is_framed() -> bool:
    """Whether the answer stands in a frame, as far as can be told.

    What a page fetches, and old browsers, say nothing of frames: with a launch's session they are taken to be in one.
    """
    return in_frame() or (is_embedded() and request.headers.get("Sec-Fetch-Dest") != "document")


def platform() -> str:
    """Return how the LMS is called from which this session was opened, or nothing."""
    return str(form_memory.get(_PLATFORM, "")) if is_embedded() else ""


def let_in(
    response: Response, token: str, *, framed_by: Iterable[str], platform: str = "", person_id: int | None = None
) -> Response:
    """Put a session that a launch opened into the browser. The portal's own session is left alone.

    ``framed_by``: addresses whose sites may frame its pages. ``platform``: its name, for pages that send people back
    there. ``person_id``: whose session it is; where the one before was theirs too, what other tabs have open still
    sends.
    """
    origins = sorted({origin for origin in map(origin_of, framed_by) if origin})
    memory: dict[str, Any] = {_FRAMED_BY: origins, _PLATFORM: platform}
    before: Viewer | None = g.get("viewer")
    if is_embedded() and before is not None and before.way == LTI and before.person_id == person_id:
        memory |= {name: form_memory[name] for name in (_SECRET,) if name in form_memory}
    put(response, COOKIE, token)
    put(response, FORM_COOKIE, _forms().sealed(current_app, memory))
    g.memory_settled = True
    return response


def leave(session: Session) -> None:
    """End the launch's session that this browser carries."""
    token = kept(COOKIE)
    if token:
        people.end_session_of(session, token=token)


def forget(response: Response) -> Response:
    """Take a launch's session out of the browser, with the memory of its forms."""
    drop(response, COOKIE)
    drop(response, FORM_COOKIE)
    g.memory_settled = True
    return response


def apart(url: str) -> str:
    """Return the way to a page of ours in a window of its own: straight there, but from a frame by a ticket.

    A window that a frame opens has none of the frame's cookies.
    """
    return f"/lti/out?{urlencode({'to': url})}" if is_framed() else url


def may_frame(*urls: str) -> None:
    """Let the sites of these addresses frame the answer to this request, beside those that framed its session."""
    g.may_frame = (*g.get("may_frame", ()), *(origin for origin in map(origin_of, urls) if origin))


def may_send_to(*urls: str) -> None:
    """Let forms on the answer to this request send to the sites of these addresses, such as a platform's."""
    g.may_send_to = (*g.get("may_send_to", ()), *(origin for origin in map(origin_of, urls) if origin))


def show_anybody() -> None:
    """Let any site frame the answer to this request: nobody is known on it, and no click there changes anything."""
    g.viewer = None
    g.shown_to_anybody = True


def shown_to_anybody() -> bool:
    """Return whether that was said."""
    return bool(g.get("shown_to_anybody"))


def framers() -> tuple[str, ...]:
    """Return the origins that may frame the answer to this request."""
    asked: tuple[str, ...] = g.get("may_frame", ())
    kept_with_it = form_memory.get(_FRAMED_BY, ()) if is_embedded() else ()
    return tuple(dict.fromkeys((*asked, *kept_with_it)))


class Forms(SecureCookieSessionInterface):
    """Flask's signed cookie, one for the portal and another for frames: a secret of one is nothing in the other."""

    _serializer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        # Flask makes one each time, and each request asks twice. An application has one of these and one secret.
        if self._serializer is None:
            self._serializer = super().get_signing_serializer(app)
        return self._serializer

    def get_cookie_name(self, app: Flask) -> str:
        return name_of(FORM_COOKIE) if is_embedded() else super().get_cookie_name(app)

    def get_cookie_samesite(self, app: Flask) -> str | None:
        return str(flags()["samesite"]) if is_embedded() else super().get_cookie_samesite(app)

    def get_cookie_secure(self, app: Flask) -> bool:
        return is_secure() if is_embedded() else super().get_cookie_secure(app)

    def get_cookie_partitioned(self, app: Flask) -> bool:
        return is_secure() if is_embedded() else super().get_cookie_partitioned(app)

    def save_session(self, app: Flask, session: Any, response: Response) -> None:  # noqa: ANN401 - Flask's own type is wider than what it gives.
        if not session.modified:
            # There is nothing to keep, and nothing here lasts by being kept again: Flask would ask for the cookie's
            # name and flags all the same.
            if session.accessed:
                response.vary.add("Cookie")
        # Whoever was let in or out just now has set this cookie already.
        elif not (is_embedded() and g.get("memory_settled")):
            super().save_session(app, session, response)

    def sealed(self, app: Flask, memory: dict[str, Any]) -> str:
        """Return a memory as the cookie's value."""
        serializer = self.get_signing_serializer(app)
        if serializer is None:
            raise RuntimeError("The application has no secret key.")
        return str(serializer.dumps(memory))


def _forms() -> Forms:
    interface = current_app.session_interface
    if not isinstance(interface, Forms):
        raise TypeError("The application keeps its forms' memory elsewhere.")
    return interface
