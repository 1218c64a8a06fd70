"""The facilitator's door: code on the wall, arrivals, undo, walk-ins."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select, update

from course import clock
from course.app import create_app
from course.cohorts.models import Arrival, Day, Door, Role, Run
from course.cohorts.queries.door import Room, room
from course.cohorts.rules.door import show_code
from course.cohorts.service.door import Entered, come_in, come_in_unlisted, open_door
from course.database import Engines, unit_of_work
from course.people.models import Organisation
from course.people.service import open_session
from course.settings import Settings
from course.web.application import COOKIE, Application
from course.web.viewer import read_viewer
from tests.conftest import SignIn as SignInAs
from tests.make import Cast, membership, person, seat

Page = Callable[..., str]


def door_of(cast: Cast) -> str:
    return f"/facilitate/runs/{cast.run}/door/"


@pytest.fixture
def here(cast: Cast) -> str:
    return door_of(cast)


@pytest.fixture
def door(engines: Engines, cast: Cast) -> Door:
    with unit_of_work(engines, write=True) as session:
        opened = open_door(session, run_id=cast.run)
        session.expunge(opened)
        return opened


def text_of(browser: FlaskClient, path: str) -> str:
    reply = browser.get(path)
    assert reply.status_code == 200
    return reply.get_data(as_text=True)


def in_room(engines: Engines, cast: Cast) -> Room:
    with unit_of_work(engines, write=False) as session:
        return room(session, run_id=cast.run)


def arrive(engines: Engines, door: Door, seat_id: int) -> str:
    with unit_of_work(engines, write=True) as session:
        inside = come_in(session, door_id=door.id, seat_id=seat_id)
        assert isinstance(inside, Entered)
        return inside.token


def test_opened_changed_closed_and_opened_again(engines: Engines, cast: Cast, sign_in: SignInAs, here: str) -> None:
    farid = sign_in(cast.farid)
    shut = text_of(farid, here)
    assert (f'action="{here}open"' in shut, f'action="{here}close"' in shut) == (True, False)
    codes = []
    for act in ("open", "open", "change", "close", "open"):
        reply = farid.post(f"{here}{act}")
        assert (reply.status_code, reply.headers["Location"]) == (303, here)
        code = in_room(engines, cast).code
        codes.append(code)
        assert (show_code(code) in text_of(farid, here)) if code else (f'action="{here}open"' in text_of(farid, here))
    assert codes[0] == codes[1]
    assert codes[3] is None
    assert len({codes[1], codes[2], codes[4]}) == 3


def test_the_wall_shows_address_code_qr_and_count(
    engines: Engines, cast: Cast, sign_in: SignInAs, here: str, door: Door
) -> None:
    arrive(engines, door, cast.leo_seat)
    wall = text_of(sign_in(cast.farid), f"{here}wall")
    assert re.findall(r'<p class="(address|code)">([^<]+)</p>', wall) == [
        ("address", "localhost/in"),
        ("code", show_code(door.code)),
    ]
    assert "1 of 2 in" in wall
    assert wall.count("<svg") == 1
    assert re.findall(r"\sstyle=|<style", wall) == []
    for private in ("Lena", "Leo", "Not this person"):
        assert private not in wall


def test_the_wall_names_the_address_of_the_settings(
    engines: Engines, cast: Cast, settings: Settings, here: str, door: Door
) -> None:
    app = create_app(replace(settings, base_url="https://day.example.org"), engines=engines)
    with unit_of_work(engines, write=True) as session:
        token, _id = open_session(session, person_id=cast.farid, way="password")
    browser = app.test_client()
    browser.set_cookie(COOKIE, token)
    wall = text_of(browser, f"{here}wall")
    assert "day.example.org/in</p>" in wall
    assert "Phones cannot reach" not in wall


@pytest.mark.parametrize(
    ("host", "warns"),
    [
        ("127.0.0.1:8000", True),
        ("localhost", True),
        ("[::1]:8000", True),
        ("192.168.1.7:8000", False),
        ("day.test", False),
    ],
)
@pytest.mark.usefixtures("door")
def test_an_address_that_no_phone_reaches_is_said(
    engines: Engines, cast: Cast, app: Application, host: str, *, warns: bool
) -> None:
    here = door_of(cast)
    with unit_of_work(engines, write=True) as session:
        token, _id = open_session(session, person_id=cast.farid, way="password")
    for path in (here, f"{here}wall"):
        reply = app.test_client(use_cookies=False).get(path, headers={"Host": host, "Cookie": f"{COOKIE}={token}"})
        assert reply.status_code == 200
        assert ("Phones cannot reach 127.0.0.1" in reply.get_data(as_text=True)) is warns


def test_names_times_and_who_is_missing(engines: Engines, cast: Cast, sign_in: SignInAs, here: str, door: Door) -> None:
    arrive(engines, door, cast.leo_seat)
    with unit_of_work(engines, write=True) as session:
        session.execute(update(Day).where(Day.id == cast.day).values(zone="Asia/Kolkata"))
        session.execute(update(Arrival).values(at=clock.now().replace(hour=3, minute=2)))
    page = text_of(sign_in(cast.farid), here)
    came, missing = page.split('id="door-missing"')
    assert re.findall(r'<bdi class="person">(L[^<]+)</bdi>', came) == ["Leo Marsh"]
    assert re.findall(r'<bdi class="person">(L[^<]+)</bdi>', missing) == ["Lena Brandt"]
    assert ">08:32</time>" in came
    assert "Otto" not in page


def test_undo_in_one_tap(engines: Engines, cast: Cast, sign_in: SignInAs, here: str, door: Door) -> None:
    token = arrive(engines, door, cast.lena_seat)
    arrive(engines, door, cast.leo_seat)
    farid = sign_in(cast.farid)
    [undo] = [
        path
        for path in re.findall(r'action="([^"]+/undo)"', text_of(farid, here))
        if path.endswith(f"/{_arrival(engines, cast.lena_seat)}/undo")
    ]
    assert farid.post(undo).status_code == 303
    shown = in_room(engines, cast)
    assert ([one.name for one in shown.arrived], [one.name for one in shown.missing]) == (
        ["Leo Marsh"],
        ["Lena Brandt"],
    )
    with unit_of_work(engines, write=False) as session:
        assert read_viewer(session, token) is None
    # A second tap on a page that was not reloaded changes nothing.
    assert farid.post(undo).status_code == 303
    assert len(in_room(engines, cast).arrived) == 1


def _arrival(engines: Engines, seat_id: int) -> int:
    with unit_of_work(engines, write=False) as session:
        return session.execute(select(Arrival.id).where(Arrival.seat_id == seat_id)).scalar_one()


def test_walk_ins_are_added_marked_and_removed(
    engines: Engines, cast: Cast, sign_in: SignInAs, here: str, door: Door
) -> None:
    farid = sign_in(cast.farid)
    added = farid.post(f"{here}walk-ins", data={"name": "  Nia  Cole "})
    assert (added.status_code, added.headers["Location"]) == (303, here)
    assert "Nia Cole is on the list and can come in by the code now." in text_of(farid, here)
    with unit_of_work(engines, write=True) as session:
        assert isinstance(come_in_unlisted(session, door_id=door.id, name="Tom Ek"), Entered)
    page = text_of(farid, here)
    assert page.count("walk-in</span>") == 2
    for remove in re.findall(r'action="([^"]+/remove)"', page):
        assert farid.post(remove).status_code == 303
    shown = in_room(engines, cast)
    assert ([one.name for one in shown.missing], shown.arrived) == (["Lena Brandt", "Leo Marsh"], ())


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "Please type the name."),
        ("x", "A name has 2 to 80 characters."),
        ("x" * 81, "A name has 2 to 80 characters."),
    ],
)
def test_a_refused_walk_in_keeps_what_was_typed(
    cast: Cast, sign_in: SignInAs, here: str, name: str, sentence: str
) -> None:
    reply = sign_in(cast.farid).post(f"{here}walk-ins", data={"name": name})
    page = reply.get_data(as_text=True)
    assert (reply.status_code, sentence in page, f'value="{name}"' in page) == (422, True, True)


def test_after_its_day_a_door_stays_closed(engines: Engines, cast: Cast, sign_in: SignInAs, here: str) -> None:
    with unit_of_work(engines, write=True) as session:
        session.execute(update(Day).where(Day.id == cast.day).values(date=clock.today("UTC") - timedelta(days=3)))
    farid = sign_in(cast.farid)
    assert "The day of this course is over" in text_of(farid, here)
    for act in ("open", "change"):
        reply = farid.post(f"{here}{act}")
        assert (reply.status_code, "its door stays closed" in reply.get_data(as_text=True)) == (409, True)
    assert in_room(engines, cast).code is None


@pytest.mark.parametrize("path", ["arrivals", "wall/news"])
def test_news_come_only_when_there_are_some(
    engines: Engines, cast: Cast, sign_in: SignInAs, door: Door, path: str
) -> None:
    here = door_of(cast)
    farid = sign_in(cast.farid)
    first = farid.get(f"{here}{path}")
    mark = first.headers["ETag"]
    page = text_of(farid, here if path == "arrivals" else f"{here}wall")
    assert re.findall(r'data-mark="([^"]+)"', page) == [mark.replace('"', "&#34;")]
    assert f'data-news="{here}{path}"' in page
    quiet = farid.get(f"{here}{path}", headers={"If-None-Match": mark})
    assert (quiet.status_code, quiet.get_data()) == (304, b"")
    arrive(engines, door, cast.lena_seat)
    news = farid.get(f"{here}{path}", headers={"If-None-Match": mark})
    assert (news.status_code, "1 of 2 in" in news.get_data(as_text=True)) == (200, True)
    assert news.headers["ETag"] != mark
    assert "<html" not in news.get_data(as_text=True)


def test_only_who_holds_the_run_comes_to_its_door(
    engines: Engines, cast: Cast, sign_in: SignInAs, client: FlaskClient, door: Door
) -> None:
    here = door_of(cast)
    arrive(engines, door, cast.lena_seat)
    arrival = _arrival(engines, cast.lena_seat)
    gets = [here, f"{here}wall", f"{here}arrivals", f"{here}wall/news"]
    posts = [
        f"{here}{act}"
        for act in (
            "open",
            "change",
            "close",
            f"arrivals/{arrival}/undo",
            f"walk-ins/{cast.lena_seat}/remove",
            "walk-ins",
        )
    ]
    strangers = [(cast.otto_facilitator, 404), (cast.lena, 403), (cast.mona, 403), (cast.ada, 403)]
    for who, status in strangers:
        browser = sign_in(who)
        assert [browser.get(path).status_code for path in gets] == [status] * len(gets)
        assert [browser.post(path, data={"name": "Nia Cole"}).status_code for path in posts] == [status] * len(posts)
    assert [client.get(path).headers["Location"] for path in gets] == [f"/sign-in?next={path}" for path in gets]
    assert [client.post(path).status_code for path in posts] == [401] * len(posts)
    farid = sign_in(cast.farid)
    assert [farid.get(path).status_code for path in gets] == [200] * len(gets)
    assert [farid.post(path).status_code for path in gets] == [405] * len(gets)
    shown = in_room(engines, cast)
    assert (shown.code, [one.name for one in shown.arrived], shown.expected) == (door.code, ["Lena Brandt"], 2)


def test_another_runs_arrivals_cannot_be_undone_through_ones_own(
    engines: Engines, cast: Cast, sign_in: SignInAs, door: Door
) -> None:
    arrive(engines, door, cast.lena_seat)
    oskar = sign_in(cast.otto_facilitator)
    theirs = f"/facilitate/runs/{cast.other_run}/door/"
    assert oskar.post(f"{theirs}arrivals/{_arrival(engines, cast.lena_seat)}/undo").status_code == 303
    assert oskar.post(f"{theirs}walk-ins/{cast.lena_seat}/remove").status_code == 303
    shown = in_room(engines, cast)
    assert ([one.name for one in shown.arrived], shown.expected) == (["Lena Brandt"], 2)


def test_a_run_without_its_facilitator_or_cancelled_is_not_there(
    engines: Engines, cast: Cast, sign_in: SignInAs, here: str
) -> None:
    farid = sign_in(cast.farid)
    assert farid.get(here).status_code == 200
    with unit_of_work(engines, write=True) as session:
        session.execute(update(Run).where(Run.id == cast.run).values(cancelled_at=clock.now()))
    assert farid.get(here).status_code == 404


def test_a_door_session_of_a_facilitator_is_no_facilitators(
    engines: Engines, cast: Cast, app: Application, here: str
) -> None:
    browser = app.test_client()
    for way, status in (("door", 403), ("link", 200), ("password", 200)):
        with unit_of_work(engines, write=True) as session:
            token, _id = open_session(session, person_id=cast.farid, way=way)
        browser.set_cookie(COOKIE, token)
        assert browser.get(here).status_code == status


def test_every_button_wants_its_token(
    engines: Engines, cast: Cast, app: Application, sign_in: SignInAs, here: str
) -> None:
    farid = sign_in(cast.farid)
    app.config["WTF_CSRF_ENABLED"] = True
    token = re.findall(r'name="csrf_token" value="([^"]+)"', text_of(farid, here))[0]
    for act in ("open", "change", "walk-ins", "close"):
        assert farid.post(f"{here}{act}", data={"name": "Nia Cole"}).status_code == 400
        assert farid.post(f"{here}{act}", data={"name": "Nia Cole", "csrf_token": token}).status_code == 303


def test_the_page_asks_as_few_questions_for_thirty_as_for_two(
    engines: Engines, cast: Cast, sign_in: SignInAs, here: str, door: Door
) -> None:
    farid = sign_in(cast.farid)
    few = {path: _statements(engines, farid, path) for path in (here, f"{here}wall", f"{here}arrivals")}
    with unit_of_work(engines, write=True) as session:
        held, place = session.get_one(Run, cast.run), session.get_one(Organisation, cast.organisation)
        for number in range(30):
            learner = person(session, f"Technician {number}")
            membership(session, learner, Role.LEARNER, place)
            arriving = seat(session, held, learner)
            assert isinstance(come_in(session, door_id=door.id, seat_id=arriving.id), Entered)
    many = {path: _statements(engines, farid, path) for path in few}
    assert many == few
    assert max(many.values()) <= 6


def _statements(engines: Engines, browser: FlaskClient, path: str) -> int:
    seen: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE", "DELETE")):
            seen.append(statement)

    event.listen(engines.reader, "before_cursor_execute", note)
    try:
        assert browser.get(path).status_code == 200
    finally:
        event.remove(engines.reader, "before_cursor_execute", note)
    return len(seen)
