"""What the press knows of the day it prints for, and the paper it prints on."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from babel.dates import format_date

from course.content.schema import Module

LOCALE = "en_GB"
MINUTES_AN_HOUR = 60
MINUTES_A_DAY = 1440


class Paper(StrEnum):
    A4 = "a4"
    LETTER = "letter"


@dataclass(frozen=True)
class Occasion:
    """The day for which a kit is printed. Whatever is not known is left out or left to be written by hand."""

    date: dt.date | None = None
    starts: int | None = None
    """Minutes after midnight on the wall clock; without it, the module's usual start."""
    zone: str = ""
    place: str = ""
    facilitator: str = ""
    group: str = ""
    names: tuple[str, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    """The facilitator's own notes by block: printed in the guide and nowhere else."""

    def begins(self, module: Module) -> int:
        """Return the minute after midnight at which this day begins."""
        if self.starts is not None:
            return self.starts
        hours, minutes = module.start.split(":")
        return int(hours) * MINUTES_AN_HOUR + int(minutes)

    @property
    def day(self) -> str:
        """The date as people say it, or nothing."""
        return format_date(self.date, "EEEE d MMMM y", locale=LOCALE) if self.date else ""


def wall(minute: int) -> str:
    """Return a minute after midnight as the clock on the wall shows it."""
    return f"{minute % MINUTES_A_DAY // MINUTES_AN_HOUR:02d}:{minute % MINUTES_AN_HOUR:02d}"
