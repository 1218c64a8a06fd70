"""What stands above every answer."""

import pytest
from flask.testing import FlaskClient

from course.web.application import Application
from tests.conftest import SignIn
from tests.make import Cast
from tests.web.test_access import DESKS, expected
from tests.web.walk import doors

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
FOR_ANYBODY = POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")
AT_THE_DOOR = {"Referrer-Policy": "strict-origin", "Cross-Origin-Opener-Policy": "unsafe-none"}
"""What platforms need to see of us: ``tests/web/test_embedded.py`` tells why, and who may frame what."""


@pytest.mark.parametrize("engines", ["sqlite"], indirect=True)
def test_on_every_address(app: Application, sign_in: SignIn, cast: Cast) -> None:
    for door in doors(app):
        browser = sign_in(getattr(cast, DESKS.get(expected(door.endpoint), "lena")))
        answer = browser.open(door.path, method=door.method)
        wanted = ALWAYS | (AT_THE_DOOR if door.path.startswith("/lti/") else {})
        if door.path.startswith("/lti/") and answer.status_code >= 400 and FOR_ANYBODY in answer.headers.values():
            # A refusal there forgets who is signed in, and holds only words.
            wanted = wanted | {"Content-Security-Policy": FOR_ANYBODY}
        assert {name: answer.headers.get(name) for name in ALWAYS} == wanted, door
        assert len(answer.headers["X-Request-Id"]) == 16


@pytest.mark.parametrize("path", ["/nowhere", "/probe/abort/400", "/probe/abort/500", "/probe/gone", "/sign-out"])
def test_on_errors(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code >= 400
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS


def test_pages_of_somebody_are_not_kept_by_the_browser(client: FlaskClient, sign_in: SignIn, cast: Cast) -> None:
    lena = sign_in(cast.lena)
    kept = {path: lena.get(path).headers["Cache-Control"] for path in ("/probe/reads", "/learn/", "/account")}
    assert kept == dict.fromkeys(kept, "no-store")
    assert lena.get("/probe/abort/404").headers["Cache-Control"] == "no-store"
    assert client.get("/sign-in").headers["Cache-Control"] in {"no-cache", "no-store"}
    assert client.get("/healthz").headers["Cache-Control"] == "no-cache"


def test_cookies_are_out_of_reach_for_scripts_and_other_sites(client: FlaskClient) -> None:
    (cookie,) = client.get("/sign-in").headers.getlist("Set-Cookie")
    assert cookie.startswith("oneday-form=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
