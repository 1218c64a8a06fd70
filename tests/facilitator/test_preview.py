"""A facilitator tries the case: from its address alone, and nothing of it is kept."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from course.database import Base, Engines, unit_of_work
from course.outbox.service import take_notes
from tests.conftest import SignIn
from tests.make import Cast, all_kinds, cast_of


@pytest.fixture
def farid(sign_in: SignIn, cast: Cast) -> FlaskClient:
    return sign_in(cast.farid)


@pytest.fixture
def here(cast: Cast) -> str:
    return f"/facilitate/runs/{cast.run}/prepare/cases/lift/"


def rows(engines: Engines) -> dict[str, int]:
    """How many rows each table has, but for sessions, which note that somebody was there."""
    with unit_of_work(engines, write=False) as session:
        return {
            table.name: session.execute(select(func.count()).select_from(table)).scalar_one()
            for table in Base.metadata.sorted_tables
        }


def choices(html: str) -> list[str]:
    return re.findall(r'name="choice" value="([a-z_]+)"', html)


def play(browser: FlaskClient, here: str, *taken: str) -> str:
    """Play as the form does: each choice beside the path so far."""
    path = ""
    for choice in taken:
        sent = {"choice": choice} | ({"path": path} if path else {})
        answer = browser.get(here, query_string=sent)
        path = f"{path}.{choice}" if path else choice
        assert (answer.status_code, answer.location) == (303, f"{here}?path={path}#play")
    return browser.get(f"{here}?path={path}" if path else here).text


def test_a_play_from_its_first_scene_to_its_end(farid: FlaskClient, engines: Engines, here: str) -> None:
    before = rows(engines)
    html = play(farid, here)
    assert ("You are on the way to a status meeting." in html, "The doors close" in html) == (True, True)
    assert choices(html) == ["plan", "ask"]
    assert "She thinks for a floor" not in html
    html = play(farid, here, "ask")
    assert "She thinks for a floor" in html
    assert choices(html) == ["shift", "report", "meeting"]
    # What the case shows at its end alone is not shown before it.
    assert "A question shows you" not in html
    html = play(farid, here, "ask", "shift")
    assert (choices(html), "You walk in together" in html) == ([], True)
    assert ("Trust is made between the meetings." in html, "A question shows you" in html) == (True, True)
    assert "2 of 2 chances taken" in html
    assert rows(engines) == before
    with unit_of_work(engines, write=True) as session:
        assert take_notes(session) == set()


def test_a_choice_that_is_not_open_is_not_offered(farid: FlaskClient, here: str) -> None:
    assert choices(play(farid, here, "plan")) == ["report", "meeting"]
    assert "After you" in play(farid, here, "plan", "report")


def test_one_step_back(farid: FlaskClient, here: str) -> None:
    html = play(farid, here, "plan", "report")
    assert f'href="{here}?path=plan#play"' in html
    assert f'href="{here}"' in play(farid, here, "plan")
    assert "One step back" not in play(farid, here)


@pytest.mark.parametrize(
    "path", ["plan.shift", "nothing", "plan.report.report", "plan..report", ".", "PLAN", "<script>", "a" * 41, "é"]
)
def test_a_path_that_cannot_be_walked_begins_again(farid: FlaskClient, here: str, path: str) -> None:
    answer = farid.get(here, query_string={"path": path})
    assert (answer.status_code, answer.location) == (303, here)


def test_a_choice_that_cannot_be_taken_leaves_the_play_where_it_was(farid: FlaskClient, here: str) -> None:
    answer = farid.get(here, query_string={"path": "plan", "choice": "shift"})
    assert (answer.status_code, answer.location) == (303, f"{here}?path=plan#play")
    assert farid.get(here, query_string={"choice": "<b>"}).location == here
    # Sent without a choice, the same scene stands there again.
    assert choices(farid.get(here, query_string={"path": "plan", "choice": ""}).text) == ["report", "meeting"]


def test_a_path_without_end_is_refused_at_once(farid: FlaskClient, here: str) -> None:
    assert farid.get(here, query_string={"path": ".".join(["plan"] * 5000)}).location == here


def test_a_case_that_there_is_not(farid: FlaskClient, here: str) -> None:
    assert farid.get(here.replace("lift", "nothing")).status_code == 404
    assert farid.post(here).status_code == 405


def test_every_kind_of_scene(engines: Engines, sign_in: SignIn) -> None:
    with unit_of_work(engines, write=True) as session:
        cast = cast_of(session, all_kinds())
    farid, here = sign_in(cast.farid), f"/facilitate/runs/{cast.run}/prepare/cases/crane/"
    before = rows(engines)
    html = play(farid, here, "ring")
    for told in (
        "Here learners first write a sentence of their own: “What is the first thing you say to her?”",
        "The haulier let us down again.",
        "What does that do to your Tuesday?",
    ):
        assert told in html
    assert choices(html) == ["date", "blame"]
    html = play(farid, here, "ring", "date", "hers")
    assert "Ines decides, with your two dates in her hand." in html
    assert (choices(html), re.findall(r'name="place-(\w+)"', html)) == ([], ["ask_site", "ground", "rig", "report"])
    path = "ring.date.hers"
    places = {"place-ground": "1", "place-ask_site": "2", "place-rig": "3", "place-report": "4"}
    answer = farid.get(here, query_string={"path": path, **places})
    order = "ground,ask_site,rig,report"
    assert (answer.status_code, answer.location) == (303, f"{here}?path={path}.{order}#play")
    html = farid.get(answer.location).text
    assert "The first beam hangs at eight, where it should." in html
    assert "She keeps you the hour free" in html
    assert html.index("Look at the ground") < html.index("Ask the site what changed overnight")
    for wrong in ({"place-ground": "1"}, places | {"place-rig": "4"}, places | {"place-crane": "5"}):
        answer = farid.get(here, query_string={"path": path, **wrong})
        assert "In which order do you do them?" in farid.get(answer.location or f"{here}?path={path}").text
    assert rows(engines) == before
