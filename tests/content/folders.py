"""A copy of the small module, and edits that break or mend one thing in it."""

import shutil
from pathlib import Path

from course.cases.check import check_module
from course.content.findings import Finding

SMALL = Path(__file__).parents[1] / "data" / "modules" / "small-talk"
Found = list[tuple[str, int, str]]


def copy_small(parent: Path) -> Path:
    """Copy the small module, which has no finding at all, into a folder of the same name."""
    return Path(shutil.copytree(SMALL, parent / SMALL.name))


def edit(folder: Path, file: str, old: str, new: str) -> None:
    """Replace one passage that stands in a file exactly once."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def line_of(folder: Path, file: str, words: str) -> int:
    """Find the line on which words stand first, from 1."""
    lines = (folder / file).read_text(encoding="utf-8").split("\n")
    return next(number for number, line in enumerate(lines, start=1) if words in line)


def found(findings: list[Finding]) -> Found:
    return sorted((finding.file, finding.line, finding.code) for finding in findings)


def check(folder: Path) -> Found:
    """Check a folder: file, line and code of all that was found."""
    return found(check_module(folder)[1])
