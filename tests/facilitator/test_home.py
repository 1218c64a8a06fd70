import re
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from course import clock
from course.cohorts.models import Cohort, Run
from course.database import Engines, unit_of_work
from course.facilitator.rules import Next, Standing, next_thing
from course.grading.models import Grade
from course.people.models import Organisation, Person
from tests import make
from tests.conftest import SignIn
from tests.facilitator.build import begun, form_of, move_day, page_of, ready, take_over
from tests.make import Cast

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("begins_in", "said", "waiting", "done", "expected"),
    [
        (48, 0, 0, 0, Next.PREPARE),
        (1, 0, 0, 0, Next.DOOR),
        (-1, 0, 0, 0, Next.DOOR),
        (-1, 1, 3, 0, Next.PRESENCE),
        (-24, 0, 3, 1, Next.PRESENCE),
        (-24, 2, 3, 1, Next.GRADE),
        (-24, 2, 0, 1, Next.SEND),
        (-24, 2, 0, 0, Next.NOTHING),
    ],
)
def test_the_one_next_thing(begins_in: int, said: int, waiting: int, done: int, expected: Next) -> None:
    begins = NOON + timedelta(hours=begins_in)
    standing = Standing(
        opens_door=begins - timedelta(hours=2),
        begins=begins,
        ends=begins + timedelta(hours=7),
        seats=2,
        said=said,
        waiting=waiting,
        done=done,
    )
    assert next_thing(standing, NOON) is expected


@pytest.fixture
def farid(sign_in: SignIn, cast: Cast) -> FlaskClient:
    return sign_in(cast.farid)


def test_today_coming_and_past(farid: FlaskClient, engines: Engines, cast: Cast) -> None:
    with unit_of_work(engines, write=True) as session:
        here = session.get_one(Cohort, cast.cohort)
        where = session.get_one(Organisation, cast.organisation)
        holder = session.get_one(Person, cast.farid)
        today = clock.today("America/New_York")
        for days, place in ((10, "The attic"), (-10, "The cellar")):
            day = make.day(session, where, on=today + timedelta(days=days), place=place)
            make.run(session, day, here, version_hash=cast.version_hash, facilitator=holder)
    html = farid.get("/facilitate/").text
    order = [html.index(word) for word in ("Today", "Harbour Street", "Coming", "The attic", "Past", "The cellar")]
    assert order == sorted(order)
    assert re.search(r'href="/facilitate/runs/\d+/prepare/" >Prepare in 45 minutes</a>', html)


def test_each_run_says_its_next_thing(farid: FlaskClient, engines: Engines, cast: Cast) -> None:
    begun(engines, cast)
    handle = page_of(engines, cast.lena_seat)
    assert "Presence: 2 people to go" in farid.get("/facilitate/").text
    presence = f"/facilitate/runs/{cast.run}/presence/"
    farid.post(presence, data=form_of(farid, presence))
    assert "1 page to grade, all from the last 24 hours" in farid.get("/facilitate/").text
    with unit_of_work(engines, write=True) as session:
        session.execute(update(Grade).values(created_at=clock.now() - timedelta(days=2, hours=1)))
    assert "1 page to grade, oldest 2 days" in farid.get("/facilitate/").text
    queue = farid.get("/facilitate/grading/").text
    assert ("1 to grade" in queue, "oldest 2 days" in queue) == (True, True)
    assert farid.get(f"/facilitate/runs/{cast.run}/grading/next").location == f"/facilitate/grading/{handle}"
    ready(engines, handle, by_id=cast.farid)
    assert "Send feedback to 1 person" in farid.get("/facilitate/").text
    assert farid.get(f"/facilitate/runs/{cast.run}/grading/next").location == f"/facilitate/runs/{cast.run}/grading/"
    farid.post(f"/facilitate/runs/{cast.run}/grading/release")
    assert "all done" in farid.get("/facilitate/").text


def test_nothing_of_others_is_there(sign_in: SignIn, cast: Cast, engines: Engines) -> None:
    page_of(engines, cast.lena_seat)
    html = sign_in(cast.otto_facilitator).get("/facilitate/").text
    assert ("Dockside" in html, "October Friday" in html) == (True, False)
    assert "No page has come in yet" in sign_in(cast.otto_facilitator).get("/facilitate/grading/").text


def test_an_empty_desk_says_what_comes(sign_in: SignIn, engines: Engines, cast: Cast, farid: FlaskClient) -> None:
    take_over(engines, cast.run, cast.otto_facilitator)
    assert "No course is yours yet" in farid.get("/facilitate/").text
    # A run in an organisation where one is no facilitator is not one's own, whoever wrote the name there.
    assert "October Friday" not in sign_in(cast.otto_facilitator).get("/facilitate/").text


def test_the_run_page(farid: FlaskClient, engines: Engines, cast: Cast) -> None:
    page_of(engines, cast.lena_seat)
    html = farid.get(f"/facilitate/runs/{cast.run}/").text
    assert "0 of 2 have finished the case" in html
    assert "1 of 2" in html
    assert "Lena Brandt" not in html
    for link in ("door/", "presence/", "grading/", "guide/"):
        assert f'href="/facilitate/runs/{cast.run}/{link}"' in html
    assert html.count("What to say and do") >= 1


def test_the_guide_to_print(farid: FlaskClient, cast: Cast) -> None:
    html = farid.get(f"/facilitate/runs/{cast.run}/guide/").text
    assert "<h3>Say</h3>" in html
    # Nothing that is printed is folded away: the boxes for one's own notes alone are.
    assert re.findall(r"<summary>(.*?)</summary>", html) == ["Your notes"] * 5


def test_opens_and_due_are_settable(farid: FlaskClient, engines: Engines, cast: Cast) -> None:
    url = f"/facilitate/runs/{cast.run}/window"
    assert farid.post(url, data={"opens_days": "3", "due_days": "0"}).status_code == 303
    with unit_of_work(engines, write=False) as session:
        run = session.get_one(Run, cast.run)
        assert (run.opens_days, run.due_days) == (3, 0)


@pytest.mark.parametrize("typed", ["", "x", "-1", "61", "9" * 30, "1.5"])
def test_days_that_are_none_come_back(farid: FlaskClient, engines: Engines, cast: Cast, typed: str) -> None:
    answer = farid.post(f"/facilitate/runs/{cast.run}/window", data={"opens_days": typed, "due_days": "5"})
    assert answer.status_code == 422
    assert "Please check this" in answer.text
    assert f'value="{typed}"' in answer.text
    with unit_of_work(engines, write=False) as session:
        assert session.get_one(Run, cast.run).due_days == 7


def test_who_may_and_how(client: FlaskClient, sign_in: SignIn, farid: FlaskClient, cast: Cast) -> None:
    pages = [
        "/facilitate/",
        "/facilitate/grading/",
        *(f"/facilitate/runs/{cast.run}/{each}" for each in ("", "guide/")),
    ]
    assert [farid.get(page).status_code for page in pages] == [200] * 4
    assert [sign_in(cast.lena).get(page).status_code for page in pages] == [403] * 4
    assert [client.get(page).location for page in pages] == [f"/sign-in?next={page}" for page in pages]
    other = sign_in(cast.otto_facilitator)
    calls = [*(other.get(page) for page in pages[2:]), other.post(f"/facilitate/runs/{cast.run}/window")]
    assert [answer.status_code for answer in calls] == [404, 404, 404]
    assert farid.get(f"/facilitate/runs/{cast.run}/window").status_code == 405
    assert farid.get("/facilitate/runs/999999/").status_code == 404


def test_a_cancelled_run_is_gone(farid: FlaskClient, engines: Engines, cast: Cast) -> None:
    with unit_of_work(engines, write=True) as session:
        move_day(session, cast.day, 0)
        session.get_one(Run, cast.run).cancelled_at = clock.now()
    assert farid.get(f"/facilitate/runs/{cast.run}/").status_code == 404
    assert "No course is yours yet" in farid.get("/facilitate/").text
