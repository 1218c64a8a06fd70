"""A block's Markdown file: the learner's part and the facilitator's part."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from course.content.findings import Finding, Severity
from course.content.schema import FacilitatorPart, Step

HEADING = re.compile(r"^(#{1,2})\s+(.*?)\s*#*\s*$")
FENCE = re.compile(r"^\s{0,3}(```+|~~~+)")
ITEM = re.compile(r"^[-*]\s+(.*)$")
TIMED = re.compile(r"^(\d{1,3})\s*min(?:utes?)?\s*:\s*(.*)$")
PARTS = ("Learner", "Facilitator")
SECTIONS = ("Say", "Do", "Expect", "If")
LONGEST_STEP = 240


class Written(NamedTuple):
    """One line of the file, by its number."""

    line: int
    text: str


@dataclass
class BlockText:
    """What a block's file says, with where its parts begin."""

    file: str
    learner: str = ""
    facilitator: FacilitatorPart = field(default_factory=FacilitatorPart)
    lines: dict[str, int] = field(default_factory=dict)
    """The line of the first word of each part: ``Learner``, ``Say``, ``Do``, ``Expect``, ``If``."""
    findings: list[Finding] = field(default_factory=list)

    def find(self, line: int, message: str, code: str, severity: Severity = "error") -> None:
        self.findings.append(Finding(self.file, line, message, code, severity))


def parse(text: str, file: str) -> BlockText:
    """Take a block's file apart. What is wrong with it stands in its findings."""
    block = BlockText(file)
    sections = _sections(text, block)
    block.learner = _joined(sections.get("Learner", []))
    block.facilitator = FacilitatorPart(
        say=_joined(sections.get("Say", [])),
        do=_steps(sections.get("Do", []), block),
        expect=_joined(sections.get("Expect", [])),
        what_if=_joined(sections.get("If", [])),
    )
    for name, written in sections.items():
        first = next((number for number, line in written if line.strip()), None)
        if first is not None:
            block.lines[name] = first
    return block


def require_whole(block: BlockText, minutes: int) -> None:
    """Find what a block that is not a break still lacks, and minutes that do not add up."""
    if not block.learner:
        block.find(1, "The part `# Learner` is missing or empty.", "part-missing")
    if not block.facilitator.say:
        block.find(1, "The part `## Say` under `# Facilitator` is missing.", "part-missing")
    if not block.facilitator.do:
        block.find(1, "The part `## Do` under `# Facilitator` is missing.", "part-missing")
    if not block.facilitator.expect:
        block.find(1, "`## Expect` is missing: what will people answer?", "part-thin", "warning")
    if not block.facilitator.what_if:
        block.find(1, "`## If` is missing: what to do if it goes wrong?", "part-thin", "warning")
    require_minutes(block, minutes)


def require_minutes(block: BlockText, minutes: int) -> None:
    """Find a Do list that does not take exactly the block's time."""
    total = sum(step.minutes for step in block.facilitator.do)
    if block.facilitator.do and total != minutes:
        message = f"The Do list takes {total} minutes, the block {minutes}."
        block.find(block.lines["Do"], message, "do-minutes")


def _sections(text: str, block: BlockText) -> dict[str, list[Written]]:
    sections: dict[str, list[Written]] = {}
    part, here, fence = "", "", ""
    for number, line in enumerate(text.split("\n"), start=1):
        if mark := FENCE.match(line):
            fence = ("" if line.strip().startswith(fence) else fence) if fence else mark[1]
        heading = None if fence else HEADING.match(line)
        if heading and (len(heading[1]) == 1 or part == "Facilitator"):
            name = heading[2]
            if len(heading[1]) == 1:
                part = name
            here = _open_section(name, len(heading[1]), number, sections, block)
        elif here:
            sections[here].append(Written(number, line))
        elif line.strip():
            message = "This text belongs to no part: put it under a heading."
            block.find(number, message, "text-outside")
    return sections


def _open_section(name: str, level: int, number: int, sections: dict[str, list[Written]], block: BlockText) -> str:
    """Name the section that begins at a heading; empty under `# Facilitator`, which only holds others."""
    known = PARTS if level == 1 else SECTIONS
    if name not in known:
        wanted = ", ".join(f"`{'#' * level} {word}`" for word in known)
        block.find(number, f"Unknown heading `{name}`. Known here: {wanted}.", "heading-unknown")
        sections.setdefault("?", [])
        return "?"
    if name in sections:
        block.find(number, f"The heading `{name}` stands here twice.", "heading-twice")
    if name == "Facilitator":
        sections.setdefault(name, [])
        return ""
    sections.setdefault(name, [])
    return name


def _steps(written: list[Written], block: BlockText) -> tuple[Step, ...]:
    items: list[list[Written]] = []
    for entry in written:
        if item := ITEM.match(entry.text):
            items.append([Written(entry.line, item[1])])
        elif items and (not entry.text.strip() or entry.text[0].isspace()):
            items[-1].append(Written(entry.line, entry.text))
        elif entry.text.strip():
            message = "The Do part is a list: begin this line with `- 5 min:`."
            block.find(entry.line, message, "do-line")
    steps = [_step(item, block) for item in items]
    return tuple(step for step in steps if step is not None)


def _step(item: list[Written], block: BlockText) -> Step | None:
    first = item[0]
    timed = TIMED.match(first.text)
    if not timed or not timed[2].strip():
        block.find(first.line, "A Do line begins with its minutes: `- 5 min: ...`.", "do-line")
        return None
    if int(timed[1]) > LONGEST_STEP:
        block.find(first.line, f"A Do line takes at most {LONGEST_STEP} minutes.", "do-line")
        return None
    text = _joined([Written(first.line, timed[2]), *_outdented(item[1:])])
    return Step(minutes=int(timed[1]), text=text)


def _outdented(written: list[Written]) -> list[Written]:
    """Take from the lines after an item's first the indent that made them part of it."""
    return [Written(line, re.sub(r"^(\t| {1,2})", "", text)) for line, text in written]


def _joined(written: list[Written]) -> str:
    return "\n".join(text for _, text in written).strip()
