"""Scenes that ask for a sentence, an order, a vote: what is asked when, and what is refused with the play intact."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from course import clock
from course.cases.engine import Action, Choose, Said
from course.cohorts.models import Day
from course.completions.service import settle
from course.database import Engines, unit_of_work
from course.scenarios import queries
from course.scenarios.queries import Sentence
from course.scenarios.service import room
from tests.learner.hand import HERE, ORDER, SENTENCE, answer, begin, rank, say, sheet
from tests.make import Cast, all_kinds, cast_of

SignIn = Callable[[int], FlaskClient]


@pytest.fixture
def crew(engines: Engines) -> Cast:
    with unit_of_work(engines, write=True, before_commit=settle) as session:
        made = cast_of(session, all_kinds())
        session.execute(update(Day).values(date=clock.today("America/New_York"), starts=0))
        return made


@pytest.fixture
def lena(crew: Cast, sign_in: SignIn) -> FlaskClient:
    """Lena's browser, in the first scene."""
    browser = sign_in(crew.lena)
    assert begin(browser).status_code == 303
    return browser


def actions(engines: Engines, seat_id: int) -> tuple[Action, ...]:
    with unit_of_work(engines, write=False) as session:
        play = queries.play(session, seat_id=seat_id, scenario="crane", number=1)
        return queries.actions(session, attempt_id=play.attempt_id) if play is not None else ()


def said(engines: Engines, seat_id: int) -> tuple[Sentence, ...]:
    with unit_of_work(engines, write=False) as session:
        play = queries.play(session, seat_id=seat_id, scenario="crane", number=1)
        return queries.sentences(session, attempt_id=play.attempt_id) if play is not None else ()


def hold(engines: Engines, cast: Cast, scene: str, *, held: bool = True) -> None:
    with unit_of_work(engines, write=True) as session:
        if held:
            room.stop(session, run_id=cast.run, scenario="crane", scene=scene, by_id=cast.farid)
        else:
            room.lift(session, run_id=cast.run, scenario="crane", scene=scene)


def test_a_sentence_is_asked_for_before_anything_is_seen(engines: Engines, crew: Cast, lena: FlaskClient) -> None:
    answer(lena, "ring")
    asked = lena.get(HERE).text
    assert "What is the first thing you say to her?" in asked
    for later in ("Name the new date", "The haulier let us down again.", "What does that do to your Tuesday?"):
        assert later not in asked
    form = sheet(lena)
    assert (form.action, form.answers, form.marks) == (f"{HERE}say", (), ())
    sent = say(lena, form)
    assert (sent.status_code, sent.location) == (303, f"{HERE}#play")
    beside = lena.get(HERE).text
    for now in (SENTENCE, "The haulier let us down again.", "What does that do to your Tuesday?", "Name the new date"):
        assert now in beside
    form = sheet(lena)
    assert (form.answers, form.marks) == (("date", "blame"), ("poor", "between", "good"))
    refused = lena.post(form.action, data=form.hidden | {"choice": "date"})
    assert refused.status_code == 422
    assert "Say which of the two your sentence is nearer to." in refused.text
    assert 'value="date" required checked' in refused.text
    taken = lena.post(form.action, data=form.hidden | {"choice": "date", "nearer": "good"})
    assert (taken.status_code, taken.location) == (303, f"{HERE}?after=3&play=1#play")
    assert "She counts aloud." in lena.get(taken.location).text
    assert said(engines, crew.lena_seat) == (Sentence(2, "words", SENTENCE, 70, may_show=True, nearer="good"),)


def test_a_choice_before_the_sentence_is_refused(engines: Engines, crew: Cast, lena: FlaskClient) -> None:
    answer(lena, "ring")
    form = sheet(lena)
    refused = lena.post(f"{HERE}play", data=form.hidden | {"choice": "date", "nearer": "good"})
    assert refused.status_code == 422
    assert "Write your own sentence first. Then you choose." in refused.text
    assert "Name the new date" not in refused.text
    assert actions(engines, crew.lena_seat) == (Choose("call", "ring"),)


def test_a_sentence_sent_twice_or_from_another_tab(engines: Engines, crew: Cast, lena: FlaskClient) -> None:
    answer(lena, "ring")
    one, two = sheet(lena), sheet(lena)
    for again in (say(lena, one), say(lena, one)):
        assert (again.status_code, again.location) == (303, f"{HERE}#play")
    for late in (say(lena, two, text="Another."), say(lena, one, text="From the back button.")):
        assert late.status_code == 409
        assert "You have already decided here" in late.text
    assert [each.text for each in said(engines, crew.lena_seat)] == [SENTENCE]
    assert actions(engines, crew.lena_seat) == (Choose("call", "ring"), Said("words"))


@pytest.mark.parametrize(
    ("change", "status", "told"),
    [
        ({}, 303, ""),
        ({"confidence": "0"}, 303, ""),
        ({"text": " \n "}, 422, "Write your sentence first."),
        ({"text": "x" * 601}, 422, "at most 600 characters fit"),
        ({"confidence": ""}, 422, "This form was not whole."),
        ({"confidence": "101"}, 422, "This form was not whole."),
        ({"confidence": "very"}, 422, "This form was not whole."),
        ({"scene": "call"}, 422, "No sentence is asked for here."),
        ({"scene": "no such scene"}, 422, "This form was not whole."),
        ({"version": "0"}, 409, ""),
        ({"play": "2"}, 409, ""),
        ({"operation_id": ""}, 422, "This form was not whole."),
    ],
)
def test_forged_sentences(
    engines: Engines, crew: Cast, lena: FlaskClient, change: dict[str, str], *, status: int, told: str
) -> None:
    answer(lena, "ring")
    sent = say(lena, sheet(lena), **change)
    assert sent.status_code == status
    assert told in sent.text
    assert len(said(engines, crew.lena_seat)) == (1 if status == 303 else 0)
    if status == 422:
        # Nothing that was typed is lost.
        assert change.get("text", SENTENCE).strip() in sent.text


def test_no_sentence_where_none_is_asked_for(engines: Engines, crew: Cast, lena: FlaskClient) -> None:
    refused = say(lena, sheet(lena))
    assert refused.status_code == 422
    assert "No sentence is asked for here." in refused.text
    assert actions(engines, crew.lena_seat) == ()


def test_a_vote_goes_on_alike(lena: FlaskClient) -> None:
    answer(lena, "ring", "date")
    assert "Whose decision is it?" in lena.get(HERE).text
    voted = lena.get(answer(lena, "mine").location).text
    assert "Ines decides, with your two dates in her hand." in voted
    assert "Your facilitator shows what the room answered." in voted
    assert sheet(lena).hidden["scene"] == "order"


def test_an_order_is_given_by_places(engines: Engines, crew: Cast, lena: FlaskClient) -> None:
    answer(lena, "ring", "date", "hers")
    form = sheet(lena)
    assert form.places == ("ask_site", "ground", "rig", "report")
    taken = rank(lena, form, "ground", "ask_site", "rig", "report")
    assert taken.status_code == 303
    page = lena.get(taken.location).text
    assert "The first beam hangs at eight, where it should." in page
    told = [page.index(line) for line in ("Look at the ground", "Ask the site what changed", "Rig the", "Write the")]
    assert told == sorted(told)
    assert actions(engines, crew.lena_seat)[-1] == Choose("order", "ground,ask_site,rig,report")


@pytest.mark.parametrize(
    ("places", "told"),
    [
        ({"ask_site": "1", "ground": "2", "rig": "3", "report": ""}, "Give every line a place of its own."),
        ({"ask_site": "1", "ground": "1", "rig": "3", "report": "4"}, "Give every line a place of its own."),
        ({"ask_site": "1", "ground": "2", "rig": "3", "report": "5"}, "Give every line a place of its own."),
        ({"ask_site": "1", "ground": "2", "rig": "3", "report": "-4"}, "Give every line a place of its own."),
        ({"ask_site": "1", "ground": "2", "rig": "3"}, "This cannot be chosen here."),
        ({"ask_site": "1", "ground": "2", "rig": "3", "crane": "4"}, "This cannot be chosen here."),
        ({}, "This cannot be chosen here."),
    ],
)
def test_an_order_that_is_none(
    engines: Engines, crew: Cast, lena: FlaskClient, places: dict[str, str], told: str
) -> None:
    answer(lena, "ring", "date", "hers")
    before = actions(engines, crew.lena_seat)
    form = sheet(lena)
    refused = lena.post(form.action, data=form.hidden | {f"place-{name}": place for name, place in places.items()})
    assert refused.status_code == 422
    assert told in refused.text
    assert ("<option selected>3</option>" in refused.text) is ("rig" in places)
    assert actions(engines, crew.lena_seat) == before
    assert rank(lena, sheet(lena), *ORDER).status_code == 303


def test_a_choice_is_no_order_and_an_order_no_choice(engines: Engines, crew: Cast, lena: FlaskClient) -> None:
    form = sheet(lena)
    assert lena.post(form.action, data=form.hidden | {"asks": "order", "place-ring": "1"}).status_code == 303
    assert actions(engines, crew.lena_seat) == (Choose("call", "ring"),)
    answer(lena, "date", "hers")
    form = sheet(lena)
    assert lena.post(form.action, data=form.hidden | {"asks": "", "choice": "near"}).status_code == 422
    assert len(actions(engines, crew.lena_seat)) == 4


def test_a_held_room_shows_the_scene_and_no_form(engines: Engines, crew: Cast, lena: FlaskClient) -> None:
    open_form = sheet(lena)
    hold(engines, crew, "call")
    page = lena.get(HERE).text
    assert "Your facilitator is holding the room here" in page
    assert "The crane will be two days late." in page
    assert "Ring Ines now" not in page
    assert 'name="choice"' not in page
    late = lena.post(open_form.action, data=open_form.hidden | {"choice": "ring"})
    assert late.status_code == 409
    assert "so nothing was sent" in late.text
    assert 'value="ring" required checked' in late.text
    assert actions(engines, crew.lena_seat) == ()
    hold(engines, crew, "call", held=False)
    assert "Ring Ines now" in lena.get(HERE).text
    assert lena.post(open_form.action, data=open_form.hidden | {"choice": "ring"}).status_code == 303


def test_a_sentence_typed_for_a_held_room_stays(engines: Engines, crew: Cast, lena: FlaskClient) -> None:
    answer(lena, "ring")
    form = sheet(lena)
    hold(engines, crew, "words")
    late = say(lena, form)
    assert late.status_code == 409
    assert SENTENCE in late.text
    assert said(engines, crew.lena_seat) == ()
    hold(engines, crew, "words", held=False)
    assert say(lena, form).status_code == 303


def test_a_waiting_page_hears_when_the_room_goes_on(engines: Engines, crew: Cast, lena: FlaskClient) -> None:
    hold(engines, crew, "call")
    page = lena.get(HERE).text
    assert f'data-news="{HERE}held?play=1"' in page
    waits = lena.get(f"{HERE}held?play=1", headers={"If-None-Match": '"held"'})
    assert (waits.status_code, waits.text, waits.headers["ETag"]) == (304, "", '"held"')
    for asks in (lena.get(f"{HERE}held?play=1"), lena.get(f"{HERE}held?play=2", headers={"If-None-Match": '"held"'})):
        assert (asks.status_code, asks.location) == (303, f"{HERE}#play")
    hold(engines, crew, "call", held=False)
    on = lena.get(f"{HERE}held?play=1", headers={"If-None-Match": '"held"'})
    assert (on.status_code, on.location) == (303, f"{HERE}#play")


@pytest.mark.parametrize("below", ["say", "held"])
def test_who_may_speak_and_wait(crew: Cast, client: FlaskClient, sign_in: SignIn, below: str) -> None:
    url = HERE + below
    ask = "get" if below == "held" else "post"
    assert getattr(client, ask)(url).status_code == (303 if below == "held" else 401)
    assert getattr(sign_in(crew.farid), ask)(url).status_code == 403
    assert getattr(sign_in(crew.otto), ask)(f"{url}?seat={crew.lena_seat}").status_code == 404
    assert getattr(sign_in(crew.lena), ask)(url.replace("the-crane", "your-page")).status_code == 404
    other = "post" if below == "held" else "get"
    assert getattr(sign_in(crew.lena), other)(url).status_code == 405
