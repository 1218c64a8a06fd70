"""What holds for a play without a database: what a step was, a sentence's bounds, what a finished play is worth."""

import json
import re
from collections.abc import Iterable
from fractions import Fraction
from hashlib import sha256
from typing import Any

from course.cases.engine import Action, Case, Choose, Said, ending
from course.cases.scoring import score, tallies
from course.content.schema import Decision, RankScene, Scenario

LONGEST_SENTENCE = 600
"""Characters: four sentences of a mail."""
SUREST = 100
NEARER = ("poor", "between", "good")
"""What a learner may find their own sentence nearer to."""
MOST_REWINDS = 2
"""Of one case: enough to try the turning point and one more, and too few to search for the best answer."""

# Not one of these can be typed, and PostgreSQL keeps no zero byte.
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class EmptySentence(ValueError):  # noqa: N818 - It is what the writer is told, not a fault.
    """Nothing was said."""


class SentenceTooLong(ValueError):  # noqa: N818 - It is what the writer is told, not a fault.
    """More than ``LONGEST_SENTENCE`` characters."""


def action_of(scene: str, choice: str) -> Action:
    """Return the action that an event keeps: one without a choice is a sentence that was said."""
    return Choose(scene, choice) if choice else Said(scene)


def tidy_sentence(text: str) -> str:
    """Return a sentence on one line, without characters that nobody typed.

    Raises EmptySentence, SentenceTooLong.
    """
    text = " ".join(_CONTROL.sub(" ", text).split())
    if not text:
        raise EmptySentence
    if len(text) > LONGEST_SENTENCE:
        raise SentenceTooLong
    return text


def key_hash(scenario: Scenario) -> str:
    """Return the hash of a case's key: its points and weights, of an order also the best one, and not a word more."""
    key = [
        [
            scene.id,
            scene.weight,
            sorted([answer.id, sorted(answer.key.items())] for answer in scene.answers),
            [item.id for item in scene.items] if isinstance(scene, RankScene) else [],
        ]
        for scene in sorted(scenario.scenes, key=lambda each: each.id)
        if isinstance(scene, Decision)
    ]
    return sha256(json.dumps(key, separators=(",", ":")).encode()).hexdigest()


def profile(case: Case, actions: Iterable[Action]) -> dict[str, Any] | None:
    """Return what a play is worth by the key of a case, by competency; None for one that does not end in it.

    Raises IllegalStep for a play that the case does not know.
    """
    steps = score(case, actions)
    if not steps or ending(case, steps[-1].after) is None:
        return None
    return {
        tally.competency: {"gain": _number(tally.gain), "taken": tally.taken, "met": tally.met}
        for tally in tallies(case, steps)
    }


def _number(gain: Fraction | None) -> float | None:
    return None if gain is None else float(gain)


FEWEST = 5
"""So many people have answered, or offered a sentence, before any of it is shown: among fewer, one can be guessed."""


def may_show(answered: int, *, revealed: bool) -> bool:
    """Whether the counts of a decision may be seen, on the wall and on the facilitator's own page alike."""
    return revealed and answered >= FEWEST


def may_quote(authors: int) -> bool:
    """Whether sentences may be picked for the wall, given how many people offered one."""
    return authors >= FEWEST
