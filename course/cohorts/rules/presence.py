"""Times as people type them, and what a stay in the room means."""

import re
from functools import lru_cache

HOURS = 24
MINUTES = 60
_CLOCK = re.compile(r"(?P<hour>[0-9]{1,2})\s*[:.h ]\s*(?P<minute>[0-9]{2})")
_DIGITS = re.compile(r"(?P<hour>[0-9]{1,2}?)(?P<minute>[0-9]{2})?")


class NotATime(ValueError):  # noqa: N818 - It names what was typed.
    """What was typed is not a time of the day."""


class LeftBeforeCame(ValueError):  # noqa: N818 - It names what was typed.
    """Somebody is said to have left before they came."""


@lru_cache(maxsize=256)
def read_time(text: str) -> int:
    """Return the minutes after midnight of a time such as 9:40, 09.40, 940 or 9.

    Raises NotATime.
    """
    typed = text.strip()
    found = _CLOCK.fullmatch(typed) or _DIGITS.fullmatch(typed)
    if found is None:
        raise NotATime(text)
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    if hour >= HOURS or minute >= MINUTES:
        raise NotATime(text)
    return hour * MINUTES + minute


def require_order(came: int, left: int) -> None:
    """Refuse a stay that ends before it began.

    Raises LeftBeforeCame.
    """
    if came > left:
        raise LeftBeforeCame
