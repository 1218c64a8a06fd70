"""Our own keys as rows: a new one takes over, and the ones before stay published for a while."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from course import clock
from course.platforms.models import SigningKey

STAYS = timedelta(hours=48)
"""How long a key is published after another one took over: platforms keep what they read of us for a day."""


def take_over(session: Session, *, kid: str, private: str, public: dict[str, Any]) -> None:
    """Let this key sign from now on. The ones that signed before expire after a while; the expired ones go."""
    now = clock.now()
    session.execute(delete(SigningKey).where(SigningKey.expires_at <= now))
    session.execute(update(SigningKey).where(SigningKey.expires_at.is_(None)).values(expires_at=now + STAYS))
    session.add(SigningKey(kid=kid, private=private, public=public, created_at=now))
    session.flush()
