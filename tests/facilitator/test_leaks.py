"""Before the levels are set no answer of the grading desk tells whose page it is; then the same scanner finds it."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from course.database import Engines, unit_of_work
from course.people.models import Person
from tests.conftest import SignIn
from tests.facilitator.build import begun, fields, page_of
from tests.make import Cast

NAME, ADDRESS = "Zyxlena Quorvath", "zyxlena.quorvath@example.org"
PERSON, SEAT, SUBMISSION = 770_011, 880_022, 990_033
CANARIES = ("Zyxlena", "Quorvath", ADDRESS, str(PERSON), str(SEAT), str(SUBMISSION))


def told(body: str) -> list[str]:
    """The canaries that an answer tells."""
    return [canary for canary in CANARIES if canary in body]


@pytest.fixture
def handle(engines: Engines, cast: Cast) -> str:
    """A page whose author, seat and submission carry ids that cannot be anything else."""
    begun(engines, cast)
    with unit_of_work(engines, write=True) as session:
        lena = session.get_one(Person, cast.lena)
        lena.name, lena.email = NAME, ADDRESS
        session.flush()
        marked = Person(name=NAME, email=ADDRESS, created_at=lena.created_at)
        session.add(marked)
        session.flush()
        session.execute(text("UPDATE people_person SET id = :new WHERE id = :old"), {"new": PERSON, "old": marked.id})
        for table in ("cohorts_membership", "cohorts_member", "cohorts_seat"):
            session.execute(
                text(f"UPDATE {table} SET person_id = :new WHERE person_id = :old"),  # noqa: S608 - Names are ours.
                {"new": PERSON, "old": cast.lena},
            )
        session.execute(text("UPDATE cohorts_seat SET id = :new WHERE id = :old"), {"new": SEAT, "old": cast.lena_seat})
        session.execute(
            text(
                "INSERT INTO reflections_submission"
                " (id, seat_id, reflection, number, version_hash, operation_id, text, words, late, submitted_at)"
                " SELECT :page, :seat, 'first-minute', 9, hash, 'x', 'x', 1, :no, published_at FROM library_version"
            ),
            {"page": SUBMISSION - 1, "seat": SEAT, "no": False},
        )
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text(f"SELECT setval('reflections_submission_id_seq', {SUBMISSION - 1})"))
    return page_of(engines, SEAT)


@pytest.fixture
def farid(sign_in: SignIn, cast: Cast) -> FlaskClient:
    return sign_in(cast.farid)


def every_answer(browser: FlaskClient, cast: Cast, handle: str) -> dict[str, str]:
    """Every grading answer of the desk, saving and failing ones too, with its headers."""
    url, run = f"/facilitate/grading/{handle}", f"/facilitate/runs/{cast.run}/grading/"
    form = fields(browser.get(url).text)
    wish = {"field": "comment.words", "value": "Aloud.", "base_version": 0, "operation_id": "leak-1"}
    calls = {
        "queue": browser.get("/facilitate/grading/"),
        "home": browser.get("/facilitate/"),
        "list": browser.get(run),
        "start": browser.get(f"{run}next"),
        "page": browser.get(url),
        "skip": browser.get(f"{url}/next"),
        "operation": browser.post(f"{url}/ops", json=wish),
        "conflict": browser.post(f"{url}/ops", json=wish | {"value": "B", "operation_id": "leak-2"}),
        "refused": browser.post(f"{url}/ops", json=wish | {"field": "x", "operation_id": "leak-3"}),
        "saved": browser.post(url, data=form | {"comment.person": "Good."}),
        "both": browser.post(url, data=form | {"comment.person": "Better."}),
        "missing": browser.post(url, data=form | {"level.person": "", "act": "done"}),
        "stale": browser.post(url, data={}),
        "nothing ready": browser.post(f"{run}release"),
    }
    return {name: answer.text + str(answer.headers) for name, answer in calls.items()}


def test_nothing_tells_whose_page_it_is(farid: FlaskClient, engines: Engines, cast: Cast, handle: str) -> None:
    answers = every_answer(farid, cast, handle)
    assert {name: told(body) for name, body in answers.items()} == {name: [] for name in answers}
    assert "Page 1 of 1" in answers["page"]
    # The scanner sees what it looks for: the same marks on a page that may tell them, and in the database.
    presence = farid.get(f"/facilitate/runs/{cast.run}/presence/").text
    assert told(presence) == ["Zyxlena", "Quorvath", str(SEAT)]
    with unit_of_work(engines, write=False) as session:
        row = session.execute(text("SELECT submission_id, seat_id, author_id FROM grading_grade")).one()
        assert tuple(row) == (SUBMISSION, SEAT, PERSON)


def test_the_name_opens_with_the_last_level(farid: FlaskClient, cast: Cast, handle: str) -> None:
    url = f"/facilitate/grading/{handle}"
    answers = [
        farid.post(
            f"{url}/ops",
            json={"field": f"level.{each}", "value": 3, "base_version": 0, "operation_id": f"level-{each}"},
        ).text
        for each in ("person", "words", "when")
    ]
    assert [told(answer) for answer in answers] == [[], [], ["Zyxlena", "Quorvath"]]
    assert told(farid.get(url).text) == ["Zyxlena", "Quorvath"]
    assert told(farid.get(f"/facilitate/runs/{cast.run}/grading/").text) == ["Zyxlena", "Quorvath"]
    assert told(farid.get("/facilitate/grading/").text) == []


def test_a_handle_is_no_count_and_no_name(cast: Cast, handle: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", handle)
    assert cast.run
