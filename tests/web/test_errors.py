"""Errors as pages: what happened, what is safe, what to do; and the text that was typed."""

import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient

from course.app import create_app
from course.database import Engines
from course.settings import Settings
from course.web import sentences
from course.web.application import Application
from tests.conftest import SignIn
from tests.make import Cast
from tests.web.conftest import CANARY, Noted, probe

STATUSES = (400, 403, 404, 405, 409, 413, 422, 429, 500, 503)


class Texts(HTMLParser):
    """The visible texts of a page's main part."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - Its signature.
        self._inside = self._inside or tag == "main"

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "main"

    def handle_data(self, data: str) -> None:
        if self._inside and data.strip():
            self.found.append(data.strip())


def texts(page: str) -> list[str]:
    reader = Texts()
    reader.feed(page)
    return reader.found


@pytest.mark.parametrize("status", STATUSES)
def test_each_says_what_happened_what_is_safe_and_what_to_do(client: FlaskClient, status: int) -> None:
    answer = client.get(f"/probe/abort/{status}")
    told = sentences.of(status)
    assert answer.status_code == status
    assert all((told.title, told.what, told.safe, told.todo))
    number = answer.headers["X-Request-Id"]
    assert texts(answer.text) == [
        told.title,
        told.what,
        told.safe,
        told.todo,
        "Go to the start page",
        "If you ask somebody for help, tell them this number:",
        number,
    ]
    assert re.search(r"<title>(.*?)</title>", answer.text, re.DOTALL) is not None
    assert f"<title>{told.title} · Oneday</title>" in unescape(answer.text)


@pytest.mark.parametrize("status", STATUSES)
def test_our_scripts_are_told_in_json(client: FlaskClient, status: int) -> None:
    answer = client.get(f"/probe/abort/{status}", headers={"Accept": "application/json"})
    told = sentences.of(status)
    assert answer.status_code == status
    assert answer.json == {"error": told.what, "todo": told.todo, "request_id": answer.headers["X-Request-Id"]}


def test_a_status_that_nobody_wrote_for_is_told_as_its_kind(client: FlaskClient) -> None:
    assert sentences.of(418) == sentences.of(400)
    assert sentences.of(507) == sentences.of(500)
    assert texts(client.get("/probe/abort/418").text)[0] == sentences.of(400).title


@pytest.mark.parametrize("status", [400, 403, 404, 409, 422, 429, 500, 503])
def test_what_was_typed_stands_on_the_page(client: FlaskClient, noted: Noted, status: int) -> None:
    fields = {
        "note": "Two words, <b>and</b> more.",
        "other": "A second text.",
        "base_version": "3",
        "csrf_token": "not a text at all",
    }
    answer = client.post(f"/probe/abort/{status}", data=fields)
    assert answer.status_code == status
    (area,) = re.findall(r"<textarea[^>]*>(.*?)</textarea>", answer.text, re.DOTALL)
    assert unescape(area) == "Two words, <b>and</b> more.\n\nA second text."
    assert answer.headers["Cache-Control"] == "no-store"
    assert noted() == set()


def test_a_password_never_stands_on_a_page(client: FlaskClient) -> None:
    answer = client.post("/probe/abort/500", data={"password": "correct horse battery", "note": "and a text"})
    assert "battery" not in answer.text
    assert "<textarea" not in answer.text


def test_a_fault_tells_nothing_of_itself(sign_in: SignIn, cast: Cast) -> None:
    answer = sign_in(cast.lena).post("/probe/fault", data={"text": "Two words, and more."})
    assert answer.status_code == 500
    assert texts(answer.text)[0] == sentences.of(500).title
    assert "Two words, and more.</textarea>" in answer.text
    assert CANARY not in answer.text
    assert "Traceback" not in answer.text
    assert "LookupError" not in answer.text


def test_a_database_that_is_gone_is_told_and_the_text_kept(client: FlaskClient) -> None:
    answer = client.post("/probe/gone", data={"text": "Two words, and more."})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert texts(answer.text)[:4] == [
        "The site cannot reach its records",
        "The database does not answer.",
        "Texts you are writing stay in your browser.",
        "Leave the page open and try again in a minute.",
    ]
    assert "Two words, and more.</textarea>" in answer.text
    assert CANARY not in answer.text


@pytest.fixture
def unreachable(settings: Settings, request: pytest.FixtureRequest) -> Iterator[FlaskClient]:
    """A browser on a site whose database is not there."""
    url = {
        "sqlite": "sqlite:////nowhere/at/all/oneday.sqlite3",
        "postgres": "postgresql://nobody@127.0.0.1:1/nothing?connect_timeout=2",
    }[request.param]
    engines = Engines(url)
    app = create_app(settings, engines=engines)
    app.config["WTF_CSRF_ENABLED"] = False
    app.register_blueprint(probe)
    yield app.test_client()
    engines.dispose()


@pytest.mark.parametrize("engines", ["sqlite"], indirect=True)
@pytest.mark.parametrize("unreachable", ["sqlite", "postgres"], indirect=True)
class TestWithoutDatabase:
    def test_pages_and_forms_say_so(self, unreachable: FlaskClient) -> None:
        assert unreachable.get("/sign-in").status_code == 200
        unreachable.set_cookie("oneday", "a token")
        for answer in (unreachable.get("/learn/"), unreachable.post("/probe/status/200", data={"text": "My words."})):
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
            assert texts(answer.text)[0] == "The site cannot reach its records"
        assert "My words.</textarea>" in answer.text

    def test_the_process_lives_but_is_not_ready(self, unreachable: FlaskClient) -> None:
        assert (unreachable.get("/healthz").status_code, unreachable.get("/healthz").text) == (200, "ok\n")
        assert (unreachable.get("/readyz").status_code, unreachable.get("/readyz").text) == (
            503,
            "database: OperationalError\n",
        )


def test_too_large_is_told_even_when_nobody_can_read_it(app: Application, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    parts = {f"field-{number}": "x" for number in range(2001)}
    many = client.post("/probe/status/200", data=parts, content_type="multipart/form-data")
    assert many.status_code == 413
    assert texts(many.text)[0] == sentences.of(413).title
    long = client.post("/probe/status/200", data={"text": "two words " * 500_000})
    assert long.status_code == 413
    assert "<textarea" not in long.text


def test_an_address_with_the_character_nul_is_not_found(client: FlaskClient) -> None:
    assert client.get("/sign-in?next=/%00").status_code == 404
    assert client.get("/verify/%00").status_code == 404
    assert client.get("/sign-in?next=/").status_code == 200


def test_a_value_that_no_column_holds_is_refused(app: Application, engines: Engines) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    # A form of the desks says so itself; the way in has no such form, and only PostgreSQL minds.
    answer = app.test_client().post("/sign-in", data={"address": "a\x00b@example.org", "password": "a long password"})
    assert answer.status_code in {401, 422}
    assert "Traceback" not in answer.text


def test_signed_out_while_writing_the_text_comes_along(client: FlaskClient) -> None:
    answer = client.post("/probe/fault", data={"text": "Two words, and more."})
    assert answer.status_code == 401
    assert "Two words, and more." in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    told = client.post("/probe/fault", json={"text": "typed"})
    assert (told.status_code, (told.json or {})["error"]) == (401, sentences.of(401).what)
