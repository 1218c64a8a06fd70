"""gzip for pages, when the browser takes it: docs/decisions/0007-compression.md says why no more than that."""

import gzip

from flask import Flask, Response, request

LEVEL = 4
"""Of 1 to 9. Above it a page grows hardly smaller and takes twice as long."""
LEAST = 1024
"""Bytes. Less than that is one packet on the wire in any case."""
PACKS = {
    "text/html",
    "text/css",
    "text/plain",
    "text/csv",
    "text/javascript",
    "application/json",
    "image/svg+xml",
}


def helps(mimetype: str, size: int) -> bool:
    """Whether packing makes a body of this kind and size smaller."""
    return mimetype in PACKS and size >= LEAST


def accepted() -> bool:
    """Whether the browser takes gzip."""
    return request.accept_encodings["gzip"] > 0


def install(app: Flask) -> None:
    app.after_request(_pack)


def _pack(response: Response) -> Response:
    # A stream is sent while it is made, and a page with a mark of its own is compared byte by byte.
    whole = not response.is_streamed and not response.direct_passthrough and "ETag" not in response.headers
    if not whole or "Content-Encoding" in response.headers or not response.mimetype:
        return response
    body = response.get_data()
    if not helps(response.mimetype, len(body)):
        return response
    response.vary.add("Accept-Encoding")
    if accepted():
        response.set_data(gzip.compress(body, LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
