"""Errors as pages: what happened, what is safe, what to do. Never a stack trace, never a lost text."""

from http import HTTPStatus

import structlog
from flask import Flask, Response, g, jsonify, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException

from course.database import Busy
from course.web import carry, transaction
from course.web.application import COOKIE
from course.web.texts import _
from course.web.viewer import read_viewer

log = structlog.get_logger()

KEPT_FIELDS = ("text", "next_step", "comment")


def install(app: Flask) -> None:
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _known)
    app.register_error_handler(Busy, _busy)
    app.register_error_handler(OperationalError, _database_gone)
    app.register_error_handler(Exception, _unknown)


def wants_json() -> bool:
    """Whether the caller is a script of ours, which reads JSON, and not a person."""
    return request.is_json or request.accept_mimetypes.best == "application/json"


def page(status: int, *, what: str, safe: str = "", todo: str = "", title: str = "") -> Response:
    """Return an error page, or the same as JSON for our own scripts."""
    if wants_json():
        return make_response(jsonify(error=what, todo=todo, request_id=g.get("request_id", "")), status)
    body = render_template(
        "errors/error.html",
        title=title or HTTPStatus(status).phrase,
        what=what,
        safe=safe,
        todo=todo,
        status=status,
        request_id=g.get("request_id", ""),
        kept=_typed(),
    )
    return make_response(body, status)


def _typed() -> str:
    if request.method != "POST" or status_too_large():
        return ""
    parts = [
        value.strip()
        for name, value in request.form.items()
        if value.strip() and name.split("-")[0].split(".")[0] in KEPT_FIELDS
    ]
    return "\n\n".join(parts)


def status_too_large() -> bool:
    """Whether the request is larger than the site reads at all."""
    limit = request.max_content_length
    return limit is not None and (request.content_length or 0) > limit


def _known(error: HTTPException) -> Response:
    if error.response is not None:
        return make_response(error.response)
    status = error.code or 500
    if status in {301, 302, 303, 307, 308}:
        return make_response(error)
    if status == HTTPStatus.UNAUTHORIZED and request.method in {"GET", "HEAD"} and not wants_json():
        return make_response(redirect(url_for("signin.sign_in", next=_here()), 303))
    if status == HTTPStatus.UNAUTHORIZED and not wants_json():
        return _signed_out()
    what, safe, todo = _sentences(status)
    # A view that aborts with a sentence of its own wrote it for this reader.
    own = error.description if error.description != type(error).description else ""
    return page(status, what=own or what, safe=safe, todo=todo)


def _signed_out() -> Response:
    """Answer a form whose session has ended: signing in takes what was typed along."""
    carried = carry.typed()
    if carried is None:
        what, safe, todo = _sentences(401)
        return page(401, what=what, safe=safe, todo=todo)
    return _with_text(401, render_template("errors/signed_out.html", carried=carried))


def _with_text(status: int, body: str) -> Response:
    response = make_response(body, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _here() -> str:
    return request.full_path.rstrip("?")


def _sentences(status: int) -> tuple[str, str, str]:
    known = {
        400: (
            _("We could not read what was sent."),
            _("Nothing was changed."),
            _("Go back, reload the page and try again."),
        ),
        401: (
            _("You are signed out."),
            _("What you typed stands below, so that you can copy it."),
            _("Sign in again, then go back to the page."),
        ),
        403: (_("This page is for another role."), "", _("If it should be yours, ask your training manager.")),
        404: (_("There is no such page here."), "", _("Check the address, or start from your home page.")),
        405: (_("This page cannot be called like that."), _("Nothing was changed."), _("Start from your home page.")),
        409: (
            _("Somebody was faster: this was changed in the meantime."),
            _("What you typed stands below."),
            _("Reload the page to see what is there now."),
        ),
        413: (_("That is too large."), _("Nothing was changed."), _("Send a smaller file or a shorter text.")),
        422: (
            _("Something in the form does not fit."),
            _("Nothing was changed."),
            _("Go back and look at the form again."),
        ),
        429: (_("That was tried too often."), _("Nothing was changed."), _("Wait a few minutes, then try again.")),
        503: (_("The site is busy."), _("What you typed stands below."), _("Wait a moment, then try again.")),
    }
    fault = (
        _("Something went wrong on our side."),
        _("The last thing you did was not saved; everything before it was."),
        _("Try again. If it happens twice, tell us the number below."),
    )
    return known.get(status, fault)


def _stale_form(_error: CSRFError) -> Response:
    """Answer a form without a valid token: whoever is signed in reads it again and sends it with a new one."""
    title = _("This form has expired")
    what = _("You signed in or out since this page was opened, so we could not tell that the form is yours.")
    if not wants_json():
        with transaction.unit(write=False) as session:
            g.viewer = read_viewer(session, request.cookies.get(COOKIE))
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


def _busy(_error: Busy) -> Response:
    what, safe, todo = _sentences(503)
    response = page(503, what=what, safe=safe, todo=todo)
    response.headers["Retry-After"] = "5"
    return response


def _database_gone(error: OperationalError) -> Response:
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


def _unknown(error: Exception) -> Response:
    if isinstance(error, DBAPIError):
        # The statement's parameters hold people's texts: the log names the kind of fault and nothing else.
        log.error("fault", kind=type(error.orig).__name__, statement=(error.statement or "")[:200])
    else:
        log.error("fault", exc_info=error)
    what, safe, todo = _sentences(500)
    return page(500, what=what, safe=safe, todo=todo)
