"""How many statements a page costs: the same for two people and for two hundred."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from course.cohorts.models import Role, Run
from course.database import Engines, unit_of_work
from course.people.models import Organisation
from tests import make
from tests.conftest import SignIn
from tests.facilitator.build import begun, grade_of, page_of
from tests.grading import build
from tests.make import Cast

MANY = 60
MAIN_PAGE, ANY_PAGE = 6, 8


@contextmanager
def counted(engines: Engines) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(*args: object) -> None:
        statements.append(str(args[2]))

    event.listen(engines.reader, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engines.reader, "before_cursor_execute", note)


def fill(engines: Engines, cast: Cast) -> None:
    """Many more people in the run, each with a page; a third of them graded."""
    with unit_of_work(engines, write=True) as session:
        run = session.get_one(Run, cast.run)
        where = session.get_one(Organisation, cast.organisation)
        for number in range(MANY):
            who = make.person(session, f"Person {number}")
            make.membership(session, who, Role.LEARNER, where)
            grade = build.entered(session, make.seat(session, run, who).id)
            if number % 3 == 0:
                build.made_ready(session, grade, by_id=cast.farid)


@pytest.fixture
def handle(engines: Engines, cast: Cast) -> str:
    begun(engines, cast)
    return page_of(engines, cast.lena_seat)


def test_the_number_of_statements_does_not_grow(sign_in: SignIn, engines: Engines, cast: Cast, handle: str) -> None:
    farid = sign_in(cast.farid)
    run = f"/facilitate/runs/{cast.run}/"
    pages = {
        "/facilitate/": MAIN_PAGE,
        "/facilitate/grading/": MAIN_PAGE,
        f"/facilitate/grading/{handle}": MAIN_PAGE,
        f"/facilitate/grading/{handle}/next": ANY_PAGE,
        run: MAIN_PAGE,
        f"{run}guide/": MAIN_PAGE,
        f"{run}prepare/": MAIN_PAGE,
        f"{run}prepare/opening/": MAIN_PAGE,
        f"{run}prepare/projector": MAIN_PAGE,
        f"{run}prepare/samples/": MAIN_PAGE,
        f"{run}prepare/cases/lift/": MAIN_PAGE,
        f"{run}presence/": MAIN_PAGE,
        f"{run}grading/": MAIN_PAGE,
        f"{run}grading/next": ANY_PAGE,
    }
    few = costs(farid, engines, list(pages))
    fill(engines, cast)
    assert costs(farid, engines, list(pages)) == few
    assert {url: cost for url, cost in few.items() if cost > pages[url]} == {}


def costs(browser: FlaskClient, engines: Engines, urls: list[str]) -> dict[str, int]:
    found = {}
    for url in urls:
        # The first visit of a process reads the module itself, once.
        browser.get(url)
        with counted(engines) as statements:
            assert browser.get(url).status_code in {200, 303}
        found[url] = len(statements)
    return found


def test_a_revision_is_read_beside_the_first_page(sign_in: SignIn, engines: Engines, cast: Cast, handle: str) -> None:
    with unit_of_work(engines, write=True) as session:
        first = build.made_ready(session, grade_of(session, handle), by_id=cast.farid)
        build.put(session, first, "comment.words", "Say it aloud, once.", by_id=cast.farid)
        second = build.entered(session, cast.lena_seat, number=2, text="Now with the sentence.").handle
    farid = sign_in(cast.farid)
    with counted(engines) as statements:
        html = farid.get(f"/facilitate/grading/{second}").text
    for part in ("Now with the sentence.", "On Tuesday I will ask A.", "Say it aloud, once.", "revised page"):
        assert part in html
    # Read for the first time, the module itself may come on top.
    assert len(statements) <= ANY_PAGE
    assert "Now with the sentence." not in farid.get(f"/facilitate/grading/{handle}").text


def test_every_form_wants_its_token(sign_in: SignIn, engines: Engines, cast: Cast, handle: str) -> None:
    farid = sign_in(cast.farid)
    farid.application.config["WTF_CSRF_ENABLED"] = True
    run = f"/facilitate/runs/{cast.run}/"
    forms = [
        f"/facilitate/grading/{handle}",
        f"{run}window",
        f"{run}presence/",
        f"{run}grading/release",
        f"{run}grading/recall",
    ]
    for url in forms:
        answer = farid.post(url, data={"next_step": "A text nobody may lose."})
        assert (url, answer.status_code) == (url, 400)
        assert "A text nobody may lose." in answer.text
    wish = {"field": "level.person", "value": 3, "base_version": 0, "operation_id": "a"}
    assert farid.post(f"/facilitate/grading/{handle}/ops", json=wish).status_code == 400
    token = build_token(farid, f"/facilitate/grading/{handle}")
    answer = farid.post(f"/facilitate/grading/{handle}/ops", json=wish, headers={"X-CSRF-Token": token})
    assert answer.status_code == 200


def build_token(browser: FlaskClient, url: str) -> str:
    html = browser.get(url).text
    return html.split('name="csrf-token" content="')[1].split('"')[0]
