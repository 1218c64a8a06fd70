"""What holds for days and runs when they are made or changed, and the refusals by name."""

from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

RUNS_A_DAY = 3
OPENS_DAYS_MOST = 60
DUE_DAYS_MOST = 90
MINUTES_A_DAY = 1440


class Refused(Exception):  # noqa: N818 - It names what the reader is told, not a fault of the program.
    """Something that the rules of days and groups do not allow. Nothing was changed."""


class NameTaken(Refused):
    """Another organisation, or another group of the same organisation, has this name."""


class EmployeeIdTaken(Refused):
    """Another learner of the organisation has this employee id."""


class StillLeads(Refused):
    """A facilitator cannot leave while courses that are still to come are theirs."""

    def __init__(self, runs: int) -> None:
        super().__init__(runs)
        self.runs = runs


class NotLive(Refused):
    """No published module has this name."""


class DayFull(Refused):
    """As many courses as a day can hold side by side are there already."""


class RunCancelled(Refused):
    """The course was cancelled."""


class WorkExists(Refused):
    """Somebody has begun to work in this course, so it cannot be taken away or exchanged."""


@dataclass(eq=False)
class SeatTaken(Refused):
    """The person has a seat on this day already, in the run with this id."""

    person_id: int
    run_id: int


@cache
def zones() -> tuple[str, ...]:
    """Return the IANA zones that people live in, by name."""
    return tuple(sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/")))


def known_zone(zone: str) -> bool:
    return zone in available_timezones()


def tidy(text: str) -> str:
    """Return a name as it is kept: trimmed, with single spaces."""
    return " ".join(text.split())
