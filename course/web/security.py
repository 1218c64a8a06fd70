"""Headers and CSRF: a strict policy without inline scripts or styles."""

from functools import lru_cache

from flask import Flask, Response, abort, g, request
from flask_wtf.csrf import CSRFProtect

from course.web import embedded

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
ANYBODY = ("*",)
DOOR = "/lti/"
"""Where platforms come in."""

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
    app.session_interface = embedded.Forms()
    csrf.init_app(app)
    app.before_request(_refuse_nul)
    app.after_request(_headers)


@lru_cache(maxsize=256)
def policy(framers: tuple[str, ...] = (), receivers: tuple[str, ...] = ()) -> str:
    """Return the policy of a page that these origins may frame and whose forms may send to those."""
    framed = " ".join(("frame-ancestors", *(framers or ("'none'",))))
    sent = " ".join(("form-action 'self'", *receivers))
    return POLICY.replace("frame-ancestors 'none'", framed).replace("form-action 'self'", sent)


def _refuse_nul() -> None:
    """Answer 404 to an address with the character NUL: nobody types it, and PostgreSQL cannot hold it."""
    if NUL in request.path or any(NUL in value for values in request.args.listvalues() for value in values):
        abort(404)


def _headers(response: Response) -> Response:
    response.headers.extend(HEADERS)
    if request.path.startswith(DOOR):
        # A platform may have opened us in a window that it waits for, and may ask who sends a form: the opener's
        # policy and the referrer's would cut both off. The origin alone tells nothing that it does not know.
        response.headers["Cross-Origin-Opener-Policy"] = "unsafe-none"
        response.headers["Referrer-Policy"] = "strict-origin"
    framers, receivers = _framers(response), g.get("may_send_to", ())
    if framers or receivers:
        response.headers["Content-Security-Policy"] = policy(framers, receivers)
    if "Cache-Control" not in response.headers:
        # Pages belong to one person; a shared computer's back button must not show them to the next one.
        response.headers["Cache-Control"] = "no-store" if g.get("viewer") else "no-cache"
    return response


def _framers(response: Response) -> tuple[str, ...]:
    """Return who may frame an answer."""
    if request.endpoint == "static":
        return ()
    framers = embedded.framers()
    # What is refused to nobody whom we know holds nothing but its words, and no form that does anything: framed by
    # anybody, it can be read where it happened, and an empty grey frame could not.
    refused = request.path.startswith(DOOR) and response.status_code >= 400 and g.get("viewer") is None  # noqa: PLR2004 - The first status that refuses.
    return ANYBODY if not framers and (refused or embedded.shown_to_anybody()) else framers
