"""The sheet with which a room is debriefed, and the questions on it."""

import re

import pytest
from flask.testing import FlaskClient

from course.cases.splits import split
from course.content.schema import Decision
from course.database import Engines
from course.facilitator.views.questions import best_answer, questions, shortened
from tests.conftest import SignIn
from tests.facilitator.rooms import BLAME, CHECK, RING, Room, filled, room_of
from tests.facilitator.test_budget import ANY_PAGE, counted
from tests.facilitator.test_live import words
from tests.make import all_kinds

SCENES = {scene.id: scene for scene in all_kinds().scenarios[0].scenes if isinstance(scene, Decision)}


@pytest.fixture
def room(engines: Engines) -> Room:
    return room_of(engines)


@pytest.fixture
def farid(sign_in: SignIn, room: Room) -> FlaskClient:
    return sign_in(room.cast.farid)


def test_it_is_made_from_what_this_room_did(farid: FlaskClient, room: Room) -> None:
    filled(room, 6)
    shown = words(farid, f"{room.here}plan/")
    assert "6 of 8 have played to the end." in shown
    assert re.findall(r"(\d)\. (The call|Your first sentence|What first|Who decides)", shown) == [
        ("1", "The call"),
        ("2", "Your first sentence"),
        ("3", "What first"),
    ]
    assert "If there is time Who decides" in shown
    assert "Ring Ines now, before you know more. (the author's answer) 2 33 %" in shown
    assert "Carries: Sentence 0. Carries: Sentence 3. Costs: Sentence 1. Costs: Sentence 4." in shown
    assert "Early and incomplete beats late and complete. She can act." in shown
    assert "Show of hands" not in shown


def test_with_four_answers_it_asks_for_hands(farid: FlaskClient, room: Room) -> None:
    for _each in range(4):
        room.plays(CHECK)
    shown = words(farid, f"{room.here}plan/")
    assert "Fewer than five have answered any decision" in shown
    assert "Show of hands The call · Your first sentence · Who decides · What first" in shown
    assert "hauliers" not in shown
    room.plays(CHECK)
    shown = words(farid, f"{room.here}plan/")
    assert "Show of hands Your first sentence · Who decides · What first" in shown
    assert "Ring three other hauliers first. 5 100 %" in shown


def test_sentences_wait_for_five_authors(farid: FlaskClient, room: Room) -> None:
    for number in range(5):
        room.plays(RING, BLAME, said=f"Sentence {number}." if number < 4 else None, nearer="poor")
    shown = words(farid, f"{room.here}plan/")
    assert "Sentences come from five people on" in shown
    assert "Sentence 0." not in shown
    room.plays(RING, BLAME, said="The fifth.", nearer="poor")
    shown = words(farid, f"{room.here}plan/")
    assert "Sentences come from five people on" not in shown
    assert "Costs: Sentence 0. Costs: Sentence 1." in shown


def test_sixty_people_cost_as_many_statements_as_five(farid: FlaskClient, room: Room, engines: Engines) -> None:
    def cost() -> int:
        farid.get(f"{room.here}plan/")
        with counted(engines) as statements:
            assert farid.get(f"{room.here}plan/").status_code == 200
        return len(statements)

    filled(room, 5)
    few = cost()
    filled(room, 55)
    assert cost() == few <= ANY_PAGE


def asked(scene: str, turn: int = 0, **given: int) -> tuple[str, str, str]:
    return questions(split(SCENES[scene], given), turn)


def test_an_even_split_is_asked_about_from_both_sides() -> None:
    assert asked("call", ring=4, check=4) == (
        (
            "You divide between “Ring Ines now, before you know more” and “Ring three other hauliers first”."
            " What did each side hope would happen next?"
        ),
        "What would have had to be true for “Ring three other hauliers first” to be the better answer?",
        (
            "After “Ring three other hauliers first” you read: “Ines has sixty people at a gate.”"
            " Who noticed, and what did you make of it?"
        ),
    )


def test_a_large_majority_is_asked_what_made_it_look_right() -> None:
    assert asked("words", blame=9, date=1) == (
        "Nearly everybody took “Explain what the haulier did”. What made it look right at that moment?",
        "What would have had to be true for more of you to take “Name the new date and ask what it breaks”?",
        "Say your own first sentence to the person beside you. What did they hear that you did not mean?",
    )
    assert asked("words", blame=9)[1] == (
        "Nobody took “Name the new date and ask what it breaks”. What would have had to be true for you to take it?"
    )


def test_two_decisions_are_not_asked_about_in_the_same_words() -> None:
    seen = [asked("hands", turn, hers=5, mine=5) for turn in range(3)]
    assert len({first for first, _second, _third in seen}) == 3
    assert len({third for _first, _second, third in seen}) == 3


@pytest.mark.parametrize("scene", sorted(SCENES))
def test_one_person_is_never_some_of_you(scene: str) -> None:
    """Whatever a room of five answers: what one of them said alone is not quoted as what people did."""
    names = [part.id for part in split(SCENES[scene], {}).parts]
    for lonely in names:
        for common in set(names) - {lonely}:
            for turn in range(6):
                first, _second, third = questions(split(SCENES[scene], {common: 4, lonely: 1}), turn)
                alone = next(part.text for part in split(SCENES[scene], {}).parts if part.id == lonely)
                assert shortened(alone) not in first + third


def test_the_best_answer_is_the_one_with_the_most_points() -> None:
    assert {name: best_answer(scene) for name, scene in SCENES.items()} == {
        "call": "ring",
        "words": "date",
        "hands": None,
        "order": "ask_site",
    }


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("Wait.", "Wait"),
        (
            "“Looking good, some tuning left.” Then fix it and show her when it is clean.",
            "Looking good, some tuning left",
        ),
        ("I'm sorry, Ruth. Eleven are agreed. If I start with one, all is lost.", "I'm sorry, Ruth. Eleven are agreed"),
        ("What was Ruth asked, and who asked her?", "What was Ruth asked, and who asked her?"),
        ("one " * 30, "one " * 15 + "…"),
    ],
)
def test_answers_are_shortened_at_a_sentence(text: str, short: str) -> None:
    assert shortened(text) == short
