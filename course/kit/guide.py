"""The facilitator's guide: the day with its times, what to prepare, and every block as a leader reads it."""

import re

from course.cohorts.rules.timetable import Slot, timetable
from course.content.schema import BlockKind, Module
from course.kit.occasion import Occasion, Paper, wall
from course.kit.press import press
from course.kit.prose import authored, line, prose

WORDS_A_MINUTE = 130
BLOCK_LEVEL = 2
PART_LEVEL = 3
PRIORITIES = {
    "must": "The day fails without it.",
    "should": "Shorten it when time is short.",
    "could": "The first to go.",
}


def guide(module: Module, day: Occasion, paper: Paper, *, to_print: tuple[tuple[str, str], ...] = ()) -> bytes:
    """Return the guide. ``to_print`` names the other documents of the kit and how many of each are needed."""
    begins = day.begins(module)
    slots = timetable(module, begins)
    open_minutes = sum(slot.block.minutes for slot in slots if slot.block.laptops == "open")
    told: dict[str, object] = {
        "zone": line(day.zone),
        "names": len(day.names),
        "summary": authored(module.summary),
        "audience": [authored(each) for each in module.audience],
        "outcomes": [authored(outcome.text) for outcome in module.outcomes],
        "bring": authored(module.bring),
        "from": wall(begins),
        "until": wall(slots[-1].ends),
        "contact": _hours(module.contact_minutes),
        "screens": _hours(open_minutes) if open_minutes else "",
        "priorities": list(PRIORITIES.items()),
        "to_print": [[line(name), line(copies)] for name, copies in to_print],
        "set_up": _set_up(slots),
        "slots": [_slot(slot, day.notes.get(slot.block.id, "")) for slot in slots],
        "sources": [
            [authored(source.title), authored(source.author), authored(source.note or "")] for source in module.sources
        ],
    }
    return press("guide", f"{module.title}: facilitator guide", told, module=module, day=day, paper=paper)


def _set_up(slots: tuple[Slot, ...]) -> list[dict[str, object]]:
    """Return what a block wants to have been done before it begins: its steps that take no time."""
    return [
        {"for": authored(slot.block.title), "at": wall(slot.begins), "what": prose(step.text, under=PART_LEVEL)}
        for slot in slots
        for step in slot.block.facilitator.do
        if step.minutes == 0
    ]


def _slot(slot: Slot, note: str) -> dict[str, object]:
    block, part = slot.block, slot.block.facilitator
    words = len(re.findall(r"\w+", part.say))
    return {
        "title": authored(block.title),
        "begins": wall(slot.begins),
        "ends": wall(slot.ends),
        "minutes": block.minutes,
        "break": block.kind is BlockKind.BREAK,
        "priority": block.priority,
        "laptops": block.laptops,
        "notes": [line(each) for each in note.splitlines() if each.strip()],
        "say": prose(part.say, under=PART_LEVEL),
        "aloud": max(1, round(words / WORDS_A_MINUTE)) if words else 0,
        "do": _steps(slot),
        "expect": prose(part.expect, under=PART_LEVEL),
        "what_if": prose(part.what_if, under=PART_LEVEL),
        "learner": prose(block.learner, under=PART_LEVEL),
    }


def _steps(slot: Slot) -> list[dict[str, object]]:
    steps: list[dict[str, object]] = []
    now = slot.begins
    for step in slot.block.facilitator.do:
        steps.append(
            {
                "at": wall(now) if step.minutes else "before",
                "minutes": step.minutes,
                "what": prose(step.text, under=PART_LEVEL),
            }
        )
        now += step.minutes
    return steps


def _hours(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return " ".join(part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest else "") if part)
