"""A promise: made at the end of a debrief, due on the desk, kept or let go and taken back, read by nobody else."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from course import clock
from course.cohorts.models import Day, Seat
from course.commitments.models import Commitment
from course.completions.service import settle
from course.database import Engines, unit_of_work
from tests import make
from tests.conftest import SignIn
from tests.learner.test_sql_budget import counted
from tests.make import Cast

HERE = "/learn/small-talk/the-lift/"
PLAYED = (("doors", "plan"), ("floor_six", "report"))
CANARY = {"when": "canary-when rings", "then": "canary-then ask", "alias": "canary-alias"}


@pytest.fixture
def lena(engines: Engines, cast: Cast, sign_in: SignIn) -> FlaskClient:
    """Lena's browser. Her day was yesterday, and she has played the case."""
    with unit_of_work(engines, write=True, before_commit=settle) as session:
        session.execute(update(Day).where(Day.id == cast.day).values(date=today() - timedelta(days=1), starts=0))
        make.played(session, cast.lena_seat, *PLAYED, version_hash=cast.version_hash, scenario="lift")
    return sign_in(cast.lena)


def today() -> date:
    return clock.today("America/New_York")


def form_of(page: str) -> dict[str, str]:
    """What the form for a promise holds before anybody writes."""
    form = re.findall(r'<form method="post" action="[^"]+/promise".*?</form>', page, re.DOTALL)[0]
    return dict(re.findall(r'name="(operation_id|instead_of|by)"[^>]*? value="([^"]*)"', form))


def promise(browser: FlaskClient, page: str = "", **changed: Any) -> Any:
    """Write a promise into the form of the debrief and send it."""
    data = {**form_of(browser.get(f"{HERE}debrief/{page}").text), **CANARY, **changed}
    return browser.post(f"{HERE}promise", data=data)


def kept(engines: Engines) -> list[tuple[str, bool, bool]]:
    """Every promise in its order: the if, whether kept, whether dropped."""
    with unit_of_work(engines, write=False) as session:
        rows = session.execute(select(Commitment).order_by(Commitment.id)).scalars()
        return [(row.when, row.kept_at is not None, row.dropped_at is not None) for row in rows]


def tell(browser: FlaskClient, engines: Engines, deed: str, back: str = "") -> str:
    with unit_of_work(engines, write=False) as session:
        newest = session.execute(select(Commitment.id).order_by(Commitment.id.desc())).scalars().first()
    answer = browser.post(f"/learn/small-talk/promises/{newest}", data={"deed": deed, "back": back})
    assert answer.status_code == 303
    return str(answer.location)


def test_from_the_debrief_to_the_desk_and_kept(engines: Engines, lena: FlaskClient) -> None:
    assert "What you promised" not in lena.get("/learn/").text
    assert promise(lena).location == f"{HERE}debrief/#promise"
    looked = lena.get(f"{HERE}debrief/").text
    assert ("canary-then ask" in looked, "Promise it" in looked) == (True, False)
    assert "Nobody but you reads a promise." in looked
    home = lena.get("/learn/").text
    by = today() + timedelta(days=6)  # Yesterday was the day.
    assert f"With canary-alias, by {by.strftime('%a')} {by.day} {by.strftime('%b')}" in home
    assert tell(lena, engines, "keep") == "/learn/#promises"
    done = lena.get("/learn/").text
    assert ("canary-then ask" in done, "Take it back" in done, "I did it" in done) == (True, True, False)
    assert tell(lena, engines, "reopen", "the-lift") == f"{HERE}debrief/#promise"
    assert "I did it" in lena.get("/learn/").text
    tell(lena, engines, "drop")
    assert "let go" in lena.get("/learn/").text
    assert kept(engines) == [("canary-when rings", False, True)]


def test_the_next_day_what_was_closed_is_gone_from_the_desk(engines: Engines, lena: FlaskClient) -> None:
    promise(lena)
    tell(lena, engines, "keep")
    assert "What you promised" in lena.get("/learn/").text
    with unit_of_work(engines, write=True) as session:
        session.execute(update(Commitment).values(kept_at=clock.now() - timedelta(days=1)))
    assert "What you promised" not in lena.get("/learn/").text
    looked = lena.get(f"{HERE}debrief/").text
    assert ("canary-then ask" in looked, "Make another promise" in looked, "Promise it" in looked) == (
        True,
        True,
        False,
    )
    assert "Promise it" in lena.get(f"{HERE}debrief/?change=0").text


def test_the_day_it_is_due(engines: Engines, lena: FlaskClient) -> None:
    promise(lena)
    told = {}
    for days in (-1, 0, 1):
        with unit_of_work(engines, write=True) as session:
            session.execute(update(Commitment).values(by=today() + timedelta(days=days)))
        page = lena.get("/learn/").text
        told[days] = [
            words in page
            for words in ("still worth keeping", "With canary-alias, for today", "With canary-alias, for tomorrow")
        ]
    assert told == {-1: [True, False, False], 0: [False, True, False], 1: [False, False, True]}


def test_a_double_click_makes_one(engines: Engines, lena: FlaskClient) -> None:
    data = {**form_of(lena.get(f"{HERE}debrief/").text), **CANARY}
    assert [lena.post(f"{HERE}promise", data=data).status_code for _time in range(2)] == [303, 303]
    assert kept(engines) == [("canary-when rings", False, False)]


def test_a_change_takes_the_place_of_the_first(engines: Engines, lena: FlaskClient) -> None:
    promise(lena)
    looked = lena.get(f"{HERE}debrief/").text
    change = re.findall(r'href="[^"]*debrief/(\?change=\d+)#promise"', looked)[0]
    opened = lena.get(f"{HERE}debrief/{change}").text
    assert ">\r\ncanary-when rings</textarea>" in opened
    assert ("I did it" in opened, "Leave it as it is" in opened) == (False, True)
    assert promise(lena, change, when="canary-when begins").status_code == 303
    assert kept(engines) == [("canary-when rings", False, True), ("canary-when begins", False, False)]
    home = lena.get("/learn/").text
    assert ("canary-when begins" in home, "let go" in home) == (True, True)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"when": "  "}, "Please write this part."),
        ({"then": "x" * 301}, "Please write at most 300 characters."),
        ({"alias": "y" * 61}, "Please write at most 60 characters."),
        ({"by": "2020-01-01"}, "Please choose today or a later day."),
        ({"by": "2199-01-01"}, "Please choose a day within a year."),
        ({"by": ""}, "Please choose a date."),
        ({"by": "soon"}, "Not a valid date value."),
        ({"operation_id": ""}, "Promise it"),
        ({"instead_of": "99999999999"}, "Promise it"),
    ],
)
@pytest.mark.parametrize("engines", ["sqlite"], indirect=True)
def test_what_is_wrong_is_told_and_nothing_is_lost(
    engines: Engines, lena: FlaskClient, wrong: dict[str, str], told: str
) -> None:
    answer = promise(lena, **wrong)
    assert (answer.status_code, told in answer.text) == (422, True)
    for name, text in (CANARY | wrong).items():
        if name in CANARY:
            assert text in answer.text
    assert kept(engines) == []


def test_an_unknown_deed_is_refused(engines: Engines, lena: FlaskClient) -> None:
    promise(lena)
    with unit_of_work(engines, write=False) as session:
        made = session.execute(select(Commitment.id)).scalar_one()
    url = f"/learn/small-talk/promises/{made}"
    assert [lena.post(url, data={"deed": deed}).status_code for deed in ("burn", "")] == [400, 400]
    assert lena.get(url).status_code == 405
    assert kept(engines) == [("canary-when rings", False, False)]


def test_nobody_else_reads_or_touches_it(engines: Engines, cast: Cast, lena: FlaskClient, sign_in: SignIn) -> None:
    promise(lena)
    assert "canary-then" in lena.get("/learn/").text
    with unit_of_work(engines, write=False) as session:
        made = session.execute(select(Commitment.id)).scalar_one()
    url = f"/learn/small-talk/promises/{made}"
    seat = f"?seat={cast.lena_seat}"
    for who, status in ((cast.leo, 404), (cast.otto, 404), (cast.farid, 403), (cast.mona, 403), (cast.ada, 403)):
        browser = sign_in(who)
        for query in ("", seat):
            assert browser.post(url + query, data={"deed": "drop"}).status_code == status
        assert browser.post(f"{HERE}promise{seat}", data=CANARY).status_code == status
    assert kept(engines) == [("canary-when rings", False, False)]
    pages = {
        cast.leo: ("/learn/", "/learn/small-talk/", f"{HERE}debrief/"),
        cast.otto: ("/learn/", "/learn/small-talk/"),
        cast.farid: ("/facilitate/", f"/facilitate/runs/{cast.run}/", f"/facilitate/runs/{cast.run}/grading/"),
        cast.mona: ("/manage/", f"/manage/runs/{cast.run}/", f"/manage/people/{cast.lena}/", "/manage/people/"),
        cast.ada: ("/admin/", f"/admin/organisations/{cast.organisation}/"),
    }
    heard = {page: "canary" in sign_in(who).get(page).text for who, each in pages.items() for page in each}
    assert heard == dict.fromkeys(heard, False)
    assert len(heard) > 10


def test_the_desk_pays_one_statement_and_only_for_who_promised(engines: Engines, lena: FlaskClient) -> None:
    lena.get("/learn/")
    with counted(engines) as before:
        lena.get("/learn/")
    promise(lena)
    with counted(engines) as after:
        assert "What you promised" in lena.get("/learn/").text
    assert (len(after) - len(before), len(after) <= 6) == (1, True)


def test_a_cancelled_seat_shows_nothing(engines: Engines, cast: Cast, lena: FlaskClient) -> None:
    promise(lena)
    assert "What you promised" in lena.get("/learn/").text
    with unit_of_work(engines, write=True) as session:
        session.execute(update(Seat).where(Seat.id == cast.lena_seat).values(cancelled_at=clock.now()))
    assert "What you promised" not in lena.get("/learn/").text
