"""The one next thing of a run: what its facilitator should do first."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Next(StrEnum):
    """The next thing, in the order of a run's life."""

    PREPARE = "prepare"
    DOOR = "door"
    PRESENCE = "presence"
    GRADE = "grade"
    SEND = "send"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Standing:
    """How a run stands."""

    opens_door: datetime
    """From here on the door is worth opening."""
    begins: datetime
    ends: datetime
    seats: int
    said: int
    waiting: int
    done: int


def next_thing(run: Standing, now: datetime) -> Next:
    """Return what to do first: the day itself before the pages, the pages before the rest."""
    if now < run.opens_door:
        return Next.PREPARE
    if now < run.ends and not run.said:
        return Next.DOOR
    if now >= run.begins and run.said < run.seats:
        return Next.PRESENCE
    if run.waiting:
        return Next.GRADE
    return Next.SEND if run.done else Next.NOTHING
