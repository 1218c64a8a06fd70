"""The day by the clock: when each block begins, how long somebody was there, when the module opens and is due."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from course import clock
from course.content.schema import Block, BlockKind, Module

MINUTES_A_DAY = 1440


class Slot(NamedTuple):
    """A block at its place in the day: ``begins`` and ``ends`` are minutes after midnight on the wall clock."""

    block: Block
    begins: int
    ends: int

    @property
    def contact(self) -> bool:
        """Whether these minutes count as time in the room."""
        return self.block.kind is not BlockKind.BREAK


def timetable(module: Module, starts: int) -> tuple[Slot, ...]:
    """Lay a module's blocks one after the other from ``starts`` minutes after midnight."""
    slots: list[Slot] = []
    begins = starts
    for block in module.blocks:
        slots.append(Slot(block, begins, begins + block.minutes))
        begins += block.minutes
    return tuple(slots)


def contact_minutes_between(slots: tuple[Slot, ...], came: int, left: int) -> int:
    """Return the minutes of the day, breaks taken out, that lie between two wall-clock minutes."""
    return sum(max(0, min(slot.ends, left) - max(slot.begins, came)) for slot in slots if slot.contact)


@dataclass(frozen=True)
class Window:
    """The moments that matter to a learner, in UTC."""

    opens: datetime
    begins: datetime
    ends: datetime
    due: datetime


def window(module: Module, *, on: date, starts: int, zone: str, opens_days: int, due_days: int) -> Window:
    """Return when a run opens, begins, ends and when its page is due.

    It opens at midnight ``opens_days`` before the day, and the page is due at the last minute of the day that
    lies ``due_days`` after it, both on the wall clock of ``zone``.
    """
    slots = timetable(module, starts)
    return Window(
        opens=clock.at(on - timedelta(days=opens_days), 0, zone),
        begins=clock.at(on, starts, zone),
        ends=clock.at(on, slots[-1].ends, zone),
        due=clock.at(on + timedelta(days=due_days), MINUTES_A_DAY - 1, zone),
    )


def block_begins(slots: tuple[Slot, ...], block_id: str, *, on: date, zone: str) -> datetime:
    """Return the moment at which a block begins.

    Raises LookupError for a block that the module has not.
    """
    for slot in slots:
        if slot.block.id == block_id:
            return clock.at(on, slot.begins, zone)
    raise LookupError(block_id)
