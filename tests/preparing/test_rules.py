"""The minutes of preparing, and what a note may hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.content.schema import Block, FacilitatorPart
from course.content.schema import Step as Do
from course.preparing.rules import (
    LONGEST,
    MINUTES,
    NoteTooLong,
    Step,
    minutes_left,
    minutes_to_read,
    minutes_to_say,
    musts,
    opening,
    tidy,
)
from tests.make import small_module


def block(**parts: object) -> Block:
    return small_module().blocks[0].model_copy(update={"facilitator": FacilitatorPart.model_validate(parts)})


def test_every_step_has_its_minutes_and_together_they_are_45() -> None:
    assert list(MINUTES) == list(Step)
    assert sum(MINUTES.values()) == 45


def test_what_is_done_is_not_left() -> None:
    assert minutes_left(()) == 45
    assert minutes_left({Step.MUSTS, Step.KIT}) == 17
    assert minutes_left(set(Step)) == 0


def test_the_musts_of_a_day_are_no_breaks() -> None:
    module = small_module()
    wanted = [each.id for each in module.blocks if each.priority == "must" and each.kind.value != "break"]
    assert [each.id for each in musts(module)] == wanted
    less = module.blocks[0].model_copy(update={"priority": "could"})
    assert [each.id for each in musts(module.model_copy(update={"blocks": (less, *module.blocks[1:])}))] == wanted[1:]
    assert {each.kind.value for each in module.blocks} >= {"break"}


def test_the_opening_is_the_first_block_in_which_something_is_said() -> None:
    silent, speaking = block(), block(say="Good morning.")
    module = small_module()
    assert opening(module.model_copy(update={"blocks": (silent, speaking, speaking)})) is speaking
    assert opening(module.model_copy(update={"blocks": (silent,)})) is None


def test_reading_counts_every_part_and_saying_only_what_is_said() -> None:
    text = "word " * 119
    whole = block(say=text, do=(Do(minutes=3, text=text),), expect=text, what_if=text)
    assert (minutes_to_read(whole), minutes_to_say(whole)) == (2, 1)
    assert (minutes_to_read(block()), minutes_to_say(block())) == (0, 0)
    assert (minutes_to_read(block(say="One.")), minutes_to_say(block(say="One."))) == (1, 1)


@pytest.mark.parametrize(("words", "minutes"), [(130, 1), (131, 2), (260, 2), (261, 3)])
def test_speaking_takes_a_minute_for_130_words(words: int, minutes: int) -> None:
    assert minutes_to_say(block(say="word " * words)) == minutes


def test_a_note_has_one_kind_of_line_break_and_nothing_untyped() -> None:
    assert tidy("a\r\nb\rc\n\td\x00\x1b\ud800e") == "a\nb\nc\n\tde"


@given(st.text())
def test_tidy_notes_can_be_stored_and_stay_as_they_are(text: str) -> None:
    once = tidy(text)
    assert tidy(once) == once
    assert once.encode().decode() == once


def test_a_note_has_an_end() -> None:
    assert tidy("x" * LONGEST) == "x" * LONGEST
    assert len(tidy("x\r\n" * (LONGEST // 2))) == LONGEST
    with pytest.raises(NoteTooLong):
        tidy("x" * (LONGEST + 1))
