"""Static files under addresses that change with their content, so that browsers may keep them for good."""

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, request, url_for

from course.paths import STATIC
from course.web.access import Unit, Who, enter

YEAR = 31_536_000


@lru_cache(maxsize=256)
def _mark(name: str, changed: int) -> str:  # noqa: ARG001 - ``changed`` makes an edited file a new question.
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]


def static_url(name: str) -> str:
    """Return the address of a file in ``static/``.

    Raises FileNotFoundError for a file that is not there.
    """
    file = Path(STATIC / name)
    return url_for("static", filename=name, v=_mark(name, file.stat().st_mtime_ns))


def install(app: Flask) -> None:
    enter(Who.ANYBODY, Unit.NONE)(app.view_functions["static"])
    app.add_template_global(static_url)
    app.after_request(_keep)


def _keep(response: Response) -> Response:
    if request.endpoint == "static" and "v" in request.args and response.status_code in {200, 304}:
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response
