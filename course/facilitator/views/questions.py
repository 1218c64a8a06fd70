"""Three questions to a room about one of its decisions, made from what it answered there.

Nobody is ever pointed at: what fewer than two people answered is not asked about as something that some of you did.
"""

import re
from dataclasses import dataclass

from course.cases.splits import Part, Split
from course.content.markdown import to_line
from course.content.schema import Consequence, Decision, RankScene, SayScene
from course.web.texts import _

LONGEST = 60
"""Characters of an answer within a question; the whole of it stands above."""
ENOUGH = 18
"""Characters after which a sentence stands for the whole answer."""
SENTENCE = re.compile(r"(?<=[.!?])\s+")
MARKS = str.maketrans("", "", '“”"')
SOME = 2
MOST = 2 / 3
CLOSE = 0.6
"""Two answers divide a room when the second has at least this share of the first."""


@dataclass(frozen=True)
class Asked:
    """What is asked about: the answers by how many gave them, and what the key says of each."""

    split: Split
    listed: tuple[Part, ...]
    best: str | None
    """The id of the answer worth most; None where all are worth the same."""
    turn: int
    """Which decision of the plan it is, so that two of them are not asked about in the same words."""

    def text(self, part: Part) -> str:
        return shortened(to_line(part.text))


def questions(split: Split, turn: int) -> tuple[str, str, str]:
    """Return what to ask: what people were after, what would have had to be true, what they take from it."""
    listed = tuple(sorted(split.parts, key=lambda part: -part.count))
    asked = Asked(split, listed, best_answer(split.scene), turn)
    return _after(asked), _true(asked), _onward(asked)


def best_answer(scene: Decision) -> str | None:
    """Return the id of the answer that the key holds best; of an order, what belongs first."""
    if isinstance(scene, RankScene):
        return scene.items[0].id
    points = {answer.id: sum(answer.key.values()) for answer in scene.answers}
    top = max(points.values())
    return next(name for name in points if points[name] == top) if min(points.values()) < top else None


def shortened(text: str) -> str:
    """Cut an answer to as many of its first sentences as tell it from the others, without marks inside marks."""
    said = ""
    for sentence in SENTENCE.split(text.translate(MARKS).strip()):
        said = f"{said} {sentence}".strip()
        if len(said) >= ENOUGH:
            break
    if len(said) > LONGEST:
        return f"{said[:LONGEST].rpartition(' ')[0].rstrip(',;:.')} …"
    return said.rstrip(".")


def _after(asked: Asked) -> str:
    first, second = asked.listed[0], asked.listed[1]
    if second.count >= SOME and second.count >= CLOSE * first.count:
        return (
            _("You divide between “%(one)s” and “%(other)s”. What did each side hope would happen next?"),
            _("Some of you took “%(one)s”, about as many “%(other)s”. What did you each think was at stake?"),
            _("“%(one)s” or “%(other)s”: what did those who took the one know that the others did not look at?"),
        )[asked.turn % 3] % {"one": asked.text(first), "other": asked.text(second)}
    if first.count >= MOST * asked.split.answered:
        return (
            _("Nearly everybody took “%(one)s”. What made it look right at that moment?"),
            _("Most of you took “%(one)s”. What were you afraid of, had you not?"),
        )[asked.turn % 2] % {"one": asked.text(first)}
    return (
        _("Why did some of you take “%(one)s”? What had you seen or heard by then?"),
        _("Those of you who took “%(one)s”: what were you protecting?"),
    )[asked.turn % 2] % {"one": asked.text(first)}


def _true(asked: Asked) -> str:
    best = next((part for part in asked.listed if part.id == asked.best), None)
    top = asked.listed[0]
    if best is not None and best is not top:
        if not best.count:
            return _(
                "Nobody took “%(best)s”. What would have had to be true for you to take it?", best=asked.text(best)
            )
        return (
            _("What would have had to be true for more of you to take “%(best)s”?"),
            _("What would you have needed to know, or to have, to take “%(best)s”?"),
        )[asked.turn % 2] % {"best": asked.text(best)}
    other = next((part for part in asked.listed[1:] if part.count >= SOME), asked.listed[1])
    return (
        _("What would have had to be true for “%(other)s” to be the better answer?"),
        _("With which client would “%(other)s” have been right, and how would you have noticed?"),
    )[asked.turn % 2] % {"other": asked.text(other)}


def _onward(asked: Asked) -> str:
    scene = asked.split.scene
    answers = {answer.id: answer for answer in scene.answers}
    noticed = next((part for part in asked.listed if part.count >= SOME and _cue(answers.get(part.id))), None)
    if noticed is not None:
        cue = _cue(answers[noticed.id])
        return _(
            "After “%(answer)s” you read: “%(cue)s” Who noticed, and what did you make of it?",
            answer=asked.text(noticed),
            cue=cue.translate(MARKS),
        )
    if isinstance(scene, SayScene):
        return _("Say your own first sentence to the person beside you. What did they hear that you did not mean?")
    return (
        _("Where did you last stand at such a point yourself, and what did you do?"),
        _("Who has a client with whom this comes up next week? What will your first sentence be?"),
        _("What would your own client have said to the answer you took?"),
    )[asked.turn % 3]


def _cue(answer: Consequence | None) -> str:
    return to_line(answer.cue) if answer is not None and answer.cue else ""
