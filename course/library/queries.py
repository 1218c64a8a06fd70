"""Reading published modules. A version never changes, so it is parsed once in each process."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice
from operator import attrgetter
from threading import Lock

from sqlalchemy import select
from sqlalchemy.orm import Session

from course.content.canonical import revive
from course.content.schema import Module
from course.library.models import Live, PictureFile, Version

KEPT = 64
_modules: dict[str, Module] = {}
_guard = Lock()


class UnknownVersion(LookupError):  # noqa: N818 - It names what is missing.
    """No module was published under this hash."""


@dataclass(frozen=True)
class LiveModule:
    slug: str
    title: str
    version_hash: str


@dataclass(frozen=True)
class PublishedVersion:
    slug: str
    title: str
    version_hash: str
    published_at: datetime
    live: bool


def module(session: Session, version_hash: str) -> Module:
    """Return the module published under a hash.

    Raises UnknownVersion.
    """
    known = _modules.get(version_hash)
    if known is not None:
        return known
    content = session.execute(select(Version.canonical).where(Version.hash == version_hash)).scalar_one_or_none()
    if content is None:
        raise UnknownVersion(version_hash)
    parsed = revive(content)
    with _guard:
        if len(_modules) >= KEPT:
            _modules.pop(next(iter(_modules)))
        return _modules.setdefault(version_hash, parsed)


def live_modules(session: Session) -> list[LiveModule]:
    """Return what new runs can be made of, by title."""
    rows = session.execute(
        select(Live.slug, Version.title, Live.version_hash)
        .join(Version, Version.hash == Live.version_hash)
        .order_by(Version.title)
    )
    return [LiveModule(row.slug, row.title, row.version_hash) for row in rows]


def versions(session: Session, *, most: int) -> list[PublishedVersion]:
    """Return the versions of every module, the newest of each first, and of each at most so many."""
    rows = session.execute(
        select(Version.slug, Version.title, Version.hash, Version.published_at, Live.version_hash.label("live"))
        .join(Live, Live.slug == Version.slug)
        .order_by(Version.slug, Version.published_at.desc(), Version.hash)
    )
    found = [
        PublishedVersion(row.slug, row.title, row.hash, row.published_at, live=row.hash == row.live) for row in rows
    ]
    return [version for _slug, each in groupby(found, key=attrgetter("slug")) for version in islice(each, most)]


def live_hash(session: Session, slug: str) -> str | None:
    """Return the hash of a module's live version, or None."""
    return session.execute(select(Live.version_hash).where(Live.slug == slug)).scalar_one_or_none()


def hashes(session: Session, *, slug: str, beginning: str) -> list[str]:
    """Return the hashes of a module's versions that begin so."""
    wanted = Version.hash.startswith(beginning, autoescape=True)
    return list(session.execute(select(Version.hash).where(Version.slug == slug, wanted)).scalars().all())


def picture(session: Session, picture_hash: str) -> PictureFile | None:
    return session.get(PictureFile, picture_hash)
