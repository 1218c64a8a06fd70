"""LMS platforms, their deployments, courses and people, our keys, and what platforms are told of results."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from course.database import Base


class Platform(Base, kw_only=True):
    """An LMS as one client of it knows us. Many customers may share an issuer, so it is never known by that alone."""

    __tablename__ = "platforms_platform"
    __table_args__ = (UniqueConstraint("issuer", "client_id"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    name: Mapped[str]
    issuer: Mapped[str]
    client_id: Mapped[str]
    auth_url: Mapped[str]
    token_url: Mapped[str]
    keys_url: Mapped[str]
    token_audience: Mapped[str] = mapped_column(default="")
    """What a token request names as its audience; empty: the token's own address."""
    family: Mapped[str] = mapped_column(default="")
    """The product_family_code, such as ``moodle``: which quirks to expect."""
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("people_organisation.id"), default=None)
    """Whose people come by it, unless a deployment says otherwise."""
    frame_origins: Mapped[list[Any]] = mapped_column(default_factory=list)
    """Origins that may frame us beside those of ``auth_url`` and of the launch's return_url."""
    state: Mapped[str]
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)


class Invitation(Base, kw_only=True):
    """A one-use link by which an LMS admin registers a platform. Only the hash of its token is kept."""

    __tablename__ = "platforms_invitation"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("people_organisation.id"), default=None)
    by_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None] = mapped_column(default=None)
    platform_id: Mapped[int | None] = mapped_column(ForeignKey("platforms_platform.id"), default=None)


class Deployment(Base, kw_only=True):
    """A place in a platform where we were installed. First seen it is pending, until an admin confirms it."""

    __tablename__ = "platforms_deployment"
    __table_args__ = (UniqueConstraint("platform_id", "name"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    platform_id: Mapped[int] = mapped_column(ForeignKey("platforms_platform.id"))
    name: Mapped[str]
    """The platform's deployment_id."""
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("people_organisation.id"), default=None)
    state: Mapped[str]
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)


class SigningKey(Base, kw_only=True):
    """A key of ours. The newest signs; all are published until they expire."""

    __tablename__ = "platforms_key"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    kid: Mapped[str] = mapped_column(unique=True)
    """The thumbprint (RFC 7638)."""
    private: Mapped[str]
    """PEM."""
    public: Mapped[dict[str, Any]]
    """JWK."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None] = mapped_column(default=None)
    """Set when a newer key takes over."""


class Login(Base, kw_only=True):
    """A launch that has begun: its state and nonce. Spent once, in one statement, whatever comes of the launch."""

    __tablename__ = "platforms_login"
    __table_args__ = (Index("ix_platforms_login_expires", "expires_at"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    state_hash: Mapped[str] = mapped_column(unique=True)
    nonce: Mapped[str]
    platform_id: Mapped[int] = mapped_column(ForeignKey("platforms_platform.id"))
    target: Mapped[str]
    browser_hash: Mapped[str]
    """Of what the browser that began must show when it comes back, by its cookie or its platform's storage."""
    expires_at: Mapped[datetime]
    spent_at: Mapped[datetime | None] = mapped_column(default=None)


class KeySet(Base, kw_only=True):
    """The keys of a platform as they were last fetched."""

    __tablename__ = "platforms_keyset"

    platform_id: Mapped[int] = mapped_column(ForeignKey("platforms_platform.id"), primary_key=True)
    keys: Mapped[list[Any]]
    """JWKs, RSA only."""
    fetched_at: Mapped[datetime | None] = mapped_column(default=None)
    asked_at: Mapped[datetime]
    """When they were last asked for, also in vain: an unknown kid asks at most once a minute."""


class AccessToken(Base, kw_only=True):
    """A token that a platform gave us for some scopes."""

    __tablename__ = "platforms_token"

    platform_id: Mapped[int] = mapped_column(ForeignKey("platforms_platform.id"), primary_key=True)
    scopes: Mapped[str] = mapped_column(primary_key=True)
    """Sorted, separated by spaces."""
    token: Mapped[str]
    expires_at: Mapped[datetime]


class Context(Base, kw_only=True):
    """A course of the platform. A manager decides which cohort it is."""

    __tablename__ = "platforms_context"
    __table_args__ = (UniqueConstraint("deployment_id", "name"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    deployment_id: Mapped[int] = mapped_column(ForeignKey("platforms_deployment.id"))
    name: Mapped[str]
    """The platform's context id."""
    label: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohorts_cohort.id"), default=None, index=True)
    copied_from_id: Mapped[int | None] = mapped_column(ForeignKey("platforms_context.id"), default=None)
    memberships_url: Mapped[str] = mapped_column(default="")
    lineitems_url: Mapped[str] = mapped_column(default="")
    grade_scopes: Mapped[list[Any]] = mapped_column(default_factory=list)
    roster: Mapped[list[Any]] = mapped_column(default_factory=list)
    """The roster as it was last read, for the preview."""
    roster_read_at: Mapped[datetime | None] = mapped_column(default=None)
    roster_error: Mapped[str] = mapped_column(default="")
    follows_roster: Mapped[bool] = mapped_column(default=False)
    """Whether the roster is read on schedule too."""
    created_at: Mapped[datetime]


class ResourceLink(Base, kw_only=True):
    """A place in a context that opens a module."""

    __tablename__ = "platforms_link"
    __table_args__ = (UniqueConstraint("context_id", "name"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    context_id: Mapped[int] = mapped_column(ForeignKey("platforms_context.id"))
    name: Mapped[str]
    """The platform's resource link id."""
    module: Mapped[str]
    title: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


class Participant(Base, kw_only=True):
    """Somebody in a context, by a launch or by its roster."""

    __tablename__ = "platforms_participant"
    __table_args__ = (UniqueConstraint("context_id", "person_id"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    context_id: Mapped[int] = mapped_column(ForeignKey("platforms_context.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), index=True)
    subject: Mapped[str]
    """Who they are to the platform, which a score names."""
    learner: Mapped[bool] = mapped_column(default=False)
    teacher: Mapped[bool] = mapped_column(default=False)
    test: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    launched_at: Mapped[datetime | None] = mapped_column(default=None)
    """When they last came by themselves; empty for somebody whom only the roster names."""


class LineItem(Base, kw_only=True):
    """A column of the platform's gradebook: found or made once for a context, a module and a tag."""

    __tablename__ = "platforms_lineitem"
    __table_args__ = (UniqueConstraint("context_id", "module", "tag"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    context_id: Mapped[int] = mapped_column(ForeignKey("platforms_context.id"))
    module: Mapped[str]
    tag: Mapped[str]
    url: Mapped[str] = mapped_column(default="")
    """Empty until it is found or made."""
    link_id: Mapped[int | None] = mapped_column(ForeignKey("platforms_link.id"), default=None)
    created_at: Mapped[datetime]


class Score(Base, kw_only=True):
    """What one line item is told of one seat: what is owed, and how far the telling has come."""

    __tablename__ = "platforms_score"
    __table_args__ = (UniqueConstraint("line_item_id", "seat_id"), Index("ix_platforms_score_seat", "seat_id"))

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    line_item_id: Mapped[int] = mapped_column(ForeignKey("platforms_lineitem.id"))
    seat_id: Mapped[int] = mapped_column(ForeignKey("cohorts_seat.id"))
    wish: Mapped[int] = mapped_column(default=0)
    """Counts the causes: an outbox message that carries an older number is no longer needed."""
    stamp: Mapped[datetime | None] = mapped_column(default=None)
    """The timestamp of the last score that left or may have left. They rise strictly."""
    told: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    """What the platform took last."""
    state: Mapped[str] = mapped_column(default="waiting")
    """waiting, sent or refused."""
    refusal: Mapped[str] = mapped_column(default="")
    """Why, as a code that the facilitator's page puts into words."""
    changed_at: Mapped[datetime]
