"""How dates, times and minutes look."""

from datetime import UTC, date, datetime

from course.web import filters

DAY = date(2026, 11, 27)
MOMENT = datetime(2026, 11, 27, 2, 5, tzinfo=UTC)


def test_dates() -> None:
    assert filters.day_date(DAY) == "Friday 27 November"
    assert filters.full_date(DAY) == "27 November 2026"
    assert filters.short_date(DAY) == "Fri 27 Nov"


def test_times_are_those_of_the_zone() -> None:
    assert filters.clock_time(MOMENT, "Asia/Kathmandu") == "07:50"
    assert filters.moment(MOMENT, "America/New_York") == "Thu 26 Nov, 21:05"
    assert filters.zone_name("America/New_York", MOMENT) == "Eastern Standard Time"
    assert filters.zone_name("America/New_York", datetime(2026, 7, 1, tzinfo=UTC)) == "Eastern Daylight Time"


def test_minutes() -> None:
    assert [filters.wall(minutes) for minutes in (0, 545, 1439, 1500)] == ["00:00", "09:05", "23:59", "01:00"]
    found = [filters.hours(minutes) for minutes in (0, 59, 60, 375, 360, 361)]
    assert found == ["0 min", "59 min", "1 h", "6 h 15", "6 h", "6 h 01"]
