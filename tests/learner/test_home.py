"""The learner's home: one next thing, what is due, feedback, days; organisations apart."""

from collections.abc import Callable
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import update

from course import clock
from course.cohorts.models import Role, Run, Seat
from course.database import Engines, unit_of_work
from course.people.models import Organisation
from tests import make
from tests.learner.conftest import Move, hand_in, send_feedback
from tests.make import Cast

SignIn = Callable[[int], FlaskClient]


def test_first_visit_then_the_case_then_the_page(engines: Engines, cast: Cast, sign_in: SignIn, move_day: Move) -> None:
    browser = sign_in(cast.lena)
    move_day(2)
    assert "Read the card" in browser.get("/learn/").text
    with unit_of_work(engines, write=True) as session:
        session.execute(update(Seat).values(welcomed_at=clock.now()))
    assert "Bring: One client you find hard to talk to, by alias" in browser.get("/learn/").text
    move_day(-1)
    page = browser.get("/learn/").text
    assert "Play “Eleven floors” to its end" in page
    assert 'href="/learn/small-talk/the-lift/"' in page
    assert "Your page</a>" in page


def test_before_the_opening_it_says_when(cast: Cast, sign_in: SignIn, move_day: Move) -> None:
    move_day(10)
    opens = clock.today("America/New_York") + timedelta(days=3)
    page = sign_in(cast.lena).get("/learn/").text
    assert f"Opens {opens.strftime('%A')} {opens.day} {opens.strftime('%B')}" in page
    assert "To write" not in page


def test_feedback_waits_until_it_is_read(engines: Engines, cast: Cast, sign_in: SignIn, yesterday: None) -> None:
    with unit_of_work(engines, write=True) as session:
        send_feedback(session, hand_in(session, cast), revise=True)
    browser = sign_in(cast.lena)
    page = browser.get("/learn/").text
    assert "Your feedback is here" in page
    assert 'href="/learn/small-talk/your-page/feedback/"' in page
    browser.get("/learn/small-talk/your-page/feedback/")
    page = browser.get("/learn/").text
    assert "Your feedback is here" not in page
    assert "Revise “Your page”" in page


def test_late_is_marked_and_still_welcome(cast: Cast, sign_in: SignIn, move_day: Move) -> None:
    browser = sign_in(cast.lena)
    move_day(-7)
    assert "late, still welcome" not in browser.get("/learn/").text
    move_day(-8)
    assert "late, still welcome" in browser.get("/learn/").text


def test_organisations_stand_apart(engines: Engines, cast: Cast, sign_in: SignIn, yesterday: None) -> None:
    with unit_of_work(engines, write=True) as session:
        there = make.organisation(session, "Harbour Lights")
        lena = make.person(session, "Lena twice")
        make.membership(session, lena, Role.LEARNER, there)
        make.membership(session, lena, Role.LEARNER, session.get_one(Organisation, cast.organisation))
        group = make.cohort(session, there, name="Night group")
        tomorrow = make.day(session, there, on=clock.today("America/New_York") + timedelta(days=1), place="Pier 4")
        held = make.run(session, tomorrow, group, version_hash=cast.version_hash, facilitator=None)
        newest = make.seat(session, held, lena)
        older = make.seat(session, session.get_one(Run, cast.run), lena)
        lena_id, older_id, newest_id = lena.id, older.id, newest.id
    page = sign_in(lena_id).get("/learn/").text
    assert page.count("<h2>Harbour Lights</h2>") == 1
    assert page.count("<h2>Southeast Utilities</h2>") == 1
    assert f'href="/learn/small-talk/?seat={older_id}"' in page
    assert f"?seat={newest_id}" not in page
    assert "Harbour Lights" not in sign_in(cast.lena).get("/learn/").text


def test_an_empty_home_says_what_happens_next(engines: Engines, cast: Cast, sign_in: SignIn) -> None:
    with unit_of_work(engines, write=True) as session:
        new = make.person(session, "Nora New")
        make.membership(session, new, Role.LEARNER, session.get_one(Organisation, cast.organisation))
        new_id = new.id
    assert "No day yet" in sign_in(new_id).get("/learn/").text


def test_cancelled_seats_are_gone(engines: Engines, cast: Cast, sign_in: SignIn) -> None:
    with unit_of_work(engines, write=True) as session:
        session.execute(update(Seat).where(Seat.id == cast.lena_seat).values(cancelled_at=clock.now()))
    browser = sign_in(cast.lena)
    assert "No day yet" in browser.get("/learn/").text
    assert browser.get("/learn/small-talk/").status_code == 404


def test_who_may_enter(cast: Cast, sign_in: SignIn, client: FlaskClient) -> None:
    assert sign_in(cast.mona).get("/learn/").status_code == 403
    assert sign_in(cast.lena).post("/learn/").status_code == 405
    away = client.get("/learn/")
    assert (away.status_code, away.location) == (303, "/sign-in?next=/learn/")
