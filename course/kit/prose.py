"""An author's Markdown as a tree of plain data, which a template sets as it stands.

No text ever becomes a template's source: what is a word here is a string there, so that there is nothing to escape.
"""

import re
from collections.abc import Iterable, Iterator

from markdown_it.token import Token

from course.content.markdown import PARSER, to_line

Node = str | dict[str, object]
"""A piece of text, or a node: its kind in ``t``, its content in ``c``, and what else it needs."""

DEEPEST = 30
"""Levels of nesting; what lies deeper is told on the last one."""
LONGEST_WORD = 30
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
ENDLESS = re.compile(rf"(\S{{{LONGEST_WORD}}})(?=\S)")
BREAK_HERE = "\u200b"
TICK = re.compile(r"\[ \](\s+|$)")
HAND_LINE = re.compile(r"_{3,}")
SCHEMES = ("http://", "https://", "mailto:")
OPENING = {
    "paragraph": "p",
    "heading": "h",
    "bullet_list": "ul",
    "ordered_list": "ol",
    "list_item": "li",
    "blockquote": "quote",
    **{name: name for name in ("table", "tr", "th", "td", "strong", "em", "link")},
}


def line(text: str) -> str:
    """Return a text as it can be set: without control signs, and endless words may be broken."""
    return ENDLESS.sub(rf"\1{BREAK_HERE}", CONTROL.sub("", text.replace("\t", " ")))


def authored(text: str) -> str:
    """Return a line that an author wrote, with real quotes and dashes, as it can be set."""
    return line(to_line(text))


def prose(text: str, *, under: int = 1) -> list[Node]:
    """Return a Markdown text as nodes; its headings begin one level below ``under`` and skip none."""
    tokens = PARSER.parse(CONTROL.sub("", text))
    _level_headings(tokens, under)
    root: list[Node] = []
    _grow(root, tokens)
    return root


def _level_headings(tokens: list[Token], under: int) -> None:
    headings = [token for token in tokens if token.type == "heading_open"]
    ranks = {tag: rank for rank, tag in enumerate(sorted({token.tag for token in headings}), start=1)}
    before = under
    for token in headings:
        before = min(under + ranks[token.tag], before + 1)
        token.meta["level"] = before


def _grow(root: list[Node], tokens: Iterable[Token]) -> None:
    """Hang the nodes of a flat list of tokens on a root."""
    stack: list[list[Node]] = [root]
    items: list[dict[str, object] | None] = []
    for token in tokens:
        if token.nesting == 1:
            node = _opened(token) if len(stack) < DEEPEST else None
            items.append(node)
            if node is None:
                stack.append(stack[-1])
            else:
                stack[-1].append(node)
                content: list[Node] = []
                node["c"] = content
                stack.append(content)
        elif token.nesting == -1:
            inside = stack.pop()
            closed = items.pop()
            if closed is not None:
                _close(closed, inside)
        elif token.type == "inline":
            _grow(stack[-1], token.children or ())
        else:
            stack[-1].extend(_leaf(token))


def _close(node: dict[str, object], content: list[Node]) -> None:
    """See what a finished node turned out to be: an item to tick, a line to write on."""
    if node["t"] == "li":
        node["tick"] = _take_tick(content)
    elif node["t"] == "p" and HAND_LINE.fullmatch("".join(map(str, content)).replace(BREAK_HERE, "")):
        del node["c"]
        node["t"] = "rule"


def _opened(token: Token) -> dict[str, object] | None:
    """Return the node that a token begins; None for one whose content stands for itself."""
    kind = OPENING.get(token.type.removesuffix("_open"))
    if kind is None:
        return None
    node: dict[str, object] = {"t": kind}
    if kind == "h":
        node["level"] = token.meta["level"]
    elif kind == "ol":
        node["start"] = int(token.attrGet("start") or 1)
    elif kind == "link":
        target = str(token.attrGet("href") or "")
        if not target.startswith(SCHEMES):
            return None
        node["to"] = target
    return node


def _leaf(token: Token) -> Iterator[Node]:
    if token.type in {"fence", "code_block"}:
        yield {"t": "code", "s": line_by_line(token.content.rstrip("\n"))}
    elif token.type == "code_inline":
        yield {"t": "mono", "s": line(token.content)}
    elif token.type == "hr":
        yield {"t": "rule"}
    elif token.type == "hardbreak":
        yield {"t": "br"}
    elif token.type == "softbreak":
        yield " "
    elif token.content:
        yield line(token.content)


def line_by_line(text: str) -> str:
    return "\n".join(line(each) for each in text.split("\n"))


def _take_tick(content: list[Node]) -> bool:
    """Whether a list item begins with ``[ ]``; the sign itself is taken away."""
    first = content[0] if content else None
    inside = first.get("c") if isinstance(first, dict) and first["t"] == "p" else None
    if not isinstance(inside, list) or not inside or not isinstance(inside[0], str):
        return False
    mark = TICK.match(inside[0])
    if not mark:
        return False
    inside[0] = inside[0][mark.end() :]
    return True
