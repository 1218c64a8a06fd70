"""Our own keys: the one that signs, and those that platforms may still meet."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from course.platforms.models import SigningKey
from course.statements import columns

_NEWEST = select(SigningKey.kid, SigningKey.private).order_by(SigningKey.id.desc()).limit(1)


@dataclass(frozen=True)
class Signing:
    """The key that signs now."""

    kid: str
    private: str = field(repr=False)
    """PEM."""


@dataclass(frozen=True)
class Published:
    """A key as platforms see it."""

    kid: str
    public: dict[str, Any]
    created_at: datetime
    expires_at: datetime | None


def newest(session: Session) -> Signing | None:
    row = columns(session, _NEWEST, {}).one_or_none()
    return Signing(row.kid, row.private) if row is not None else None


def published(session: Session, *, now: datetime) -> tuple[Published, ...]:
    """Return every key that has not expired, the newest first."""
    rows = session.execute(
        select(SigningKey.kid, SigningKey.public, SigningKey.created_at, SigningKey.expires_at)
        .where(or_(SigningKey.expires_at.is_(None), SigningKey.expires_at > now))
        .order_by(SigningKey.id.desc())
    )
    return tuple(Published(row.kid, row.public, row.created_at, row.expires_at) for row in rows)
