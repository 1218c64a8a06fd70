"""One's own account."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient

from course.database import Engines, unit_of_work
from course.people.service import open_session
from course.signin import limits
from course.web.application import COOKIE, Application
from tests.conftest import SignIn as SignInAs
from tests.make import Cast
from tests.signin.conftest import PASSWORD, GivePassword

Visitor = Callable[..., FlaskClient]
NEW = "three words of mine"


@dataclass(frozen=True)
class Ground:
    cast: Cast
    sign_in: SignInAs
    give_password: GivePassword
    visitor: Visitor


@pytest.fixture
def ground(cast: Cast, sign_in: SignInAs, give_password: GivePassword, visitor: Visitor) -> Ground:
    return Ground(cast, sign_in, give_password, visitor)


def door_session(engines: Engines, browser: FlaskClient, person_id: int) -> FlaskClient:
    with unit_of_work(engines, write=True) as session:
        token, _id = open_session(session, person_id=person_id, way="door")
    browser.set_cookie(COOKIE, token)
    return browser


def test_signed_out_it_asks_to_sign_in(client: FlaskClient) -> None:
    for path in ("/account", "/account/elsewhere"):
        reply = client.get(path)
        assert (reply.status_code, reply.headers["Location"]) == (303, f"/sign-in?next={path}")
    for path in ("/account/password", "/account/link", "/account/sign-out-elsewhere"):
        assert client.post(path).status_code == 401
        assert client.get(path).status_code == 405


def test_everybody_sees_their_own_name_and_address(cast: Cast, sign_in: SignInAs) -> None:
    for person, name in ((cast.lena, "Lena Brandt"), (cast.farid, "Farid Haddad"), (cast.otto, "Otto Vance")):
        page = sign_in(person).get("/account").get_data(as_text=True)
        assert re.findall(r"<dd>([^<]+)</dd>", page) == [name, f"{name.split()[0].lower()}@example.org"]


def test_changing_the_password_signs_the_other_devices_out(
    cast: Cast, sign_in: SignInAs, give_password: GivePassword, visitor: Visitor
) -> None:
    give_password(cast.lena)
    here, there = sign_in(cast.lena), sign_in(cast.lena)
    assert "You are signed in on one other device." in here.get("/account").get_data(as_text=True)
    reply = here.post("/account/password", data={"current_password": PASSWORD, "password": NEW})
    assert (reply.status_code, reply.headers["Location"]) == (303, "/account")
    page = here.get("/account").get_data(as_text=True)
    assert "Your password is set." in page
    assert "You are signed in on" not in page
    assert there.get("/account").status_code == 303
    answers = [
        visitor().post("/sign-in", data={"address": "lena@example.org", "password": password}).status_code
        for password in (PASSWORD, NEW)
    ]
    assert answers == [422, 303]


@pytest.mark.parametrize(
    ("current", "new", "sentence"),
    [
        ("not mine at all", NEW, "This is not your password now."),
        ("", NEW, "This is not your password now."),
        (PASSWORD, "", "Please choose a password."),
        (PASSWORD, "short", "Use at least 10 characters."),
        (PASSWORD, "lena@example.org", "Your address is not a good password."),
    ],
)
def test_a_refused_change_changes_nothing(ground: Ground, current: str, new: str, sentence: str) -> None:
    ground.give_password(ground.cast.lena)
    here = ground.sign_in(ground.cast.lena)
    reply = here.post("/account/password", data={"current_password": current, "password": new})
    assert (reply.status_code, sentence in reply.get_data(as_text=True)) == (422, True)
    control = ground.visitor().post("/sign-in", data={"address": "lena@example.org", "password": PASSWORD})
    assert control.status_code == 303


def test_guessing_the_password_now_is_stopped(cast: Cast, sign_in: SignInAs, give_password: GivePassword) -> None:
    give_password(cast.lena)
    give_password(cast.leo)
    here = sign_in(cast.lena)
    data = {"current_password": "not mine at all", "password": NEW}
    answers = [here.post("/account/password", data=data).status_code for _ in range(limits.PASSWORD_CHANGE.tries + 1)]
    assert answers == [422] * limits.PASSWORD_CHANGE.tries + [429]
    right = {"current_password": PASSWORD, "password": NEW}
    assert here.post("/account/password", data=right).status_code == 429
    assert sign_in(cast.leo).post("/account/password", data=right).status_code == 303


def test_whoever_has_none_sets_a_first_password(cast: Cast, sign_in: SignInAs, visitor: Visitor) -> None:
    here = sign_in(cast.lena)
    assert "Set a password" in here.get("/account").get_data(as_text=True)
    assert here.post("/account/password", data={"password": NEW}).status_code == 303
    assert visitor().post("/sign-in", data={"address": "lena@example.org", "password": NEW}).status_code == 303


def test_who_came_by_the_door_sets_no_password(
    engines: Engines, cast: Cast, visitor: Visitor, sign_in: SignInAs
) -> None:
    here = door_session(engines, visitor(), cast.lena)
    page = here.get("/account").get_data(as_text=True)
    assert "lena@example.org" not in page
    assert 'action="/account/password"' not in page
    assert 'action="/account/password"' in sign_in(cast.lena).get("/account").get_data(as_text=True)
    assert here.post("/account/password", data={"password": NEW}).status_code == 403
    assert visitor().post("/sign-in", data={"address": "lena@example.org", "password": NEW}).status_code == 422


def test_the_personal_link_goes_on_on_another_device_once(cast: Cast, sign_in: SignInAs, visitor: Visitor) -> None:
    here = sign_in(cast.farid)
    made = here.post("/account/link")
    assert (made.status_code, made.headers["Location"]) == (303, "/account/elsewhere")
    page = here.get("/account/elsewhere").get_data(as_text=True)
    [path] = re.findall(r'id="personal-link">http://localhost(/sign-in/link/[^<]+)<', page)
    assert "<svg" in page
    assert "style=" not in page
    laptop = visitor()
    assert laptop.post(path).status_code == 303
    assert laptop.get("/facilitate/").status_code == 200
    assert visitor().post(path).status_code == 410
    spent = here.get("/account/elsewhere")
    assert (spent.status_code, spent.headers["Location"]) == (303, "/account")
    assert "one other device" in here.get("/account").get_data(as_text=True)


def test_a_link_from_a_door_session_holds_the_learner_role_only(engines: Engines, cast: Cast, visitor: Visitor) -> None:
    here = door_session(engines, visitor(), cast.farid)
    here.post("/account/link")
    [path] = re.findall(
        r'id="personal-link">http://localhost(/sign-in/link/[^<]+)<',
        here.get("/account/elsewhere").get_data(as_text=True),
    )
    laptop = visitor()
    assert laptop.post(path).status_code == 303
    assert laptop.get("/facilitate/").status_code == 403


def test_another_persons_link_is_not_shown_after_a_change_of_person(
    cast: Cast, sign_in: SignInAs, give_password: GivePassword
) -> None:
    give_password(cast.leo)
    here = sign_in(cast.lena)
    here.post("/account/link")
    assert here.get("/account/elsewhere").status_code == 200
    here.post("/sign-in", data={"address": "leo@example.org", "password": PASSWORD})
    assert here.get("/account/elsewhere").status_code == 303


def test_signing_out_elsewhere_ends_sessions_and_links_of_this_person_only(
    cast: Cast, sign_in: SignInAs, visitor: Visitor
) -> None:
    here, there, foreign = sign_in(cast.lena), sign_in(cast.lena), sign_in(cast.leo)
    there.post("/account/link")
    [path] = re.findall(
        r'id="personal-link">http://localhost([^<]+)<', there.get("/account/elsewhere").get_data(as_text=True)
    )
    assert here.post("/account/sign-out-elsewhere").status_code == 303
    statuses = [each.get("/account").status_code for each in (here, there, foreign)]
    assert statuses == [200, 303, 200]
    assert visitor().post(path).status_code == 410


def test_the_forms_want_their_token(app: Application, cast: Cast, sign_in: SignInAs) -> None:
    here = sign_in(cast.lena)
    app.config["WTF_CSRF_ENABLED"] = True
    page = here.get("/account").get_data(as_text=True)
    token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
    for path in ("/account/password", "/account/link", "/account/sign-out-elsewhere"):
        assert here.post(path, data={"password": NEW}).status_code == 400
        assert here.post(path, data={"password": NEW, "csrf_token": token}).status_code == 303
