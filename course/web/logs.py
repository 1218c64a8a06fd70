"""Structured logs with a request id: one line a request, no text of anybody's page, no address line with secrets."""

import logging
import secrets
import sys
import time
import traceback
from pathlib import Path

import structlog
from flask import Flask, Response, g, request
from sqlalchemy.exc import DBAPIError

from course import paths


def configure(log_format: str) -> None:
    renderer: structlog.types.Processor = (
        structlog.dev.ConsoleRenderer(colors=False) if log_format == "plain" else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )


log = structlog.get_logger()


def install(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_end)


def fault(error: BaseException) -> None:
    """Log an error that nobody foresaw: its kind and where it was raised. What it says may quote somebody's text."""
    kinds = [type(error).__name__]
    if isinstance(error, DBAPIError):
        kinds.append(type(error.orig).__name__)
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(paths.PACKAGE)]
    # Where it was raised in the end, and the way there through our own code.
    way = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in (*ours, *frames[-1:])]
    log.error("fault", kind=" ".join(kinds), where=way)


def _begin() -> None:
    g.request_id = secrets.token_hex(8)
    g.started = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=g.request_id)


def _end(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.get("request_id", "")
    if request.endpoint != "static":
        log.info(
            "request",
            method=request.method,
            # The rule and not the path: paths hold codes and one-use tokens.
            route=request.url_rule.rule if request.url_rule else None,
            status=response.status_code,
            ms=round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1),
        )
    return response
