"""What a facilitator says fits the minutes there are for it, is said at a time, and is said in sentences."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from course.content.checks.prose import paragraphs, words
from course.content.checks.subject import MODULE, Subject
from course.content.checks.wording import fold
from course.content.findings import Finding
from course.content.schema import Block, BlockKind

WORDS_PER_MINUTE = 130
NUMBERED = re.compile(r"^(\d{1,3})\. [^.!?:]+[.!?:]\s*")
NAMED = re.compile(r"\bSay \d{1,3}\b(?:(?:,| and|, and) (?:Say )?\d{1,3}\b(?! min))*")
DIRECTION = re.compile(r"\([^()]*\)")
ENDING = re.compile(r"[.!?…:][\"'”’)\]*_]*$")
FEWEST_IFS = 2


@dataclass(frozen=True)
class Sheet:
    """One block's file, and warnings on its lines."""

    subject: Subject
    block: Block

    def warn(self, part: str, opening: list[str], message: str, code: str) -> Finding:
        """Warn on the line on which words begin that stand in a part of the file."""
        file = f"blocks/{self.block.id}.md"
        start = self.subject.loaded.lines.block_line(file, part)
        line = self.subject.wording(file).line_of(opening, start) if opening else start
        return Finding(file, line, message, code, "warning")


@dataclass
class Part:
    """A numbered part of SAY, with the words that are said aloud."""

    opening: list[str] = field(default_factory=list)
    words: int = 0


def check_speech(subject: Subject) -> Iterator[Finding]:
    """Check the facilitator's part of every block that is not a break."""
    for place, block in enumerate(subject.module.blocks):
        if block.kind is BlockKind.BREAK:
            continue
        yield from _whole(subject, place, block)
        sheet = Sheet(subject, block)
        yield from _parts(sheet)
        yield from _fragments(sheet)
        yield from _ifs(sheet)


def spoken_words(block: Block) -> int:
    """Count what is said aloud: without the headings of the parts, and without stage directions in brackets."""
    return sum(part.words for part in _said(block).values())


def _whole(subject: Subject, place: int, block: Block) -> Iterator[Finding]:
    said = spoken_words(block)
    if said > WORDS_PER_MINUTE * block.minutes:
        message = (
            f"SAY takes {_clock(said)} minutes at {WORDS_PER_MINUTE} words a minute; the block has {block.minutes}."
        )
        yield subject.find(MODULE, ("blocks", place, "minutes"), message, "say-long", "warning")


def _said(block: Block) -> dict[int, Part]:
    """Take SAY apart by the numbers of its parts; 0 is what stands before the first."""
    parts: dict[int, Part] = defaultdict(Part)
    here = 0
    for paragraph in paragraphs(block.facilitator.say):
        text = paragraph.text
        if numbered := NUMBERED.match(text):
            here = int(numbered[1])
            parts[here].opening = fold(text)
            text = text[numbered.end() :]
        parts[here].words += len(words(DIRECTION.sub(" ", text)))
    return dict(parts)


def _parts(sheet: Sheet) -> Iterator[Finding]:
    """Compare the numbered parts with the lines of DO that name them."""
    said = {number: part for number, part in _said(sheet.block).items() if number}
    if not said:
        return
    steps = [(step.minutes, _numbers(step.text), fold(step.text)) for step in sheet.block.facilitator.do]
    for _minutes, numbers, opening in steps:
        for number in sorted(numbers - set(said)):
            message = f"This line names Say {number}, and SAY has no part of this number."
            yield sheet.warn("Do", opening, message, "say-unknown")
    for number in sorted(set(said) - {number for _, numbers, _ in steps for number in numbers}):
        message = f"No line of DO names Say {number}: when is it said?"
        yield sheet.warn("Say", said[number].opening, message, "say-unplaced")
    for together, minutes in _shared([(numbers & set(said), minutes) for minutes, numbers, _ in steps]):
        total = sum(said[number].words for number in together)
        if total > WORDS_PER_MINUTE * minutes:
            names = ", ".join(f"Say {number}" for number in sorted(together))
            message = (
                f"{names}: {_clock(total)} minutes at {WORDS_PER_MINUTE} words a minute; DO has {minutes} for it."
                " Say less, or give it time."
            )
            yield sheet.warn("Say", said[min(together)].opening, message, "say-long")


def _numbers(text: str) -> set[int]:
    """Give the parts of SAY that a line of DO names."""
    return {int(number) for named in NAMED.finditer(text) for number in re.findall(r"\d+", named[0])}


def _shared(steps: list[tuple[set[int], int]]) -> list[tuple[set[int], int]]:
    """Put together lines that name the same part, with their minutes."""
    groups: list[tuple[set[int], int]] = []
    for numbers, minutes in steps:
        if not numbers:
            continue
        meeting = [group for group in groups if group[0] & numbers]
        groups = [group for group in groups if not group[0] & numbers]
        together = numbers.union(*(group[0] for group in meeting))
        groups.append((together, minutes + sum(group[1] for group in meeting)))
    return groups


def _fragments(sheet: Sheet) -> Iterator[Finding]:
    """Find paragraphs of SAY that do not end like a sentence."""
    for paragraph in paragraphs(sheet.block.facilitator.say):
        if not ENDING.search(paragraph.text):
            message = f"SAY is read aloud: end “{paragraph.text[-40:]}” as a sentence."
            yield sheet.warn("Say", fold(paragraph.text), message, "say-fragment")


def _ifs(sheet: Sheet) -> Iterator[Finding]:
    found = [each for each in paragraphs(sheet.block.facilitator.what_if) if fold(each.text)]
    if 0 < len(found) < FEWEST_IFS:
        message = f"`## If` has {len(found)} item; {FEWEST_IFS} are the least. Short of time? Somebody upset? No Wi-Fi?"
        yield sheet.warn("If", fold(found[0].text), message, "if-few")


def _clock(count: int) -> str:
    minutes, seconds = divmod(round(count * 60 / WORDS_PER_MINUTE), 60)
    return f"{minutes}:{seconds:02}"
