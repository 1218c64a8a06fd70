"""The press: a template and its data become a PDF, the same bytes each time."""

import json
import re
from collections.abc import Mapping
from threading import Lock

import typst

from course.content.schema import Module
from course.kit.occasion import Occasion, Paper
from course.kit.prose import authored, line
from course.paths import TEMPLATES

PRINT = TEMPLATES / "print"
FONTS = PRINT / "fonts"
SIZES = {Paper.A4: "a4", Paper.LETTER: "us-letter"}
MOST_DATA = 600_000
"""Bytes of one document's data: six times a full day's guide, and still set within seconds."""
_one_at_a_time = Lock()
"""Setting a guide takes memory; several at once would take several times as much, and be no sooner done."""


PAGES = re.compile(rb"/Type\s*/Pages\s*/Count (\d+)")


class TooMuch(ValueError):  # noqa: N818 - It says what is wrong.
    """A document that nobody would print: its texts are too long."""


def press(
    template: str, title: str, told: Mapping[str, object], *, module: Module, day: Occasion, paper: Paper
) -> bytes:
    """Return a document as PDF/UA-1.

    Signs that our own fonts lack are taken from the machine's; then the file makes no PDF/UA claim, because the
    claim could not be kept. Raises TooMuch.
    """
    lang, _, region = module.lang.partition("-")
    data = {
        "title": line(title),
        "lang": lang,
        "region": region or None,
        "paper": SIZES[paper],
        "module": authored(module.title),
        "date": [day.date.year, day.date.month, day.date.day] if day.date else None,
        "day": day.day,
        "place": line(day.place),
        "group": line(day.group),
        "facilitator": line(day.facilitator),
        **told,
    }
    content = json.dumps(data, ensure_ascii=False)
    if len(content.encode()) > MOST_DATA:
        raise TooMuch(f"{title}: its texts are too long to be printed.")
    with _one_at_a_time:
        return _set(template, {"data": content})


def _set(template: str, inputs: dict[str, str]) -> bytes:
    source = PRINT / "kit" / f"{template}.typ"
    fonts = [FONTS]
    try:
        made = typst.compile(
            source,
            format="pdf",
            pdf_standards=["ua-1"],
            sys_inputs=inputs,
            font_paths=fonts,
            ignore_system_fonts=True,
        )
    except typst.TypstError:
        made = typst.compile(source, format="pdf", sys_inputs=inputs, font_paths=fonts)
    return bytes(made)


def pages(content: bytes) -> int:
    """Count the pages of a document that the press made."""
    found = PAGES.search(content)
    if found is None:
        raise ValueError("The press made no document of this.")
    return int(found[1])
