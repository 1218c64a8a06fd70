"""What holds for preparing without a database: its five steps and their minutes, and what a note may hold."""

import re
from collections.abc import Collection
from enum import StrEnum
from functools import lru_cache

from course.content.checks.prose import paragraphs, words
from course.content.checks.speech import WORDS_PER_MINUTE, spoken_words
from course.content.schema import Block, BlockKind, Module

LONGEST = 4_000
"""Characters a note may have: more than anybody reads again on the morning of the day."""
READ_PER_MINUTE = 238
"""Words that adults read silently in a minute: M. Brysbaert, "How many words do we read per minute?" (2019)."""
KEPT = 4096

# Not one of these can be typed, and PostgreSQL keeps no zero byte.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class NoteTooLong(ValueError):  # noqa: N818 - It is what the writer is told, not a fault.
    """A note of more than ``LONGEST`` characters."""


class Step(StrEnum):
    """One thing to do before the day, in the order that is best."""

    CASE = "case"
    MUSTS = "musts"
    KIT = "kit"
    OPENING = "opening"
    PROJECTOR = "projector"


MINUTES = {Step.CASE: 10, Step.MUSTS: 25, Step.KIT: 3, Step.OPENING: 4, Step.PROJECTOR: 3}
"""How long each step takes. Together they are what the page promises."""


def minutes_left(done: Collection[Step]) -> int:
    """Return the minutes of the steps that are not done."""
    return sum(minutes for step, minutes in MINUTES.items() if step not in done)


def tidy(text: str) -> str:
    """Return a note with one kind of line break and without characters that nobody typed.

    Raises NoteTooLong.
    """
    text = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) > LONGEST:
        raise NoteTooLong
    return text


def musts(module: Module) -> tuple[Block, ...]:
    """Return the blocks without which the day fails; a break needs no reading."""
    return tuple(block for block in module.blocks if block.priority == "must" and block.kind is not BlockKind.BREAK)


def opening(module: Module) -> Block | None:
    """Return the first block in which the facilitator has something to say."""
    return next((block for block in module.blocks if block.facilitator.say.strip()), None)


def minutes_to_read(block: Block) -> int:
    """Return how long it takes to read what the author wrote for the facilitator of a block."""
    part = block.facilitator
    return _minutes(
        sum(_words(text) for text in (part.say, *(step.text for step in part.do), part.expect, part.what_if))
    )


def minutes_to_say(block: Block) -> int:
    """Return how long it takes to say aloud what a block has to be said."""
    return -(-spoken_words(block) // WORDS_PER_MINUTE)


def _minutes(count: int) -> int:
    return max(1, round(count / READ_PER_MINUTE)) if count else 0


# The same texts are counted on every visit, and a published text never changes.
@lru_cache(maxsize=KEPT)
def _words(text: str) -> int:
    return sum(len(words(paragraph.text)) for paragraph in paragraphs(text))
