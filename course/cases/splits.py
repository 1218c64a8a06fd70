"""How a room's answers to a decision split, and how far the room disagrees in it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log

from course.content.schema import Choice, Decision, RankScene

A_PAIR = 2
"""It takes two answers to disagree."""


@dataclass(frozen=True, slots=True)
class Part:
    """One answer and how many gave it."""

    id: str
    text: str
    count: int


@dataclass(frozen=True, slots=True)
class Split:
    """The answers of a decision in the order of the file, those that nobody gave among them."""

    scene: Decision
    parts: tuple[Part, ...]

    @property
    def answered(self) -> int:
        return sum(part.count for part in self.parts)

    @property
    def disagreement(self) -> float:
        return disagreement(part.count for part in self.parts)


@dataclass(frozen=True, slots=True)
class Weighed:
    """A split decision with what it is worth to talk about it."""

    split: Split
    leverage: float
    """In percentage points; 1 for every decision of a case of which nothing is known."""

    @property
    def worth(self) -> float:
        """Disagreement x leverage: where a room is apart, and much hangs on it."""
        return self.split.disagreement * self.leverage


def ranked(splits: Iterable[Split], leverage: Mapping[str, float] | None) -> tuple[Weighed, ...]:
    """Sort decisions by what they are worth to talk about, those alike in the order of the case.

    Without ``leverage`` by disagreement alone. A vote has none: whatever is answered, nothing hangs on it.
    """
    weighed = (Weighed(each, leverage.get(each.scene.id, 0.0) if leverage is not None else 1.0) for each in splits)
    return tuple(sorted(weighed, key=lambda each: -each.worth))


def split(scene: Decision, given: Mapping[str, int]) -> Split:
    """Sort what was given by answer. Of an order, the answer is what was put first: all else has too many kinds.

    What the scene does not know, from an older version of the case, is left out.
    """
    if isinstance(scene, RankScene):
        words = {item.id: item.text for item in scene.items}
        given = _firsts(given)
    else:
        words = {answer.id: answer.text for answer in scene.answers if isinstance(answer, Choice)}
    return Split(scene, tuple(Part(name, text, given.get(name, 0)) for name, text in words.items()))


def disagreement(counts: Iterable[int]) -> float:
    """Return how evenly a room split, from 0 (all alike) to 1 (every answer as often as the others).

    Shannon's entropy of the shares p of the k answers there are, divided by its largest value:
    -sum(p x ln p) / ln k. The entropy is C. E. Shannon's (A Mathematical Theory of Communication, 1948, section 6),
    its division by ln k E. C. Pielou's evenness (1966). Without answers, or with one to choose from, it is 0.
    """
    listed = tuple(counts)
    whole = sum(listed)
    if not whole or len(listed) < A_PAIR:
        return 0.0
    shares = [count / whole for count in listed if count]
    # Rounded, the sum of equal shares may pass 1 by a hair; and no room splits by minus nothing.
    return min(1.0, -sum(share * log(share) for share in shares) / log(len(listed)) + 0.0)


def _firsts(given: Mapping[str, int]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for order, count in given.items():
        first = order.partition(",")[0]
        counts[first] = counts.get(first, 0) + count
    return counts
