"""LMS platforms: a link for the LMS admin, the form by hand, what waits to be confirmed."""

import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from course.database import Engines, unit_of_work
from course.people.rules import fingerprint
from course.people.service import open_session
from course.platforms.models import Deployment, Invitation, Platform
from course.platforms.service import deployments, invitations, registering
from course.platforms.service.registering import Offer
from course.settings import Settings
from course.web.application import COOKIE
from tests.conftest import MakeApp, SignIn
from tests.make import Cast

OFFER = Offer(
    name="Moodle (lms.example.org)",
    issuer="https://lms.example.org",
    client_id="abc",
    auth_url="https://lms.example.org/mod/lti/auth.php",
    token_url="https://lms.example.org/mod/lti/token.php",
    keys_url="https://lms.example.org/mod/lti/certs.php",
    family="moodle",
    deployment="7",
)
GETS = ["/admin/platforms/", "/admin/platforms/new", "/admin/platforms/new/moodle", "/admin/platforms/{platform}/"]
POSTS = [
    "/admin/platforms/invitations/",
    "/admin/platforms/invitations/1/withdraw",
    "/admin/platforms/new/moodle",
    "/admin/platforms/{platform}/",
    "/admin/platforms/{platform}/confirm",
    "/admin/platforms/{platform}/stop",
    "/admin/platforms/{platform}/start",
    "/admin/platforms/{platform}/origins",
    "/admin/platforms/{platform}/deployments/1/confirm",
    "/admin/platforms/{platform}/deployments/1/stop",
]


@pytest.fixture
def ada(cast: Cast, sign_in: SignIn) -> FlaskClient:
    return sign_in(cast.ada)


def waiting(engines: Engines, cast: Cast) -> int:
    """A platform that registered itself and waits."""
    with unit_of_work(engines, write=True) as session:
        token = invitations.invite(session, organisation_id=cast.organisation, by_id=cast.ada)
        return registering.register(session, token=token, offer=OFFER).id


def active(engines: Engines, cast: Cast) -> int:
    with unit_of_work(engines, write=True) as session:
        return registering.add(session, offer=OFFER, organisation_id=cast.organisation)


def found(engines: Engines) -> list[Platform]:
    with unit_of_work(engines, write=False) as session:
        return list(session.execute(select(Platform).order_by(Platform.id)).scalars())


def installed(engines: Engines) -> dict[str, tuple[int, str, int | None]]:
    with unit_of_work(engines, write=False) as session:
        rows = session.execute(select(Deployment)).scalars()
        return {each.name: (each.id, each.state, each.organisation_id) for each in rows}


@pytest.mark.parametrize("path", GETS)
def test_who_may_read(cast: Cast, engines: Engines, sign_in: SignIn, client: FlaskClient, path: str) -> None:
    url = path.format(platform=active(engines, cast))
    assert sign_in(cast.ada).get(url).status_code == 200
    assert [sign_in(who).get(url).status_code for who in (cast.lena, cast.farid, cast.mona)] == [403, 403, 403]
    assert client.get(url).status_code == 303


@pytest.mark.parametrize("path", POSTS)
def test_who_may_write(cast: Cast, engines: Engines, sign_in: SignIn, client: FlaskClient, path: str) -> None:
    url = path.format(platform=active(engines, cast))
    assert [sign_in(who).post(url).status_code for who in (cast.lena, cast.farid, cast.mona)] == [403, 403, 403]
    assert client.post(url).status_code == 401
    assert sign_in(cast.ada).delete(url).status_code == 405
    assert [each.state for each in found(engines)] == ["active"]


def test_an_empty_list_says_how_to_begin(ada: FlaskClient) -> None:
    assert 'href="/admin/platforms/"' in ada.get("/admin/").text
    page = ada.get("/admin/platforms/").text
    assert "No LMS is connected" in page
    assert 'href="/admin/platforms/new"' in page
    assert "<table" not in page


def test_a_link_is_made_shown_once_and_taken_back(ada: FlaskClient, engines: Engines, cast: Cast) -> None:
    page = ada.post("/admin/platforms/invitations/", data={"organisation": cast.organisation})
    assert page.status_code == 200
    link = re.search(r'value="http://localhost/lti/register\?invite=([^"]+)"', page.text)
    assert link is not None
    assert "Southeast Utilities" in page.text
    assert "Add LTI Advantage" in page.text
    with unit_of_work(engines, write=False) as session:
        kept = session.execute(select(Invitation)).scalar_one()
    assert (kept.token_hash, kept.organisation_id, kept.by_id) == (fingerprint(link[1]), cast.organisation, cast.ada)
    listed = ada.get("/admin/platforms/").text
    assert "Registration links that nobody has used yet" in listed
    assert link[1] not in listed
    url = f"/admin/platforms/invitations/{kept.id}/withdraw"
    assert [ada.post(url).status_code, ada.post(url).status_code] == [303, 404]
    assert "nobody has used yet" not in ada.get("/admin/platforms/").text
    assert ada.get(f"/lti/register?invite={link[1]}").status_code == 410


@pytest.mark.parametrize("organisation", ["", "x", "999999"])
def test_a_link_is_for_an_organisation_that_exists(ada: FlaskClient, engines: Engines, organisation: str) -> None:
    answer = ada.post("/admin/platforms/invitations/", data={"organisation": organisation})
    assert (answer.status_code, "Please check this" in answer.text) == (422, True)
    with unit_of_work(engines, write=False) as session:
        assert session.execute(select(Invitation)).all() == []


def test_a_registration_waits_until_it_is_confirmed(ada: FlaskClient, engines: Engines, cast: Cast) -> None:
    platform_id = waiting(engines, cast)
    assert "1 LMS connection waits for you" in ada.get("/admin/").text
    assert "waits for you" in ada.get("/admin/platforms/").text
    url = f"/admin/platforms/{platform_id}/"
    page = ada.get(url).text
    assert "Confirm this LMS" in page
    assert "deployment 7 is confirmed" in page
    (deployment,) = re.findall(r'name="deployment" value="(\d+)"', page)
    sent = {"organisation": str(cast.organisation), "deployment": deployment}
    assert ada.post(f"{url}confirm", data=sent | {"organisation": "999999"}).status_code == 422
    assert [each.state for each in found(engines)] == ["pending"]
    assert ada.post(f"{url}confirm", data=sent).status_code == 303
    (kept,) = found(engines)
    assert (kept.state, kept.organisation_id) == ("active", cast.organisation)
    assert installed(engines) == {"7": (int(deployment), "active", cast.organisation)}
    assert "waits for you" not in ada.get("/admin/").text
    assert "Confirm this LMS" not in ada.get(url).text


def test_a_deployment_that_came_later_is_confirmed_for_another_organisation(
    ada: FlaskClient, engines: Engines, cast: Cast
) -> None:
    platform_id = active(engines, cast)
    with unit_of_work(engines, write=True) as session:
        later = deployments.notice(session, platform_id=platform_id, name="8").id
    url = f"/admin/platforms/{platform_id}/"
    assert "Deployment 8 waits for you" in ada.get(url).text
    assert "Confirm 1 deployment" in ada.get("/admin/platforms/").text
    confirm = f"{url}deployments/{later}/confirm"
    assert ada.post(f"/admin/platforms/{platform_id + 1}/deployments/{later}/confirm").status_code == 404
    assert ada.post(confirm, data={"organisation": cast.other_organisation}).status_code == 303
    assert installed(engines)["8"] == (later, "active", cast.other_organisation)
    assert ada.post(f"{url}deployments/{later}/stop").status_code == 303
    assert {name: state for name, (_id, state, _place) in installed(engines).items()} == {
        "7": "active",
        "8": "stopped",
    }


def test_a_platform_is_stopped_and_started_again(ada: FlaskClient, engines: Engines, cast: Cast) -> None:
    url = f"/admin/platforms/{active(engines, cast)}/"
    ada.post(f"{url}stop")
    assert [each.state for each in found(engines)] == ["stopped"]
    page = ada.get(url).text
    assert "Nobody comes in by this LMS" in page
    assert "Let its people in again" in page
    ada.post(f"{url}start")
    assert [each.state for each in found(engines)] == ["active"]


def test_one_that_was_turned_away_is_confirmed_and_not_simply_started(
    ada: FlaskClient, engines: Engines, cast: Cast
) -> None:
    url = f"/admin/platforms/{waiting(engines, cast)}/"
    ada.post(f"{url}stop")
    ada.post(f"{url}start")
    assert [each.state for each in found(engines)] == ["stopped"]
    assert "Confirm this LMS" in ada.get(url).text
    ada.post(f"{url}confirm", data={"organisation": cast.organisation})
    assert [each.state for each in found(engines)] == ["active"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", []),
        ("https://school.example.org", ["https://school.example.org"]),
        (
            "https://School.example.org/\n\n https://b.example.org:8443 \r\nhttps://school.example.org:443",
            ["https://school.example.org", "https://b.example.org:8443"],
        ),
    ],
)
def test_who_may_frame_us(ada: FlaskClient, engines: Engines, cast: Cast, typed: str, kept: list[str]) -> None:
    url = f"/admin/platforms/{active(engines, cast)}/"
    assert ada.post(f"{url}origins", data={"origins": typed}).status_code == 303
    assert found(engines)[0].frame_origins == kept


@pytest.mark.parametrize(
    "typed",
    [
        "https://school.example.org/path",
        "https://*.example.org",
        "*",
        "school.example.org",
        "http://school.example.org",
        "https://a.example.org; script-src *",
        "https://a.example.org https://b.example.org",
        "https://a.example.org\0",
        "\n".join(f"https://s{number}.example.org" for number in range(21)),
    ],
)
def test_what_is_no_origin_is_refused_and_still_there(
    ada: FlaskClient, engines: Engines, cast: Cast, typed: str
) -> None:
    url = f"/admin/platforms/{active(engines, cast)}/"
    answer = ada.post(f"{url}origins", data={"origins": typed})
    assert (answer.status_code, "Please check this" in answer.text) == (422, True)
    assert found(engines)[0].frame_origins == []


def typed(cast: Cast, **more: str) -> dict[str, str]:
    return {
        "organisation": str(cast.organisation),
        "issuer": " https://lms.example.org ",
        "client_id": "abc",
        "deployment": "7",
    } | more


@pytest.mark.parametrize(
    ("lms", "follows"),
    [
        ("moodle", ("moodle", OFFER.auth_url, OFFER.token_url, OFFER.keys_url, "")),
        (
            "brightspace",
            (
                "desire2learn",
                "https://lms.example.org/d2l/lti/authenticate",
                "https://auth.brightspace.com/core/connect/token",
                "https://lms.example.org/d2l/.well-known/jwks",
                "https://api.brightspace.com/auth/token",
            ),
        ),
        (
            "canvas",
            (
                "canvas",
                "https://lms.example.org/api/lti/authorize_redirect",
                "https://lms.example.org/login/oauth2/token",
                "https://lms.example.org/api/lti/security/jwks",
                "",
            ),
        ),
    ],
)
def test_three_values_connect_an_lms(
    ada: FlaskClient, engines: Engines, cast: Cast, lms: str, follows: tuple[str, ...]
) -> None:
    answer = ada.post(f"/admin/platforms/new/{lms}", data=typed(cast))
    assert answer.status_code == 303
    (kept,) = found(engines)
    assert answer.location == f"/admin/platforms/{kept.id}/"
    assert (kept.issuer, kept.client_id, kept.name, kept.state) == (
        "https://lms.example.org",
        "abc",
        "lms.example.org",
        "active",
    )
    assert (kept.family, kept.auth_url, kept.token_url, kept.keys_url, kept.token_audience) == follows
    ((_id, state, place),) = installed(engines).values()
    assert (state, place) == ("active", cast.organisation)
    again = ada.post(f"/admin/platforms/new/{lms}", data=typed(cast, organisation=str(cast.other_organisation)))
    assert again.location == answer.location
    assert "is here already" in ada.get(answer.location).text
    assert [each.organisation_id for each in found(engines)] == [cast.organisation]


@pytest.mark.parametrize("lms", ["open-edx", "other"])
def test_what_does_not_follow_is_asked_for(ada: FlaskClient, engines: Engines, cast: Cast, lms: str) -> None:
    answer = ada.post(f"/admin/platforms/new/{lms}", data=typed(cast))
    assert (answer.status_code, "it does not follow from the others" in answer.text) == (422, True)
    assert found(engines) == []
    urls = {
        "auth_url": "https://lms.example.org/a",
        "token_url": "https://lms.example.org/t",
        "keys_url": "https://lms.example.org/k",
    }
    assert ada.post(f"/admin/platforms/new/{lms}", data=typed(cast, **urls)).status_code == 303
    assert [(each.auth_url, each.token_url, each.keys_url) for each in found(engines)] == [tuple(urls.values())]


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"issuer": ""}, "paste it from the LMS"),
        ({"issuer": "lms.example.org"}, "whole address"),
        ({"client_id": ""}, "paste it from the LMS"),
        ({"client_id": "a\0b"}, "cannot be kept"),
        ({"client_id": "x" * 201}, "at most 200"),
        ({"deployment": "a\nb"}, "cannot be kept"),
        ({"keys_url": "http://lms.example.org/keys"}, "begin with https://"),
        ({"auth_url": "javascript:alert(1)"}, "whole address"),
        ({"organisation": "999999"}, "Not a valid choice"),
    ],
)
def test_values_that_do_not_fit(
    ada: FlaskClient, engines: Engines, cast: Cast, changed: dict[str, str], error: str
) -> None:
    answer = ada.post("/admin/platforms/new/moodle", data=typed(cast, **changed))
    assert (answer.status_code, error in answer.text) == (422, True)
    assert found(engines) == []


def test_a_host_that_a_setting_names_may_lack_https(
    engines: Engines, make_app: MakeApp, settings: Settings, cast: Cast
) -> None:
    app = make_app(replace(settings, lti_hosts=frozenset({"10.0.0.5:8081"})))
    app.config["WTF_CSRF_ENABLED"] = False
    with unit_of_work(engines, write=True) as session:
        token, _ = open_session(session, person_id=cast.ada, way="password")
    browser = app.test_client()
    browser.set_cookie(COOKIE, token)
    for host, status in (("10.0.0.6:8081", 422), ("10.0.0.5:8081", 303)):
        urls = {name: f"http://{host}/{name}" for name in ("auth_url", "token_url", "keys_url")}
        sent = typed(cast, issuer=f"http://{host}", **urls)
        assert browser.post("/admin/platforms/new/other", data=sent).status_code == status
    assert [each.issuer for each in found(engines)] == ["http://10.0.0.5:8081"]


@pytest.mark.parametrize(
    ("lms", "labels"),
    [
        ("moodle", ["Tool URL", "Public keyset", "Initiate login URL", "Redirection URI(s)", "Content Selection URL"]),
        ("canvas", ["JSON URL", "Redirect URIs", "Target Link URI", "OpenID Connect Initiation Url"]),
        ("brightspace", ["Domain", "Redirect URLs", "OpenID Connect Login URL", "Keyset URL", "Brightspace OAuth2"]),
        ("blackboard", ["Login Initiation URL", "Tool Redirect URL(s)", "Tool JWKS URL", "Application ID"]),
        ("open-edx", ["Launch URL", "Tool Initiate Login URL (OIDC)", "Tool Keyset URL", "Deep Linking Launch URL"]),
        ("other", ["Public keyset URL, JWKS URL"]),
    ],
)
def test_each_lms_has_its_own_words_in_its_own_order(ada: FlaskClient, lms: str, labels: list[str]) -> None:
    page = ada.get(f"/admin/platforms/new/{lms}").text
    places = [page.index(label) for label in labels]
    assert places == sorted(places)
    for address in ("lti/launch", "lti/login", "lti/jwks"):
        assert f"http://localhost/{address}" in page
    assert ada.get("/admin/platforms/new/no-such-lms").status_code == 404


def test_values_are_corrected(ada: FlaskClient, engines: Engines, cast: Cast) -> None:
    platform_id = active(engines, cast)
    url = f"/admin/platforms/{platform_id}/"
    sent = {
        "name": "Our Moodle",
        "issuer": OFFER.issuer,
        "client_id": "new",
        "auth_url": OFFER.auth_url,
        "token_url": "https://lms.example.org/token",
        "keys_url": OFFER.keys_url,
    }
    assert ada.post(url, data=sent | {"keys_url": ""}).status_code == 422
    assert ada.post(url, data=sent).status_code == 303
    (kept,) = found(engines)
    assert (kept.name, kept.client_id, kept.token_url, kept.family, kept.organisation_id) == (
        "Our Moodle",
        "new",
        "https://lms.example.org/token",
        "moodle",
        cast.organisation,
    )
    assert active(engines, cast) != platform_id
    clash = ada.post(url, data=sent | {"client_id": "abc"})
    assert (clash.status_code, "Another platform here" in clash.text) == (422, True)
    assert [each.client_id for each in found(engines)] == ["new", "abc"]
