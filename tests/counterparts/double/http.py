"""The double's HTTP: a threaded server that can be cut off, hang, lie, and that remembers what it was asked."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


class Refusal(Exception):  # noqa: N818  # A refusal is an answer, not a fault.
    """What the double does not accept; over HTTP it is an answer, in the same process it is raised."""

    def __init__(self, status: int, error: str, description: str = "", *, body: str | None = None) -> None:
        super().__init__(f"{status} {error}: {description}")
        self.status = status
        self.error = error
        self.description = description
        self.body = body
        """The body where it is not the usual JSON object."""


@dataclass(frozen=True)
class Asked:
    """A request as it came. Header names are in small letters; the query and a form keep all values of a name."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes
    url: str
    """Path and query, byte for byte."""

    @property
    def form(self) -> dict[str, list[str]]:
        return parse_qs(self.body.decode(), keep_blank_values=True)

    @property
    def json(self) -> Any:
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise Refusal(400, "invalid_request", "That is no JSON") from error

    def one(self, name: str, default: str = "") -> str:
        """Return a value of the query that may be there once."""
        values = self.query.get(name, [default])
        if len(values) > 1:
            raise Refusal(400, "invalid_request", f"{name} is there twice")
        return values[0]

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip()

    def accepts(self, kind: str) -> bool:
        """Say whether the Accept header names this very type or anything at all, as Moodle looks at it."""
        accepted = self.headers.get("accept", "")
        return kind in accepted or "*/*" in accepted


@dataclass(frozen=True)
class Reply:
    """An answer."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return self.body.decode()


def as_json(
    value: Any, *, status: int = 200, kind: str = "application/json", headers: Mapping[str, str] | None = None
) -> Reply:
    return Reply(status, json.dumps(value).encode(), kind, headers or {})


def page(html: str, *, status: int = 200) -> Reply:
    return Reply(status, html.encode(), "text/html; charset=utf-8")


@dataclass
class _Rule:
    part: str
    reply: Reply | None
    times: int | None


class Server:
    """Answers at 127.0.0.1 with what ``handle`` returns, unless a test has said otherwise."""

    def __init__(self, handle: Callable[[Asked], Reply]) -> None:
        self._handle = handle
        self._lock = threading.Lock()
        self._rules: list[_Rule] = []
        self._asked: list[Asked] = []
        self._answered: list[tuple[Asked, int]] = []
        self._released = threading.Event()
        self._http: ThreadingHTTPServer | None = None
        self.port = 0
        self.restore()

    @property
    def asked(self) -> list[Asked]:
        """Every request so far, also those that a rule answered."""
        with self._lock:
            return list(self._asked)

    @property
    def answered(self) -> list[tuple[Asked, int]]:
        """Every request that got an answer, with its status, in the order of the answers."""
        with self._lock:
            return list(self._answered)

    def say(self, part: str, reply: Reply, *, times: int | None = None) -> None:
        """Answer requests whose address contains ``part`` with this, for ever or so many times."""
        with self._lock:
            self._rules.append(_Rule(part, reply, times))

    def hang(self, part: str) -> None:
        """Leave requests whose address contains ``part`` without an answer until ``be_honest`` or the end."""
        with self._lock:
            self._rules.append(_Rule(part, None, None))

    def be_honest(self) -> None:
        """Forget what ``say`` and ``hang`` told."""
        with self._lock:
            self._rules.clear()
            released, self._released = self._released, threading.Event()
        released.set()

    def cut(self) -> None:
        """Be off the net: connections are refused."""
        http, self._http = self._http, None
        if http is not None:
            http.shutdown()
            http.server_close()

    def restore(self) -> None:
        """Be back, on the same port."""
        if self._http is not None:
            return
        http = self._http = _Http(("127.0.0.1", self.port), _handler(self.answer))
        self.port = http.server_port
        threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.cut()
        self.be_honest()

    def answer(self, asked: Asked) -> Reply:
        """Answer a request as one that came by the net."""
        with self._lock:
            self._asked.append(asked)
        reply = self._answer(asked)
        with self._lock:
            self._answered.append((asked, reply.status))
        return reply

    def _answer(self, asked: Asked) -> Reply:
        with self._lock:
            rule = next((rule for rule in self._rules if rule.part in asked.url and rule.times != 0), None)
            if rule is not None and rule.times is not None:
                rule.times -= 1
            released = self._released
        if rule is not None:
            if rule.reply is None:
                released.wait()
            return rule.reply or Reply(503)
        try:
            return self._handle(asked)
        except Refusal as refusal:
            return refused(refusal)


def refused(refusal: Refusal) -> Reply:
    """Return a refusal as an answer."""
    if refusal.body is not None:
        kind = "text/html; charset=utf-8" if refusal.body.startswith("<") else "application/json"
        return Reply(refusal.status, refusal.body.encode(), kind)
    return as_json({"error": refusal.error, "error_description": refusal.description}, status=refusal.status)


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128


def asked_for(method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> Asked:
    parts = urlsplit(url)
    query = parse_qs(parts.query, keep_blank_values=True)
    return Asked(method, parts.path, query, {name.lower(): value for name, value in headers.items()}, body, url)


def _handler(answer: Callable[[Asked], Reply]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        # HTTP/1.0: a connection ends with its answer, so nothing survives being cut off.

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            reply = answer(asked_for(self.command, self.path, dict(self.headers.items()), body))
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def handle(self) -> None:
            try:
                super().handle()
            except (BrokenPipeError, ConnectionResetError):
                # A client that does not wait for a huge answer is right.
                self.close_connection = True

        do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815  # The names that http.server calls.

        def log_message(self, *args: object) -> None:
            """Say nothing: ``asked`` remembers."""

    return Handler
