"""Whatever stands in a text or a name, it is printed as it stands, or refused with a sentence."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from course.content.schema import FacilitatorPart, Handout, HandoutKind, Step
from course.kit.catalogue import Document, printed
from course.kit.occasion import Paper
from course.kit.press import TooMuch
from tests.kit.samples import DAY, MODULE, claims_ua, text_of, with_handout

HOSTILE = [
    '#image("x") #panic() #{ while true {} }',
    "$x^2$ @label <label> ~ */ /* // \\u{1F600}",
    "]]) }] ) ''' ``` `#eval(\"1\")`",
    "= Not a heading",
    "\\ # \\$ \\_ \\*",
    '"; it := none; json("/etc/passwd")',
]


def card(text: str) -> bytes:
    handout = Handout(id="a", kind=HandoutKind.ROLE_CARD, title="A", text=text)
    return printed(Document.ROLE_CARDS, with_handout(handout), DAY, Paper.A4)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_name_is_only_ever_a_name(text: str) -> None:
    content = printed(Document.SIGN_IN_SHEET, MODULE, replace(DAY, names=(text,), place=text, group=text), Paper.A4)
    words = "".join(text.split())
    assert "".join(text_of(content).split()).replace("\u200b", "").count(words) == 3
    assert claims_ua(content)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_is_only_ever_a_text(text: str) -> None:
    escaped = "".join(f"\\{sign}" if sign in r"\`*_{}[]()#+-.!<>$@~=/\"'&:;" else sign for sign in text)
    assert "".join(text.split()) in "".join(text_of(card(f"x {escaped}")).split()).replace("\u200b", "")


@pytest.mark.parametrize(
    "text",
    ["*a " * 1500 + "b* " * 1500, "> " * 2000 + "a", "- " * 2000 + "a", "x" * 9000, "| a |\n| - |\n" + "| b |\n" * 900],
    ids=["emphasis", "quotes", "lists", "one word", "rows"],
)
def test_what_is_deep_or_endless_is_printed(text: str) -> None:
    assert claims_ua(card(text))


def test_signs_that_our_fonts_lack_are_printed_without_the_claim() -> None:
    content = printed(Document.NAME_TENTS, MODULE, replace(DAY, names=("Jo", "\U00012345")), Paper.A4)
    assert "Jo" in text_of(content)
    assert not claims_ua(content)
    assert claims_ua(printed(Document.NAME_TENTS, MODULE, replace(DAY, names=("Jo", "Ελένη Жанна")), Paper.A4))


def test_a_name_without_letters_is_an_empty_tent() -> None:
    content = printed(Document.NAME_TENTS, MODULE, replace(DAY, names=(" \x00 ", "x" * 5000)), Paper.A4)
    assert text_of(content).replace("\u200b", "").replace(" ", "").count("x" * 80) == 2


def test_what_nobody_would_print_is_refused_before_it_costs_anything() -> None:
    part = FacilitatorPart(say="word " * 120_000, do=(Step(minutes=20, text="Do it."),))
    block = MODULE.blocks[0].model_copy(update={"facilitator": part})
    module = MODULE.model_copy(update={"blocks": (block,)})
    with pytest.raises(TooMuch, match=r"facilitator guide: its texts are too long to be printed\."):
        printed(Document.GUIDE, module, DAY, Paper.A4)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=60), st.text(max_size=30))
def test_any_text_and_any_name_is_printed(text: str, name: str) -> None:
    assert card(text).startswith(b"%PDF")
    content = printed(Document.NAME_TENTS, MODULE, replace(DAY, names=(name,)), Paper.LETTER)
    assert content.startswith(b"%PDF")
