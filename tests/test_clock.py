"""The clock of a wall, in zones that change it."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course import clock

ZONES = ("America/New_York", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns", "UTC")


@pytest.mark.parametrize(
    ("day", "minutes", "zone", "expected"),
    [
        (date(2026, 11, 27), 540, "America/New_York", datetime(2026, 11, 27, 14, 0, tzinfo=UTC)),
        (date(2026, 7, 31), 540, "America/New_York", datetime(2026, 7, 31, 13, 0, tzinfo=UTC)),
        (date(2026, 11, 27), 540, "Asia/Kathmandu", datetime(2026, 11, 27, 3, 15, tzinfo=UTC)),
        (date(2026, 3, 29), 540, "Europe/Berlin", datetime(2026, 3, 29, 7, 0, tzinfo=UTC)),
        (date(2026, 10, 25), 540, "Europe/Berlin", datetime(2026, 10, 25, 8, 0, tzinfo=UTC)),
        # 2:30 comes twice that night: the first one counts.
        (date(2026, 10, 25), 150, "Europe/Berlin", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        # 2:30 does not come at all that night: half an hour after two is then half past three.
        (date(2026, 3, 29), 150, "Europe/Berlin", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        # Lord Howe moves by half an hour.
        (date(2026, 4, 5), 540, "Australia/Lord_Howe", datetime(2026, 4, 4, 22, 30, tzinfo=UTC)),
        (date(2026, 4, 4), 540, "Australia/Lord_Howe", datetime(2026, 4, 3, 22, 0, tzinfo=UTC)),
        # Minutes go on into the next day, over a night of 25 hours too.
        (date(2026, 10, 24), 1440 + 540, "Europe/Berlin", datetime(2026, 10, 25, 8, 0, tzinfo=UTC)),
    ],
)
def test_at(day: date, minutes: int, zone: str, expected: datetime) -> None:
    found = clock.at(day, minutes, zone)
    assert (found, found.tzinfo) == (expected, UTC)


@given(day=st.dates(date(2020, 1, 1), date(2035, 12, 31)), minutes=st.integers(240, 1439), zone=st.sampled_from(ZONES))
def test_the_wall_shows_what_was_asked_for(day: date, minutes: int, zone: str) -> None:
    """After four in the morning no zone of these skips a minute."""
    wall = clock.at(day, minutes, zone).astimezone(ZoneInfo(zone))
    assert (wall.date(), wall.hour * 60 + wall.minute) == (day, minutes)


def test_now_is_aware_and_today_is_the_zones_own() -> None:
    before, now, after = datetime.now(UTC), clock.now(), datetime.now(UTC)
    assert now.tzinfo is UTC
    assert before <= now <= after
    # These two are 26 hours apart, so they never have the same date.
    assert clock.today("Pacific/Kiritimati") > clock.earliest_date()


def test_no_zone_is_behind_the_earliest_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 27, 11, 59, tzinfo=UTC))
    assert clock.earliest_date() == date(2026, 11, 26) == min(clock.today(zone) for zone in available_timezones())
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 27, 12, 0, tzinfo=UTC))
    assert clock.earliest_date() == date(2026, 11, 27) == min(clock.today(zone) for zone in available_timezones())
