"""How often something was tried, counted in the database, so that every process sees the same count."""

from datetime import timedelta

from sqlalchemy import bindparam, delete, func, select, text, update
from sqlalchemy.orm import Session

from course import clock
from course.people.models import Throttle
from course.statements import columns

KEPT = timedelta(days=2)

_COUNT = text(
    'INSERT INTO people_throttle (key, "window", count) VALUES (:key, :window, 1)'
    ' ON CONFLICT (key, "window") DO UPDATE SET count = people_throttle.count + 1 RETURNING count'
)
# Built once: building it costs more than running it.
_TRIES = select(func.coalesce(func.sum(Throttle.count), 0)).where(
    Throttle.key == bindparam("key"), Throttle.window >= bindparam("since")
)


def tried(session: Session, *, key: str, window: timedelta, limit: int) -> bool:
    """Count one try and return whether it was one too many.

    Tries count for at least one window and at most two: what is looked at is this window and the one before.
    ``key`` comes from ``rules.throttle_key``.
    """
    start = _start(window)
    count: int = session.execute(_COUNT, {"key": key, "window": start}).scalar_one()
    if count == 1:
        # The first try of a window pays for the sweeping, so the table stays small without a job of its own.
        session.execute(delete(Throttle).where(Throttle.window < start - int(KEPT.total_seconds())))
    return tries(session, key=key, window=window) > limit


def tries(session: Session, *, key: str, window: timedelta) -> int:
    """Return how many tries count at present, without counting one."""
    since = _start(window) - int(window.total_seconds())
    return int(columns(session, _TRIES, {"key": key, "since": since}).scalar_one())


def forgive(session: Session, *, key: str, window: timedelta) -> None:
    """Take back one try of the present window, because it turned out to be a good one."""
    session.execute(
        update(Throttle)
        .where(Throttle.key == key, Throttle.window == _start(window), Throttle.count > 0)
        .values(count=Throttle.count - 1)
    )


def _start(window: timedelta) -> int:
    seconds = int(window.total_seconds())
    return int(clock.now().timestamp()) // seconds * seconds
