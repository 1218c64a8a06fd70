"""Published modules: versions that never change, and a pointer to the live one."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from course.database import Base


class Version(Base, kw_only=True):
    """A module as it was published: its canonical bytes under their hash."""

    __tablename__ = "library_version"

    hash: Mapped[str] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(index=True)
    title: Mapped[str]
    canonical: Mapped[bytes] = mapped_column(LargeBinary)
    published_at: Mapped[datetime]


class Live(Base, kw_only=True):
    """Which version of a module new runs are made on."""

    __tablename__ = "library_live"

    slug: Mapped[str] = mapped_column(primary_key=True)
    version_hash: Mapped[str] = mapped_column(ForeignKey("library_version.hash"))
    switched_at: Mapped[datetime]


class PictureFile(Base, kw_only=True):
    """A picture's bytes under their hash, shared by all versions that show it."""

    __tablename__ = "library_picture"

    hash: Mapped[str] = mapped_column(primary_key=True)
    media_type: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)
