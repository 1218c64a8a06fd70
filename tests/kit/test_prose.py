"""Markdown as a tree of plain data: what a template is told, and that no text can be more than text."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.kit.prose import DEEPEST, Node, line, prose

MARKS = [
    "#",
    "$",
    "@",
    "`",
    "*/",
    "*",
    "_",
    "[ ]",
    "](",
    "<",
    "\\",
    "|",
    "- ",
    "> ",
    "1. ",
    "\n",
    "\n\n",
    "    ",
    "---",
]


def test_a_paragraph_with_everything_inside_it() -> None:
    assert prose('A **b** *c* `d` "e" [f](https://f.example) -- g\\\nh') == [
        {
            "t": "p",
            "c": [
                "A ",
                {"t": "strong", "c": ["b"]},
                " ",
                {"t": "em", "c": ["c"]},
                " ",
                {"t": "mono", "s": "d"},
                " “e” ",
                {"t": "link", "to": "https://f.example", "c": ["f"]},
                " – g",
                {"t": "br"},
                "h",
            ],
        }
    ]


def test_blocks() -> None:
    nodes = prose("3. a\n4. b\n\n> q\n\n```\nx = 1\ny = 2\n```\n\n---\n\n| h |\n| --- |\n| |\n")
    paragraph: Node = {"t": "p", "c": ["a"]}
    assert nodes == [
        {
            "t": "ol",
            "start": 3,
            "c": [
                {"t": "li", "c": [paragraph], "tick": False},
                {"t": "li", "c": [{"t": "p", "c": ["b"]}], "tick": False},
            ],
        },
        {"t": "quote", "c": [{"t": "p", "c": ["q"]}]},
        {"t": "code", "s": "x = 1\ny = 2"},
        {"t": "rule"},
        {
            "t": "table",
            "c": [{"t": "tr", "c": [{"t": "th", "c": ["h"]}]}, {"t": "tr", "c": [{"t": "td", "c": []}]}],
        },
    ]


def ticks(text: str) -> list[tuple[object, object]]:
    (found,) = prose(text)
    assert isinstance(found, dict)
    items = found["c"]
    assert isinstance(items, list)
    return [(item["tick"], item["c"]) for item in items]


def test_an_item_to_tick() -> None:
    def said(words: str) -> list[Node]:
        return [{"t": "p", "c": [words]}]

    assert ticks("- [ ] asked\n- [x] said\n- []  no\n- asked [ ] not\n- [ ]") == [
        (True, said("asked")),
        (False, said("[x] said")),
        (False, said("[]  no")),
        (False, said("asked [ ] not")),
        (True, said("")),
    ]
    assert ticks("- [ ] **Asked** first")[0] == (
        True,
        [{"t": "p", "c": ["", {"t": "strong", "c": ["Asked"]}, " first"]}],
    )


@pytest.mark.parametrize("text", ["\\_\\_\\_\\_", "\\_" * 60])
def test_underscores_alone_are_a_line_to_write_on(text: str) -> None:
    assert prose(text) == [{"t": "rule"}]
    assert prose(f"At {text[:8]}") == [{"t": "p", "c": ["At ____"]}]


@pytest.mark.parametrize(
    ("text", "under", "levels"),
    [
        ("# a\n\n## b\n\n# c", 1, [2, 3, 2]),
        ("### a\n\n###### b\n\n### c", 3, [4, 5, 4]),
        ("## a\n\n# b\n\n#### c", 1, [2, 2, 3]),
    ],
)
def test_headings_begin_below_and_skip_no_level(text: str, under: int, levels: list[int]) -> None:
    assert [node["level"] for node in prose(text, under=under) if isinstance(node, dict)] == levels


def test_only_addresses_that_can_be_opened_are_links() -> None:
    assert prose("[a](javascript:x) [b](img/c.png) ![d](img/e.png)") == [
        {"t": "p", "c": ["[a](javascript:x) ", "b", " ", "d"]}
    ]


def test_signs_that_cannot_be_printed_are_left_out_and_endless_words_may_break() -> None:
    assert line("a\x00b\x1bc\td") == "abc d"
    assert line("x" * 30) == "x" * 30
    assert line("x" * 31) == "x" * 30 + "\u200bx"
    assert line("x " * 200) == "x " * 200


def depth(value: object) -> int:
    """Levels of lists and objects, counted without walking into them by recursion."""
    text, deepest, now, quoted = json.dumps(value), 0, 0, False
    for place, sign in enumerate(text):
        if sign == '"' and text[place - 1] != "\\":
            quoted = not quoted
        if not quoted:
            now += {"{": 1, "[": 1, "}": -1, "]": -1}.get(sign, 0)
            deepest = max(deepest, now)
    return deepest


@pytest.mark.parametrize("text", ["*a " * 2000 + "b* " * 2000, "> " * 3000 + "a", "- " * 3000 + "a", "[" * 5000])
def test_nesting_is_bounded(text: str) -> None:
    assert depth(prose(text)) <= 2 * DEEPEST + 1


@settings(deadline=None)
@given(st.lists(st.sampled_from(MARKS) | st.text(max_size=8), max_size=40).map("".join))
def test_any_text_becomes_data(text: str) -> None:
    nodes = prose(text)
    assert json.loads(json.dumps(nodes)) == nodes
    assert depth(nodes) <= 2 * DEEPEST + 1
