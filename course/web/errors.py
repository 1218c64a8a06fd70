"""Errors as pages: what happened, what is safe, what to do. Never a stack trace, never a lost text."""

from contextlib import suppress
from http import HTTPStatus

import structlog
from flask import Flask, Response, g, jsonify, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from werkzeug.exceptions import HTTPException

from course.database import Busy
from course.web import carry, embedded, logs, sentences, transaction
from course.web.application import present
from course.web.texts import _

SQLITE_FAULTS = {1, 8}
"""SQLite's codes ERROR and READONLY."""

log = structlog.get_logger()


def install(app: Flask) -> None:
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _known)
    app.register_error_handler(Busy, _busy)
    app.register_error_handler(NoConnection, _busy)
    app.register_error_handler(OperationalError, _database_gone)
    app.register_error_handler(DataError, _unheld)
    app.register_error_handler(Exception, _unknown)


def wants_json() -> bool:
    """Whether the caller is a script of ours, which reads JSON, and not a person."""
    return request.is_json or request.accept_mimetypes.best == "application/json"


def page(status: int, *, what: str, safe: str = "", todo: str = "", title: str = "") -> Response:
    """Return an error page, or the same as JSON for our own scripts; what was typed stands on the page."""
    if wants_json():
        return make_response(jsonify(error=what, todo=todo, request_id=g.get("request_id", "")), status)
    kept = _typed()
    body = render_template(
        "errors/error.html",
        title=title or sentences.of(status).title,
        what=what,
        safe=safe,
        todo=todo,
        request_id=g.get("request_id", ""),
        kept=kept,
    )
    return _with_text(status, body) if kept else make_response(body, status)


def _typed() -> str:
    # A request that is too large to read is refused once more when it is read here.
    with suppress(HTTPException):
        carried = carry.typed()
        return carried.text if carried is not None else ""
    return ""


def _known(error: HTTPException) -> Response:
    if error.response is not None:
        return make_response(error.response)
    status = error.code or 500
    if status in {301, 302, 303, 307, 308}:
        return make_response(error)
    if status == HTTPStatus.UNAUTHORIZED and not wants_json() and _from_a_launch():
        return _open_again()
    if status == HTTPStatus.UNAUTHORIZED and request.method in {"GET", "HEAD"} and not wants_json():
        return make_response(redirect(url_for("signin.sign_in", next=_here()), 303))
    if status == HTTPStatus.UNAUTHORIZED and not wants_json():
        return _signed_out()
    told = sentences.of(status)
    usual = type(error).description
    # A view that aborts with a sentence of its own wrote it for this reader.
    own = error.description if isinstance(usual, str) and error.description != usual else ""
    response = page(status, what=own or told.what, safe=told.safe, todo=told.todo)
    for name, value in error.get_headers():
        # 405 says which methods there are, 429 and 503 when to come again.
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def _signed_out() -> Response:
    """Answer a form whose session has ended: signing in takes what was typed along."""
    carried = carry.typed()
    if carried is None:
        told = sentences.of(401)
        return page(401, what=told.what, safe=told.safe, todo=told.todo)
    return _with_text(401, render_template("errors/signed_out.html", carried=carried))


def _from_a_launch() -> bool:
    """Whether nobody can sign in here: in a frame nobody does, and who came from an LMS comes from there again."""
    return embedded.in_frame() or embedded.is_embedded()


def _open_again() -> Response:
    """Say that the session is over, with what was typed."""
    if embedded.is_framed():
        embedded.show_anybody()
    body = render_template("errors/open_again.html", platform=embedded.platform(), kept=_typed())
    response = _with_text(401, body)
    # In a window of its own the way to the portal is free again.
    return response if embedded.is_framed() else embedded.forget(response)


def _with_text(status: int, body: str) -> Response:
    response = make_response(body, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _here() -> str:
    return request.full_path.rstrip("?")


def _stale_form(_error: CSRFError) -> Response:
    """Answer a form without a valid token: whoever is signed in reads it again and sends it with a new one."""
    title = _("This form has expired")
    what = _("You signed in or out since this page was opened, so we could not tell that the form is yours.")
    if not wants_json():
        with transaction.unit(write=False) as session:
            g.viewer = present(session)
        if g.viewer is None and _from_a_launch():
            return _open_again()
        carried = carry.typed()
        if carried is not None:
            template = "errors/send_again.html" if g.viewer else "errors/signed_out.html"
            return _with_text(400, render_template(template, title=title, what=what, carried=carried))
    return page(
        400,
        title=title,
        what=what,
        safe=_("Nothing was changed."),
        todo=_("Open the page again and send it once more."),
    )


def _busy(_error: Exception) -> Response:
    told = sentences.of(503)
    response = page(503, what=told.what, safe=told.safe, todo=told.todo)
    response.headers["Retry-After"] = "5"
    return response


def _database_gone(error: DBAPIError) -> Response:
    if getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in SQLITE_FAULTS:
        # SQLite calls a statement of ours that is wrong by the same name as a disk that is gone.
        return _unknown(error)
    log.error("database", kind=type(error.orig).__name__)
    response = page(
        503,
        title=_("The site cannot reach its records"),
        what=_("The database does not answer."),
        safe=_("Texts you are writing stay in your browser."),
        todo=_("Leave the page open and try again in a minute."),
    )
    response.headers["Retry-After"] = "30"
    return response


def _unheld(error: DataError) -> Response:
    """Tell that a value fits no column, such as a text with the character NUL on PostgreSQL."""
    log.warning("refused by the database", kind=type(error.orig).__name__)
    told = sentences.of(422)
    return page(422, what=told.what, safe=told.safe, todo=told.todo)


def _unknown(error: Exception) -> Response:
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return _database_gone(error)
    logs.fault(error)
    told = sentences.of(500)
    return page(500, what=told.what, safe=told.safe, todo=told.todo)
