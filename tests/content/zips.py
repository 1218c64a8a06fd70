"""The small module as a ZIP file, and hostile ones."""

import io
import stat
import zipfile
from collections.abc import Iterable
from pathlib import Path

Entry = tuple[str | zipfile.ZipInfo, bytes]


def packed(entries: Iterable[Entry]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return out.getvalue()


def entries_of(folder: Path, top: str) -> list[Entry]:
    """Return the files of a module's folder, below ``top`` in the archive."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [(top + path.relative_to(folder).as_posix(), path.read_bytes()) for path in files]


def link(name: str, to: str) -> Entry:
    """Return a symbolic link."""
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info, to.encode()
