"""Headers and CSRF: a strict policy without inline scripts or styles."""

from flask import Flask, Response, abort, g, request
from flask_wtf.csrf import CSRFProtect

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

HEADERS = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)
"""No view sets any of these itself."""

csrf = CSRFProtect()


def install(app: Flask) -> None:
    # A token lives as long as the cookie that holds its secret, so that a page left open over lunch still saves.
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    app.config["WTF_CSRF_SSL_STRICT"] = False
    csrf.init_app(app)
    app.before_request(_refuse_nul)
    app.after_request(_headers)


def _refuse_nul() -> None:
    """Answer 404 to an address with the character NUL: nobody types it, and PostgreSQL cannot hold it."""
    if NUL in request.path or any(NUL in value for values in request.args.listvalues() for value in values):
        abort(404)


def _headers(response: Response) -> Response:
    response.headers.extend(HEADERS)
    if "Cache-Control" not in response.headers:
        # Pages belong to one person; a shared computer's back button must not show them to the next one.
        response.headers["Cache-Control"] = "no-store" if g.get("viewer") else "no-cache"
    return response
