"""A launch without cookies, where the platform lends its storage: two pages that speak with it by ``postMessage``.

At the login a page gives the platform the secret of this browser to keep; at the launch another asks for it back.
The platform's own address says whom the pages speak with, and nobody else is heard. Any site may frame them: where an
LMS shows its courses is known only once a launch is proved, and is often not where it proves who is there.
"""

import base64
import binascii

from flask import Response, make_response, render_template

from course.people.rules import fingerprint
from course.platforms.rules import origin_of
from course.web import embedded

PARENT = "_parent"
LONGEST = 100
"""Characters of a frame's name."""
_BETWEEN = "."


def mark(state: str, target: str) -> str:
    """Return a state that tells at the launch in which frame of the platform its storage is, if it lends any."""
    if not target or len(target) > LONGEST:
        return state
    return f"{state}{_BETWEEN}{base64.urlsafe_b64encode(target.encode()).decode().rstrip('=')}"


def target_of(state: str) -> str:
    """Return the frame that a state names, or nothing."""
    packed = state.partition(_BETWEEN)[2]
    try:
        return base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode()
    except (binascii.Error, ValueError):
        return ""


def wanted(state: str) -> bool:
    """Whether the platform lends its storage to the launch of this state, and this browser's cookies are in doubt."""
    return bool(target_of(state)) and not embedded.cookies_work()


def put(*, state: str, secret: str, next_url: str) -> Response:
    """Answer a login by the page that stores the browser's secret and goes on to the platform."""
    return _page(
        "lti/storage_put.html",
        target=target_of(state),
        origin=origin_of(next_url),
        key=_key(state),
        secret=secret,
        next_url=next_url,
    )


def get(*, state: str, id_token: str, auth_url: str, platform: str) -> Response:
    """Answer a launch without its cookie by the page that asks for the secret and sends the launch once more."""
    return _page(
        "lti/storage_get.html",
        target=target_of(state),
        origin=origin_of(auth_url),
        key=_key(state),
        state=state,
        id_token=id_token,
        platform=platform,
    )


def _key(state: str) -> str:
    """Return under what the platform keeps a secret: it says nothing about the state."""
    return f"oneday-{fingerprint(state)[:24]}"


def _page(template: str, **told: str) -> Response:
    embedded.show_anybody()
    response = make_response(render_template(template, parent=told["target"] == PARENT, **told))
    # The secret and the token stand on these pages.
    response.headers["Cache-Control"] = "no-store"
    return response
