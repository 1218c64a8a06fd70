"""What a module is compared with: its live version, another one by its hash, or a folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from course.cli import ground
from course.content.findings import ContentError
from course.content.loader import load_module
from course.content.schema import Module
from course.database import Engines, unit_of_work
from course.library import queries as library

SHORTEST_HASH = 6


def live(slug: str) -> tuple[Module, str] | None:
    """Return a module's live version and what to call it, or None: it was not published, or there is no site here."""
    try:
        with _reading() as session:
            version_hash = library.live_hash(session, slug)
            if version_hash is None:
                return None
            return library.module(session, version_hash), f"the live version {version_hash[:12]}"
    except (DBAPIError, NoSiteError):
        return None


def chosen(slug: str, against: str) -> tuple[Module, str]:
    """Return what somebody named: a folder, or a version of this module by the beginning of its hash."""
    folder = Path(against)
    if folder.is_dir():
        try:
            return load_module(folder.resolve()), f"the folder {folder}"
        except ContentError as error:
            raise ground.refuse(f"{folder} cannot be read: {error.findings[0]}") from error
    unknown = f"There is no folder {against}, and no version of {slug} with this hash."
    if len(against) < SHORTEST_HASH:
        raise ground.refuse(f"{unknown} A hash is given by its first {SHORTEST_HASH} characters or more.")
    try:
        with _reading() as session:
            found = library.hashes(session, slug=slug, beginning=against)
            if len(found) == 1:
                return library.module(session, found[0]), f"the version {found[0][:12]}"
    except NoSiteError as error:
        raise ground.refuse(unknown) from error
    raise ground.refuse(unknown if not found else f"More than one version of {slug} begins with {against}.")


class NoSiteError(Exception):
    """Nothing was ever kept here, and asking makes no database."""


@contextmanager
def _reading() -> Iterator[Session]:
    """Read from the database of the settings, if there is one."""
    url = ground.settings().database_url
    parts = make_url(url)
    if parts.get_backend_name() == "sqlite" and not Path(parts.database or "").is_file():
        raise NoSiteError
    engines = Engines(url, threads=1)
    try:
        with unit_of_work(engines, write=False) as session:
            yield session
    finally:
        engines.dispose()
