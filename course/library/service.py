"""Publishing a module and switching the live version."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from course import clock
from course.content.canonical import canonical, digest
from course.content.schema import Module
from course.library.models import Live, PictureFile, Version
from course.library.queries import UnknownVersion


def publish(session: Session, *, module: Module, pictures: Mapping[str, bytes]) -> str:
    """Store a checked module under its hash and make it the live one. Publishing the same bytes again changes nothing.

    ``pictures`` holds each picture's bytes by hash. Returns the hash of the version.
    """
    content = canonical(module)
    version_hash = digest(content)
    now = clock.now()
    if session.get(Version, version_hash) is None:
        for picture in module.pictures:
            if session.get(PictureFile, picture.hash) is None:
                session.add(
                    PictureFile(hash=picture.hash, media_type=picture.media_type, content=pictures[picture.hash])
                )
        session.add(
            Version(hash=version_hash, slug=module.slug, title=module.title, canonical=content, published_at=now)
        )
        session.flush()
    _switch(session, module.slug, version_hash)
    return version_hash


def is_known(session: Session, module: Module) -> bool:
    """Whether this very version was published before."""
    return session.get(Version, digest(canonical(module))) is not None


def publish_if_new(session: Session, *, module: Module, pictures: Mapping[str, bytes]) -> None:
    """Publish a module whose version is not known yet; one that is known stays as live, or as replaced, as it is.

    So a server that starts again does not undo what an admin has published or put back since.
    """
    if not is_known(session, module):
        publish(session, module=module, pictures=pictures)


def make_live(session: Session, *, slug: str, version_hash: str) -> Version:
    """Make a version that was published before the live one again.

    Raises UnknownVersion when this module has no such version.
    """
    version = session.get(Version, version_hash)
    if version is None or version.slug != slug:
        raise UnknownVersion(version_hash)
    _switch(session, slug, version_hash)
    return version


def _switch(session: Session, slug: str, version_hash: str) -> None:
    live = session.get(Live, slug)
    if live is None:
        session.add(Live(slug=slug, version_hash=version_hash, switched_at=clock.now()))
    elif live.version_hash != version_hash:
        live.version_hash = version_hash
        live.switched_at = clock.now()
    session.flush()
