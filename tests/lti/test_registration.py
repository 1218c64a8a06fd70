"""An LMS registers us by an invitation: what is asked, what is kept, what it reads on the page."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from course import clock
from course.database import Engines, unit_of_work
from course.lti.rules.registration import AGS, CANVAS, PLATFORM, SCOPES, TOOL
from course.lti.service.outside import Outside
from course.platforms.models import Deployment, Invitation, Platform
from course.platforms.service import invitations, registering
from course.settings import Settings
from course.web.application import Application
from tests.conftest import MakeApp
from tests.lti.registrar import PERMISSION, Registrar, Reply
from tests.lti.registrar import registering as a_registrar
from tests.lti.servers import Talk, dripping, hanging, serving
from tests.make import Cast


@pytest.fixture
def lms() -> Iterator[Registrar]:
    with a_registrar() as served:
        yield served


@pytest.fixture
def visitor(app: Application, lms: Registrar) -> FlaskClient:
    """The LMS admin's browser, at a site that may call the LMS, and nobody else on the loopback address."""
    app.extensions["oneday-outside"] = Outside(frozenset({lms.host}))
    return app.test_client()


def invited(engines: Engines, cast: Cast) -> str:
    with unit_of_work(engines, write=True) as session:
        return invitations.invite(session, organisation_id=cast.organisation, by_id=cast.ada)


@pytest.fixture
def invite(engines: Engines, cast: Cast) -> str:
    return invited(engines, cast)


def platforms(engines: Engines) -> list[tuple[str, str, str]]:
    with unit_of_work(engines, write=False) as session:
        rows = session.execute(select(Platform.issuer, Platform.client_id, Platform.state).order_by(Platform.id)).all()
        return [(row.issuer, row.client_id, row.state) for row in rows]


def is_open(engines: Engines) -> bool:
    with unit_of_work(engines, write=False) as session:
        return session.execute(select(Invitation.used_at)).scalar_one() is None


def test_one_get_registers_and_waits(
    visitor: FlaskClient, engines: Engines, lms: Registrar, invite: str, cast: Cast
) -> None:
    answer = visitor.get(lms.link(invite))
    assert answer.status_code == 200
    assert "Oneday is registered" in answer.text
    assert "Southeast Utilities" in answer.text
    assert "js/close" in answer.text
    assert platforms(engines) == [(lms.base, "client-7", "pending")]
    with unit_of_work(engines, write=False) as session:
        kept = session.execute(select(Platform)).scalar_one()
        assert (kept.name, kept.family, kept.organisation_id) == (f"Moodle ({lms.host})", "moodle", cast.organisation)
        assert (kept.auth_url, kept.token_url, kept.keys_url, kept.token_audience) == (
            f"{lms.base}/auth",
            f"{lms.base}/token",
            f"{lms.base}/certs",
            "",
        )
        assert [(each.name, each.state) for each in session.execute(select(Deployment)).scalars()] == [("3", "pending")]
    assert not is_open(engines)
    told, asked = lms.asked
    assert (told.method, told.path, asked.method, asked.path) == ("GET", "/configuration", "POST", "/registrations")
    for request in lms.asked:
        assert request.headers["User-Agent"].startswith("Oneday/")
        assert request.headers["Authorization"] == f"Bearer {PERMISSION}"
    assert asked.headers["Content-Type"] == "application/json"


def test_what_is_asked(visitor: FlaskClient, lms: Registrar, invite: str) -> None:
    visitor.get(lms.link(invite))
    asked = lms.asked[-1].json
    logo = asked.pop("logo_uri")
    description = asked[TOOL].pop("description")
    assert logo.startswith("http://localhost/static/")
    assert visitor.get(logo.removeprefix("http://localhost")).status_code == 200
    assert description
    assert asked == {
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["client_credentials", "implicit"],
        "client_name": "Oneday",
        "client_uri": "http://localhost",
        "initiate_login_uri": "http://localhost/lti/login",
        "redirect_uris": ["http://localhost/lti/launch"],
        "jwks_uri": "http://localhost/lti/jwks",
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(SCOPES),
        TOOL: {
            "domain": "localhost",
            "target_link_uri": "http://localhost/lti/launch",
            "custom_parameters": {"context_history": "$Context.id.history"},
            "claims": ["iss", "sub", "name", "given_name", "family_name", "email"],
            "messages": [
                {
                    "type": "LtiResourceLinkRequest",
                    "target_link_uri": "http://localhost/lti/launch",
                    "label": "Oneday",
                },
                {
                    "type": "LtiDeepLinkingRequest",
                    "target_link_uri": "http://localhost/lti/launch",
                    "label": "Oneday",
                    "placements": ["ContentArea"],
                },
            ],
        },
    }


def test_the_base_url_of_the_setting_is_registered(
    settings: Settings, make_app: MakeApp, lms: Registrar, invite: str
) -> None:
    public = replace(settings, base_url="https://oneday.example.org:8443")
    make_app(public).test_client().get(lms.link(invite))
    asked = lms.asked[-1].json
    assert asked["redirect_uris"] == ["https://oneday.example.org:8443/lti/launch"]
    assert asked[TOOL]["domain"] == "oneday.example.org:8443"


def test_brightspace_sends_no_permission_and_names_an_audience(
    visitor: FlaskClient, engines: Engines, lms: Registrar, invite: str
) -> None:
    audience = "https://api.brightspace.com/auth/token"
    lms.configure(authorization_server=audience, **{PLATFORM: {"product_family_code": "desire2learn"}})
    lms.answer(200, {"client_id": "0b8c"})
    assert visitor.get(lms.link(invite, token=None)).status_code == 200
    assert ["Authorization" in each.headers for each in lms.asked] == [False, False]
    assert {each["type"] for each in lms.asked[-1].json[TOOL]["messages"]} == {
        "LtiResourceLinkRequest",
        "LtiDeepLinkingRequest",
        "LtiSubmissionReviewRequest",
    }
    with unit_of_work(engines, write=False) as session:
        assert session.execute(select(Platform.token_audience)).scalar_one() == audience
        assert session.execute(select(Deployment)).all() == []


def test_canvas_gets_its_placements_and_no_message_it_does_not_know(
    visitor: FlaskClient, engines: Engines, lms: Registrar, invite: str
) -> None:
    lms.configure(
        authorization_server="canvas.instructure.com",
        scopes_supported=[*SCOPES, f"{AGS}/lineitem.readonly", "https://canvas.instructure.com/lti/other"],
        **{
            PLATFORM: {
                "product_family_code": "canvas",
                "messages_supported": [
                    {"type": "LtiResourceLinkRequest", "placements": ["account_navigation", "course_navigation"]},
                    {"type": "LtiDeepLinkingRequest", "placements": ["assignment_selection", "link_selection"]},
                ],
            }
        },
    )
    lms.answer(200, {"client_id": 10000000000001})
    assert visitor.get(lms.link(invite)).status_code == 200
    asked = lms.asked[-1].json
    assert asked["scope"] == " ".join([*SCOPES, f"{AGS}/lineitem.readonly"])
    assert asked[TOOL][f"{CANVAS}/privacy_level"] == "public"
    assert [(each["type"], each["placements"]) for each in asked[TOOL]["messages"]] == [
        ("LtiResourceLinkRequest", ["course_navigation"]),
        ("LtiDeepLinkingRequest", ["assignment_selection", "link_selection"]),
    ]
    assert platforms(engines) == [(lms.base, "10000000000001", "pending")]
    with unit_of_work(engines, write=False) as session:
        assert session.execute(select(Platform.token_audience)).scalar_one() == ""


def test_a_reload_says_what_came_of_it_and_asks_nothing(
    visitor: FlaskClient, engines: Engines, lms: Registrar, invite: str
) -> None:
    visitor.get(lms.link(invite))
    asked = len(lms.asked)
    again = visitor.get(lms.link(invite))
    assert (again.status_code, "Oneday is registered" in again.text, len(lms.asked)) == (200, True, asked)
    elsewhere = visitor.get(lms.link(invite).replace("127.0.0.1", "127.0.0.2"))
    assert (elsewhere.status_code, "no longer works" in elsewhere.text) == (410, True)
    assert len(platforms(engines)) == 1


def test_the_lms_may_frame_the_result(visitor: FlaskClient, lms: Registrar, invite: str) -> None:
    answer = visitor.get(lms.link(invite), headers={"Referer": "https://school.instructure.com/"})
    (framers,) = [
        each for each in answer.headers["Content-Security-Policy"].split("; ") if each.startswith("frame-ancestors")
    ]
    assert framers.split() == ["frame-ancestors", lms.base, "https://school.instructure.com"]


def test_a_link_opened_by_a_person_says_where_to_paste_it(visitor: FlaskClient, engines: Engines, invite: str) -> None:
    answer = visitor.get(f"/lti/register?invite={invite}")
    assert answer.status_code == 200
    assert f'value="http://localhost/lti/register?invite={invite}"' in answer.text
    assert "Add LTI Advantage" in answer.text
    assert is_open(engines)


@pytest.mark.parametrize("made", ["none", "unknown", "too old", "taken back"])
def test_without_a_link_that_works_nobody_is_called(
    visitor: FlaskClient, engines: Engines, lms: Registrar, invite: str, made: str
) -> None:
    with unit_of_work(engines, write=True) as session:
        if made == "too old":
            session.execute(update(Invitation).values(expires_at=clock.now()))
        if made == "taken back":
            session.execute(update(Invitation).values(used_at=clock.now()))
    token = {"none": "", "unknown": "x" * 43}.get(made, invite)
    answer = visitor.get(lms.link(token))
    assert (answer.status_code, "no longer works" in answer.text) == (410, True)
    assert visitor.get(f"/lti/register?invite={token}").status_code == 410
    assert (lms.asked, platforms(engines)) == ([], [])


@dataclass
class Trial:
    """A try that is refused, and the same link with a good platform."""

    visitor: FlaskClient
    engines: Engines
    lms: Registrar
    invite: str

    def refused(self, url: str = "") -> TestResponse:
        """Try, and see that nothing was kept and that no secret is on the page."""
        answer = self.visitor.get(url or self.lms.link(self.invite))
        assert answer.status_code == 422
        assert "Oneday was not registered" in answer.text
        assert platforms(self.engines) == []
        assert is_open(self.engines)
        assert self.invite not in answer.text
        assert PERMISSION not in answer.text
        return answer

    def mended(self) -> None:
        """See that what was refused was refused for its fault alone."""
        with a_registrar() as good:
            self.visitor.application.extensions["oneday-outside"].allowed |= {good.host}
            assert self.visitor.get(good.link(self.invite)).status_code == 200
            assert platforms(self.engines) == [(good.base, "client-7", "pending")]


@pytest.fixture
def trial(visitor: FlaskClient, engines: Engines, lms: Registrar, invite: str) -> Trial:
    return Trial(visitor, engines, lms, invite)


@pytest.mark.parametrize(
    ("changed", "title"),
    [
        ({"issuer": "https://other.example.org"}, "speaks for another site"),
        ({"issuer": "http://127.0.0.1:1"}, "speaks for another site"),
        ({"issuer": None}, "are incomplete"),
        ({"issuer": ["x"]}, "are incomplete"),
        ({"jwks_uri": None}, "are incomplete"),
        ({"token_endpoint": "x\0y"}, "are incomplete"),
        ({"token_endpoint": "https://lms.example.org/\ud800"}, "are incomplete"),
        ({"token_endpoint": "http://lms.example.org/token"}, "may not call"),
        ({"jwks_uri": "https://169.254.169.254/latest"}, "may not call"),
        ({"registration_endpoint": "https://[::1]/register"}, "may not call"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "may not call"),
        ({"id_token_signing_alg_values_supported": ["HS256"]}, "RS256"),
    ],
)
def test_a_configuration_that_does_not_fit(
    trial: Trial,
    changed: dict[str, object],
    title: str,
) -> None:
    trial.lms.configure(**changed)
    assert title in trial.refused().text
    assert [each.method for each in trial.lms.asked] == ["GET"]
    trial.mended()


@pytest.mark.parametrize(
    ("reply", "title"),
    [
        (Reply(b"<!doctype html><p>Sign in", 200), "a page instead of settings"),
        (Reply(b"[]", 200), "are incomplete"),
        (Reply(b"null", 200), "are incomplete"),
        (Reply(b"{" * 100_000, 200), "a page instead of settings"),
        (Reply(b"{}", 403), "did not show its configuration"),
        (Reply(b"", 302, {"Location": "http://169.254.169.254/"}), "cannot reach"),
        (Reply(b" " * 1_200_000, 200), "cannot reach"),
    ],
)
def test_a_configuration_that_is_none(trial: Trial, reply: Reply, title: str) -> None:
    trial.lms.replies["/configuration"] = reply
    assert title in trial.refused().text
    trial.mended()


@pytest.mark.parametrize(
    ("url", "title"),
    [
        ("http://127.0.0.1:9/configuration", "may not call"),
        ("https://127.0.0.1:9/configuration", "may not call"),
        ("https://169.254.169.254/latest/meta-data", "may not call"),
        ("https://localhost/configuration", "may not call"),
        ("http://lms.example.org/configuration", "may not call"),
        ("ftp://trial.lms.example.org/x", "may not call"),
        ("https://user:word@lms.example.org/", "cannot reach"),
        ("https://lms.invalid/configuration", "cannot reach"),
        ("not an address", "cannot reach"),
    ],
)
def test_an_address_that_is_not_called(trial: Trial, url: str, title: str) -> None:
    query = urlencode({"invite": trial.invite, "openid_configuration": url, "registration_token": PERMISSION})
    assert title in trial.refused(f"/lti/register?{query}").text
    assert trial.lms.asked == []
    trial.mended()


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply(b'{"errors":[]}', 422), "It answered with 422."),
        (Reply(b'{"error":"invalid_client_metadata","error_description":"No <b>domain</b>"}', 400), "&lt;b&gt;domain"),
        (Reply(b'{"errors":[{"message":"Account is locked"}]}', 401), "Account is locked"),
        (Reply(b'{"error":["x"],"errors":{"a":1}}', 400), "It answered with 400."),
        (Reply(b"<!doctype html><h1>Oops</h1>", 500), "It answered with 500."),
        (Reply(b"<!doctype html><h1>Fine</h1>", 200), "a page instead of settings"),
        (Reply(b"{}", 201), "has no client ID"),
        (Reply(b'{"client_id":{"a":1}}', 200), "has no client ID"),
        (Reply(b'{"client_id":"a\\u0000b"}', 200), "has no client ID"),
        (Reply(b'{"client_id":"\\ud800"}', 200), "has no client ID"),
        (Reply(b'{"client_id":true}', 200), "has no client ID"),
        (Reply(b"[]", 200), "has no client ID"),
        (Reply(b"", 302, {"Location": "http://127.0.0.1/"}), "cannot reach"),
    ],
)
def test_a_platform_that_does_not_take_us(trial: Trial, reply: Reply, told: str) -> None:
    trial.lms.replies["/registrations"] = reply
    assert told in trial.refused().text
    trial.mended()


def test_a_permission_with_a_line_break_goes_nowhere(
    trial: Trial,
) -> None:
    trial.refused(trial.lms.link(trial.invite, token="permission-1\r\nX-Evil: 1"))
    assert trial.lms.asked == []
    trial.mended()


@pytest.mark.parametrize("address", ["10.0.0.5", "169.254.169.254", "127.0.0.1", "::1", "fd00::1"])
def test_a_name_that_leads_into_a_private_network(trial: Trial, address: str) -> None:
    """As the system's resolver would tell it; the request does not leave."""
    app = trial.visitor.application
    before = app.extensions["oneday-outside"]
    app.extensions["oneday-outside"] = Outside(frozenset(), resolve=lambda _host, _port: [address])
    url = urlencode({"invite": trial.invite, "openid_configuration": "https://lms.example.org/configuration"})
    assert "may not call" in trial.refused(f"/lti/register?{url}").text
    app.extensions["oneday-outside"] = before
    trial.mended()


@pytest.mark.parametrize("talk", [hanging, dripping(b"HTTP/1.1 200 OK\r\n\r\n")])
def test_a_platform_that_hangs(trial: Trial, talk: Talk) -> None:
    app = trial.visitor.application
    with serving(talk) as server:
        host = f"127.0.0.1:{server.port}"
        before = app.extensions["oneday-outside"]
        app.extensions["oneday-outside"] = Outside(frozenset({host}), seconds=0.3)
        url = urlencode({"invite": trial.invite, "openid_configuration": f"http://{host}/configuration"})
        assert "did not answer within ten seconds" in trial.refused(f"/lti/register?{url}").text
        app.extensions["oneday-outside"] = before
    trial.mended()


def test_the_log_has_one_line_and_no_secret(trial: Trial) -> None:
    trial.lms.replies["/registrations"] = Reply(b'{"error":"invalid_request","error_description":"canary-words"}', 400)
    with capture_logs() as lines:
        trial.refused()
    told = [line for line in lines if line["event"].startswith("lti")]
    assert told == [
        {
            "event": "lti registration refused",
            "log_level": "info",
            "reason": "denied",
            "detail": "400 invalid_request",
            "host": trial.lms.host,
        }
    ]
    with capture_logs() as lines:
        trial.mended()
    assert [line["event"] for line in lines if line["event"].startswith("lti")] == ["lti registered"]
    for secret in (trial.invite, PERMISSION, "canary-words", "client-7"):
        assert secret not in repr(lines) + repr(told)


def test_an_active_platform_is_not_changed_by_another_registration(
    visitor: FlaskClient, engines: Engines, lms: Registrar, invite: str, cast: Cast
) -> None:
    visitor.get(lms.link(invite))
    with unit_of_work(engines, write=True) as session:
        platform_id = session.execute(select(Platform.id)).scalar_one()
        registering.confirm(session, platform_id=platform_id, organisation_id=cast.organisation)
    again = visitor.get(lms.link(invited(engines, cast)))
    assert (again.status_code, "confirmed before" in again.text) == (200, True)
    lms.configure(token_endpoint=f"{lms.base}/another")
    changed = visitor.get(lms.link(invited(engines, cast)))
    assert (changed.status_code, "is connected already" in changed.text) == (409, True)
    with unit_of_work(engines, write=False) as session:
        kept = session.execute(select(Platform)).scalar_one()
        assert (kept.token_url, kept.state) == (f"{lms.base}/token", "active")


def test_canvas_reads_its_configuration_from_an_address(visitor: FlaskClient) -> None:
    answer = visitor.get("/lti/canvas.json")
    told = answer.json
    assert told is not None
    assert (told["oidc_initiation_url"], told["target_link_uri"], told["public_jwk_url"]) == (
        "http://localhost/lti/login",
        "http://localhost/lti/launch",
        "http://localhost/lti/jwks",
    )
    assert told["scopes"] == [*SCOPES, f"{AGS}/lineitem.readonly"]
    (extension,) = told["extensions"]
    assert (extension["domain"], extension["privacy_level"]) == ("localhost", "public")
    assert [(each["placement"], each["message_type"]) for each in extension["settings"]["placements"]] == [
        ("course_navigation", "LtiResourceLinkRequest"),
        ("assignment_selection", "LtiDeepLinkingRequest"),
        ("link_selection", "LtiDeepLinkingRequest"),
    ]
