"""Who may enter which page: one table, walked with every role."""

import pytest
from flask import Blueprint
from flask.testing import FlaskClient

from course.app import create_app
from course.database import Engines
from course.settings import Settings
from course.web.access import Unit, Who, enter, entry_of, require_declarations
from course.web.application import Application
from tests.conftest import SignIn
from tests.make import Cast
from tests.web.walk import doors

ANYBODY = {
    "lti.canvas_json",
    "lti.choose",
    "lti.jwks",
    "lti.launch",
    "lti.login",
    "lti.open_window",
    "lti.register",
    "lti.window",
    "public.healthz",
    "public.home",
    "public.readyz",
    "public.styleguide",
    "public.verify",
    "signin.door",
    "signin.door_names",
    "signin.forgot",
    "signin.link",
    "signin.password",
    "signin.sign_in",
    "signin.sign_out",
    "signin.take_name",
    "signin.walk_in",
    "static",
}
SIGNED_IN = {
    "lti.out",
    "lti.before",
    "lti.confirm",
    "lti.join",
    "lti.lead",
    "lti.link",
    "lti.look_at_code",
    "lti.make_code",
    "signin.account",
    "signin.arrived",
    "signin.change_password",
    "signin.elsewhere",
    "signin.make_link",
    "signin.not_me",
    "signin.sign_out_elsewhere",
}
DESKS = {"learner": "lena", "facilitator": "farid", "manager": "mona", "admin": "ada"}
"""Every other page is at a desk, and whoever sits at this desk alone may enter it."""

AT_A_DESK = {
    "lti.check": "admin",
    "lti.feedback_waits": "learner",
    "lti.follow_roster": "manager",
    "lti.read_roster": "manager",
    "lti.roster": "manager",
    "lti.run_check": "admin",
    "lti.take_roster": "manager",
}
"""Pages of a desk that speak with a platform."""

EXPECTED = dict.fromkeys(ANYBODY, "anybody") | dict.fromkeys(SIGNED_IN, "signed in") | AT_A_DESK


def expected(endpoint: str) -> str:
    return EXPECTED.get(endpoint) or endpoint.partition(".")[0]


@pytest.mark.parametrize("engines", ["sqlite"], indirect=True)
def test_every_endpoint_declares_what_the_table_says(app: Application) -> None:
    endpoints = {name for name in app.view_functions if not name.startswith("probe.")}
    declared = {name: entry_of(app.view_functions[name]).who.value for name in endpoints}
    assert declared == {name: expected(name) for name in endpoints}
    assert set(EXPECTED) <= endpoints
    assert {name.partition(".")[0] for name in endpoints - set(EXPECTED)} == set(DESKS)


@pytest.mark.parametrize("engines", ["sqlite"], indirect=True)
def test_without_a_database_only_these_answer(app: Application) -> None:
    none = {name for name, view in app.view_functions.items() if entry_of(view).unit is Unit.NONE}
    assert none == {"lti.canvas_json", "public.healthz", "public.readyz", "public.styleguide", "static"}


def test_a_view_that_declares_nothing_keeps_the_application_from_starting(settings: Settings, engines: Engines) -> None:
    app = create_app(settings, engines=engines)
    require_declarations(app)
    app.add_url_rule("/silent", "silent", lambda: "")
    with pytest.raises(RuntimeError, match="does not say who may enter"):
        require_declarations(app)


def test_a_view_without_a_database_cannot_be_for_some(settings: Settings, engines: Engines) -> None:
    app = create_app(settings, engines=engines)
    page = Blueprint("page", __name__)
    page.add_url_rule("/unknown", "unknown", enter(Who.ADMIN, Unit.NONE)(lambda: ""))
    app.register_blueprint(page)
    with pytest.raises(RuntimeError, match="needs a unit of work"):
        require_declarations(app)


@pytest.mark.parametrize("who", ["nobody", "lena", "farid", "mona", "ada"])
def test_the_walk(app: Application, client: FlaskClient, sign_in: SignIn, cast: Cast, who: str) -> None:
    """Every address with every role: who may not enter is told so, and who may is never refused by role."""
    refused: dict[str, int] = {}
    let_in: dict[str, int] = {}
    for door in doors(app):
        browser = client if who == "nobody" else sign_in(getattr(cast, who))
        answer = browser.open(door.path, method=door.method)
        place = expected(door.endpoint)
        name = f"{door.method} {door.path}"
        if place == "anybody" or (who != "nobody" and DESKS.get(place, who) == who):
            let_in[name] = answer.status_code
            assert answer.status_code != 403, name
            assert not answer.headers.get("Location", "").startswith("/sign-in?next="), name
        elif who == "nobody" and door.method == "GET":
            refused[name] = answer.status_code
            assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (303, "/sign-in"), name
        else:
            refused[name] = answer.status_code
            assert answer.status_code == (401 if who == "nobody" else 403), name
        assert answer.status_code < 500, name
    assert let_in
    assert refused


NEVER_404 = {
    "GET /lti/window/no-such-ticket",
    "POST /lti/window/no-such-ticket",
    "GET /sign-in/link/no-such-token",
    "GET /sign-in/password/no-such-token",
    "POST /sign-in/link/no-such-token",
    "POST /sign-in/password/no-such-token",
    "GET /in/NOCODE",
    "POST /in/NOCODE",
    "POST /in/NOCODE/walk-in",
}
"""A link that was used or a code that changed is no wrong address: these pages say what to do."""


def test_what_does_not_exist_is_404_for_whoever_may_enter(app: Application, sign_in: SignIn, cast: Cast) -> None:
    statuses = {}
    for door in doors(app):
        name = f"{door.method} {door.path}"
        if door.named and name not in NEVER_404:
            person = getattr(cast, DESKS.get(expected(door.endpoint), "lena"))
            statuses[name] = sign_in(person).open(door.path, method=door.method).status_code
    assert statuses == dict.fromkeys(statuses, 404)
    assert len(statuses) > 40


@pytest.mark.parametrize("engines", ["sqlite"], indirect=True)
def test_a_wrong_method_is_405_and_told_which_are_right(app: Application, client: FlaskClient) -> None:
    adapter = app.url_map.bind("localhost")
    for path in {door.path for door in doors(app)}:
        answer = client.open(path, method="DELETE")
        assert answer.status_code == 405, path
        allowed = set(answer.headers["Allow"].split(", "))
        assert allowed == set(adapter.allowed_methods(path)), path
        assert "OPTIONS" in allowed


@pytest.mark.parametrize("engines", ["sqlite"], indirect=True)
def test_every_page_that_only_takes_forms_says_so_to_a_get(app: Application, client: FlaskClient) -> None:
    found = {door.path: set[str]() for door in doors(app)}
    for door in doors(app):
        found[door.path].add(door.method)
    only_forms = {path for path, methods in found.items() if methods == {"POST"}}
    # These addresses look like one more code and one more block: GET finds no such thing.
    likewise = {"/in/not-me", "/learn/no-such-module/welcome"}
    statuses = {path: client.get(path).status_code for path in only_forms - likewise}
    assert statuses == dict.fromkeys(statuses, 405)
    assert len(statuses) > 30


def test_signed_out_the_way_back_is_kept(client: FlaskClient) -> None:
    answer = client.get("/learn/small-talk/?seat=3")
    assert answer.headers["Location"] == "/sign-in?next=/learn/small-talk/?seat%3D3"
    assert client.get("/learn/small-talk/", headers={"Accept": "application/json"}).status_code == 401
