"""A browser without a window: one connection that is kept, its cookies, the token of the forms it was shown."""

import gzip
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from urllib.parse import urlencode

COOKIE = "oneday"
IDLE_SECONDS = 10
"""A server closes a connection that was silent for half a minute; well before that, a new one is opened."""
TOKEN = re.compile(r'name="csrf[-_]token" (?:content|value)="([^"]+)"')


@dataclass(frozen=True)
class Answer:
    """What a server said: header names in small letters, the body unpacked, and its length as it travelled."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    transferred: int

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Browser:
    """Somebody's browser. ``token`` signs it in; ``packs`` says whether it takes packed answers, as all do."""

    port: int
    token: str = ""
    packs: bool = True
    cookies: dict[str, str] = field(default_factory=dict)
    form_token: str = ""

    def __post_init__(self) -> None:
        self._connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        self._used = time.monotonic()
        if self.token:
            self.cookies[COOKIE] = self.token

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        answer = self._send("GET", path, None, headers or {})
        shown = TOKEN.search(answer.body.decode("utf-8", "replace")) if answer.status == 200 else None
        if shown is not None:
            self.form_token = shown[1]
        return answer

    def form(self, path: str, fields: Mapping[str, object]) -> Answer:
        """Send a form as a page without scripts does."""
        body = urlencode({"csrf_token": self.form_token, **fields})
        return self._send("POST", path, body.encode(), {"Content-Type": "application/x-www-form-urlencoded"})

    def json(self, path: str, data: Mapping[str, object]) -> Answer:
        """Send what the scripts of a page send."""
        headers = {"Content-Type": "application/json", "Accept": "application/json", "X-CSRF-Token": self.form_token}
        return self._send("POST", path, json.dumps(data).encode(), headers)

    def close(self) -> None:
        self._connection.close()

    def _send(self, method: str, path: str, data: bytes | None, headers: Mapping[str, str]) -> Answer:
        if time.monotonic() - self._used > IDLE_SECONDS:
            self._connection.close()
        self._used = time.monotonic()
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        packing = "gzip" if self.packs else "identity"
        sent = {"Accept-Encoding": packing, **headers, **({"Cookie": cookie} if cookie else {})}
        self._connection.request(method, path, data, sent)
        response = self._connection.getresponse()
        content = response.read()
        for line in response.headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        known = {name.lower(): value for name, value in response.headers.items()}
        body = gzip.decompress(content) if known.get("content-encoding") == "gzip" else content
        return Answer(response.status, known, body, len(content))
