"""Static files: read once, compressed once, under addresses that change with their content."""

import gzip
import hashlib
import os
import re
from dataclasses import dataclass
from functools import lru_cache

from flask import Flask, Response, abort, request
from werkzeug.security import safe_join

from course.paths import STATIC
from course.web import compression
from course.web.access import Unit, Who, enter

FOLDER = "/static"
YEAR = 31_536_000
FOR_GOOD = f"public, max-age={YEAR}, immutable"
VERSIONED = re.compile(r"vendor/.+-\d+\.\d+\.\d+[.-].+")
"""Files of others carry their version in their name."""
KINDS = {
    "css": "text/css",
    "js": "text/javascript",
    "json": "application/json",
    "svg": "image/svg+xml",
    "txt": "text/plain",
    "woff2": "font/woff2",
}
"""Every kind of file in ``static/``. What a machine's own list says differs from machine to machine."""
SQUEEZE = 9
"""Once for each file and process, so the slowest level of gzip costs nothing."""


@dataclass(frozen=True)
class File:
    """A file as it is sent. ``packed`` is empty where packing saves nothing."""

    content: bytes
    packed: bytes
    mimetype: str
    mark: str


@lru_cache(maxsize=256)
def _read(name: str, changed: int) -> File:  # noqa: ARG001 - ``changed`` makes an edited file a new question.
    content = (STATIC / name).read_bytes()
    mimetype = KINDS[name.rpartition(".")[2]]
    packed = gzip.compress(content, SQUEEZE, mtime=0) if compression.helps(mimetype, len(content)) else b""
    return File(content, packed, mimetype, hashlib.sha256(content).hexdigest()[:10])


def _file(name: str) -> File:
    return _read(name, os.stat(f"{STATIC}/{name}").st_mtime_ns)  # noqa: PTH116 - Three times a page; a Path costs more than the call.


def static_url(name: str) -> str:
    """Return the address of a file in ``static/``.

    Raises FileNotFoundError for a file that is not there.
    """
    return f"{request.script_root}{FOLDER}/{name}?v={_file(name).mark}"


def install(app: Flask) -> None:
    app.add_url_rule(f"{FOLDER}/<path:filename>", "static", _serve, methods=["GET"])
    app.add_template_global(static_url)


@enter(Who.ANYBODY, Unit.NONE)
def _serve(filename: str) -> Response:
    path = safe_join(str(STATIC), filename)
    if path is None or not (STATIC / filename).is_file():
        abort(404)
    file = _file(filename)
    packed = bool(file.packed) and compression.accepted()
    response = Response(file.packed if packed else file.content, mimetype=file.mimetype)
    response.set_etag(f"{file.mark}-gzip" if packed else file.mark)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    if file.packed:
        response.vary.add("Accept-Encoding")
    # A module names the ones it imports by their plain names: those are asked for again each time, and answered by 304.
    good = request.args.get("v") == file.mark or VERSIONED.fullmatch(filename)
    response.headers["Cache-Control"] = FOR_GOOD if good else "no-cache"
    response.make_conditional(request)
    return response
