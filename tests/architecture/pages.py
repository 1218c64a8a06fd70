"""Reading templates without rendering them: their text, their tags, and what stands outside the catalogue."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, nodes
from jinja2.lexer import TOKEN_BLOCK_END, TOKEN_COMMENT, TOKEN_DATA, TOKEN_VARIABLE_END

SPOKEN = {"alt", "aria-label", "aria-description", "aria-roledescription", "placeholder", "title"}
"""Attributes that people read or hear."""
NAMES = {"Oneday", "UTC"}
"""The same in every language."""
WORD = re.compile(r"[^\W\d_]{2,}")
NO_BARE_TEXT = re.compile(r"{% block body_class %}.*?{% endblock %}|{%-? trans\b.*?%}.*?{%-? endtrans -?%}", re.DOTALL)
"""A class, though it stands between tags; and what the catalogue holds already."""
ENGLISH = re.compile(r"[A-Z][^\W\d_]+(?:[ ,.?!’'-]|$)")
"""How a text for people begins; class names and addresses are in lower case."""


def environment(folder: Path) -> Environment:
    return Environment(loader=FileSystemLoader(folder), extensions=["jinja2.ext.i18n"], autoescape=True)


@dataclass
class Page(HTMLParser):
    """What the HTML of a template holds once Jinja's own marks are taken out."""

    texts: list[str] = field(default_factory=list)
    attributes: list[tuple[str, str, str]] = field(default_factory=list)
    inline_scripts: int = 0
    style_tags: int = 0
    _hidden: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag == "style":
            self.style_tags += 1
        if tag in {"script", "style"}:
            self._hidden = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self._hidden:
            self._hidden = ""

    def handle_data(self, data: str) -> None:
        if self._hidden == "script" and data.strip():
            self.inline_scripts += 1
        elif not self._hidden:
            self.texts.append(data)


def read(folder: Path, name: str) -> Page:
    """Return what a template writes by itself."""
    source = NO_BARE_TEXT.sub("", (folder / name).read_text(encoding="utf-8"))
    kept = []
    for _line, token, value in environment(folder).lex(source):
        if token == TOKEN_DATA:
            kept.append(value)
        elif token in {TOKEN_VARIABLE_END, TOKEN_BLOCK_END, TOKEN_COMMENT}:
            # Something is written here, or nothing: a mark that is no letter.
            kept.append("·")
    page = Page()
    page.feed("".join(kept))
    page.close()
    return page


def outside_the_catalogue(folder: Path, name: str) -> list[str]:
    """Return the English texts of a template that no translation would reach."""
    page = read(folder, name)
    spoken = [value for _tag, attribute, value in page.attributes if attribute in SPOKEN]
    bare = [text.strip() for text in (*page.texts, *spoken) if set(WORD.findall(text)) - NAMES]
    return bare + _bare_literals(folder, name)


def _bare_literals(folder: Path, name: str) -> list[str]:
    """Return literals that are handed on or written without ``_``: a button's text, a default."""
    tree = environment(folder).parse((folder / name).read_text(encoding="utf-8"))
    translated = {
        id(argument)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in {"_", "gettext", "ngettext"}
        for argument in call.args
    }
    # A comparison and a look-up name things, and never show them.
    named = {
        id(literal)
        for outer in tree.find_all((nodes.Compare, nodes.Getitem, nodes.Include, nodes.FromImport, nodes.Extends))
        for literal in outer.find_all(nodes.Const)
    }
    return [
        literal.value
        for literal in tree.find_all(nodes.Const)
        if isinstance(literal.value, str)
        and id(literal) not in translated | named
        and ENGLISH.match(literal.value)
        and literal.value not in NAMES
    ]
