"""Organisations, people, their identities and sessions."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from course.database import Base


class Organisation(Base, kw_only=True):
    """Who pays. Nothing crosses from one to another."""

    __tablename__ = "people_organisation"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]


class Person(Base, kw_only=True):
    """Somebody. Not unique by anything they carry: unique is an identity.

    ``email`` is where mail goes; two people may share one, and a person may have none.
    """

    __tablename__ = "people_person"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    name: Mapped[str]
    email: Mapped[str | None] = mapped_column(default=None, index=True)
    created_at: Mapped[datetime]


class IdentityKind(StrEnum):
    LOCAL = "local"
    OIDC = "oidc"
    LTI = "lti"


class Identity(Base, kw_only=True):
    """One way in, belonging to one person for good, unless its owner links a platform's to the account they had.

    For ``local`` the issuer is empty and the subject a folded e-mail address. For ``lti`` the issuer is the id of the
    platform, because many customers may share an issuer, and the subject the platform's ``sub``.
    """

    __tablename__ = "people_identity"
    __table_args__ = (UniqueConstraint("kind", "issuer", "subject"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), index=True)
    kind: Mapped[str]
    issuer: Mapped[str] = mapped_column(default="")
    subject: Mapped[str]
    password_hash: Mapped[str | None] = mapped_column(default=None)
    created_at: Mapped[datetime]


class Session(Base, kw_only=True):
    """A signed-in browser. The cookie holds a random token; only its hash is kept."""

    __tablename__ = "people_session"
    __table_args__ = (Index("ix_people_session_person", "person_id", "ended_at"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    way: Mapped[str]
    """How they came in: password, link, door, demo or lti."""
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("people_organisation.id"), default=None)
    """The one organisation that this session sees, when a platform opened it; empty: all of the person's."""


class Link(Base, kw_only=True):
    """A link that lets one person in once, or a demo link that works until it expires."""

    __tablename__ = "people_link"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), index=True)
    purpose: Mapped[str]
    """What it does: password, sign_in (on another device), demo, window (out of a frame), choice or join (a code)."""
    way: Mapped[str] = mapped_column(default="link")
    """The way of the session that it opens; a link made by somebody who came through the door says door."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None] = mapped_column(default=None)


class Throttle(Base, kw_only=True):
    """How often something was tried in one window of time. ``key`` is a hash: no address is kept in clear."""

    __tablename__ = "people_throttle"
    __table_args__ = (Index("ix_people_throttle_window", "window"),)

    key: Mapped[str] = mapped_column(primary_key=True)
    window: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Where the window begins, in seconds since 1970."""
    count: Mapped[int]


class Site(Base, kw_only=True):
    """Facts about this installation, one row each: ``demo`` marks a seeded database for good."""

    __tablename__ = "people_site"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
