"""The sign-in page."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from sqlalchemy import func, select

from course.database import Engines, unit_of_work
from course.people import queries
from course.people.models import Session as SignIn
from course.people.passwords import outdated
from course.people.service import open_session, set_password
from course.settings import Settings
from course.signin import limits
from course.web.application import COOKIE, Application
from tests.conftest import MakeApp
from tests.conftest import SignIn as SignInAs
from tests.make import Cast
from tests.signin.conftest import PASSWORD, GivePassword, UseUp

WRONG = "This address and this password do not go together."

Visitor = Callable[..., FlaskClient]


def send(
    browser: FlaskClient, address: str = "lena@example.org", password: str = PASSWORD, **more: str
) -> tuple[int, str, str]:
    reply = browser.post("/sign-in", data={"address": address, "password": password, **more})
    return reply.status_code, reply.headers.get("Location", ""), reply.get_data(as_text=True)


def sessions_of(engines: Engines, person_id: int, *, ended: bool) -> int:
    with unit_of_work(engines, write=False) as session:
        state = SignIn.ended_at.is_not(None) if ended else SignIn.ended_at.is_(None)
        return session.execute(
            select(func.count()).select_from(SignIn).where(SignIn.person_id == person_id, state)
        ).scalar_one()


def test_the_right_password_lets_in_with_a_careful_cookie(
    cast: Cast, client: FlaskClient, give_password: GivePassword
) -> None:
    give_password(cast.lena)
    reply = client.post("/sign-in", data={"address": " Lena@Example.org ", "password": PASSWORD})
    assert (reply.status_code, reply.headers["Location"]) == (303, "/")
    [cookie] = [value for value in reply.headers.getlist("Set-Cookie") if value.startswith(f"{COOKIE}=")]
    assert set(cookie.split("; ")[1:]) == {"HttpOnly", "Path=/", "SameSite=Lax"}
    assert client.get("/account").status_code == 200


def test_on_https_the_cookie_is_secure(
    make_app: MakeApp, cast: Cast, give_password: GivePassword, settings: Settings
) -> None:
    app = make_app(replace(settings, base_url="https://x.test"))
    app.config["WTF_CSRF_ENABLED"] = False
    give_password(cast.lena)
    reply = app.test_client().post("/sign-in", data={"address": "lena@example.org", "password": PASSWORD})
    [cookie] = [value for value in reply.headers.getlist("Set-Cookie") if value.startswith(f"{COOKIE}=")]
    assert "Secure" in cookie.split("; ")


@pytest.mark.parametrize(
    ("address", "password"),
    [
        ("lena@example.org", "another long one"),
        ("nobody@example.org", PASSWORD),
        ("leo@example.org", PASSWORD),
        ("not an address", PASSWORD),
    ],
)
def test_wrong_unknown_and_never_set_get_the_same_answer(
    cast: Cast, client: FlaskClient, give_password: GivePassword, address: str, password: str
) -> None:
    give_password(cast.lena)
    status, where, page = send(client, address, password)
    assert (status, where, page.count(WRONG)) == (422, "", 2)
    assert f'value="{address}"' in page
    assert PASSWORD not in page
    assert client.get("/account").status_code == 303
    assert send(client)[:2] == (303, "/")


@pytest.mark.parametrize(
    ("address", "password", "sentence"),
    [
        ("", PASSWORD, "Please type your e-mail address."),
        ("lena@example.org", "", "Please type your password."),
        ("x" * 300, PASSWORD, "That is too long."),
        ("lena@example.org", "x" * 300, "That is too long."),
    ],
)
def test_empty_and_too_long_are_said_in_the_form(
    cast: Cast, client: FlaskClient, address: str, password: str, sentence: str
) -> None:
    status, _where, page = send(client, address, password)
    assert status == 422
    assert sentence in page
    assert f'value="{address}"' in page


@pytest.mark.parametrize(
    ("wanted", "where"),
    [
        ("/learn/small-talk/", "/learn/small-talk/"),
        ("/learn/?seat=3", "/learn/?seat=3"),
        ("", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("\\\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("/\n/evil.example", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("learn", "/"),
        ("http:///evil.example", "/"),
    ],
)
def test_after_signing_in_only_paths_of_this_site_are_followed(
    cast: Cast, client: FlaskClient, give_password: GivePassword, wanted: str, where: str
) -> None:
    give_password(cast.lena)
    assert send(client, next=wanted)[:2] == (303, where)
    assert client.get("/sign-in", query_string={"next": wanted}).headers["Location"] == where


def test_a_page_that_asked_for_signing_in_is_where_one_lands(
    cast: Cast, client: FlaskClient, give_password: GivePassword
) -> None:
    give_password(cast.lena)
    asked = client.get("/account?x=1")
    assert (asked.status_code, asked.headers["Location"]) == (303, "/sign-in?next=/account?x%3D1")
    form = client.get(asked.headers["Location"]).get_data(as_text=True)
    [kept] = re.findall(r'name="next"[^>]*value="([^"]*)"', form)
    assert send(client, next=kept)[:2] == (303, "/account?x=1")


def test_signing_in_makes_a_new_session_and_ends_the_one_the_browser_carried(
    engines: Engines, cast: Cast, sign_in: SignInAs, give_password: GivePassword
) -> None:
    give_password(cast.lena)
    browser = sign_in(cast.leo)
    with browser.session_transaction() as memory:
        memory["csrf_token"] = "an old secret"
    assert send(browser)[:2] == (303, "/")
    assert (sessions_of(engines, cast.leo, ended=True), sessions_of(engines, cast.leo, ended=False)) == (1, 0)
    first = browser.get_cookie(COOKIE)
    with browser.session_transaction() as memory:
        assert memory.get("csrf_token") != "an old secret"
    assert send(browser)[:2] == (303, "/")
    second = browser.get_cookie(COOKIE)
    assert first is not None
    assert second is not None
    assert first.value != second.value
    assert (sessions_of(engines, cast.lena, ended=True), sessions_of(engines, cast.lena, ended=False)) == (1, 1)


def test_signing_out_ends_the_session_and_forgets_the_cookie(engines: Engines, cast: Cast, sign_in: SignInAs) -> None:
    browser = sign_in(cast.lena)
    kept = browser.get_cookie(COOKIE)
    assert kept is not None
    reply = browser.post("/sign-out")
    assert (reply.status_code, reply.headers["Location"]) == (303, "/sign-in")
    assert browser.get_cookie(COOKIE) is None
    browser.set_cookie(COOKIE, kept.value)
    assert browser.get("/account").status_code == 303
    assert sessions_of(engines, cast.lena, ended=False) == 0
    assert browser.get("/sign-out").status_code == 405


def test_too_many_wrong_ones_for_one_address_from_one_place(
    cast: Cast, visitor: Visitor, give_password: GivePassword, use_up: UseUp
) -> None:
    give_password(cast.lena)
    give_password(cast.leo)
    near, far = visitor("10.0.0.1"), visitor("10.0.0.2")
    answers = [send(near, password="another long one")[0] for _ in range(limits.SIGN_IN_HERE.tries + 2)]
    assert answers == [422] * limits.SIGN_IN_HERE.tries + [429, 429]
    status, _where, page = send(near)
    assert (status, page.count("That was tried too often.")) == (429, 2)
    assert send(near, "leo@example.org")[:2] == (303, "/")
    assert send(far)[:2] == (303, "/")


def test_unknown_addresses_are_throttled_like_known_ones(cast: Cast, client: FlaskClient) -> None:
    answers = [send(client, "nobody@example.org")[0] for _ in range(limits.SIGN_IN_HERE.tries + 1)]
    assert answers == [422] * limits.SIGN_IN_HERE.tries + [429]


def test_right_passwords_use_nothing_up(cast: Cast, visitor: Visitor, give_password: GivePassword) -> None:
    give_password(cast.lena)
    assert {send(visitor())[0] for _ in range(limits.SIGN_IN_HERE.tries + 2)} == {303}


def test_one_client_with_many_addresses_is_slowed_and_others_are_not(
    cast: Cast, visitor: Visitor, give_password: GivePassword, use_up: UseUp
) -> None:
    give_password(cast.lena)
    use_up(limits.SIGN_IN_CLIENT, "10.0.0.1")
    assert send(visitor("10.0.0.1"))[0] == 429
    assert send(visitor("10.0.0.2"))[0] == 303


def test_one_address_from_many_clients_is_slowed_and_others_are_not(
    cast: Cast, visitor: Visitor, give_password: GivePassword, use_up: UseUp
) -> None:
    give_password(cast.lena)
    give_password(cast.leo)
    use_up(limits.SIGN_IN_ADDRESS, "lena@example.org")
    assert send(visitor(), "Lena@example.org")[0] == 429
    assert send(visitor(), "leo@example.org")[0] == 303


def test_a_hash_with_older_parameters_is_made_again_at_sign_in(
    engines: Engines, cast: Cast, client: FlaskClient
) -> None:
    older = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    with unit_of_work(engines, write=True) as session:
        set_password(session, person_id=cast.lena, password_hash=older)
    assert send(client)[0] == 303
    with unit_of_work(engines, write=False) as session:
        kept = queries.password_of(session, cast.lena)
    assert kept is not None
    assert not outdated(kept)
    assert send(client)[0] == 303


def test_the_forms_want_their_token(app: Application, cast: Cast, give_password: GivePassword) -> None:
    give_password(cast.lena)
    browser = app.test_client()
    data = {"address": "lena@example.org", "password": PASSWORD}
    refused = browser.post("/sign-in", data=data)
    assert refused.status_code == 400
    assert PASSWORD not in refused.get_data(as_text=True)
    [token] = re.findall(r'name="csrf_token" value="([^"]+)"', browser.get("/sign-in").get_data(as_text=True))
    assert browser.post("/sign-in", data={**data, "csrf_token": token}).status_code == 303
    assert browser.post("/sign-out").status_code == 400
    assert browser.post("/sign-out", data={"csrf_token": token}).status_code == 400
    page = browser.get("/account").get_data(as_text=True)
    fresh = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
    assert browser.post("/sign-out", data={"csrf_token": fresh}).status_code == 303


def test_whoever_is_in_needs_no_form_and_who_came_by_the_door_does(
    engines: Engines, cast: Cast, sign_in: SignInAs
) -> None:
    browser = sign_in(cast.lena)
    assert browser.get("/sign-in").status_code == 303
    with unit_of_work(engines, write=True) as session:
        token, _id = open_session(session, person_id=cast.lena, way="door")
    browser.set_cookie(COOKIE, token)
    assert browser.get("/sign-in").status_code == 200
