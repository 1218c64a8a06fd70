"""A zipped module unpacked into a folder of ours: within bounds, and never outside of that folder."""

import io
import re
import stat
import zipfile
import zlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath

from course.content.files import MOST_FILES

PICTURES_BYTES = 8 * 1024 * 1024
"""Of all pictures together. What is packed is smaller: a request has a bound of its own."""
TEXTS_BYTES = 1024 * 1024
"""Of all texts together, ten times a whole day. To read and check them takes a second for each 50 kB at the worst."""
MOST_ENTRIES = 2 * MOST_FILES
"""Files, folders, and what a machine adds beside them."""
LONGEST_NAME = 200
MANIFEST = "module.yaml"
LITTER = {"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"}
"""What systems add to an archive, and nobody put there."""
PACKINGS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
SLUG = re.compile(r"""^slug:[ \t]*["']?([a-z0-9]+(?:-[a-z0-9]+)*)["']?[ \t]*(?:#.*)?\r?$""", re.MULTILINE)


class Refusal(StrEnum):
    """Why an archive is not unpacked."""

    NOT_ZIP = "not a zip"
    DAMAGED = "damaged"
    LOCKED = "locked"
    PACKING = "packing"
    TOO_MANY = "too many"
    TOO_LARGE = "too large"
    OUTSIDE = "outside"
    LINK = "link"
    TWICE = "twice"
    NAME = "name"
    NO_MODULE = "no module"
    TWO_MODULES = "two modules"


class ArchiveRefused(Exception):  # noqa: N818 - It is what the reader is told, not a fault of the program.
    """The archive is no module. ``entry`` names the file in it that it is about, if it is about one."""

    def __init__(self, why: Refusal, entry: str = "") -> None:
        super().__init__(why, entry)
        self.why = why
        self.entry = entry


@dataclass(frozen=True)
class _Entry:
    name: PurePosixPath
    info: zipfile.ZipInfo

    @property
    def picture(self) -> bool:
        return "img" in self.name.parts[:-1]


def unpack(data: bytes, into: Path) -> Path:
    """Unpack a module below an empty folder and return the module's folder, named by its slug.

    The module may lie in a folder of the archive or at its top. Raises ArchiveRefused; what was written until then
    stays below ``into``, which the caller removes.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _unpack(archive, into)
    except zipfile.BadZipFile as error:
        # Only an archive that could be opened can be damaged inside.
        raise ArchiveRefused(Refusal.DAMAGED if data[:2] == b"PK" else Refusal.NOT_ZIP) from error
    except (zlib.error, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise ArchiveRefused(Refusal.DAMAGED) from error


def _unpack(archive: zipfile.ZipFile, into: Path) -> Path:
    entries = _entries(archive.infolist())
    top = _top(entries)
    inside = [entry for entry in entries if entry.name.is_relative_to(top)]
    texts = {entry.name.relative_to(top): _read(archive, entry) for entry in inside}
    # Whatever the archive's own folder is called, such as "my-module-main" or "my-module (2)".
    folder = into / _slug(texts[PurePosixPath(MANIFEST)])[:LONGEST_NAME]
    for name, content in texts.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return folder


def _entries(found: list[zipfile.ZipInfo]) -> list[_Entry]:
    """Return the files of an archive once all their names and sizes are known to be good."""
    if len(found) > MOST_ENTRIES:
        raise ArchiveRefused(Refusal.TOO_MANY)
    entries: list[_Entry] = []
    known: set[str] = set()
    for info in found:
        name = _name(info)
        if info.is_dir() or LITTER & set(name.parts):
            continue
        if stat.S_IFMT(info.external_attr >> 16) not in {0, stat.S_IFREG}:
            raise ArchiveRefused(Refusal.LINK, str(name))
        if info.flag_bits & 1:
            raise ArchiveRefused(Refusal.LOCKED)
        if info.compress_type not in PACKINGS:
            raise ArchiveRefused(Refusal.PACKING, str(name))
        # Two names that differ in case are one file on many machines.
        if str(name).casefold() in known:
            raise ArchiveRefused(Refusal.TWICE, str(name))
        known.add(str(name).casefold())
        entries.append(_Entry(name, info))
    if len(entries) > MOST_FILES:
        raise ArchiveRefused(Refusal.TOO_MANY)
    pictures = sum(entry.info.file_size for entry in entries if entry.picture)
    texts = sum(entry.info.file_size for entry in entries if not entry.picture)
    if pictures > PICTURES_BYTES or texts > TEXTS_BYTES:
        raise ArchiveRefused(Refusal.TOO_LARGE)
    return entries


def _name(info: zipfile.ZipInfo) -> PurePosixPath:
    """Return an entry's path from the archive's top. Windows writes backslashes now and then."""
    written = info.orig_filename.replace("\\", "/")
    name = PurePosixPath(written)
    if name.is_absolute() or ".." in name.parts or re.match(r"[A-Za-z]:", written):
        raise ArchiveRefused(Refusal.OUTSIDE, written[:LONGEST_NAME])
    if len(written) > LONGEST_NAME or not written.isprintable() or not name.parts:
        raise ArchiveRefused(Refusal.NAME, written[:LONGEST_NAME])
    return name


def _top(entries: list[_Entry]) -> PurePosixPath:
    """Return the folder in which the module lies: the one that holds the manifest."""
    tops = [entry.name.parent for entry in entries if entry.name.name == MANIFEST]
    if not tops:
        raise ArchiveRefused(Refusal.NO_MODULE)
    if len(tops) > 1:
        raise ArchiveRefused(Refusal.TWO_MODULES)
    return tops[0]


def _read(archive: zipfile.ZipFile, entry: _Entry) -> bytes:
    # The size that was declared bounds what is unpacked: the module stops there and finds the wrong checksum.
    with archive.open(entry.info) as stream:
        return stream.read(entry.info.file_size + 1)


def _slug(manifest: bytes) -> str:
    """Return the slug that a manifest gives, or a name that the loader refuses with file and line."""
    found = SLUG.search(manifest.decode("utf-8-sig", "replace"))
    return found[1] if found else "module"
