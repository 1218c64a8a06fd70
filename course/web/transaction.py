"""One transaction for one request; commands and deliveries use the same unit of work."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast

from flask import current_app, g
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from course.database import Engines, unit_of_work
from course.web.database import db

Settle = Callable[[Session], object]


def engines() -> Engines:
    return cast(Engines, current_app.extensions["oneday-engines"])


def session() -> Session:
    """Return the open session of this request."""
    return cast(Session, g.session)


@contextmanager
def unit(*, write: bool) -> Iterator[Session]:
    """Open the unit of work: it commits when the block returns and rolls back when it raises.

    Raises Busy when SQLite's turn to write does not come, and RuntimeError inside another unit, which would
    wait for itself.
    """
    if "session" in g:
        raise RuntimeError("A unit of work is open already; views that open their own declare Unit.OWN.")
    settle = cast(Settle, current_app.extensions["oneday-settle"])
    with unit_of_work(engines(), write=write, open_session=_open, before_commit=settle) as opened:
        g.session = opened
        try:
            yield opened
        finally:
            g.pop("session")


def _open(engine: Engine) -> Session:
    # No unit is open, so the registry's session is new or was closed.
    db.session.remove()
    return db.session(bind=engine)
