"""Addresses, passwords and keys without a database."""

import pytest

from course.people.commonest import COMMONEST
from course.people.rules import PASSWORD_MIN, Weakness, fold_address, is_address, throttle_key, weakness


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", Weakness.SHORT),
        ("nine char", Weakness.SHORT),
        ("", Weakness.SHORT),
        ("x" * 201, Weakness.LONG),
        ("Password123", Weakness.COMMON),
        ("1234567890", Weakness.COMMON),
        ("lena.brandt@example.org", Weakness.ADDRESS),
        ("Lena.Brandt", Weakness.ADDRESS),
        ("ten chars.", None),
        ("             ", None),
        ("äöüäöüäöüä", None),
    ],
)
def test_a_password_is_refused_for_a_reason_or_taken(password: str, why: Weakness | None) -> None:
    assert weakness(password, address="Lena.Brandt@Example.org") == why


def test_the_commonest_are_those_that_the_length_lets_through() -> None:
    assert len(COMMONEST) >= 100
    assert [word for word in COMMONEST if len(word) < PASSWORD_MIN or word != word.casefold()] == []


@pytest.mark.parametrize("address", ["lena@example.org", " lena@example.org ", "a.b+c@sub.example.co", "ada@localhost"])
def test_an_address_is_one(address: str) -> None:
    assert is_address(address)


@pytest.mark.parametrize(
    "address",
    ["", "lena", "lena@", "@example.org", "lena@example", "a b@example.org", "a@b@c.org", "x" * 250 + "@e.org"],
)
def test_anything_else_is_none(address: str) -> None:
    assert not is_address(address)


def test_addresses_compare_without_case_and_blanks() -> None:
    assert fold_address(" Lena@Example.ORG ") == "lena@example.org"


def test_a_throttle_key_hides_what_it_is_made_of() -> None:
    key = throttle_key("a secret", "sign-in", "lena@example.org")
    assert key == throttle_key("a secret", "sign-in", "lena@example.org")
    assert "lena" not in key
    assert (
        len(
            {
                key,
                throttle_key("another secret", "sign-in", "lena@example.org"),
                throttle_key("a secret", "door", "lena@example.org"),
                throttle_key("a secret", "sign-inlena@example.org"),
            }
        )
        == 4
    )
