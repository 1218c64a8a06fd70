"""The keys of platforms as rows: whose turn it is to ask for them, and what came."""

from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from course import clock
from course.platforms.models import KeySet
from course.statements import insert_once

SELDOM = timedelta(minutes=1)
"""A platform is asked for its keys no more often, by however many processes."""


def ask(session: Session, *, platform_id: int, first: bool) -> bool:
    """Tell whether it is our turn to ask a platform for its keys, and note that we do. ``first``: nobody ever did."""
    now = clock.now()
    if first:
        made = {"platform_id": platform_id, "keys": [], "asked_at": now}
        return session.execute(insert_once(KeySet), made).first() is not None
    again = update(KeySet).where(KeySet.platform_id == platform_id, KeySet.asked_at <= now - SELDOM)
    return session.execute(again.values(asked_at=now).returning(KeySet.platform_id)).first() is not None


def keep(session: Session, *, platform_id: int, keys: list[dict[str, str]]) -> None:
    """Keep what a platform showed."""
    kept = update(KeySet).where(KeySet.platform_id == platform_id)
    session.execute(kept.values(keys=keys, fetched_at=clock.now()))
