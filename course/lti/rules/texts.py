"""Texts about people that a platform sends: as much of them as every database keeps and no page trips over."""

import unicodedata

from course.people.rules import fold_address, is_address

LONGEST_NAME = 200
_DROPPED = {"Cc", "Cs", "Co", "Cn"}
"""Controls, halves of characters, and what nobody has given a meaning."""
_TURNING = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They turn the direction of what is written after them. A page sets a name apart by itself."""


def cleaned(text: object, *, longest: int = LONGEST_NAME) -> str:
    """Return a text in one line, without what no keyboard makes; empty for what is no text."""
    if not isinstance(text, str):
        return ""
    # Cut first: what is thousands of times longer than a name is not worth looking at.
    kept = " ".join(text[: longest * 4].split())
    kept = "".join(sign for sign in kept if sign not in _TURNING and unicodedata.category(sign) not in _DROPPED)
    return kept[:longest].strip()


def address(text: object) -> str:
    """Return an e-mail address as addresses are compared here, or nothing for what is none."""
    plain = fold_address(cleaned(text, longest=1000))
    return plain if is_address(plain) else ""
