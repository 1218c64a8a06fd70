"""One transaction for one request."""

import threading
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from course import clock, database
from course.database import Engines, unit_of_work
from course.people.models import Session as SignIn
from course.people.models import Site
from course.web.application import Application
from tests.conftest import SignIn as LetIn
from tests.make import Cast
from tests.web.conftest import Noted


@pytest.mark.parametrize("status", [200, 303, 404, 409, 422, 500])
def test_what_a_view_did_stays_when_it_returned_whatever_the_status(
    client: FlaskClient, noted: Noted, status: int
) -> None:
    assert client.post(f"/probe/status/{status}").status_code == status
    assert noted() == {"returned"}


@pytest.mark.parametrize("status", [400, 404, 409, 500])
def test_what_a_view_did_is_gone_when_it_raised(client: FlaskClient, noted: Noted, status: int) -> None:
    assert client.post(f"/probe/abort/{status}").status_code == status
    assert noted() == set()


def test_notes_are_settled_before_the_commit_and_only_when_writing(
    app: Application, client: FlaskClient, noted: Noted, cast: Cast, sign_in: LetIn
) -> None:
    settled: list[int] = []

    def settle(session: Session) -> None:
        session.flush()
        settled.append(session.execute(select(func.count()).select_from(Site)).scalar_one())
        session.add(Site(key="settled", value="yes"))

    app.extensions["oneday-settle"] = settle
    assert sign_in(cast.lena).get("/probe/reads").text == "Lena Brandt\n"
    assert settled == []
    client.post("/probe/status/200")
    assert settled == [1]
    assert noted() == {"returned", "settled"}


def test_a_get_that_writes_says_so_or_fails(client: FlaskClient, noted: Noted) -> None:
    assert client.get("/probe/reads-and-writes").status_code == 500
    assert noted() == set()
    assert client.get("/probe/write").status_code == 200
    assert noted() == {"write"}


def test_a_view_with_units_of_its_own_runs_outside_of_any(
    client: FlaskClient, noted: Noted, cast: Cast, sign_in: LetIn
) -> None:
    assert client.post("/probe/own").status_code == 401
    assert noted() == set()
    assert sign_in(cast.lena).post("/probe/own").text == "Lena Brandt outside: True\n"
    assert noted() == {"own"}


def test_a_unit_inside_a_unit_is_refused_at_once(client: FlaskClient) -> None:
    assert client.post("/probe/nested").status_code == 500


def test_two_saves_at_once_both_land(app: Application, engines: Engines, cast: Cast) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    barrier = threading.Barrier(8)
    statuses: list[int] = []

    def save(number: int) -> None:
        barrier.wait(20)
        answer = app.test_client().post("/sign-in", data={"address": f"nobody-{number}@example.org", "password": "x"})
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=save, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert set(statuses) == {422}
    assert len(statuses) == 8


@pytest.mark.parametrize("engines", ["sqlite"], indirect=True)
def test_a_busy_site_says_so_and_keeps_the_text(
    client: FlaskClient, engines: Engines, noted: Noted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "LOCK_SECONDS", 0.01)
    with engines.turn(write=True):
        answer = client.post("/probe/status/200", data={"text": "Two words, and more."})
        assert client.get("/sign-in").status_code == 200
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "Two words, and more.</textarea>" in answer.text
    assert noted() == set()
    assert client.post("/probe/status/200").status_code == 200
    assert noted() == {"returned"}


def seen(engines: Engines, person_id: int, ago: timedelta | None = None) -> timedelta:
    """How long ago a person's session was noted as in use; with ``ago``, that is set first."""
    with unit_of_work(engines, write=True) as session:
        if ago is not None:
            session.execute(update(SignIn).where(SignIn.person_id == person_id).values(seen_at=clock.now() - ago))
        return clock.now() - session.execute(select(SignIn.seen_at).where(SignIn.person_id == person_id)).scalar_one()


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/probe/reads"), ("POST", "/probe/own"), ("POST", "/probe/status/200"), ("GET", "/probe/write")],
)
def test_a_session_in_use_is_noted_every_ten_minutes(
    engines: Engines, cast: Cast, sign_in: LetIn, method: str, path: str
) -> None:
    lena = sign_in(cast.lena)
    seen(engines, cast.lena, timedelta(minutes=9))
    lena.open(path, method=method)
    assert seen(engines, cast.lena) > timedelta(minutes=9)
    seen(engines, cast.lena, timedelta(minutes=11))
    lena.open(path, method=method)
    assert seen(engines, cast.lena) < timedelta(minutes=1)


@pytest.mark.parametrize("engines", ["sqlite"], indirect=True)
def test_a_page_that_only_reads_does_not_fail_because_its_visit_cannot_be_noted(
    engines: Engines, cast: Cast, sign_in: LetIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    lena = sign_in(cast.lena)
    seen(engines, cast.lena, timedelta(minutes=11))
    monkeypatch.setattr(database, "LOCK_SECONDS", 0.01)
    with engines.turn(write=True):
        assert lena.get("/probe/reads").text == "Lena Brandt\n"
