"""A refusal says what to change, under which number it is in the log, and shows the way back to the platform."""

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from course.database import Engines
from course.lti.rules.reasons import Reason, Refused
from course.lti.views import launch_words
from tests.conftest import SignIn
from tests.lti.coming import coming, seen
from tests.lti.platform import LTI, Signer
from tests.make import Cast

LINK = re.compile(r'<a class="button button-primary" href="([^"]*)" *>Back to Example LMS</a>')
PRESENTED = f"{LTI}launch_presentation"


def back(text: str) -> str:
    found = LINK.search(text)
    return html.unescape(found[1]) if found else ""


@pytest.mark.usefixtures("platform_id")
@pytest.mark.parametrize(
    ("return_url", "proved", "shown"),
    [
        ("https://lms.example/course/3", True, True),
        ("https://lms.example/course/3?a=b#c", True, True),
        ("https://elsewhere.example/course/3", True, True),
        ("javascript:alert(1)", True, False),
        ("data:text/html,x", True, False),
        ("//evil.example", True, False),
        ("https://user@evil.example/", True, False),
        ("https://lms.example/a\nb", True, False),
        (7, True, False),
        ("https://lms.example/course/3", False, True),
        ("https://elsewhere.example/course/3", False, False),
        ("https://lms.example.evil.example/", False, False),
        ("http://lms.example/", False, False),
    ],
)
def test_the_way_back_is_the_platforms(
    client: FlaskClient, engines: Engines, return_url: object, *, proved: bool, shown: bool
) -> None:
    lms = Signer()
    launch = coming(client, engines, lms)
    launch.claims[PRESENTED] = {"return_url": return_url}
    launch.claims["sub"] = ""
    if not proved:
        launch.token = Signer(key=1).sign(launch.claims, launch.header)
    found = seen(launch)
    assert [reason for reason, _platform in found.refused] == ["subject" if proved else "signature"]
    there = back(found.answer.text)
    assert bool(there) is shown
    if shown:
        address = urlsplit(there)
        told = parse_qs(address.query)
        assert there.startswith(str(return_url).partition("?")[0].partition("#")[0])
        assert address.fragment == urlsplit(str(return_url)).fragment
        assert (told.pop("a", None) == ["b"]) is ("?a=b" in str(return_url))
        number = found.answer.headers["X-Request-Id"]
        assert told == {
            "lti_errormsg": [
                "Example LMS did not say who you are."
                if proved
                else "Oneday could not make sure that this message comes from Example LMS."
            ],
            "lti_log": [f"{'subject' if proved else 'signature'} {number}"],
        }


def test_the_number_on_the_page_is_the_one_in_the_log(
    client: FlaskClient, engines: Engines, lms: Signer, platform_id: int
) -> None:
    launch = coming(client, engines, lms)
    launch.token = "x"
    answer = seen(launch).answer
    assert f'<span class="num">{answer.headers["X-Request-Id"]}</span>' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    # It can be read in the frame where it happened.
    assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]


def test_a_refusal_names_nobody_who_is_signed_in_here(
    sign_in: SignIn, engines: Engines, lms: Signer, cast: Cast, platform_id: int
) -> None:
    browser = sign_in(cast.mona)
    launch = coming(browser, engines, lms)
    launch.token = "x"
    answer = launch.post()
    assert (answer.status_code, "Mona" in answer.text, "/sign-in" in answer.text) == (400, False, False)
    assert "Mona Keller" in browser.get("/account").text


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_words_for_both_readers(reason: Reason) -> None:
    names = ("issuer", "client_id", "ours", "deployment", "error", "kid", "seconds")
    said = launch_words.why(Refused(reason, dict.fromkeys(names, "12")), platform="Moodle")
    for text in (said.what, said.todo):
        assert text.endswith(".")
        assert "%" not in text
    assert said.what != said.todo


def test_a_clock_that_is_wrong_is_told_by_how_much(
    client: FlaskClient, engines: Engines, lms: Signer, platform_id: int
) -> None:
    launch = coming(client, engines, lms)
    launch.claims["exp"] -= 200
    launch.claims["iat"] -= 200
    text = seen(launch).answer.text
    assert re.search(r"it ended 1[34]\d seconds ago", text)
    assert "(NTP)" in text
