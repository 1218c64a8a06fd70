"""How dates, times, minutes and numbers look on a page; dates by Babel, times in the zone of their day."""

from datetime import date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, get_timezone_name
from flask import Flask

LOCALE = "en_GB"


def day_date(value: date) -> str:
    """Friday 27 November."""
    return _date(value, "EEEE d MMMM")


def full_date(value: date) -> str:
    """27 November 2026."""
    return _date(value, "d MMMM y")


def short_date(value: date) -> str:
    """Fri 27 Nov."""
    return _date(value, "EEE d MMM")


def clock_time(value: datetime, zone: str) -> str:
    """14:02, on the wall clock of ``zone``."""
    local = value.astimezone(ZoneInfo(zone))
    return _time(local.hour, local.minute)


def moment(value: datetime, zone: str) -> str:
    """Fri 27 Nov, 14:02, on the wall clock of ``zone``."""
    local = value.astimezone(ZoneInfo(zone))
    return f"{short_date(local.date())}, {clock_time(value, zone)}"


def wall(minutes: int) -> str:
    """09:05, for 545 minutes after midnight."""
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def hours(minutes: int) -> str:
    """6 h 15, for 375 minutes."""
    if minutes < 60:  # noqa: PLR2004 - Sixty minutes are an hour.
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60:02d}" if minutes % 60 else f"{minutes // 60} h"


def zone_name(zone: str, when: datetime) -> str:
    """Eastern Standard Time, as people say it."""
    return get_timezone_name(when.astimezone(ZoneInfo(zone)), locale=LOCALE)


# A page names the same few days and times again and again.
@lru_cache(maxsize=2048)
def _date(value: date, pattern: str) -> str:
    return format_date(value, pattern, locale=LOCALE)


@lru_cache(maxsize=1440)
def _time(hour: int, minute: int) -> str:
    return format_time(time(hour, minute), "HH:mm", locale=LOCALE)


def install(app: Flask) -> None:
    for show in (day_date, full_date, short_date, clock_time, moment, wall, hours, zone_name):
        app.add_template_filter(show)
