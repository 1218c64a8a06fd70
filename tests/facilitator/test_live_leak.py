"""What a room did is told when it is due and not before: not to its wall, not to its learners, not in a header.

Two rooms that differ in nothing but what was answered get the same bytes for as long as the answers are not due. That
finds every leak, in words or in numbers; and the same comparison sees the answers as soon as they are open.
"""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from course.database import Engines, unit_of_work
from course.people.models import Person
from course.scenarios.models import AttemptEvent, Saying
from tests import make
from tests.conftest import SignIn
from tests.facilitator.rooms import CHECK, DATE, MAIL, RING, Room, room_of

NAMES = ("Zyxlena", "Quorvath")
SAID = "The canary sings at seven"
KEPT = "The owl is not to be quoted"
TOKEN = re.compile(r'(name="csrf_token" value=|name="csrf-token" content=|name="operation_id" value=)"[^"]*"')
CHANGING = {"Set-Cookie", "Content-Length", "X-Request-Id"}
"""Headers that are new each time, or as long as the text is."""
FACILITATOR = ("", "news", "projector/", "projector/news")
WALL = ("projector/", "projector/news")
PLAN = ("plan/",)
"""Of the facilitator alone, and so not kept back until something is revealed; but from five answers on, too."""
CASE = "/learn/all-kinds/the-crane/"
LEARNER = ("/learn/", "/learn/all-kinds/", CASE, f"{CASE}held", f"{CASE}debrief/")


@pytest.fixture
def room(engines: Engines) -> Room:
    """Lena has begun and stands before the call; whoever comes later is called like nobody else."""
    made = room_of(engines)
    with unit_of_work(engines, write=True) as session:
        make.played(session, made.cast.lena_seat, version_hash=made.cast.version_hash)
        session.get_one(Person, made.cast.leo).name = " ".join(NAMES)
    return made


@pytest.fixture
def farid(sign_in: SignIn, room: Room) -> FlaskClient:
    return sign_in(room.cast.farid)


@pytest.fixture
def lena(sign_in: SignIn, room: Room) -> FlaskClient:
    return sign_in(room.cast.lena)


def told(browser: FlaskClient, urls: tuple[str, ...], base: str = "") -> dict[str, str]:
    """Every answer with its status and headers; what differs from one showing to the next is taken out."""
    found = {}
    for part in urls:
        answer = browser.get(base + part)
        headers = [pair for pair in answer.headers if pair[0] not in CHANGING]
        found[part] = TOKEN.sub("", f"{answer.status} {headers} {answer.text}")
    return found


def swapped(room: Room) -> None:
    """Let everybody have answered otherwise: who rang has looked round, and the other way about."""
    with unit_of_work(room.engines, write=True) as session:
        for before, after in (("ring", "swap"), ("check", "ring"), ("swap", "check")):
            session.execute(update(AttemptEvent).where(AttemptEvent.choice == before).values(choice=after))


def differing(room: Room, browser: FlaskClient, urls: tuple[str, ...], base: str = "") -> set[str]:
    """Return the addresses at which the other answers make a difference."""
    before = told(browser, urls, base)
    swapped(room)
    after = told(browser, urls, base)
    swapped(room)
    assert told(browser, urls, base) == before
    return {url for url in urls if before[url] != after[url]}


def test_four_answers_stay_hidden_and_the_fifth_opens_them(farid: FlaskClient, lena: FlaskClient, room: Room) -> None:
    for _each in range(4):
        room.plays(RING)
    assert differing(room, farid, FACILITATOR, room.here) == set()
    room.does(farid, "stop", scene="call")
    room.does(farid, "reveal", scene="call")
    assert "holding" in lena.get(CASE).text
    assert differing(room, farid, FACILITATOR, room.here) == set()
    assert differing(room, lena, LEARNER) == set()
    assert differing(room, farid, PLAN, room.here) == set()
    room.plays(RING)
    assert differing(room, farid, PLAN, room.here) == set(PLAN)
    assert differing(room, farid, FACILITATOR, room.here) == set(FACILITATOR)
    assert differing(room, lena, LEARNER) == set()
    room.does(farid, "hide", scene="call")
    assert differing(room, farid, FACILITATOR, room.here) == set()


def test_another_decision_that_is_shown_tells_nothing_of_this_one(farid: FlaskClient, room: Room) -> None:
    for _each in range(6):
        room.plays(RING, DATE)
    room.does(farid, "reveal", scene="words")
    assert differing(room, farid, FACILITATOR, room.here) == set()
    room.does(farid, "reveal", scene="call")
    assert differing(room, farid, FACILITATOR, room.here) == set(FACILITATOR)


def test_small_groups_of_earlier_days_stay_hidden_too(farid: FlaskClient, room: Room) -> None:
    """Covered with its control in ``test_live``; here nothing of it reaches the wall."""
    for given in (RING, RING, RING, CHECK, MAIL):
        room.plays(given)
    room.does(farid, "reveal", scene="call")
    assert all("earlier groups" not in body for body in told(farid, WALL, room.here).values())


def telling(bodies: dict[str, str], word: str) -> set[str]:
    return {url for url, body in bodies.items() if word in body}


def test_sentences_wait_for_five_authors_and_for_the_facilitator(
    farid: FlaskClient, lena: FlaskClient, room: Room
) -> None:
    room.plays(RING, DATE, said=SAID)
    for number in range(3):
        room.plays(RING, DATE, said=f"The other {number}.")
    (first, *_others) = room.sentences()
    room.does(farid, "pick", sentence=first)
    room.plays(RING, DATE)
    everything = {**told(farid, FACILITATOR + PLAN, room.here), **told(lena, LEARNER)}
    assert telling(everything, SAID) == set()
    room.plays(RING, DATE, said="The fifth.")
    assert telling(told(farid, PLAN, room.here), SAID) == set(PLAN)
    assert telling(told(farid, FACILITATOR, room.here), SAID) == {"", "news"}
    room.does(farid, "pick", sentence=first)
    assert telling(told(farid, FACILITATOR, room.here), SAID) == set(FACILITATOR)
    assert telling(told(lena, LEARNER), SAID) == set()
    room.does(farid, "take-down", sentence=first)
    assert telling(told(farid, FACILITATOR, room.here), SAID) == {"", "news"}


def test_what_may_not_be_shown_never_is(farid: FlaskClient, room: Room) -> None:
    for number in range(5):
        room.plays(RING, DATE, said=f"Another {number}.")
    room.plays(RING, DATE, said=KEPT)
    kept = room.sentences()[-1]
    assert telling(told(farid, FACILITATOR, room.here), KEPT) == {"", "news"}
    room.does(farid, "pick", sentence=kept)
    assert telling(told(farid, FACILITATOR, room.here), KEPT) == set(FACILITATOR)
    with unit_of_work(room.engines, write=True) as session:
        session.execute(update(Saying).where(Saying.id == kept).values(may_show=False))
    assert telling(told(farid, FACILITATOR, room.here), KEPT) == set()
    room.does(farid, "take-down", sentence=kept)
    room.does(farid, "pick", sentence=kept)
    assert telling(told(farid, FACILITATOR, room.here), KEPT) == set()


def test_no_name_is_told(farid: FlaskClient, lena: FlaskClient, room: Room) -> None:
    for number in range(6):
        room.plays(RING, DATE, said=f"Sentence {number}.", name=" ".join(NAMES))
    room.does(farid, "stop", scene="hands")
    room.does(farid, "reveal", scene="call")
    room.does(farid, "pick", sentence=room.sentences()[0])
    everything = {**told(farid, FACILITATOR + PLAN, room.here), **told(lena, LEARNER)}
    for name in NAMES:
        assert telling(everything, name) == set()
    # The scanner finds them where they may stand.
    door = told(farid, ("door/",), f"/facilitate/runs/{room.cast.run}/")
    assert [telling(door, name) for name in NAMES] == [{"door/"}] * 2
