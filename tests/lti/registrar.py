"""A platform that registers tools: its configuration and its registration endpoint, on the loopback address."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlencode

from course.lti.rules.registration import PLATFORM, SCOPES, TOOL

PERMISSION = "permission-1"


@dataclass
class Reply:
    """What one address answers."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Registrar:
    """Takes any tool, unless a test changes what it answers."""

    def __init__(self, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}"
        self.host = f"127.0.0.1:{port}"
        self.asked: list[Asked] = []
        self.settings: dict[str, Any] = {
            "issuer": self.base,
            "authorization_endpoint": f"{self.base}/auth",
            "token_endpoint": f"{self.base}/token",
            "jwks_uri": f"{self.base}/certs",
            "registration_endpoint": f"{self.base}/registrations",
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": [*SCOPES],
            PLATFORM: {
                "product_family_code": "moodle",
                "version": "5.1",
                "messages_supported": [
                    {"type": "LtiResourceLinkRequest"},
                    {"type": "LtiDeepLinkingRequest", "placements": ["ContentArea"]},
                ],
                "variables": ["Context.id.history", "Person.name.full"],
            },
        }
        self.replies: dict[str, Reply] = {}
        self.answer(201, {"client_id": "client-7", TOOL: {"deployment_id": "3"}})

    def answer(self, status: int, told: object) -> None:
        """Answer a registration with this."""
        self.replies["/registrations"] = Reply(json.dumps(told).encode(), status)

    def configure(self, **changed: object) -> None:
        """Change the configuration; None takes a value away."""
        self.settings |= changed
        self.settings = {name: value for name, value in self.settings.items() if value is not None}

    def reply(self, path: str) -> Reply:
        if path == "/configuration" and path not in self.replies:
            return Reply(json.dumps(self.settings).encode())
        return self.replies.get(path, Reply(b"", 404))

    def link(self, invite: str, *, token: str | None = PERMISSION, path: str = "/configuration") -> str:
        """Return the address that this platform opens."""
        query = {"invite": invite, "openid_configuration": f"{self.base}{path}"}
        if token is not None:
            query["registration_token"] = token
        return f"/lti/register?{urlencode(query)}"


@contextmanager
def registering() -> Iterator[Registrar]:
    """Serve one for as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            served.asked.append(Asked(self.command, self.path, dict(self.headers), self.rfile.read(size)))
            reply = served.reply(self.path.partition("?")[0])
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, *said: object) -> None:
            """Say nothing."""

    for method in ("GET", "POST"):
        setattr(Handler, f"do_{method}", Handler.answer)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served = Registrar(server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
