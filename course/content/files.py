"""The files of a module's folder, read once and within bounds."""

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from course.content.findings import ContentError, Finding

MOST_FILES = 500
TEXT_BYTES = 300_000
"""Five times the longest case we have. A file of a megabyte keeps a YAML parser busy for ten seconds."""
MARKDOWN_BYTES = 40_000
"""Twenty pages. Quotation marks that are never closed take a Markdown parser the square of their number."""
PICTURE_BYTES = 2_000_000
UNREAD = "notes/"
"""A folder that may stand in a module and is not part of its published content."""


@dataclass
class Folder:
    """What a module's folder holds, by path from the folder, with what cannot be taken."""

    texts: dict[str, str] = field(default_factory=dict)
    pictures: dict[str, bytes] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def find(self, file: str, message: str, code: str, line: int = 1) -> None:
        self.findings.append(Finding(file, line, message, code))


def read_folder(root: Path) -> Folder:
    """Read every file that belongs to a module. Links are never followed."""
    folder = Folder()
    if not root.is_dir():
        raise ContentError([Finding(root.name, 1, "There is no such folder.", "no-folder")])
    paths = _paths(root, folder)
    for name, path in paths:
        if name.startswith("img/"):
            data = _bytes(path, name, PICTURE_BYTES, folder)
            if data is not None:
                folder.pictures[name] = data
        elif _is_text(name):
            data = _bytes(path, name, MARKDOWN_BYTES if name.endswith(".md") else TEXT_BYTES, folder)
            if data is not None:
                _decode(data, name, folder)
        elif not name.startswith(UNREAD) and name != "README.md":
            message = "Nothing reads this file. Move it to notes/, or remove it."
            folder.find(name, message, "file-unknown")
    return folder


def _is_text(name: str) -> bool:
    room, slash, rest = name.partition("/")
    if not slash:
        return name == "module.yaml"
    if "/" in rest:
        return False
    endings = {"blocks": ".md", "handouts": ".md", "scenarios": ".yaml", "skins": ".yaml", "reflections": ".yaml"}
    return room in endings and rest.endswith(endings[room])


def _paths(root: Path, folder: Folder) -> list[tuple[str, Path]]:
    """List the regular files below the root, sorted, without links and hidden files."""
    found: list[tuple[str, Path]] = []
    for here, rooms, names in os.walk(root):
        for entry in sorted([*rooms, *names]):
            path = Path(here, entry)
            name = path.relative_to(root).as_posix()
            mode = path.lstat().st_mode
            if entry.startswith("."):
                continue
            if stat.S_ISLNK(mode):
                folder.find(name, "This is a link. Put the file itself here.", "link")
            elif stat.S_ISREG(mode):
                found.append((name, path))
            elif not stat.S_ISDIR(mode):
                folder.find(name, "This is neither a file nor a folder.", "file-unknown")
        rooms[:] = [room for room in rooms if not room.startswith(".")]
        if len(found) > MOST_FILES:
            message = f"This folder holds more than {MOST_FILES} files."
            raise ContentError([Finding("module.yaml", 1, message, "too-many-files")])
    return sorted(found)


def _bytes(path: Path, name: str, most: int, folder: Folder) -> bytes | None:
    try:
        with path.open("rb") as stream:
            data = stream.read(most + 1)
    except OSError as error:
        folder.find(name, f"This file cannot be read: {error.strerror}.", "unreadable")
        return None
    if len(data) > most:
        folder.find(name, f"This file is larger than {most // 1000} kB.", "too-large")
        return None
    return data


def _decode(data: bytes, name: str, folder: Folder) -> None:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        message = "This file is not UTF-8 from here on. Save it with the encoding UTF-8."
        folder.find(name, message, "encoding", line)
        return
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        folder.find(name, "This file holds a zero byte. Is it a text?", "encoding", line)
        return
    folder.texts[name] = text.replace("\r\n", "\n").replace("\r", "\n")
