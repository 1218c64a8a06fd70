"""What a learner sees of their day: which blocks are open or done, and the one next thing to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from zoneinfo import ZoneInfo

from course import clock
from course.cohorts.rules.timetable import MINUTES_A_DAY, Slot, Window, timetable, window
from course.content.schema import LEAST_MINUTES, Block, BlockKind, Module

BOOSTER = "booster"
"""The name under which a module's booster is found: it is no block of the day, and no block may have this name."""
BOOSTER_DAYS = 30


@dataclass(frozen=True)
class Sent:
    """That feedback on one page was sent."""

    number: int
    revise: bool
    read: bool
    at: datetime


@dataclass(frozen=True)
class Seated:
    """What is known of one seat: the module and its day, and what its learner did so far."""

    module: Module
    on: date
    starts: int
    zone: str
    opens_days: int
    due_days: int
    welcomed: bool = False
    finished: frozenset[str] = frozenset()
    """Cases whose first play has ended, one's own or one at which they sat beside somebody."""
    pages: Mapping[str, int] = field(default_factory=dict)
    """How many pages were handed in, by reflection."""
    feedback: Mapping[str, Sent] = field(default_factory=dict)
    """The newest feedback, by reflection."""
    ticked: frozenset[str] = frozenset()

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        return timetable(self.module, self.starts)

    @cached_property
    def window(self) -> Window:
        return window(
            self.module,
            on=self.on,
            starts=self.starts,
            zone=self.zone,
            opens_days=self.opens_days,
            due_days=self.due_days,
        )

    @cached_property
    def booster(self) -> Block | None:
        """The case for a month later, as a block that no day holds."""
        case = self.module.scenario(self.module.booster) if self.module.booster else None
        if case is None:
            return None
        minutes = max(LEAST_MINUTES, case.minutes)
        return Block(id=BOOSTER, title=case.title, kind=BlockKind.CASE, minutes=minutes, scenario=case.id)

    def booster_open(self, now: datetime) -> bool:
        """Whether there is a booster and a month has gone by since the day."""
        if self.module.booster is None:
            return False
        return now >= clock.at(self.on + timedelta(days=BOOSTER_DAYS), 0, self.zone)

    def page_opens(self, block: Block) -> datetime:
        """When the page of a block can be written: with the block."""
        begins = next(slot.begins for slot in self.slots if slot.block.id == block.id)
        return clock.at(self.on, begins, self.zone)

    def page_number(self, reflection: str) -> int | None:
        """Return which page may be written now: the first, its revision if that was asked for, or none."""
        handed_in = self.pages.get(reflection, 0)
        sent = self.feedback.get(reflection)
        if handed_in == 0:
            return 1
        if sent is not None and sent.revise and sent.number == handed_in:
            return handed_in + 1
        return None

    def page_due(self, reflection: str) -> datetime:
        """When a page is due; a revision has as many days again, from the day its feedback was sent."""
        sent = self.feedback.get(reflection)
        if sent is None or not sent.revise:
            return self.window.due
        day = sent.at.astimezone(ZoneInfo(self.zone)).date() + timedelta(days=self.due_days)
        return max(self.window.due, clock.at(day, MINUTES_A_DAY - 1, self.zone))

    def done(self, block: Block) -> bool:
        """Whether a learner is done with a block: a case by its end, a page by handing it in, the rest by a tick."""
        if block.scenario is None and block.reflection is None:
            return block.id in self.ticked
        played = block.scenario is None or block.scenario in self.finished
        return played and (block.reflection is None or self.page_number(block.reflection) is None)


class State(StrEnum):
    DONE = "done"
    NOW = "now"
    OPEN = "open"
    CLOSED = "closed"


def states(seated: Seated, now: datetime) -> tuple[tuple[Slot, State], ...]:
    """Return every block of the day with its state."""
    return tuple((slot, _state(seated, slot, now)) for slot in seated.slots)


def _state(seated: Seated, slot: Slot, now: datetime) -> State:
    begins = clock.at(seated.on, slot.begins, seated.zone)
    ends = clock.at(seated.on, slot.ends, seated.zone)
    if slot.block.kind is not BlockKind.BREAK and seated.done(slot.block):
        return State.DONE
    if begins <= now < ends:
        return State.NOW
    if slot.block.reflection is not None and now < begins:
        return State.CLOSED
    return State.OPEN


class Next(StrEnum):
    """The one next thing, the most urgent kind first."""

    NOW = "now"
    FEEDBACK = "feedback"
    REVISE = "revise"
    WELCOME = "welcome"
    CASE = "case"
    PAGE = "page"
    WAIT = "wait"
    OPENS = "opens"
    SENT = "sent"
    DONE = "done"


_URGENCY = {kind: place for place, kind in enumerate(Next)}


@dataclass(frozen=True)
class NextThing:
    kind: Next
    block: Block | None = None


def next_thing(seated: Seated, now: datetime) -> NextThing:
    """Return the one thing that the learner of a seat should do next."""
    when = seated.window
    if now < when.opens:
        return NextThing(Next.OPENS)
    news = _news(seated)
    if news is not None:
        return news
    if not seated.welcomed and now < when.ends:
        return NextThing(Next.WELCOME)
    if now < when.begins:
        return NextThing(Next.WAIT)
    if now < when.ends:
        return NextThing(Next.NOW, next(slot.block for slot, _, ends in _clocked(seated) if now < ends))
    return _afterwards(seated)


def most_urgent(things: Sequence[tuple[NextThing, Window]]) -> int:
    """Return the place of what comes first: by its kind, then by what is due or begins soonest."""

    def urgency(place: int) -> tuple[int, float]:
        thing, when = things[place]
        if thing.kind in {Next.SENT, Next.DONE}:
            # Of what is over, the newest.
            return _URGENCY[thing.kind], -when.begins.timestamp()
        ahead = thing.kind in {Next.WELCOME, Next.WAIT, Next.OPENS}
        return _URGENCY[thing.kind], (when.begins if ahead else when.due).timestamp()

    return min(range(len(things)), key=urgency)


def _clocked(seated: Seated) -> list[tuple[Slot, datetime, datetime]]:
    return [
        (slot, clock.at(seated.on, slot.begins, seated.zone), clock.at(seated.on, slot.ends, seated.zone))
        for slot in seated.slots
    ]


def answered_page(module: Module, block: Block) -> str | None:
    """Return the reflection whose feedback is read at a block: its own; at the first case, that of the sentences."""
    first_case = next((each for each in module.blocks if each.scenario is not None), None)
    return block.reflection or (module.sentences if block is first_case else None)


def _news(seated: Seated) -> NextThing | None:
    for block in seated.module.blocks:
        sent = seated.feedback.get(answered_page(seated.module, block) or "")
        if sent is not None and not sent.read:
            return NextThing(Next.FEEDBACK, block)
    for block in seated.module.blocks:
        if block.reflection is not None and (seated.page_number(block.reflection) or 0) > 1:
            return NextThing(Next.REVISE, block)
    return None


def _afterwards(seated: Seated) -> NextThing:
    for block in seated.module.blocks:
        if block.scenario is not None and block.scenario not in seated.finished:
            return NextThing(Next.CASE, block)
    for block in seated.module.blocks:
        if block.reflection is not None and not seated.pages.get(block.reflection):
            return NextThing(Next.PAGE, block)
    if any(_unanswered(seated, block) for block in seated.module.blocks):
        return NextThing(Next.SENT)
    return NextThing(Next.DONE)


def _unanswered(seated: Seated, block: Block) -> bool:
    page = answered_page(seated.module, block) or ""
    sent = seated.feedback.get(page)
    return (sent.number if sent is not None else 0) < seated.pages.get(page, 0)
