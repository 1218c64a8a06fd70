"""One transaction for one request; commands and deliveries use the same unit of work."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast

from flask import current_app, g
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from course.database import Engines, unit_of_work
from course.web.database import db

Settle = Callable[[Session], None]


def engines() -> Engines:
    return cast(Engines, current_app.extensions["oneday-engines"])


def session() -> Session:
    """Return the open session of this request."""
    return cast(Session, g.session)


@contextmanager
def unit(*, write: bool) -> Iterator[Session]:
    """Open the unit of work: it commits when the block returns and rolls back when it raises.

    Raises Busy when SQLite's turn to write does not come.
    """
    settle = cast(Settle | None, current_app.extensions.get("oneday-settle"))
    outer = g.get("session")
    with unit_of_work(engines(), write=write, open_session=_open, before_commit=settle) as opened:
        g.session = opened
        try:
            yield opened
        finally:
            g.session = outer


def _open(engine: Engine) -> Session:
    # A unit is never opened inside another one, so the registry's session is new or was closed.
    db.session.remove()
    return db.session(bind=engine)
