"""Codes: how they are made, typed and shown."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.cohorts.rules.door import ALPHABET, LENGTH, good_until, new_code, new_key, read_code, show_code


def test_no_letter_of_a_code_looks_like_another() -> None:
    assert set(ALPHABET) & set("01258BILOSUZAE") == set()
    assert len(set(ALPHABET)) == len(ALPHABET) == 22


@given(st.lists(st.sampled_from(ALPHABET), min_size=LENGTH, max_size=LENGTH), st.data())
def test_a_code_is_read_in_any_case_with_or_without_dashes_and_blanks(letters: list[str], data: st.DataObject) -> None:
    code = "".join(letters)
    typed = "".join(
        data.draw(st.sampled_from(["", " ", "-", "\u2013", "\u00a0"]))
        + data.draw(st.sampled_from([letter, letter.lower()]))
        for letter in code
    )
    assert read_code(typed) == code
    assert read_code(show_code(code)) == code


@given(st.text(max_size=20))
def test_anything_else_is_no_code(typed: str) -> None:
    code = read_code(typed)
    assert code is None or (len(code) == LENGTH and set(code) <= set(ALPHABET))


@pytest.mark.parametrize("typed", ["", "K7M4Q", "K7M4QXX", "K7M4Q0", "K7M4QO", "K7M-4Q1", "ＫＫＫＫＫＫ"])
def test_slips_are_no_codes(typed: str) -> None:
    assert read_code(typed) is None


def test_new_codes_can_be_read_and_shown() -> None:
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    assert {read_code(code) for code in codes} == codes
    assert show_code("K7M4QX") == "K7M-4QX"
    assert len({new_key() for _ in range(200)}) == 200
    assert min(len(new_key()) for _ in range(20)) == 16


def test_a_door_is_good_until_midnight_of_its_own_zone() -> None:
    assert good_until(date(2026, 11, 27), "America/New_York") == datetime(2026, 11, 28, 5, tzinfo=UTC)
    assert good_until(date(2026, 3, 29), "Europe/Berlin") == datetime(2026, 3, 29, 22, tzinfo=UTC)
