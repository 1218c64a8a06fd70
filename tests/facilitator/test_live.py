"""The room while it plays: where people are, where it is held, what it is shown, what stands on its wall."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from markupsafe import escape
from sqlalchemy import select

from course import clock
from course.database import Engines, unit_of_work
from course.people.models import Organisation
from course.scenarios.models import Pick, Reveal, Stop
from tests import make
from tests.conftest import SignIn
from tests.facilitator.rooms import BLAME, CHECK, DATE, HERS, MAIL, RING, Room, filled, room_of
from tests.facilitator.test_budget import ANY_PAGE, counted


@pytest.fixture
def room(engines: Engines) -> Room:
    return room_of(engines)


@pytest.fixture
def farid(sign_in: SignIn, room: Room) -> FlaskClient:
    return sign_in(room.cast.farid)


def words(browser: FlaskClient, url: str) -> str:
    """What a page says, tags left out."""
    answer = browser.get(url)
    assert answer.status_code == 200
    return said(answer.text)


def said(html: str) -> str:
    main = html.partition("<main")[2] or html
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", main))


def bars(html: str) -> dict[str, str]:
    """The table that says the same as the chart."""
    rows = re.findall(r'<th scope="row">(.*?)</th>\s*<td>(.*?)</td>', html, re.DOTALL)
    return dict(rows)


def test_the_run_leads_to_the_room_and_the_room_to_its_wall(farid: FlaskClient, room: Room) -> None:
    assert f'href="{room.here}"' in farid.get(f"/facilitate/runs/{room.cast.run}/").text
    html = farid.get(room.here).text
    for part in (f'href="{room.here}projector/"', f'data-news="{room.here}news"'):
        assert part in html
    wall = farid.get(f"{room.here}projector/").text
    for part in (f'href="{room.here}"', f'href="{room.here}projector/"', f'data-news="{room.here}projector/news"'):
        assert part in wall


def test_a_vote_is_shown_with_its_question(farid: FlaskClient, room: Room) -> None:
    filled(room, 5)
    room.does(farid, "reveal", scene="hands")
    assert "Who decides Whose decision is it? Hers. 3" in words(farid, f"{room.here}projector/")


def test_people_are_counted_and_decisions_stand_in_their_order(farid: FlaskClient, room: Room) -> None:
    room.plays(RING)
    room.plays(RING, DATE, HERS, ("order", "rig,ground,ask_site,report"))
    shown = words(farid, room.here)
    assert "2 not begun 1 playing 1 at the end" in shown
    assert "The call Monday, 7:05 · 2 of 4 have answered Stop here" in shown
    assert "Your first sentence Monday, 9:30 · 1 of 4 have answered · 1 is here now Stop here" in shown
    places = [shown.index(title) for title in ("The call", "Your first sentence", "Who decides", "What first")]
    assert places == sorted(places)


def test_the_room_is_held_and_goes_on(farid: FlaskClient, room: Room) -> None:
    wall = f"{room.here}projector/"
    assert "holding" not in words(farid, wall)
    assert room.does(farid, "stop", scene="hands") == 303
    assert "You are holding the room Nobody can answer “Who decides” until you let them go on." in words(
        farid, room.here
    )
    assert "Your facilitator is holding the room here Who decides" in words(farid, wall)
    room.does(farid, "reveal", scene="call")
    assert "Your facilitator is holding the room at “Who decides” The call Show of hands" in words(farid, wall)
    assert room.does(farid, "lift", scene="hands") == 303
    assert "holding" not in words(farid, wall) + words(farid, room.here)
    with unit_of_work(room.engines, write=False) as session:
        stop = session.execute(select(Stop)).scalar_one()
        assert (stop.run_id, stop.scenario, stop.scene, stop.by_id) == (
            room.cast.run,
            "crane",
            "hands",
            room.cast.farid,
        )


def test_answers_open_with_the_fifth_and_only_when_they_are_shown(farid: FlaskClient, room: Room) -> None:
    wall = f"{room.here}projector/"
    for _each in range(3):
        room.plays(CHECK)
    room.plays(RING)
    assert room.does(farid, "reveal", scene="call") == 303
    for url in (room.here, wall):
        html = farid.get(url).text
        assert ("Show of hands" in html, bars(html)) == (True, {})
    room.plays(RING)
    expected = {"Ring Ines now, before you know more.": "2", "Ring three other hauliers first.": "3"}
    expected |= {"Write Ines a mail with the haulier in copy.": "0"}
    for url in (room.here, wall):
        html = farid.get(url).text
        assert ("Show of hands" in html, bars(html)) == (False, expected)
    assert room.does(farid, "hide", scene="call") == 303
    for url in (room.here, wall):
        html = farid.get(url).text
        assert ("Show of hands" in html, bars(html)) == (False, {})


def test_of_an_order_the_wall_shows_what_was_put_first(farid: FlaskClient, room: Room) -> None:
    filled(room, 6)
    room.does(farid, "reveal", scene="order")
    assert "What you put first" in words(farid, f"{room.here}projector/")
    assert bars(farid.get(f"{room.here}projector/").text) == {
        "Ask the site what changed overnight": "2",
        "Look at the ground": "0",
        "Rig the first beam": "0",
        "Write the report": "4",
    }


def earlier(room: Room, *, where: int, answers: list[tuple[str, str]]) -> None:
    """A group of that organisation had the module a month ago."""
    with unit_of_work(room.engines, write=True) as session:
        place = session.get_one(Organisation, where)
        day = make.day(session, place, on=clock.today("America/New_York") - timedelta(days=30))
        group = make.cohort(session, place, name=f"Group {len(answers)} {answers[0]}")
        run = make.run(session, day, group, version_hash=room.cast.version_hash, facilitator=None, module="all-kinds")
        for number, given in enumerate(answers):
            seat = make.seat(session, run, make.person(session, f"Earlier {number}")).id
            make.played(session, seat, given, version_hash=room.cast.version_hash)


def test_earlier_groups_of_the_organisation_stand_beside_in_percent(farid: FlaskClient, room: Room) -> None:
    earlier(room, where=room.cast.organisation, answers=[RING, RING, RING, CHECK, MAIL])
    earlier(room, where=room.cast.organisation, answers=[MAIL] * 4)
    earlier(room, where=room.cast.other_organisation, answers=[MAIL] * 7)
    for given in (CHECK, CHECK, CHECK, RING, RING):
        room.plays(given)
    room.does(farid, "reveal", scene="call")
    shown = words(farid, room.here)
    beside = re.findall(r"(\d+) % here, (\d+) % in earlier groups", shown)
    assert beside == [("40", "60"), ("60", "20"), ("0", "20")]
    assert "earlier groups" not in words(farid, f"{room.here}projector/")


def test_sentences_are_put_on_the_wall_from_five_authors_on(farid: FlaskClient, room: Room) -> None:
    wall = f"{room.here}projector/"
    for number in range(4):
        room.plays(RING, DATE, said=f"Sentence {number}.")
    room.plays(RING, BLAME)
    first, second = room.sentences()[:2]
    assert "From five people on" in words(farid, room.here)
    assert room.does(farid, "pick", sentence=first) == 303
    assert "This sentence may not be shown any more." in words(farid, room.here)
    room.plays(RING, DATE, said="The fifth.")
    shown = words(farid, room.here)
    assert "From five people on" not in shown
    assert [shown.count(f"Sentence {number}.") for number in range(4)] == [1, 1, 1, 1]
    assert "A sentence at words." not in shown
    assert "Sentence" not in words(farid, wall)
    for each in (second, second, first):
        assert room.does(farid, "pick", sentence=each) == 303
    assert "In your words Sentence 0. Sentence 1." in words(farid, wall)
    assert room.does(farid, "take-down", sentence=second) == 303
    assert "In your words Sentence 0. " in words(farid, wall)
    assert "Sentence 1." not in words(farid, wall)


def test_a_case_without_sentences_has_no_wall_of_them(sign_in: SignIn, engines: Engines) -> None:
    with unit_of_work(engines, write=True) as session:
        cast = make.cast_of(session)
    shown = words(sign_in(cast.farid), f"/facilitate/runs/{cast.run}/live/lift/")
    assert "Sentences for the wall" not in shown
    assert "The doors close" in shown


VERBS = {"stop": "scene", "lift": "scene", "reveal": "scene", "hide": "scene", "pick": "sentence"}
VERBS |= {"take-down": "sentence"}


def test_only_who_holds_the_run_enters(sign_in: SignIn, client: FlaskClient, room: Room, farid: FlaskClient) -> None:
    filled(room, 5)
    room.does(farid, "stop", scene="hands")
    pages = [f"{room.here}{part}" for part in ("", "news", "projector/", "projector/news", "plan/")]
    cast = room.cast
    for who, expected in ((cast.lena, 403), (cast.mona, 403), (cast.ada, 403), (cast.otto_facilitator, 404)):
        browser = sign_in(who)
        assert {browser.get(url).status_code for url in pages} == {expected}
        for verb, name in VERBS.items():
            sent = {name: room.sentences()[0] if name == "sentence" else "hands"}
            assert room.does(browser, verb, **sent) == expected
    assert {client.get(url).status_code for url in pages} == {303}
    assert {room.does(client, verb) for verb in VERBS} == {401}
    with unit_of_work(room.engines, write=False) as session:
        assert [stop.lifted_at for stop in session.execute(select(Stop)).scalars()] == [None]
        assert session.execute(select(Reveal)).scalars().all() == []
        assert session.execute(select(Pick)).scalars().all() == []


def test_what_is_no_decision_and_no_sentence_is_not_found(farid: FlaskClient, room: Room) -> None:
    for verb, name in VERBS.items():
        for value in ("", "sorting", "together", "no_such", "²", "-1", "9" * 30):
            taken = name == "sentence" and value.isdecimal() and len(value) < 18
            assert (value, room.does(farid, verb, **{name: value})) == (value, 303 if taken else 404)
        assert room.does(farid, verb) == 404
    assert farid.get(room.here.replace("crane", "lift")).status_code == 404
    assert {farid.get(f"{room.here}{verb}").status_code for verb in VERBS} == {405}
    with unit_of_work(room.engines, write=False) as session:
        assert session.execute(select(Stop)).scalars().all() == []


def test_every_tap_wants_its_token(farid: FlaskClient, room: Room) -> None:
    farid.application.config["WTF_CSRF_ENABLED"] = True
    assert {room.does(farid, verb, scene="hands") for verb in VERBS} == {400}
    html = farid.get(room.here).text
    token = re.findall(r'<form id="room"[^>]*>.*?name="csrf_token" value="([^"]+)"', html, re.DOTALL)
    assert room.does(farid, "stop", scene="hands", csrf_token=token[0]) == 303
    # What is exchanged while the page stands open holds no token, or all of it would seem new each time.
    assert token[0][:20] not in html.partition('aria-labelledby="where"')[2]


def test_news_are_told_once_and_cost_two_statements_while_there_are_none(
    farid: FlaskClient, room: Room, engines: Engines
) -> None:
    for part in ("", "projector/"):
        page = farid.get(f"{room.here}{part}")
        news, mark = f"{room.here}{part}news", page.headers["ETag"]
        assert f'data-mark="{escape(mark)}"' in page.text
        with counted(engines) as statements:
            silent = farid.get(news, headers={"If-None-Match": mark})
        assert (silent.status_code, silent.text, silent.headers["ETag"]) == (304, "", mark)
        # Who asks, and the mark.
        assert len([each for each in statements if each.lstrip().startswith(("SELECT", "WITH"))]) == 2
        room.does(farid, "stop", scene="hands")
        told = farid.get(news, headers={"If-None-Match": mark})
        assert (told.status_code, told.headers["ETag"] != mark) == (200, True)
        assert "Who decides" in told.text
        assert farid.get(news, headers={"If-None-Match": told.headers["ETag"]}).status_code == 304
        room.does(farid, "lift", scene="hands")


def test_a_mark_is_worth_nothing_in_another_session_or_room(farid: FlaskClient, room: Room, sign_in: SignIn) -> None:
    """An ETag that says that nothing is new must not tell those who guess it how a room of others stands."""
    again, stranger = sign_in(room.cast.farid), sign_in(room.cast.otto_facilitator)
    for part in ("", "projector/"):
        news = f"{room.here}{part}news"
        marked = {"If-None-Match": farid.get(news).headers["ETag"]}
        assert farid.get(news, headers=marked).status_code == 304
        assert (again.get(news, headers=marked).status_code, stranger.get(news, headers=marked).status_code) == (
            200,
            404,
        )
        elsewhere = news.replace(f"/runs/{room.cast.run}/", f"/runs/{room.cast.other_run}/")
        assert elsewhere != news
        assert farid.get(elsewhere, headers=marked).status_code == 404


def test_the_number_of_statements_does_not_grow(farid: FlaskClient, room: Room, engines: Engines) -> None:
    pages = [f"{room.here}{part}" for part in ("", "news", "projector/", "projector/news", "plan/")]
    earlier(room, where=room.cast.organisation, answers=[RING] * 5)
    filled(room, 5)
    room.does(farid, "reveal", scene="call")
    room.does(farid, "pick", sentence=room.sentences()[0])

    def costs() -> list[int]:
        found = []
        for url in pages:
            farid.get(url)
            with counted(engines) as statements:
                assert farid.get(url).status_code == 200
            found.append(len(statements))
        return found

    few = costs()
    filled(room, 55)
    earlier(room, where=room.cast.organisation, answers=[MAIL] * 60)
    assert costs() == few
    assert max(few) <= ANY_PAGE
