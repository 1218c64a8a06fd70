"""One line of JSON for each request, which tells what happened and nobody's text."""

import io
import json
import sys
from collections.abc import Callable
from typing import Any

import pytest
from flask import Blueprint
from flask.testing import FlaskClient

from course.web import logs
from course.web.application import Application
from tests.conftest import Probes, SignIn
from tests.make import Cast
from tests.web.conftest import CANARY

pytestmark = pytest.mark.parametrize("engines", ["sqlite"], indirect=True)

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def written(app: Application, monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What the process writes to its error stream."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    logs.configure("json")
    return stream


@pytest.fixture
def lines(written: io.StringIO) -> Lines:
    """Return the lines logged so far."""
    return lambda: [json.loads(line) for line in written.getvalue().splitlines()]


def test_a_line_names_the_route_and_not_the_path(lines: Lines, sign_in: SignIn, cast: Cast) -> None:
    lena = sign_in(cast.lena)
    answer = lena.get(f"/probe/mail-address/{CANARY}?next={CANARY}")
    assert answer.text == f"{CANARY}\n"
    (line,) = lines()
    assert line.pop("ms") >= 0
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "request",
        "level": "info",
        "method": "GET",
        "route": "/probe/mail-address/<token>",
        "status": 202,
        "request": answer.headers["X-Request-Id"],
        "person": cast.lena,
    }


def test_a_line_of_an_address_that_is_none(lines: Lines, client: FlaskClient) -> None:
    answer = client.get(f"/{CANARY}")
    (line,) = lines()
    assert (line["route"], line["status"]) == (None, 404)
    assert line["request"] == answer.headers["X-Request-Id"]
    assert CANARY not in json.dumps(line)


def test_requests_are_told_apart(lines: Lines, client: FlaskClient, sign_in: SignIn, cast: Cast) -> None:
    sign_in(cast.lena).get("/probe/reads")
    client.get("/sign-in")
    first, second = lines()
    assert first["request"] != second["request"]
    assert "person" in first
    assert "person" not in second


def test_static_files_are_not_worth_a_line(lines: Lines, client: FlaskClient) -> None:
    assert client.get("/static/oneday.css").status_code == 200
    assert lines() == []


def test_a_fault_is_logged_by_kind_and_place_without_what_it_says(lines: Lines, sign_in: SignIn, cast: Cast) -> None:
    answer = sign_in(cast.lena).post("/probe/fault", data={"text": CANARY, "address": "canary@example.org"})
    fault, request = lines()
    assert (fault["event"], fault["level"], fault["kind"]) == ("fault", "error", "LookupError")
    assert fault["where"][-1].startswith("conftest.py:")
    assert fault["where"][-1].endswith(" fault")
    assert any(frame.startswith("application.py:") for frame in fault["where"])
    assert request["status"] == 500
    assert fault["request"] == request["request"] == answer.headers["X-Request-Id"]
    assert CANARY not in json.dumps([fault, request])
    assert "canary@example.org" not in json.dumps([fault, request])


def test_a_fault_of_the_database_names_no_parameter(lines: Lines, client: FlaskClient) -> None:
    client.post("/probe/gone", data={"text": CANARY})
    told, request = lines()
    assert (told["event"], told["kind"], request["status"]) == ("database", "RuntimeError", 503)
    assert CANARY not in json.dumps([told, request])


tail = Blueprint("tail", __name__)


@tail.after_app_request
def fail(_response: object) -> Any:
    raise LookupError(CANARY)


class TestOutsideOfAllViews:
    @pytest.fixture
    def probes(self, probes: Probes) -> Probes:
        return (*probes, tail)

    def test_a_fault_names_no_path(self, lines: Lines, client: FlaskClient) -> None:
        answer = client.get(f"/probe/mail-address/{CANARY}")
        assert (answer.status_code, CANARY in answer.text) == (500, False)
        (fault,) = [line for line in lines() if line["event"] == "fault"]
        assert fault["kind"] == "LookupError"
        assert CANARY not in json.dumps(fault)


def test_real_ways_in_leave_no_address_and_no_token(
    lines: Lines, client: FlaskClient, sign_in: SignIn, cast: Cast
) -> None:
    password = "a password that is a canary"
    client.post("/sign-in", data={"address": "lena@example.org", "password": password})
    client.get(f"/sign-in/link/{CANARY}")
    client.post("/sign-in/forgot", data={"address": "lena@example.org"})
    sign_in(cast.lena).get("/account")
    logged = lines()
    assert [line["route"] for line in logged] == [
        "/sign-in",
        "/sign-in/link/<token>",
        "/sign-in/forgot",
        "/account",
    ]
    told = json.dumps(logged)
    assert [text for text in (password, CANARY, "lena@example.org", "Lena") if text in told] == []


def test_plain_lines_are_for_people(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    logs.configure("plain")
    client.get("/healthz")
    (line,) = written.getvalue().splitlines()
    assert "route=/healthz" in line
    assert not line.startswith("{")
