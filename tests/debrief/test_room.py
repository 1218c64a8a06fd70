"""The debrief plan of a room: what is talked about first, and which sentences are read aloud."""

import pytest
from sqlalchemy.orm import Session

from course.cases.engine import Case, compile_case
from course.cases.leverage import leverage
from course.cases.splits import Weighed, disagreement, ranked, split
from course.cohorts.models import Run
from course.content.schema import Decision
from course.debrief.queries.room import Plan, plan
from tests import make
from tests.facilitator.rooms import BLAME, CHECK, DATE, HERS, MAIL, MINE, RIGHT, RING
from tests.make import Cast


@pytest.fixture
def group(session: Session) -> Cast:
    return make.cast_of(session, make.all_kinds())


def crane() -> Case:
    found = make.all_kinds().scenario("crane")
    assert found is not None
    return compile_case(found)


def plays(session: Session, group: Cast, *given: tuple[str, str], said: str | None = None, nearer: str = "") -> None:
    seat = make.seat(session, session.get_one(Run, group.run), make.person(session, "Somebody")).id
    shown = {"words": said} if said is not None else None
    make.played(session, seat, *given, version_hash=group.version_hash, said=shown, nearer=nearer)


def made(session: Session, group: Cast) -> Plan:
    return plan(session, run_id=group.run, case=crane())


def order(found: Plan) -> list[str]:
    return [talk.weighed.split.scene.id for talk in found.talks]


def test_the_case_says_how_much_hangs_on_each_decision() -> None:
    stakes = leverage(crane())
    assert stakes is not None
    assert set(stakes) == {"call", "words", "order"}
    assert stakes["call"] == max(stakes.values())
    assert leverage(crane()) is stakes


def test_what_divides_a_room_and_weighs_most_comes_first(session: Session, group: Cast) -> None:
    for number in range(6):
        first = (RING, CHECK, MAIL)[number % 3]
        plays(session, group, first, (DATE, BLAME)[number % 2], (HERS, MINE)[number % 2], RIGHT)
    found = made(session, group)
    # Everybody put the same thing first, and nothing hangs on a vote.
    assert order(found) == ["call", "words", "hands", "order"]
    worth = [talk.weighed.worth for talk in found.talks]
    assert worth == sorted(worth, reverse=True)
    assert worth[2:] == [0.0, 0.0]
    assert (found.people, found.ended, found.hands, found.weighed) == (8, 6, (), True)


def test_four_answers_are_no_split_and_five_are(session: Session, group: Cast) -> None:
    for given in (RING, RING, CHECK, CHECK):
        plays(session, group, given)
    found = made(session, group)
    assert (order(found), [scene.id for scene in found.hands]) == ([], ["call", "words", "hands", "order"])
    plays(session, group, CHECK)
    found = made(session, group)
    assert (order(found), [scene.id for scene in found.hands]) == (["call"], ["words", "hands", "order"])
    assert [part.count for part in found.talks[0].weighed.split.parts] == [2, 3, 0]


def test_sentences_are_weighed_by_the_mark_and_by_the_answer_after_them(session: Session, group: Cast) -> None:
    plays(session, group, RING, DATE, said="Both good.", nearer="good")
    plays(session, group, RING, DATE, said="Marked between, answered well.", nearer="between")
    plays(session, group, RING, DATE, said="Marked poor, answered well.", nearer="poor")
    plays(session, group, RING, BLAME, said="Both poor.", nearer="poor")
    assert [talk.good + talk.poor for talk in made(session, group).talks] == []
    plays(session, group, RING, BLAME, said="Marked between, answered poorly.", nearer="between")
    plays(session, group, RING, BLAME, said="A third poor one, not marked.")
    plays(session, group, RING, BLAME)
    found = made(session, group)
    (words,) = [talk for talk in found.talks if talk.weighed.split.scene.id == "words"]
    assert words.good == ("Both good.", "Marked between, answered well.")
    assert words.poor == ("A third poor one, not marked.", "Both poor.")
    assert found.quoted


def test_fewer_than_five_authors_are_not_quoted(session: Session, group: Cast) -> None:
    for number in range(6):
        plays(session, group, RING, DATE, said=f"Sentence {number}." if number < 4 else None, nearer="good")
    found = made(session, group)
    assert [talk.good for talk in found.talks] == [(), ()]
    assert not found.quoted
    plays(session, group, RING, DATE, said="The fifth.", nearer="good")
    found = made(session, group)
    assert {talk.weighed.split.scene.id: talk.good for talk in found.talks} == {
        "call": (),
        "words": ("Sentence 0.", "Sentence 1."),
    }


def test_ranking_is_disagreement_times_leverage() -> None:
    scenes = [scene for scene in crane().scenario.scenes if isinstance(scene, Decision)]
    call = split(scenes[0], {"ring": 3, "check": 3})
    words = split(scenes[1], {"date": 3, "blame": 3})
    heavy = {"call": 10.0, "words": 4.0}
    assert ranked([words, call], heavy) == (Weighed(call, 10.0), Weighed(words, 4.0))
    assert ranked([words, call], heavy)[0].worth == 10 * disagreement([3, 3, 0])
    # Of a case of which nothing is known, who disagree most come first; alike, they stay in their order.
    assert ranked([call, words], None) == (Weighed(words, 1.0), Weighed(call, 1.0))
    assert ranked([call, words], {}) == (Weighed(call, 0.0), Weighed(words, 0.0))
