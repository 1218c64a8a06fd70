"""The cookie that says who is signed in in this browser, and what else the browser remembers for its forms."""

from flask import Response, current_app, g, request
from flask import session as form_memory
from sqlalchemy.orm import Session

from course.people import service as people
from course.settings import Settings
from course.web import embedded
from course.web.application import COOKIE


def leave(session: Session) -> None:
    """End the sessions that this browser carries, whoever they belong to."""
    embedded.leave(session)
    carried = request.cookies.get(COOKIE)
    if carried:
        people.end_session_of(session, token=carried)


def let_in(session: Session, *, person_id: int, way: str) -> str:
    """Sign a person in here: always a new session, and the one that the browser carried ends. Returns its token."""
    leave(session)
    token, _session_id = people.open_session(session, person_id=person_id, way=way)
    return token


def forget_forms() -> None:
    """Give the browser a new secret for its forms: pages of whoever was here before no longer send."""
    for name in form_memory.keys() - embedded.LASTING:
        form_memory.pop(name)
    g.pop("csrf_token", None)


def remember(response: Response, token: str) -> Response:
    """Put the session's token into the browser, with a new secret for its forms; a launch's would hide it."""
    settings: Settings = current_app.extensions["oneday-settings"]
    response.set_cookie(COOKIE, token, path="/", httponly=True, samesite="Lax", secure=settings.secure)
    return embedded.forget(response) if embedded.is_embedded() else response


def forget(response: Response) -> Response:
    """Take the token out of the browser."""
    settings: Settings = current_app.extensions["oneday-settings"]
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="Lax", secure=settings.secure)
    return response
