"""Links: to set a password, to come in on another device, to look at the demo."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from course import clock
from course.database import Engines, unit_of_work
from course.people.models import Link, Site
from course.people.service import Purpose, make_link
from course.web.application import COOKIE, Application
from tests.conftest import SignIn as SignInAs
from tests.make import Cast
from tests.signin.conftest import PASSWORD, GivePassword

Visitor = Callable[..., FlaskClient]
GONE = "This link no longer works"
NEW = "three words of mine"


def token_for(engines: Engines, person_id: int, purpose: Purpose, way: str | None = None) -> str:
    with unit_of_work(engines, write=True) as session:
        return make_link(session, person_id=person_id, purpose=purpose, way=way)


def name_of(browser: FlaskClient) -> str | None:
    """The name on the account page, or None when nobody is signed in."""
    page = browser.get("/account")
    found = re.findall(r"<dd>([^<]+)</dd>", page.get_data(as_text=True))
    return found[0] if page.status_code == 200 else None


def test_a_personal_link_is_shown_first_and_spent_by_its_button(engines: Engines, cast: Cast, visitor: Visitor) -> None:
    token = token_for(engines, cast.lena, "sign_in")
    first, second = visitor(), visitor()
    for _ in range(2):
        shown = first.get(f"/sign-in/link/{token}")
        assert shown.status_code == 200
        assert "Go in as Lena Brandt" in shown.get_data(as_text=True)
    assert name_of(first) is None
    gone_in = first.post(f"/sign-in/link/{token}")
    assert (gone_in.status_code, gone_in.headers["Location"]) == (303, "/")
    assert name_of(first) == "Lena Brandt"
    again = second.post(f"/sign-in/link/{token}")
    assert (again.status_code, GONE in again.get_data(as_text=True)) == (410, True)
    assert name_of(second) is None


def test_of_many_browsers_with_one_link_one_gets_in(engines: Engines, cast: Cast, visitor: Visitor) -> None:
    token = token_for(engines, cast.lena, "sign_in")
    browsers = [visitor() for _ in range(5)]
    with ThreadPoolExecutor(5) as many:
        statuses = list(many.map(lambda one: one.post(f"/sign-in/link/{token}").status_code, browsers))
    assert sorted(statuses) == [303, 410, 410, 410, 410]
    assert [name_of(one) for one in browsers].count("Lena Brandt") == 1


@pytest.mark.parametrize("path", ["link", "password"])
def test_links_that_ran_out_or_never_were_get_one_answer(
    engines: Engines, cast: Cast, client: FlaskClient, path: str
) -> None:
    token = token_for(engines, cast.lena, "sign_in" if path == "link" else "password")
    assert client.get(f"/sign-in/{path}/{token}").status_code == 200
    with unit_of_work(engines, write=True) as session:
        session.execute(update(Link).values(expires_at=clock.now() - timedelta(seconds=1)))
    for each in (token, "made-up", "x" * 500):
        for reply in (client.get(f"/sign-in/{path}/{each}"), client.post(f"/sign-in/{path}/{each}")):
            assert (reply.status_code, GONE in reply.get_data(as_text=True)) == (410, True)
    assert name_of(client) is None


def test_a_link_does_only_what_it_is_for(engines: Engines, cast: Cast, client: FlaskClient) -> None:
    assert client.get(f"/sign-in/password/{token_for(engines, cast.lena, 'sign_in')}").status_code == 410
    assert client.get(f"/sign-in/link/{token_for(engines, cast.lena, 'password')}").status_code == 410


def test_a_password_link_sets_a_password_signs_in_and_ends_the_other_sessions(
    engines: Engines, cast: Cast, sign_in: SignInAs, visitor: Visitor
) -> None:
    elsewhere = sign_in(cast.lena)
    token = token_for(engines, cast.lena, "password")
    here = visitor()
    assert "lena@example.org" in here.get(f"/sign-in/password/{token}").get_data(as_text=True)
    reply = here.post(f"/sign-in/password/{token}", data={"password": NEW})
    assert (reply.status_code, reply.headers["Location"]) == (303, "/")
    assert name_of(here) == "Lena Brandt"
    assert name_of(elsewhere) is None
    assert here.post(f"/sign-in/password/{token}", data={"password": NEW}).status_code == 410
    fresh = visitor()
    assert fresh.post("/sign-in", data={"address": "lena@example.org", "password": NEW}).status_code == 303


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("", "Please choose a password."),
        ("too short", "Use at least 10 characters."),
        ("password1234", "Too many people use this one."),
        ("LENA@example.org", "Your address is not a good password."),
        ("x" * 201, "at most 200 characters"),
    ],
)
def test_a_refused_password_leaves_the_link_as_it_is(
    engines: Engines, cast: Cast, client: FlaskClient, password: str, sentence: str
) -> None:
    token = token_for(engines, cast.lena, "password")
    refused = client.post(f"/sign-in/password/{token}", data={"password": password})
    assert (refused.status_code, sentence in refused.get_data(as_text=True)) == (422, True)
    assert client.post(f"/sign-in/password/{token}", data={"password": NEW}).status_code == 303


def test_a_link_made_behind_the_door_opens_a_learners_session_only(
    engines: Engines, cast: Cast, visitor: Visitor
) -> None:
    door, own = visitor(), visitor()
    door.post(f"/sign-in/link/{token_for(engines, cast.farid, 'sign_in', 'door')}")
    own.post(f"/sign-in/link/{token_for(engines, cast.farid, 'sign_in')}")
    assert (door.get("/facilitate/").status_code, own.get("/facilitate/").status_code) == (403, 200)


def test_a_demo_link_works_again_and_again_in_a_demo_on_this_machine(
    engines: Engines, cast: Cast, visitor: Visitor
) -> None:
    token = token_for(engines, cast.lena, "demo")
    local = visitor()
    assert local.get(f"/sign-in/link/{token}").status_code == 410
    with unit_of_work(engines, write=True) as session:
        session.add(Site(key="demo", value="1"))
    for _ in range(2):
        reply = local.get(f"/sign-in/link/{token}")
        assert (reply.status_code, reply.headers["Location"], name_of(local)) == (303, "/", "Lena Brandt")
    for outside, host in (("10.0.0.9", "localhost"), ("127.0.0.1", "oneday.example.org")):
        stranger = visitor(outside)
        assert stranger.get(f"/sign-in/link/{token}", headers={"Host": host}).status_code == 410
        assert name_of(stranger) is None
    assert visitor().get(f"/sign-in/link/{token}", headers={"Host": "127.0.0.1:8000"}).status_code == 303


def test_a_demo_link_takes_over_from_whoever_was_here(engines: Engines, cast: Cast, sign_in: SignInAs) -> None:
    with unit_of_work(engines, write=True) as session:
        session.add(Site(key="demo", value="1"))
    here = sign_in(cast.leo)
    before = here.get_cookie(COOKIE)
    here.get(f"/sign-in/link/{token_for(engines, cast.lena, 'demo')}")
    assert name_of(here) == "Lena Brandt"
    assert before is not None
    here.set_cookie(COOKIE, before.value)
    assert name_of(here) is None


def test_the_buttons_want_their_token(app: Application, engines: Engines, cast: Cast) -> None:
    path = f"/sign-in/link/{token_for(engines, cast.lena, 'sign_in')}"
    browser = app.test_client()
    assert browser.post(path).status_code == 400
    [token] = re.findall(r'name="csrf_token" value="([^"]+)"', browser.get(path).get_data(as_text=True))
    assert browser.post(path, data={"csrf_token": token}).status_code == 303
    path = f"/sign-in/password/{token_for(engines, cast.lena, 'password')}"
    assert browser.post(path, data={"password": NEW}).status_code == 400


def test_links_of_one_person_say_nothing_to_another(
    engines: Engines, cast: Cast, client: FlaskClient, give_password: GivePassword
) -> None:
    give_password(cast.lena)
    token = token_for(engines, cast.otto, "sign_in")
    client.post(f"/sign-in/link/{token}")
    assert name_of(client) == "Otto Vance"
    assert client.post("/sign-in", data={"address": "lena@example.org", "password": PASSWORD}).status_code == 303
    assert name_of(client) == "Lena Brandt"
