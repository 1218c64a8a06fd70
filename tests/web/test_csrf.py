"""A request that writes needs the token of this browser, everywhere and by default."""

import re

import pytest
from flask.testing import FlaskClient

from course.web.application import Application
from tests.conftest import SignIn
from tests.make import Cast
from tests.web.conftest import Noted
from tests.web.test_access import DESKS, expected
from tests.web.walk import doors

EXEMPT = {"lti.choose", "lti.launch", "lti.login", "lti.open_window"}
"""Sent by a platform, or by a frame that keeps no cookies: each asks for a secret of its own."""
NOT_OURS = "What was sent is not complete"
"""What the views themselves say to a body that they cannot read."""


def token_of(browser: FlaskClient, path: str) -> str:
    found = re.search(r'name="csrf[-_]token" (?:content|value)="([^"]+)"', browser.get(path).text)
    assert found is not None
    return found[1]


def stale(answer: str) -> bool:
    return "This form has expired" in answer or "You are signed out" in answer


@pytest.mark.parametrize("engines", ["sqlite"], indirect=True)
def test_every_route_that_writes_asks_for_it(app: Application, sign_in: SignIn, cast: Cast) -> None:
    walked = 0
    for door in (door for door in doors(app) if door.method == "POST" and door.endpoint not in EXEMPT):
        browser = sign_in(getattr(cast, DESKS.get(expected(door.endpoint), "lena")))
        app.config["WTF_CSRF_ENABLED"] = True
        without = browser.post(door.path, data={"text": "something typed"})
        assert (without.status_code, stale(without.text)) == (400, True), door
        token = token_of(browser, "/account")
        for way in ({"data": {"csrf_token": token}}, {"json": {}, "headers": {"X-CSRF-Token": token}}):
            answer = browser.post(door.path, **way)
            assert not stale(answer.text) or "/sign-in" in door.path, door
            assert answer.status_code != 400 or NOT_OURS in answer.text, door
            if answer.status_code == 303:
                # It signed somebody in or out: this browser has a new secret.
                break
        walked += 1
    assert walked > 40


def test_a_token_of_another_browser_is_none(fresh: FlaskClient, app: Application, noted: Noted) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    mine, theirs = token_of(app.test_client(), "/sign-in"), token_of(fresh, "/sign-in")
    assert fresh.post("/probe/status/200", data={"csrf_token": mine}).status_code == 400
    assert noted() == set()
    assert fresh.post("/probe/status/200", data={"csrf_token": theirs}).status_code == 200
    assert noted() == {"returned"}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_no_other_method_slips_past_it(fresh: FlaskClient, method: str) -> None:
    assert fresh.open("/probe/status/200", method=method).status_code == 405


def test_a_refused_form_is_shown_once_more_with_what_was_typed(
    app: Application, sign_in: SignIn, cast: Cast, noted: Noted
) -> None:
    lena = sign_in(cast.lena)
    app.config["WTF_CSRF_ENABLED"] = True
    answer = lena.post("/probe/status/200", data={"text": "Two words, and more.", "csrf_token": "old"})
    assert answer.status_code == 400
    assert "Two words, and more." in answer.text
    assert noted() == set()
    (fields,) = re.findall(r'name="csrf_token" value="([^"]+)"[^>]*>', answer.text)[-1:]
    again = lena.post("/probe/status/200", data={"text": "Two words, and more.", "csrf_token": fields})
    assert again.status_code == 200
    assert noted() == {"returned"}


def test_a_script_is_told_in_its_own_language(app: Application, sign_in: SignIn, cast: Cast) -> None:
    lena = sign_in(cast.lena)
    app.config["WTF_CSRF_ENABLED"] = True
    answer = lena.post("/probe/status/200", json={"text": "typed"})
    assert answer.status_code == 400
    assert set(answer.json or {}) == {"error", "todo", "request_id"}
