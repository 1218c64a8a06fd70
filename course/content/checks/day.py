"""The day by the clock: contact minutes, the share of practice, how long people listen and look at screens."""

from collections.abc import Iterable, Iterator

from course.content.checks.subject import MODULE, Subject
from course.content.findings import Finding, Severity
from course.content.schema import Block, BlockKind

CONTACT_MINUTES = (300, 480)
GOOD_CONTACT_MINUTES = (360, 390)
PRACTICE = {BlockKind.CASE, BlockKind.PRACTICE, BlockKind.REFLECT, BlockKind.PLAN, BlockKind.CHECK}
PRACTICE_PERCENT = 60
PRESENTED = {BlockKind.CONCEPT, BlockKind.DEMO, BlockKind.OPEN}
PRESENTED_MINUTES = 25
LAPTOP_MINUTES = 120
LAST_HOUR = 23
CONTACT_BARS: tuple[tuple[tuple[int, int], Severity], ...] = (
    (CONTACT_MINUTES, "error"),
    (GOOD_CONTACT_MINUTES, "warning"),
)


def check_day(subject: Subject) -> Iterator[Finding]:
    """Find a day that is too long, and one in which people mostly listen."""
    if int(subject.module.start[:2]) > LAST_HOUR:
        yield subject.find(MODULE, ("start",), "There is no such time of day.", "start")
    yield from _contact(subject)
    yield from _screens(subject)
    for place, block in enumerate(subject.module.blocks):
        if block.kind in PRESENTED and block.minutes > PRESENTED_MINUTES:
            message = (
                f"A presented part of {block.minutes} minutes; people listen for {PRESENTED_MINUTES}. Cut it in"
                " two with something to do in between."
            )
            yield subject.advise(("blocks", place, "minutes"), message, "presented")
        if block.kind is BlockKind.BREAK and (block.scenario or block.reflection):
            message = "A break has no scenario and no reflection."
            yield subject.find(MODULE, ("blocks", place, "kind"), message, "break-work")


def practice_minutes(blocks: Iterable[Block]) -> int:
    """Add up the minutes in which people do something themselves."""
    return _minutes(block for block in blocks if block.kind in PRACTICE)


def _contact(subject: Subject) -> Iterator[Finding]:
    contact = subject.module.contact_minutes
    for (low, high), severity in CONTACT_BARS:
        if not low <= contact <= high:
            message = f"The day has {contact} contact minutes; {low} to {high} are expected."
            yield subject.find(MODULE, ("blocks",), message, "contact-minutes", severity)
            break
    practice = practice_minutes(subject.module.blocks)
    if practice * 100 < PRACTICE_PERCENT * contact:
        message = (
            f"{practice} of {contact} minutes are practice; at least {PRACTICE_PERCENT} % is expected."
            " Give minutes to blocks of kind case, practice, reflect, plan or check."
        )
        yield subject.advise(("blocks",), message, "practice-share")


def _screens(subject: Subject) -> Iterator[Finding]:
    laptops = _minutes(block for block in subject.module.blocks if block.laptops == "open")
    if laptops > LAPTOP_MINUTES:
        message = f"Laptops are open for {laptops} minutes; {LAPTOP_MINUTES} are enough for a day."
        yield subject.advise(("blocks",), message, "laptops")


def _minutes(blocks: Iterable[Block]) -> int:
    return sum(block.minutes for block in blocks)
