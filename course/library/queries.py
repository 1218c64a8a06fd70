"""Reading published modules. A version never changes, so it is parsed once in each process."""

from dataclasses import dataclass
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


def live_hash(session: Session, slug: str) -> str | None:
    """Return the hash of a module's live version, or None."""
    return session.execute(select(Live.version_hash).where(Live.slug == slug)).scalar_one_or_none()


def picture(session: Session, picture_hash: str) -> PictureFile | None:
    return session.get(PictureFile, picture_hash)
