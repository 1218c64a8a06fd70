"""The application class: it wraps every view in its transaction and its admission."""

from contextlib import suppress
from typing import Any, cast

import structlog
from flask import Flask, Response, g, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from course.database import Busy
from course.people import service as people
from course.web import access, embedded, logs, transaction
from course.web.access import Entry, Unit
from course.web.context import Pages
from course.web.viewer import LTI, Viewer, read_viewer

COOKIE = "oneday"
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


class Application(Flask):
    """Flask, with one transaction round each view.

    The wrapper stands round the view and not in ``after_request``: it commits when the view returned, whatever
    the status, and rolls back when it raised.
    """

    jinja_environment = Pages

    def dispatch_request(self) -> ResponseReturnValue:
        if request.routing_exception is not None:
            self.raise_routing_exception(request)
        entry = access.entry_of(self.view_functions[cast(str, request.endpoint)])
        g.viewer = None
        if entry.unit is Unit.NONE:
            return super().dispatch_request()
        if entry.unit is Unit.OWN:
            if _token():
                with transaction.unit(write=False):
                    _admit(entry)
                _touch_apart()
            else:
                # Whoever brings no session is nobody, and the database need not be asked.
                access.admit(entry, None)
            return super().dispatch_request()
        write = entry.unit is Unit.WRITE or request.method not in SAFE_METHODS
        response = self._in_unit(entry, write=write)
        if not write:
            _touch_apart()
        return response

    def log_exception(self, exc_info: Any) -> None:  # noqa: ANN401 - Flask's own signature.
        """Log a fault outside of all views as those inside are: Flask's own line names the path, thus tokens."""
        logs.fault(exc_info[1])

    def _in_unit(self, entry: Entry, *, write: bool) -> Response:
        with transaction.unit(write=write) as session:
            _admit(entry)
            if write and g.viewer is not None and g.viewer.touch:
                people.touch(session, session_id=g.viewer.session_id)
            return self.make_response(super().dispatch_request())


def present(session: Session) -> Viewer | None:
    """Return whose session this request carries: a launch's before the portal's, and neither in the other's place."""
    found = read_viewer(session, _token())
    return found if found is not None and (found.way == LTI) == bool(embedded.kept(embedded.COOKIE)) else None


def _token() -> str | None:
    return embedded.kept(embedded.COOKIE) or request.cookies.get(COOKIE)


def _admit(entry: Entry) -> None:
    # A page for anybody still greets by name whoever is signed in.
    g.viewer = present(transaction.session())
    if g.viewer is not None:
        structlog.contextvars.bind_contextvars(person=g.viewer.person_id)
    access.admit(entry, g.viewer)


def _touch_apart() -> None:
    """Note that the session is in use, in a short write of its own: no unit is open now."""
    viewer = cast(Viewer | None, g.viewer)
    if viewer is not None and viewer.touch:
        # A busy moment is no reason to refuse a page that only reads; the next one notes it.
        with suppress(Busy), transaction.unit(write=True) as session:
            people.touch(session, session_id=viewer.session_id)
