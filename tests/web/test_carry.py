"""What was typed when a session ended, or when a form was older than the sign-in, arrives all the same."""

import html
import json
import re

import pytest
from flask import Blueprint, Response, request
from flask.testing import FlaskClient

from course.database import Engines, unit_of_work
from course.people.passwords import hash_password
from course.people.service import end_other_sessions, open_session, set_password
from course.web.access import Who, enter, viewer
from course.web.application import COOKIE, Application
from course.web.carry import CARRY_MAX, local_path, unpacked
from tests.conftest import Probes
from tests.make import Cast

PASSWORD = "a long enough one"
HASHED = hash_password(PASSWORD)
TEXT = "She said “no”.\r\n\r\n<b>Then</b> she left & I stayed."
FIELDS = [("text", TEXT), ("base_version", "3"), ("tick", "a"), ("tick", "b")]


paper = Blueprint("paper", __name__)


@paper.route("/paper/<int:number>", methods=["GET", "POST"])
@enter(Who.SIGNED_IN)
def write(number: int) -> Response:
    pairs = [pair for pair in request.form.items(multi=True) if pair[0] != "csrf_token"]
    return Response(json.dumps([viewer().name, number, request.args.get("q"), pairs]))


@pytest.fixture
def probes() -> Probes:
    return (paper,)


@pytest.fixture
def site(app: Application, engines: Engines, cast: Cast) -> Application:
    """A site with CSRF on and one page more, which says what reached it."""
    app.config["WTF_CSRF_ENABLED"] = True
    with unit_of_work(engines, write=True) as session:
        set_password(session, person_id=cast.lena, password_hash=HASHED)
    return app


def signed_in(site: Application, engines: Engines, person_id: int) -> FlaskClient:
    with unit_of_work(engines, write=True) as session:
        token, _id = open_session(session, person_id=person_id, way="password")
    browser = site.test_client()
    browser.set_cookie(COOKIE, token)
    return browser


def token_of(page: str) -> str:
    found: list[str] = re.findall(r'name="csrf_token" value="([^"]+)"', page)
    return found[0]


def form_of(page: str, action: str) -> list[tuple[str, str]]:
    """The hidden fields of the form with this action, as a browser would send them."""
    [body] = re.findall(rf'<form[^>]*action="{re.escape(html.escape(action))}"[^>]*>(.*?)</form>', page, re.DOTALL)
    pairs = re.findall(r'<input type="hidden"\s+name="([^"]*)"\s+value="([^"]*)">', body, re.DOTALL)
    return [(html.unescape(name), html.unescape(value)) for name, value in pairs]


def send(browser: FlaskClient, path: str, pairs: list[tuple[str, str]], **more: str) -> tuple[int, str]:
    data: dict[str, list[str]] = {}
    for name, value in [*pairs, *more.items()]:
        data.setdefault(name, []).append(value)
    reply = browser.post(path, data=data)
    return reply.status_code, reply.get_data(as_text=True)


def test_a_session_that_ended_while_somebody_wrote(site: Application, engines: Engines, cast: Cast) -> None:
    browser = signed_in(site, engines, cast.lena)
    token = token_of(browser.get("/account").get_data(as_text=True))
    with unit_of_work(engines, write=True) as session:
        end_other_sessions(session, person_id=cast.lena)

    status, page = send(browser, "/paper/7?q=x y", FIELDS, csrf_token=token)
    assert status == 401
    assert "She said “no”." in page
    assert "<b>Then</b>" not in page

    wrong, page = send(browser, "/sign-in", form_of(page, "/sign-in"), address="lena@example.org", password="wrong")
    assert wrong == 422
    status, page = send(browser, "/sign-in", form_of(page, "/sign-in"), address="lena@example.org", password=PASSWORD)
    assert (status, "Your text is here" in page, PASSWORD in page) == (200, True, False)
    target = html.unescape(re.findall(r'action="(/paper/[^"]+)"', page)[0])

    status, arrived = send(browser, target, form_of(page, target))
    assert (status, json.loads(arrived)) == (200, ["Lena Brandt", 7, "x y", [list(pair) for pair in FIELDS]])


def test_whoever_comes_in_another_way_sends_from_the_page_that_was_left_open(
    site: Application, engines: Engines, cast: Cast
) -> None:
    browser = signed_in(site, engines, cast.lena)
    token = token_of(browser.get("/account").get_data(as_text=True))
    browser.delete_cookie(COOKIE)
    status, page = send(browser, "/paper/7", FIELDS, csrf_token=token)
    assert status == 401
    # In another tab they come in, which makes a new secret for forms; the open page still has the old one.
    other_tab = signed_in(site, engines, cast.lena)
    kept = other_tab.get_cookie(COOKIE)
    assert kept is not None
    browser.set_cookie(COOKIE, kept.value)
    with browser.session_transaction() as memory:
        memory.clear()
    status, page = send(browser, "/paper/7", form_of(page, "/paper/7"))
    assert (status, "send it as Lena Brandt" in page) == (400, True)
    status, arrived = send(browser, "/paper/7", form_of(page, "/paper/7"))
    assert (status, json.loads(arrived)[3]) == (200, [list(pair) for pair in FIELDS])


def test_a_form_that_is_older_than_the_sign_in_is_sent_again(site: Application, engines: Engines, cast: Cast) -> None:
    browser = signed_in(site, engines, cast.lena)
    status, page = send(browser, "/paper/7", FIELDS, csrf_token="from before")
    assert (status, "This form has expired" in page) == (400, True)
    status, arrived = send(browser, "/paper/7", form_of(page, "/paper/7"))
    assert (status, json.loads(arrived)[0]) == (200, "Lena Brandt")


def test_an_old_form_without_anybody_signed_in_offers_the_sign_in(site: Application, cast: Cast) -> None:
    browser = site.test_client()
    status, page = send(browser, "/paper/7", FIELDS, csrf_token="from before")
    assert status == 400
    status, page = send(browser, "/sign-in", form_of(page, "/sign-in"), address="lena@example.org", password=PASSWORD)
    assert (status, "Your text is here" in page) == (200, True)


def test_pages_with_somebodys_text_are_kept_by_no_cache(site: Application, engines: Engines, cast: Cast) -> None:
    for browser in (site.test_client(), signed_in(site, engines, cast.lena)):
        reply = browser.post("/paper/7", data={"text": TEXT})
        assert (reply.status_code, reply.headers["Cache-Control"]) == (400, "no-store")


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}]
)
def test_what_another_site_sent_is_carried_nowhere(
    site: Application, engines: Engines, cast: Cast, headers: dict[str, str]
) -> None:
    browser = signed_in(site, engines, cast.lena)
    foreign = browser.post("/paper/7", data={"text": TEXT}, headers=headers)
    assert (foreign.status_code, 'action="/paper/7"' in foreign.get_data(as_text=True)) == (400, False)
    own = browser.post(
        "/paper/7", data={"text": TEXT}, headers={"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}
    )
    assert 'action="/paper/7"' in own.get_data(as_text=True)


def test_no_password_travels(site: Application, engines: Engines, cast: Cast) -> None:
    browser = signed_in(site, engines, cast.lena)
    page = browser.post("/account/password", data={"current_password": PASSWORD, "password": "another long one"})
    assert page.status_code == 400
    body = page.get_data(as_text=True)
    assert (PASSWORD in body, "another long one" in body, "Send again" in body) == (False, False, False)


def test_more_than_a_text_is_not_carried(site: Application, engines: Engines, cast: Cast) -> None:
    browser = signed_in(site, engines, cast.lena)
    status, page = send(browser, "/paper/7", [("text", "word " * (CARRY_MAX // 5))])
    assert (status, 'action="/paper/7"' in page) == (400, False)
    status, page = send(browser, "/paper/7", [("text", "word " * (CARRY_MAX // 6))])
    assert (status, 'action="/paper/7"' in page) == (400, True)


def test_scripts_get_their_answer_as_json(site: Application, cast: Cast) -> None:
    reply = site.test_client().post("/paper/7", json={"text": TEXT})
    assert (reply.status_code, reply.mimetype) == (400, "application/json")


@pytest.mark.parametrize(
    ("target", "packed"),
    [
        ("//evil.example/", '[["text","x"]]'),
        ("/\\evil.example/", '[["text","x"]]'),
        ("https://evil.example/", '[["text","x"]]'),
        ("", '[["text","x"]]'),
        ("/paper/7", ""),
        ("/paper/7", "not json"),
        ("/paper/7", '{"text":"x"}'),
        ("/paper/7", '[["text"]]'),
        ("/paper/7", '[["text",1]]'),
        ("/paper/7", '[["password","x"]]'),
        ("/paper/7", '[["csrf_token","x"]]'),
        ("/paper/7", '[["text","' + "x" * CARRY_MAX + '"]]'),
        ("/paper/7", "[" * 100_000),
    ],
)
def test_what_we_did_not_pack_is_not_unpacked(target: str, packed: str) -> None:
    assert unpacked(target, packed) is None
    control = unpacked("/paper/7", '[["text","x"]]')
    assert control is not None
    assert (control.target, control.fields) == ("/paper/7", (("text", "x"),))


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/learn/", "/learn/"),
        ("/learn/?seat=3&x=%2F%2Fevil", "/learn/?seat=3&x=%2F%2Fevil"),
        ("/a//b", "/a//b"),
        (None, None),
        ("", None),
        ("//evil.example", None),
        ("///evil.example", None),
        ("/\\evil.example", None),
        ("/x\\y", None),
        ("/\r/evil.example", None),
        ("/\x00", None),
        (" //evil.example", None),
        ("evil.example", None),
        ("http:evil.example", None),
        ("http:/evil.example", None),
    ],
)
def test_a_local_path_is_one(target: str | None, path: str | None) -> None:
    assert local_path(target) == path
