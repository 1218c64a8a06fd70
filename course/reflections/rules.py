"""What holds for a page without a database: its text, its length, its words, when it is late."""

import re
from datetime import datetime, timedelta

LONGEST = 20_000
"""Characters a page may have: about eight sheets of paper."""

# Not one of these can be typed, and PostgreSQL keeps no zero byte.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
# From the first letter or digit after a space to the next space.
_WORD = re.compile(r"[^\W_]\S*")


class EmptyPage(ValueError):  # noqa: N818 - It is what the writer is told, not a fault.
    """A page without a word cannot be handed in."""


class PageTooLong(ValueError):  # noqa: N818 - It is what the writer is told, not a fault.
    """A page of more than ``LONGEST`` characters."""


def tidy(text: str) -> str:
    """Return a text with one kind of line break and without characters that nobody typed.

    Raises PageTooLong.
    """
    text = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) > LONGEST:
        raise PageTooLong
    return text


def count_words(text: str) -> int:
    """Count what stands between spaces and has a letter or a digit in it: ``don't`` and ``half-page`` are one each."""
    return len(_WORD.findall(text))


def is_late(submitted_at: datetime, due: datetime) -> bool:
    """Whether a page came after the minute in which it was due had ended."""
    return submitted_at >= due + timedelta(minutes=1)
