"""The words of a file as its author wrote it, and the line of each."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
ENOUGH = 6
"""So many words in a row find a sentence again."""


def fold(text: str) -> list[str]:
    """Give the words of a text without their capitals and marks."""
    return [word.lower().replace("’", "'") for word in WORD.findall(text)]


@dataclass(frozen=True)
class Wording:
    """The folded words of a file, and for each the number of its line."""

    words: list[str]
    lines: list[int]

    @classmethod
    def of(cls, text: str, apart: re.Pattern[str] | None = None) -> "Wording":
        """Take a text apart. An empty word stands for what ``apart`` matches: words before and after are no row."""
        words: list[str] = []
        lines: list[int] = []
        for number, line in enumerate(text.split("\n"), start=1):
            first, *others = apart.split(line) if apart else [line]
            found = fold(first)
            for other in others:
                found += ["", *fold(other)]
            words += found
            lines += [number] * len(found)
        return cls(words, lines)

    def line_of(self, words: Sequence[str], after: int) -> int:
        """Find the line on which words begin that stand at or after a line; that line if they do not."""
        wanted = list(words[:ENOUGH])
        for place in range(bisect_left(self.lines, after), len(self.words)):
            if self.words[place] == wanted[0] and self.words[place : place + len(wanted)] == wanted:
                return self.lines[place]
        return after
