"""Hashing: right, wrong, nobody's, and older parameters."""

from argon2 import PasswordHasher, extract_parameters

from course.people.passwords import NOBODY, hash_password, outdated, verify


def test_a_password_matches_its_own_hash_and_no_other() -> None:
    kept = hash_password("correct horse")
    assert verify(kept, "correct horse")
    assert not verify(kept, "correct horsf")
    assert not verify(hash_password("another one"), "correct horse")


def test_the_same_letters_match_however_they_were_typed() -> None:
    assert verify(hash_password("caf\u00e9 au lait"), "cafe\u0301 au lait")


def test_nobody_is_checked_against_a_hash_of_the_same_cost() -> None:
    assert not verify(None, "correct horse")
    assert extract_parameters(NOBODY) == extract_parameters(hash_password("correct horse"))
    assert not outdated(NOBODY)


def test_a_hash_that_is_none_matches_nothing() -> None:
    assert not verify("plain text", "plain text")


def test_a_hash_with_older_parameters_is_outdated_and_still_matches() -> None:
    older = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash("correct horse")
    assert outdated(older)
    assert verify(older, "correct horse")
    assert not outdated(hash_password("correct horse"))
