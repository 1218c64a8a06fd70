"""Launches that have begun: their state and nonce are kept, and spent once, whatever comes of the launch."""

from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import bindparam, delete, insert, update
from sqlalchemy.orm import Session

from course import clock
from course.database import Base
from course.people.rules import fingerprint, new_token
from course.platforms.models import Login
from course.statements import write_row

LIFE = timedelta(minutes=10)
KEPT = timedelta(hours=1)
"""How long after its end a login is still told from one that never was."""

_LOGINS = Base.metadata.tables[Login.__tablename__]
_ADD = insert(_LOGINS)
_SPEND = (
    update(_LOGINS)
    .where(
        _LOGINS.c.state_hash == bindparam("hash"), _LOGINS.c.spent_at.is_(None), _LOGINS.c.expires_at > bindparam("now")
    )
    .values(spent_at=bindparam("now"))
    .returning(_LOGINS.c.nonce, _LOGINS.c.platform_id, _LOGINS.c.target, _LOGINS.c.browser_hash)
)


@dataclass(frozen=True)
class Began:
    """What a browser takes along to the platform, and what it keeps for itself."""

    nonce: str = field(repr=False)
    browser: str = field(repr=False)


@dataclass(frozen=True)
class Spent:
    """A login that was used up just now."""

    nonce: str = field(repr=False)
    platform_id: int
    target: str
    browser_hash: str = field(repr=False)


def begin(session: Session, *, platform_id: int, target: str, state: str) -> Began:
    """Keep a login under its state, and forget the ones that ended a while ago."""
    now = clock.now()
    session.execute(delete(_LOGINS).where(_LOGINS.c.expires_at < now - KEPT))
    began = Began(new_token(), new_token())
    row = {
        "state_hash": fingerprint(state),
        "nonce": began.nonce,
        "platform_id": platform_id,
        "target": target,
        "browser_hash": fingerprint(began.browser),
        "expires_at": now + LIFE,
    }
    write_row(session, _ADD, row)
    return began


def spend(session: Session, *, state: str) -> Spent | None:
    """Use a login up, in one statement, so that of two launches only one goes on. None: it is no longer there."""
    row = write_row(session, _SPEND, {"hash": fingerprint(state), "now": clock.now()}).one_or_none()
    return Spent(*row) if row is not None else None
