"""The login: which platform it is, what goes to it byte by byte, and what this browser keeps."""

from dataclasses import replace
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from course.database import Engines, unit_of_work
from course.platforms.models import Login, Platform
from course.platforms.rules import State
from course.settings import Settings
from tests.conftest import MakeApp
from tests.lti.platform import TARGET, Signer, connected, log_in
from tests.make import Cast

GOOD = {"iss": "https://lms.example", "client_id": "oneday", "login_hint": "7", "target_link_uri": TARGET}


def send(client: FlaskClient, method: str, fields: dict[str, str]) -> TestResponse:
    if method == "GET":
        return client.get(f"/lti/login?{urlencode(fields, quote_via=quote)}")
    return client.post("/lti/login", data=fields)


def logins(engines: Engines) -> int:
    with unit_of_work(engines, write=False) as session:
        return session.execute(select(func.count()).select_from(Login)).scalar_one()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_platform_is_asked_as_the_specification_has_it(
    client: FlaskClient, engines: Engines, platform_id: int, method: str
) -> None:
    answer = send(client, method, GOOD)
    assert answer.status_code == 302
    address = urlsplit(answer.headers["Location"])
    assert f"{address.scheme}://{address.netloc}{address.path}" == "https://lms.example/auth"
    asked = dict(parse_qsl(address.query, strict_parsing=True))
    state, nonce = asked.pop("state"), asked.pop("nonce")
    assert asked == {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": "oneday",
        "redirect_uri": "http://localhost/lti/launch",
        "login_hint": "7",
    }
    # 256 bits each.
    assert (len(state), len(nonce)) == (43, 43)
    assert state != nonce
    cookie = client.get_cookie(f"oneday-lti-{state[:12]}")
    assert cookie is not None
    assert len(cookie.value) == 43
    assert (cookie.http_only, cookie.path, cookie.max_age) == (True, "/", 600)
    assert cookie.value not in answer.headers["Location"]
    assert logins(engines) == 1


def test_over_https_the_cookie_comes_back_in_a_frame_and_nowhere_else(
    settings: Settings, make_app: MakeApp, platform_id: int
) -> None:
    site = "https://oneday.example"
    app = make_app(replace(settings, base_url=site))
    app.config["WTF_CSRF_ENABLED"] = False
    answer = app.test_client().post(
        "/lti/login", base_url=site, data=GOOD | {"target_link_uri": f"{site}/lti/launch?module=small-talk"}
    )
    assert answer.status_code == 302
    asked = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
    assert asked["redirect_uri"] == f"{site}/lti/launch"
    (line,) = (line for line in answer.headers.getlist("Set-Cookie") if line.startswith("__Host-oneday-lti-"))
    flags = set(line.split("; ")[1:])
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=None", "Partitioned"} < flags
    assert line.startswith(f"__Host-oneday-lti-{asked['state'][:12]}=")


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "hint",
    [
        '{"cmid":3,"launchid":"ltilaunch3_1234"}',
        "a+b c%20d&e=f;g#h?i/j\\k'l\"m<n>",
        "Zürich – 東京 🎓",
        "eyJhbGciOiJIUzI1NiJ9.eyJ2ZXJpZmllciI6IngifQ.abc-_",
        " spaces around ",
        "x" * 3000,
        "",
    ],
)
def test_hints_go_back_as_they_came(client: FlaskClient, platform_id: int, method: str, hint: str) -> None:
    answer = send(client, method, GOOD | {"lti_message_hint": hint, "login_hint": f"user {hint}"})
    query = urlsplit(answer.headers["Location"]).query
    assert f"lti_message_hint={quote(hint, safe='')}&" in f"{query}&".replace("/", "%2F")
    asked = dict(parse_qsl(query, keep_blank_values=True))
    assert (asked["lti_message_hint"], asked["login_hint"]) == (hint, f"user {hint}")


def test_without_a_hint_none_is_made_up(client: FlaskClient, lms: Signer, platform_id: int) -> None:
    assert "lti_message_hint" not in log_in(client, lms)


def test_an_auth_address_keeps_its_own_query(
    client: FlaskClient, engines: Engines, lms: Signer, platform_id: int
) -> None:
    with unit_of_work(engines, write=True) as session:
        session.execute(update(Platform).values(auth_url="https://lms.example/auth?tenant=3#top"))
    address = send(client, "POST", GOOD).headers["Location"]
    assert address.startswith("https://lms.example/auth?tenant=3&scope=openid&")
    assert address.endswith("#top")


def test_without_a_client_id_an_issuer_of_one_customer_is_enough(
    client: FlaskClient, engines: Engines, cast: Cast, lms: Signer, platform_id: int
) -> None:
    bare = {name: value for name, value in GOOD.items() if name != "client_id"}
    asked = dict(parse_qsl(urlsplit(send(client, "POST", bare).headers["Location"]).query))
    assert asked["client_id"] == "oneday"
    with unit_of_work(engines, write=True) as session:
        connected(session, Signer(client_id="another"), organisation_id=cast.organisation)
    assert refused(client, bare) == ("ambiguous_platform", None, 400)
    assert send(client, "POST", GOOD | {"client_id": "another"}).status_code == 302
    with unit_of_work(engines, write=True) as session:
        session.execute(update(Platform).where(Platform.client_id == "oneday").values(state=State.STOPPED))
    asked = dict(parse_qsl(urlsplit(send(client, "POST", bare).headers["Location"]).query))
    assert asked["client_id"] == "another"


def refused(client: FlaskClient, fields: dict[str, str]) -> tuple[str, int | None, int]:
    """Return reason and platform of a refusal as they were logged, and the status."""
    with capture_logs() as lines:
        answer = send(client, "POST", fields)
    (line,) = (line for line in lines if line["event"] == "lti refused")
    assert "<h1>Your course did not open here</h1>" in answer.text
    assert answer.headers.getlist("Set-Cookie") == []
    return line["reason"], line["platform"], answer.status_code


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"iss": ""}, "login_incomplete"),
        ({"login_hint": ""}, "login_incomplete"),
        ({"target_link_uri": ""}, "login_incomplete"),
        ({"iss": "https://other.example"}, "unknown_platform"),
        ({"iss": "https://lms.example/"}, "unknown_platform"),
        ({"client_id": "other"}, "unknown_platform"),
        ({"client_id": "ONEDAY"}, "unknown_platform"),
        ({"target_link_uri": "https://evil.example/lti/launch"}, "target_elsewhere"),
        ({"target_link_uri": "http://localhost.evil.example/"}, "target_elsewhere"),
        ({"target_link_uri": "https://localhost/lti/launch"}, "target_elsewhere"),
        ({"target_link_uri": "http://localhost:81/lti/launch"}, "target_elsewhere"),
        ({"target_link_uri": "javascript:alert(1)"}, "target_elsewhere"),
        ({"target_link_uri": "/lti/launch"}, "target_elsewhere"),
        ({"target_link_uri": f"{TARGET}?a\x7fb"}, "target_elsewhere"),
        ({"target_link_uri": f"{TARGET}?{'x' * 2000}"}, "target_elsewhere"),
    ],
)
def test_a_login_that_is_refused_leaves_nothing(
    client: FlaskClient, engines: Engines, platform_id: int, change: dict[str, str], reason: str
) -> None:
    known = platform_id if reason == "target_elsewhere" else None
    assert refused(client, GOOD | change) == (reason, known, 400)
    assert logins(engines) == 0
    assert send(client, "POST", GOOD).status_code == 302


ODD = [
    "\x00",
    "\ud83d",
    "%00",
    "\u202e",
    "x" * 100_000,
    "' OR 1=1 --",
    "{{7*7}}",
    "http://[",
    "\r\nLocation: https://evil.example",
]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_field_that_is_odd_is_a_fault(client: FlaskClient, engines: Engines, platform_id: int, method: str) -> None:
    fields = [*GOOD, "lti_message_hint", "lti_storage_target", "lti_deployment_id", "oneday_probe"]
    for name in fields:
        for odd in ODD:
            body = urlencode({name: odd}, errors="surrogatepass")
            rest = urlencode({other: value for other, value in GOOD.items() if other != name})
            both = f"{body}&{rest}"
            if method == "GET":
                answer = client.get(f"/lti/login?{both}")
            else:
                answer = client.post("/lti/login", data=both, content_type="application/x-www-form-urlencoded")
            assert answer.status_code in {200, 302, 400, 404, 422}, (name, odd)
            assert "evil.example" not in (answer.headers.get("Location") or "").partition("?")[0]
    assert send(client, "POST", GOOD).status_code == 302


@pytest.mark.parametrize("state", [State.PENDING, State.STOPPED])
def test_a_platform_that_is_not_confirmed_begins_nothing(
    client: FlaskClient, engines: Engines, platform_id: int, state: State
) -> None:
    with unit_of_work(engines, write=True) as session:
        session.execute(update(Platform).values(state=state))
    assert refused(client, GOOD) == (f"platform_{state.value}", platform_id, 403)
    assert logins(engines) == 0


def test_what_an_unknown_lms_says_of_itself_is_shown_and_harmless(client: FlaskClient, platform_id: int) -> None:
    answer = send(
        client, "POST", GOOD | {"iss": "https://x.example/<script>alert(1)</script>", "client_id": "%(ours)s"}
    )
    assert "https://x.example/&lt;script&gt;alert(1)&lt;/script&gt;" in answer.text
    assert "“%(ours)s”" in answer.text
    assert "<script>alert" not in answer.text
