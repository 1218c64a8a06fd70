"""Publishing a module and switching the live version."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from course import clock
from course.content.canonical import canonical, digest
from course.content.schema import Module
from course.library.models import Live, PictureFile, Version


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
    live = session.get(Live, module.slug)
    if live is None:
        session.add(Live(slug=module.slug, version_hash=version_hash, switched_at=now))
    elif live.version_hash != version_hash:
        live.version_hash = version_hash
        live.switched_at = now
    session.flush()
    return version_hash
