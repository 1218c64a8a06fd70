"""What a connection check can find."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum

TOLERANCE = timedelta(seconds=20)
"""How far two clocks may be apart before launches are at risk: thirty seconds refuse them."""


class Part(StrEnum):
    """What is looked at, in the order in which one thing needs the one before."""

    THEIR_KEYS = "their_keys"
    CLOCK = "clock"
    OUR_KEYS = "our_keys"
    COOKIE = "cookie"
    ROSTER = "roster"
    SCORE = "score"


class Mark(StrEnum):
    OK = "ok"
    NOT_OK = "not ok"
    UNKNOWN = "not known yet"


@dataclass(frozen=True)
class Finding:
    """One line of the check."""

    part: Part
    mark: Mark
    code: str
    facts: Mapping[str, object] = field(default_factory=dict)


def clock_of(date: str, now: datetime) -> Finding:
    """Compare a platform's clock, as the ``Date`` of an answer tells it, with ours."""
    try:
        theirs = parsedate_to_datetime(date)
    except ValueError:
        return Finding(Part.CLOCK, Mark.UNKNOWN, "no_date")
    if theirs.tzinfo is None:
        theirs = theirs.replace(tzinfo=UTC)
    apart = theirs - now
    seconds = round(apart.total_seconds())
    if abs(apart) <= TOLERANCE:
        return Finding(Part.CLOCK, Mark.OK, "together", {"seconds": abs(seconds)})
    return Finding(Part.CLOCK, Mark.NOT_OK, "ahead" if seconds > 0 else "behind", {"seconds": abs(seconds)})


def cookie(began: int, returned: int, windows: int) -> Finding:
    """Tell how the launches of the last hour came back."""
    facts = {"began": began, "returned": returned, "lost": began - returned, "windows": windows}
    if began == 0:
        return Finding(Part.COOKIE, Mark.UNKNOWN, "no_launch")
    if returned < began:
        return Finding(Part.COOKIE, Mark.NOT_OK, "lost", facts)
    return Finding(Part.COOKIE, Mark.OK, "windows" if windows else "all", facts)
