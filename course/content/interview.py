"""The interview: eight questions about the day it went wrong, and the files of a module that the answers make."""

import io
import re
import textwrap
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

WIDTH = 116
LONGEST_NAME = 40
LONGEST_LINE = 90
"""A text longer than this is written as a block of its own."""
MARKDOWN = {"intro", "body", "text", "then", "coach", "learned", "prompt"}
"""Keys whose texts are read as Markdown; the others are plain lines."""
BEGINNING = re.compile(r"#{1,6}(?=\s|$)|>|[-+*](?=\s|$)|[-=]+\s*$|(?:[-*_]\s*){3,}$|```|~~~|:?-+:?\s*\||\[[^\]]*\]:")
"""What would make a heading, a list, a rule, a fence, a table or a reference of a line."""
NUMBER = re.compile(r"(\d{1,9})(?=[.)](?:\s|$))")
Node = dict[str, Any] | list[Any]
"""What ruamel loads, with its comments."""
LAST_TWO = "".join(chr(plane + last) for plane in range(0, 0x110000, 0x10000) for last in (0xFFFE, 0xFFFF))
UNSEEN = re.compile(f"[\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufeff{LAST_TWO}]")
"""Halves of characters, marks of direction, and what is no character at all."""
QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»"}


@dataclass(frozen=True)
class Question:
    """One question of the interview, with an answer that shows what is meant."""

    key: str
    ask: str
    example: str
    longest: int
    """Characters."""


QUESTIONS = (
    Question(
        "day",
        "Tell me about the day it went wrong. Where were you, and what was planned?",
        "Thursday, ten to five. Our new booking system was to go live at six next morning, after weeks of tests.",
        1500,
    ),
    Question(
        "who",
        "Who was upset? An invented first name, a comma, and what this person does.",
        "Ingrid, head of the pier",
        120,
    ),
    Question("words", "What did they say, word for word?", "This thing tomorrow. Does it have to be tomorrow?", 500),
    Question(
        "need",
        "What did they need, and did not say?",
        "Two new people at the desk should not look lost in front of nine hundred cars.",
        500,
    ),
    Question(
        "did",
        "What did you do at once, being competent and busy? Begin with the verb.",
        "Tell her that everything is tested and that she won't notice a thing.",
        300,
    ),
    Question(
        "please",
        "What would somebody have done who only wants to please? Begin with the verb.",
        "Let them keep the old system open beside the new one.",
        300,
    ),
    Question("now", "Which sentence would you say now?", "It can move, at a price. What's tomorrow, for you?", 200),
    Question(
        "cost",
        "What did it cost in the end?",
        "It went live without a fault. She has not rung again, and the next project went to somebody else.",
        1500,
    ),
)
PLACE = re.compile(r"\{(" + "|".join([*(question.key for question in QUESTIONS), "name", "role"]) + r")\}")


def tidy(answer: str) -> str:
    """Give an answer as one line, without the characters that no reader sees."""
    kept = (" " if unicodedata.category(one) == "Cc" else one for one in UNSEEN.sub("", answer))
    return " ".join("".join(kept).split())


def fault(question: Question, answer: str) -> str | None:
    """Say in a sentence what is wrong with an answer, or give None."""
    said = tidy(answer)
    if not any(unicodedata.category(one)[0] in "LNPS" for one in said):
        return "This one is needed. A few words are enough for now."
    if len(said) > question.longest:
        return f"That is {len(said)} characters, and {question.longest} are the most here. The files take more later."
    if question.key == "who":
        name, _comma, role = (part.strip() for part in said.partition(","))
        if not (name and role):
            return f"Give a name, a comma and a role, such as: {question.example}"
        if len(name) > LONGEST_NAME:
            return f"The name has {len(name)} characters; {LONGEST_NAME} are the most. A first name is enough."
    return None


def written(skeleton: Mapping[str, str], answers: Mapping[str, str]) -> dict[str, str]:
    """Fill YAML files with the answers to all questions, each without a fault. Their comments are kept."""
    words = {question.key: _unquoted(tidy(answers[question.key])) for question in QUESTIONS}
    name, _comma, role = tidy(answers["who"]).partition(",")
    words |= {"name": name.strip(), "role": role.strip()}
    return {file: _filled(text, words) for file, text in skeleton.items()}


def merged(whole: str, part: str) -> str:
    """Put the keys of one YAML file in the place of those of another, whose comments are kept."""
    data = _yaml().load(whole)
    data.update(_yaml().load(part))
    return _dumped(data)


def _unquoted(answer: str) -> str:
    """Leave out quotation marks round the whole of an answer: the skeleton has its own."""
    inner = answer[1:-1].strip()
    marked = answer[:1] in QUOTES and answer.endswith(QUOTES[answer[0]])
    return inner if marked and inner and not set(inner) & {*QUOTES, *QUOTES.values()} else answer


def _filled(text: str, words: Mapping[str, str]) -> str:
    data = _yaml().load(text)
    _fill(data, words)
    return _dumped(data)


def _yaml() -> YAML:
    yaml = YAML()
    yaml.width = WIDTH
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _dumped(data: object) -> str:
    stream = io.StringIO()
    _yaml().dump(data, stream)
    return stream.getvalue()


def _fill(node: Node, words: Mapping[str, str]) -> None:
    """Put the words into every text of a document. Each place is filled once: words are never read as places."""
    pairs: Iterable[tuple[Any, Any]] = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in list(pairs):
        if isinstance(value, str):
            if PLACE.search(value):
                filled = PLACE.sub(lambda place: words[place[1]], value)
                block = isinstance(value, LiteralScalarString)
                node[key] = _markdown(filled, block=block) if key in MARKDOWN else filled
        elif isinstance(value, dict | list):
            _fill(value, words)


def _markdown(text: str, *, block: bool) -> str:
    """Wrap a text, and keep its lines from meaning anything but their words. A long one becomes a block."""
    paragraphs = text.replace("![", r"!\[").strip().split("\n\n")
    lines = [textwrap.wrap(each, WIDTH - 12, break_long_words=False, break_on_hyphens=False) for each in paragraphs]
    whole = "\n\n".join("\n".join(_plain(line) for line in each) for each in lines)
    return LiteralScalarString(whole + "\n") if block or "\n" in whole or len(whole) > LONGEST_LINE else whole


def _plain(line: str) -> str:
    return "\\" + line if BEGINNING.match(line) else NUMBER.sub(r"\1\\", line, count=1) if NUMBER.match(line) else line
