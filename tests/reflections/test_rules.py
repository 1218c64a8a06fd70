"""Words, tidy texts, lateness."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.reflections.rules import LONGEST, PageTooLong, count_words, is_late, tidy


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        (" \n\t ", 0),
        ("— … !", 0),
        ("one", 1),
        ("don't won’t half-page Müller-Lüdenscheidt's", 4),
        ("He said “well”, and left.", 5),
        ("Straße 3 café naïve — yes", 5),
        ("пишет одну страницу", 3),
        ("मैं एक पन्ना लिखता हूँ", 5),
    ],
)
def test_count_words(text: str, words: int) -> None:
    assert count_words(text) == words


def test_tidy_leaves_one_kind_of_line_break_and_nothing_untyped() -> None:
    assert tidy("a\r\nb\rc\n\td\x00\x1b\ud800e") == "a\nb\nc\n\tde"


@given(st.text())
def test_tidy_texts_can_be_stored_and_stay_as_they_are(text: str) -> None:
    once = tidy(text)
    assert tidy(once) == once
    assert once.encode().decode() == once


def test_a_page_has_an_end() -> None:
    assert tidy("x" * LONGEST) == "x" * LONGEST
    with pytest.raises(PageTooLong):
        tidy("x" * (LONGEST + 1))
    assert len(tidy("x\r\n" * (LONGEST // 2))) == LONGEST


def test_the_due_minute_is_still_in_time() -> None:
    due = datetime(2026, 11, 27, 23, 59, tzinfo=UTC)
    assert not is_late(due + timedelta(seconds=59), due)
    assert is_late(due + timedelta(seconds=60), due)
