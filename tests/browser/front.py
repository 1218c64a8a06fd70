"""Several sites by https on this machine: one port with a certificate, which leads each host to its own server.

A browser started with ``flags`` finds them under their names, so that one is another's third party as on the net. The
front also shows any page inside any other, tries plain cookies in a frame, and can keep all cookies from frames, as
some browsers do.
"""

import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from html import escape
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from tests.counterparts.double.pages import STORAGE
from tests.lti.servers import certificate

TRIED = ("plain=1; Path=/; Secure; SameSite=None", "parted=1; Path=/; Secure; SameSite=None; Partitioned")
KEEPER = "kept_here"
"""A frame that lends storage, as Canvas has one: of the site where people are proved, not of their course's."""
OWN = {"host", "connection", "content-length", "transfer-encoding", "date", "server"}
"""Headers that each of the two connections has for itself."""


class Front:
    """The port. ``sites`` maps a host to the port that serves it."""

    def __init__(self, folder: Path, sites: Mapping[str, int]) -> None:
        self.sites = sites
        self.blocks_cookies = False
        """Whether pages in frames neither keep nor bring cookies, as in a Safari without partitioned ones."""
        context, _shown = certificate(folder, "oneday.test")
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), type("FrontHandler", (Handler,), {"front": self}))
        self._http.daemon_threads = True
        self._http.socket = context.wrap_socket(self._http.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def flags(self) -> list[str]:
        """What Chromium is started with to find these sites, and without third-party cookies.

        Its frames stay in the page's own process: Playwright loses a frame for good when it changes its process fast.
        """
        rules = ", ".join(f"MAP {host}:443 127.0.0.1:{self._http.server_port}" for host in self.sites)
        isolation = "--disable-site-isolation-trials"
        return [f"--host-resolver-rules={rules}", "--test-third-party-cookie-phaseout", isolation]

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


def framing(host: str, url: str) -> str:
    """Return the address of a page of a host that has another page in a frame."""
    return f"https://{host}/-/frame?{url}"


def lending(host: str, url: str) -> str:
    """Return the address of such a page that has a frame beside it which lends storage."""
    return f"https://{host}/-/lending?{url}"


@contextmanager
def fronting(folder: Path, sites: Mapping[str, int]) -> Iterator[Front]:
    front = Front(folder, sites)
    try:
        yield front
    finally:
        front.close()


class Handler(BaseHTTPRequestHandler):
    front: Front
    protocol_version = "HTTP/1.1"

    def handle(self) -> None:
        try:
            super().handle()
        except (ssl.SSLError, ConnectionError):
            # The browser went on to another page.
            self.close_connection = True

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        own = OF_ITS_OWN.get(urlsplit(self.path).path)
        if own is not None:
            status, headers, text = own(self)
            self._send(status, headers, text.encode())
        else:
            self._pass_on(body)

    def _pass_on(self, body: bytes) -> None:
        host = self.headers["Host"]
        blocked = self.front.blocks_cookies and self.headers.get("Sec-Fetch-Dest") == "iframe"
        given = [(name, value) for name, value in self.headers.items() if name.lower() not in OWN]
        with closing(HTTPConnection("127.0.0.1", self.front.sites[host], timeout=30)) as connection:
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in given:
                if not (blocked and name.lower() == "cookie"):
                    connection.putheader(name, value)
            for name, value in (("Host", host), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", host)):
                connection.putheader(name, value)
            connection.putheader("X-Forwarded-For", "127.0.0.1")
            connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            reply = connection.getresponse()
            headers = [
                (name, value)
                for name, value in reply.getheaders()
                if name.lower() not in OWN and not (blocked and name.lower() == "set-cookie")
            ]
            self._send(reply.status, headers, reply.read())

    def _send(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_POST = _serve  # noqa: N815 - The names that http.server calls.

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


Answer = tuple[int, list[tuple[str, str]], str]
HTML = ("Content-Type", "text/html; charset=utf-8")


def _frame(asked: BaseHTTPRequestHandler) -> Answer:
    inner = escape(urlsplit(asked.path).query)
    return (
        200,
        [HTML],
        (
            f'<!doctype html><html lang="en"><title>Course</title><h1>A course</h1>'
            f'<iframe title="Tool" width="885" height="575" src="{inner}"></iframe></html>'
        ),
    )


def _lending(asked: BaseHTTPRequestHandler) -> Answer:
    inner = escape(urlsplit(asked.path).query)
    return (
        200,
        [HTML],
        (
            '<!doctype html><html lang="en"><title>Course</title>'
            f'<iframe name="{KEEPER}" title="Storage" src="https://other.example/-/keeper"></iframe>'
            f'<iframe id="tool" title="Tool" width="885" height="575" src="{inner}"></iframe></html>'
        ),
    )


def _keeper(_asked: BaseHTTPRequestHandler) -> Answer:
    return 200, [HTML], f'<!doctype html><html lang="en"><title>Storage</title><script>{STORAGE}</script></html>'


def _try_cookies(_asked: BaseHTTPRequestHandler) -> Answer:
    return 303, [("Location", "/-/tried"), *(("Set-Cookie", each) for each in TRIED)], ""


def _tried(asked: BaseHTTPRequestHandler) -> Answer:
    brought = sorted(part.partition("=")[0].strip() for part in (asked.headers.get("Cookie") or "").split(";"))
    known = " ".join(name for name in brought if name in {"plain", "parted"})
    return 200, [HTML], f'<!doctype html><html lang="en"><title>Tried</title><p id="brought">{known}</p></html>'


def _no_picture(_asked: BaseHTTPRequestHandler) -> Answer:
    return 204, [], ""


OF_ITS_OWN: dict[str, Callable[[BaseHTTPRequestHandler], Answer]] = {
    "/favicon.ico": _no_picture,
    "/-/frame": _frame,
    "/-/keeper": _keeper,
    "/-/lending": _lending,
    "/-/try": _try_cookies,
    "/-/tried": _tried,
}
