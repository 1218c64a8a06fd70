"""Headers and CSRF: a strict policy without inline scripts or styles."""

from flask import Flask, Response, abort, g, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.datastructures import MultiDict

DIRECTIVES = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "manifest-src 'self'",
)
NUL = "\x00"
POLICY = "; ".join(DIRECTIVES)

csrf = CSRFProtect()


def install(app: Flask) -> None:
    # A token lives as long as the cookie that holds its secret, so that a page left open over lunch still saves.
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    app.config["WTF_CSRF_SSL_STRICT"] = False
    csrf.init_app(app)
    app.before_request(_refuse_nul)
    app.after_request(_headers)


def _refuse_nul() -> None:
    """Refuse the character NUL: nobody types it, and PostgreSQL cannot hold it."""
    if NUL in request.path or _holds_nul(request.args):
        abort(404)
    if _holds_nul(request.form) or (request.is_json and b"\\u0000" in request.get_data()):
        abort(422)


def _holds_nul(fields: MultiDict[str, str]) -> bool:
    return any(NUL in value for values in fields.listvalues() for value in values)


def _headers(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if "Cache-Control" not in response.headers:
        # Pages belong to one person; a shared computer's back button must not show them to the next one.
        response.headers["Cache-Control"] = "no-store" if g.get("viewer") else "no-cache"
    return response
