"""The learner's day: timetable, first card, ticks, paper, pictures."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from course import clock
from course.cohorts.models import BlockRead, Day, Seat
from course.database import Engines, unit_of_work
from tests.learner.conftest import Move
from tests.make import Cast, small_module

SignIn = Callable[[int], FlaskClient]


def test_before_the_opening_the_pages_say_when(cast: Cast, sign_in: SignIn, move_day: Move) -> None:
    move_day(8)
    browser = sign_in(cast.lena)
    page = browser.get("/learn/small-talk/")
    opens = clock.today("America/New_York") + timedelta(days=1)
    assert page.status_code == 200
    assert f"This opens {opens.strftime('%A')} {opens.day} {opens.strftime('%B')}." in page.text
    assert "Two jobs" not in page.text
    for inside in ("two-jobs/", "the-lift/", "print/"):
        answer = browser.get(f"/learn/small-talk/{inside}")
        assert (answer.status_code, answer.location) == (303, "/learn/small-talk/")
    move_day(7)
    assert "Two jobs" in browser.get("/learn/small-talk/").text
    assert browser.get("/learn/small-talk/two-jobs/").status_code == 200


def test_the_day_shows_its_times_in_its_zone(engines: Engines, cast: Cast, sign_in: SignIn, yesterday: None) -> None:
    with unit_of_work(engines, write=True) as session:
        session.execute(update(Day).where(Day.id == cast.day).values(starts=540))
    page = sign_in(cast.lena).get("/learn/small-talk/").text
    assert [f">{time}<" in page for time in ("09:00", "09:20", "09:45", "11:45", "12:45")] == [True] * 5
    assert "Eastern" in page
    assert "Room 3, Harbour Street" in page
    assert "Farid Haddad" in page
    assert 'href="/learn/small-talk/lunch/"' not in page


def test_the_card_of_the_first_visit_is_put_away_for_good(
    engines: Engines, cast: Cast, sign_in: SignIn, move_day: Move
) -> None:
    move_day(1)
    browser = sign_in(cast.lena)
    page = browser.get("/learn/small-talk/").text
    assert "Before you begin" in page
    assert "You are in the room for 90 % of the day." in page
    assert "and every criterion comes back at level 2 or higher." in page
    away = browser.post("/learn/small-talk/welcome")
    assert (away.status_code, away.location) == (303, "/learn/small-talk/")
    assert "Before you begin" not in browser.get("/learn/small-talk/").text
    with unit_of_work(engines, write=False) as session:
        first = session.execute(select(Seat.welcomed_at).where(Seat.id == cast.lena_seat)).scalar_one()
        assert session.execute(select(Seat.welcomed_at).where(Seat.id == cast.leo_seat)).scalar_one() is None
    browser.post("/learn/small-talk/welcome")
    with unit_of_work(engines, write=False) as session:
        assert session.execute(select(Seat.welcomed_at).where(Seat.id == cast.lena_seat)).scalar_one() == first


def test_a_block_is_ticked_once(engines: Engines, cast: Cast, sign_in: SignIn, yesterday: None) -> None:
    browser = sign_in(cast.lena)
    assert "Done with this" in browser.get("/learn/small-talk/two-jobs/").text
    for _turn in range(2):
        answer = browser.post("/learn/small-talk/two-jobs/done")
        assert (answer.status_code, answer.location) == (303, "/learn/small-talk/")
    assert "You are done with this one." in browser.get("/learn/small-talk/two-jobs/").text
    assert browser.get("/learn/small-talk/").text.count("slot-done") == 1
    with unit_of_work(engines, write=False) as session:
        assert session.execute(select(BlockRead.seat_id, BlockRead.block)).all() == [(cast.lena_seat, "two-jobs")]


@pytest.mark.parametrize("block", ["the-lift", "your-page", "lunch", "nowhere"])
def test_cases_pages_and_breaks_are_not_ticked(cast: Cast, sign_in: SignIn, yesterday: None, block: str) -> None:
    assert sign_in(cast.lena).post(f"/learn/small-talk/{block}/done").status_code == 404


def test_a_block_shows_its_text_and_its_neighbours(cast: Cast, sign_in: SignIn, yesterday: None) -> None:
    page = sign_in(cast.lena).get("/learn/small-talk/two-jobs/").text
    assert "You have two jobs: the project, and the person who asked for it." in page
    assert re.findall(r'href="([^"]+)"\s+rel="(\w+)"', page) == [
        ("/learn/small-talk/hello/", "prev"),
        ("/learn/small-talk/the-lift/", "next"),
    ]
    assert "A plan answers questions that were asked" not in page


def test_the_day_on_paper_holds_no_scene(cast: Cast, sign_in: SignIn, yesterday: None) -> None:
    page = sign_in(cast.lena).get("/learn/small-talk/print/").text
    assert "You have two jobs" in page
    assert "Write how you will open your next meeting" in page
    assert "The doors close" not in page
    assert "Nora" not in page


def test_pictures_are_for_those_with_a_seat_on_their_version(
    engines: Engines, cast: Cast, sign_in: SignIn, yesterday: None
) -> None:
    shown = small_module().pictures[0]
    page = sign_in(cast.lena).get("/learn/small-talk/two-jobs/").text
    assert f'src="/learn/-/pictures/{shown.hash}"' in page
    answer = sign_in(cast.lena).get(f"/learn/-/pictures/{shown.hash}")
    assert (answer.status_code, answer.mimetype) == (200, shown.media_type)
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    with unit_of_work(engines, write=True) as session:
        session.execute(update(Seat).where(Seat.id == cast.otto_seat).values(cancelled_at=clock.now()))
    assert sign_in(cast.otto).get(f"/learn/-/pictures/{shown.hash}").status_code == 404
    assert sign_in(cast.lena).get(f"/learn/-/pictures/{'0' * 64}").status_code == 404
    assert sign_in(cast.mona).get(f"/learn/-/pictures/{shown.hash}").status_code == 403


PAGES = ["", "two-jobs/", "the-lift/", "your-page/", "print/"]


@pytest.mark.parametrize("below", PAGES)
def test_somebody_elses_seat_is_not_there(cast: Cast, sign_in: SignIn, yesterday: None, below: str) -> None:
    browser = sign_in(cast.lena)
    url = f"/learn/small-talk/{below}"
    assert browser.get(f"{url}?seat={cast.lena_seat}").status_code == 200
    for seat in (cast.otto_seat, cast.leo_seat, 0, 10**30, "x", "-1", "²"):
        assert browser.get(f"{url}?seat={seat}").status_code == 404
    assert browser.get(f"/learn/large-talk/{below}").status_code == 404
    assert sign_in(cast.mona).get(url).status_code == 403
    assert browser.delete(url).status_code == 405


def test_no_block_of_that_name(cast: Cast, sign_in: SignIn, yesterday: None) -> None:
    assert sign_in(cast.lena).get("/learn/small-talk/nowhere/").status_code == 404


@pytest.mark.parametrize("url", ["/learn/small-talk/welcome", "/learn/small-talk/two-jobs/done"])
@pytest.mark.usefixtures("yesterday")
def test_signed_out_and_wrong_people_write_nothing(
    engines: Engines, cast: Cast, sign_in: SignIn, client: FlaskClient, url: str
) -> None:
    assert client.post(url).status_code == 401
    assert sign_in(cast.mona).post(url).status_code == 403
    assert sign_in(cast.lena).post(f"{url}?seat={cast.leo_seat}").status_code == 404
    with unit_of_work(engines, write=False) as session:
        assert session.execute(select(BlockRead.id)).all() == []
        assert session.execute(select(Seat.id).where(Seat.welcomed_at.is_not(None))).all() == []
