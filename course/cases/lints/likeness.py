"""How much of one text stands in another, by their words."""

from collections import Counter
from collections.abc import Sequence

from course.content.checks.wording import fold

ALIKE = 0.8
"""Of Dice's coefficient; two texts above it say the same in all but a few words."""
FEWEST_WORDS = 4
"""Two shorter texts are alike only when they are equal."""
HELD = 0.7
"""Of the telling words of a text that stand in another one."""
FEWEST_TELLING = 4
SHORTEST_TELLING = 4
"""Letters: shorter words are in every text."""
RUN = 5


def alike(one: str, other: str) -> bool:
    """Whether two texts are near-duplicates: Dice's coefficient over their words, 2 x common / (both)."""
    first, second = fold(one), fold(other)
    if min(len(first), len(second)) < FEWEST_WORDS:
        return first == second
    common = sum((Counter(first) & Counter(second)).values())
    return 2 * common / (len(first) + len(second)) >= ALIKE


def repeats(text: str, of: str) -> bool:
    """Whether a text repeats another: most of its telling words stand there."""
    telling = _telling(text)
    return len(telling) >= FEWEST_TELLING and len(telling & _telling(of)) / len(telling) >= HELD


def stands_in(words: str, text: str) -> bool:
    """Whether some words stand in a text in this order, whatever their marks."""
    wanted, have = fold(words), fold(text)
    return _has_run(have, wanted)


def shares_run(one: str, other: str) -> bool:
    """Whether two texts have five words in a row in common."""
    return bool(_runs(one) & _runs(other))


def _runs(text: str) -> set[tuple[str, ...]]:
    words = fold(text)
    return {tuple(words[place : place + RUN]) for place in range(len(words) - RUN + 1)}


def _has_run(have: Sequence[str], wanted: Sequence[str]) -> bool:
    return any(have[place : place + len(wanted)] == wanted for place in range(len(have) - len(wanted) + 1))


def _telling(text: str) -> set[str]:
    return {word for word in fold(text) if len(word) >= SHORTEST_TELLING}
