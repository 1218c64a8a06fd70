"""Runs of words that a module shares with the texts of a folder: every sentence of a module is its author's own."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from course.content.checks.subject import MODULE
from course.content.checks.wording import Wording
from course.content.findings import ContentError, Finding
from course.content.loader import LoadedModule

RUN = 8
ENDINGS = {".txt", ".md", ".markdown", ".yaml", ".yml"}
MOST_TEXTS = 500
TEXT_BYTES = 5_000_000
ALL_BYTES = 50_000_000
KEY = re.compile(r"(?:(?:^|[{,])\s*|-\s+)[a-z_]+:(?=\s|$)")
HEADING = re.compile(r"^#{1,6}\s+\w+\s*$")
SHOWN = 14
"""So many words of a run are shown."""


def check_overlap(loaded: LoadedModule, against: Path) -> list[Finding]:
    """Find every run of eight words or more that a text of the folder has, too. Time grows with both, and no faster."""
    texts = _texts(against)
    own = {file: _own(loaded, file, written) for file, written in loaded.lines.written.items()}
    index = _index(own)
    return sorted(finding for name, text in texts for finding in _shared(own, index, name, Wording.of(text)))


Index = dict[tuple[str, ...], list[tuple[str, int]]]


def _index(own: dict[str, Wording]) -> Index:
    """Know for every run of the module the places at which it begins."""
    index: Index = {}
    for file, wording in own.items():
        for place in range(len(wording.words) - RUN + 1):
            run = tuple(wording.words[place : place + RUN])
            if "" not in run:
                index.setdefault(run, []).append((file, place))
    return index


def _own(loaded: LoadedModule, file: str, written: str) -> Wording:
    """Give the words of a file of the module, without the list of its sources: a title is quoted as it is."""
    wording = Wording.of(written, KEY if file.endswith(".yaml") else HEADING)
    if file != MODULE:
        return wording
    tops = sorted(line for path, line in loaded.lines.trees[MODULE].lines.items() if len(path) == 1)
    first = loaded.lines.line(MODULE, ("sources",)) if loaded.module.sources else 0
    after = next((line for line in tops if line > first), len(written))
    cited = range(first, after) if first else range(0)
    words = ["" if line in cited else word for word, line in zip(wording.words, wording.lines, strict=True)]
    return Wording(words, wording.lines)


def _shared(own: dict[str, Wording], index: Index, name: str, other: Wording) -> Iterator[Finding]:
    """Give the longest runs that one text shares with the module, each place of the module once."""
    found: dict[str, dict[int, int]] = {}
    for there in range(len(other.words) - RUN + 1):
        for file, place in index.get(tuple(other.words[there : there + RUN]), ()):
            found.setdefault(file, {}).setdefault(place, there)
    for file, places in found.items():
        for first, last in _runs(sorted(places)):
            words = own[file].words[first : last + RUN]
            shown = " ".join(words[:SHOWN]) + (" …" if len(words) > SHOWN else "")
            message = (
                f"{len(words)} words in a row stand in {name}:{other.lines[places[first]]} as well: “{shown}”."
                " Say it in your own words."
            )
            yield Finding(file, own[file].lines[first], message, "shared-run")


def _runs(places: list[int]) -> Iterator[tuple[int, int]]:
    """Join places that follow each other: first and last of each row."""
    first = last = places[0]
    for place in places[1:]:
        if place > last + 1:
            yield first, last
            first = place
        last = place
    yield first, last


def _texts(folder: Path) -> list[tuple[str, str]]:
    """Read the texts of a folder, within bounds. Links are not followed."""
    found: list[tuple[str, str]] = []
    left = ALL_BYTES
    for path in _paths(folder):
        with path.open("rb") as stream:
            data = stream.read(TEXT_BYTES + 1)
        left -= len(data)
        if len(data) > TEXT_BYTES or left < 0 or len(found) == MOST_TEXTS:
            message = (
                f"The folder holds too much to compare with: at most {MOST_TEXTS} texts,"
                f" {TEXT_BYTES // 1_000_000} MB each, {ALL_BYTES // 1_000_000} MB in all."
            )
            raise ContentError([Finding(path.name, 1, message, "against-large")])
        found.append((path.relative_to(folder).as_posix(), data.decode("utf-8", errors="replace")))
    if not found:
        endings = ", ".join(sorted(ENDINGS))
        message = f"There is no text to compare with in {folder.name}: files that end with {endings} are read."
        raise ContentError([Finding(folder.name, 1, message, "against-empty")])
    return found


def _paths(folder: Path) -> Iterator[Path]:
    for here, rooms, names in os.walk(folder):
        rooms.sort()
        for name in sorted(names):
            path = Path(here, name)
            if path.suffix.lower() in ENDINGS and path.is_file() and not path.is_symlink():
                yield path
