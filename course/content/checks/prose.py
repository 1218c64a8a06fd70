"""Prose as it is read: the sentences of a Markdown text, and the school grade it takes to read them.

The grade is Flesch and Kincaid's: 0.39 x words per sentence + 11.8 x syllables per word - 15.59
(J. P. Kincaid, R. P. Fishburne, R. L. Rogers and B. S. Chissom, "Derivation of new readability formulas
for Navy enlisted personnel", Research Branch Report 8-75, 1975).
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from markdown_it.token import Token

from course.content.markdown import PARSER

WORD = re.compile(r"[^\W_]+(?:['’.:,\-–][^\W_]+)*")
END = re.compile(r"(?<=[.!?…])[\"'”’)*_]*\s+(?=[\"'“‘(*_]*[^\W_a-zà-ÿ])")
SHORT = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|St|No|vs|etc|e\.g|i\.e|p|pp)|\b[A-Z])\.$")
LONGEST_SHORT = 5
"""Characters of the longest of these, with the one before it."""
VOWELS = re.compile(r"[aeiouyà-öø-ÿ]+")
SILENT = re.compile(r"(?<=[^aeiouyl])e$|(?<=[^aeiouytd])ed$|(?<=[^aeiouyscxzgh])es$|(?<=[aeiou]l)e$")


class Paragraph(NamedTuple):
    """A paragraph or a list item, without its marks; ``line`` counts from 0 within the text."""

    line: int
    text: str
    quoted: bool
    """Whether it stands in a block quote: the words of a person, or an example."""


class Grade(NamedTuple):
    """How hard a text is to read."""

    grade: float
    words: int
    longest: str
    """The longest sentence."""


@lru_cache(maxsize=1024)
def paragraphs(text: str) -> tuple[Paragraph, ...]:
    """Give the prose of a Markdown text in order; headings, tables and code are none."""
    return tuple(_paragraphs(text))


def _paragraphs(text: str) -> Iterator[Paragraph]:
    quotes = others = 0
    for token in PARSER.parse(text):
        if token.type in {"blockquote_open", "blockquote_close"}:
            quotes += token.nesting
        elif token.type in {"heading_open", "heading_close", "table_open", "table_close"}:
            others += token.nesting
        elif token.type == "inline" and not others:
            yield Paragraph(token.map[0] if token.map else 0, _plain(token), quotes > 0)


def sentences(text: str) -> list[str]:
    """Split plain prose into its sentences."""
    found: list[str] = []
    start = 0
    for end in END.finditer(text):
        if not SHORT.search(text[max(start, end.start() - LONGEST_SHORT) : end.start()]):
            found.append(text[start : end.end()].strip())
            start = end.end()
    return [sentence for sentence in [*found, text[start:].strip()] if WORD.search(sentence)]


def words(text: str) -> list[str]:
    """Give the words of plain prose; a time or a number is one."""
    return WORD.findall(text)


def grade(prose: list[str]) -> Grade:
    """Grade paragraphs of plain prose together."""
    split = [sentence for text in prose for sentence in sentences(text)]
    spoken = [word for sentence in split for word in words(sentence)]
    if not spoken:
        return Grade(0, 0, "")
    per_sentence = len(spoken) / len(split)
    per_word = sum(_syllables(word) for word in spoken) / len(spoken)
    longest = max(split, key=lambda sentence: len(words(sentence)))
    return Grade(0.39 * per_sentence + 11.8 * per_word - 15.59, len(spoken), longest)


def _syllables(word: str) -> int:
    """Count the groups of vowels that are heard; good to about one word in ten, which the mean bears."""
    return max(1, len(VOWELS.findall(SILENT.sub("", word.lower()))))


def _plain(inline: Token) -> str:
    breaks = {"softbreak", "hardbreak"}
    return "".join(" " if child.type in breaks else child.content for child in inline.children or ()).strip()
