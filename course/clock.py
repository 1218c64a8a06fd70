"""The only clock: everything that asks for the time asks here."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def today(zone: str) -> date:
    """Return the date it is now in an IANA zone."""
    return now().astimezone(ZoneInfo(zone)).date()


def earliest_date() -> date:
    """Return the date it still is somewhere on earth: every day before it is over everywhere."""
    return today("Etc/GMT+12")


# A page of the day asks for the same few dozen moments again and again.
@lru_cache(maxsize=8192)
def at(day: date, minutes: int, zone: str) -> datetime:
    """Return the UTC moment at which a clock on the wall in ``zone`` shows ``minutes`` after midnight of ``day``.

    Minutes may pass 1440: the wall clock simply goes on into the next day.
    """
    days, rest = divmod(minutes, 1440)
    wall = datetime.combine(day + timedelta(days=days), datetime.min.time(), tzinfo=ZoneInfo(zone))
    return wall.replace(hour=rest // 60, minute=rest % 60).astimezone(UTC)
