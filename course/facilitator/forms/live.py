"""What a tap on the room's page sends: a decision or a sentence."""

from collections.abc import Mapping

LONGEST_ID = 18
"""Digits of a row's id that every database can hold."""


def read_scene(sent: Mapping[str, str]) -> str:
    return sent.get("scene", "")


def read_sentence(sent: Mapping[str, str]) -> int | None:
    """Return the id of a sentence, or None when none was sent."""
    told = sent.get("sentence", "")
    return int(told) if told.isascii() and told.isdecimal() and len(told) <= LONGEST_ID else None
