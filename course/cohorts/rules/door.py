"""The code of a room's door: its letters, how it is typed and shown, how long it is good."""

import secrets
from datetime import date, datetime
from enum import StrEnum

from course import clock
from course.cohorts.rules.calendar import Refused
from course.cohorts.rules.timetable import MINUTES_A_DAY

ALPHABET = "CDFGHJKMNPQRTVWXY34679"
"""No pair that looks alike on a wall (0 O, 1 I L, 2 Z, 5 S, 8 B, U V) and no vowel, so that no code is a word."""
LENGTH = 6
KEY_BYTES = 12


class TooLate(Refused):
    """The day of the run is over: its door stays closed."""


class Refusal(StrEnum):
    """Why somebody did not get in by the name they picked."""

    TAKEN = "taken"
    """Somebody is in under this name already."""
    SIGN_IN = "sign_in"
    """This person has a password or another role, and comes in by signing in."""
    UNKNOWN = "unknown"
    """There is no such place in this run."""
    LISTED = "listed"
    """A walk-in typed a name that stands on the list."""


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def new_key() -> str:
    """Return the long secret of a door, which the QR carries and nobody types."""
    return secrets.token_urlsafe(KEY_BYTES)


def read_code(typed: str) -> str | None:
    """Return the code that was meant by what was typed, in any case, with or without blanks and dashes.

    None: it cannot be a code, so it is a slip of the fingers and no guess.
    """
    code = "".join(letter for letter in typed.upper() if letter.isalnum())
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


def show_code(code: str) -> str:
    """K7M-4QX: two groups of three are easier to carry from the wall to the phone."""
    return f"{code[:3]}-{code[3:]}"


def good_until(day: date, zone: str) -> datetime:
    """Return the midnight at which a run's day ends."""
    return clock.at(day, MINUTES_A_DAY, zone)
