"""An author's Markdown as safe HTML. A learner's text never comes here."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

# Authors type straight quotes; readers see real ones.
PARSER = MarkdownIt("commonmark", {"html": False, "typographer": True}).enable(["table", "replacements", "smartquotes"])
LOWEST_HEADING = 6
TAGS = {
    *("p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "li"),
    *("strong", "em", "code", "pre", "a", "img"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}}


class PictureUse(NamedTuple):
    """A picture that a text refers to; ``line`` counts from 0 within the text."""

    line: int
    path: str
    alt: str


def to_html(text: str, *, picture_url: Callable[[str], str] | None = None, shift: int = 0) -> str:
    """HTML with headings ``shift`` levels lower. Pictures only where ``picture_url`` gives one."""
    tokens = PARSER.parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1:]) + shift, LOWEST_HEADING)}"
        if token.children:
            token.children = [_picture(child, picture_url) for child in token.children]
    html = str(PARSER.renderer.render(tokens, PARSER.options, {}))
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )


@lru_cache(maxsize=4096)
def to_line(text: str) -> str:
    """Return one plain line of text with real quotes and dashes, its emphasis marks left out."""
    (line,) = PARSER.parseInline(text)
    return "".join(
        " " if token.type in {"softbreak", "hardbreak"} else token.content for token in line.children or ()
    ).strip()


def _picture(token: Token, picture_url: Callable[[str], str] | None) -> Token:
    if token.type != "image":
        return token
    path = str(token.attrGet("src") or "")
    if picture_url is None or not is_own_picture(path):
        return Token("text", "", 0, content=token.content)
    token.attrSet("src", picture_url(path))
    return token


def is_own_picture(path: str) -> bool:
    """Whether a path is one of the module's own pictures, as authors write them."""
    return path.startswith("img/") and ".." not in path


def pictures_in(text: str) -> Iterator[PictureUse]:
    """Every picture that a Markdown text refers to."""
    for token in PARSER.parse(text):
        for child in token.children or ():
            if child.type == "image":
                line = token.map[0] if token.map else 0
                yield PictureUse(line, str(child.attrGet("src") or ""), child.content.strip())
