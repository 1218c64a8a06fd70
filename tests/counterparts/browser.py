"""A browser over HTTP that does what LTI asks of one: it follows redirects, and posts forms that post themselves.

It keeps cookies for each server. A ``Secure`` cookie is kept on 127.0.0.1 too, as Chromium does for ``localhost``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from http.cookies import SimpleCookie
from typing import Self
from urllib.parse import urlencode, urljoin, urlsplit

import urllib3

MOST_STEPS = 12
SELF_POSTING = ({"id_token", "state"}, {"JWT"})
"""The fields of forms that a script of their page posts."""
TOKEN = re.compile(r'name="csrf[-_]token" (?:content|value)="([^"]+)"')


@dataclass(frozen=True)
class Answer:
    """What a server said to the last step."""

    url: str
    status_code: int
    headers: Mapping[str, str]
    """Names in small letters; the others are found as well."""
    text: str

    @property
    def path(self) -> str:
        return urlsplit(self.url).path


@dataclass
class Form:
    """A form of a page: its address and what it would send."""

    action: str
    method: str
    fields: dict[str, str]
    html: str


@dataclass
class Browser:
    """One person's browser."""

    cookies: dict[str, dict[str, str]] = field(default_factory=dict)
    """By host and port."""
    visited: list[Answer] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._pool = urllib3.PoolManager(headers={"User-Agent": "Browser of the tests"}, retries=False, timeout=60)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.clear()

    def open(self, url: str, /, *, method: str = "GET", data: Mapping[str, str] | None = None) -> Answer:
        """Take one step: send a request and keep what it sets."""
        kept = self.cookies.setdefault(urlsplit(url).netloc, {})
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in kept.items())} if kept else {}
        body = None
        if data is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode(data)
        answer = self._pool.request(method, url, body=body, headers={**self._pool.headers, **headers}, redirect=False)
        for line in answer.headers.getlist("Set-Cookie"):
            for name, morsel in SimpleCookie(line).items():
                kept[name] = morsel.value
                if morsel["max-age"] == "0":
                    del kept[name]
        said = Answer(url, answer.status, answer.headers, answer.data.decode("utf-8", "replace"))
        self.visited.append(said)
        return said

    def walk(self, url: str, *, method: str = "GET", data: Mapping[str, str] | None = None) -> Answer:
        """Take steps until a page asks for a person: redirects are followed, forms that post themselves are posted."""
        answer = self.open(url, method=method, data=data)
        for _step in range(MOST_STEPS):
            if answer.status_code in {301, 302, 303}:
                answer = self.open(urljoin(answer.url, answer.headers["Location"]))
                continue
            posted = next((form for form in forms(answer) if set(form.fields) in SELF_POSTING), None)
            if posted is None:
                return answer
            answer = self.open(posted.action, method="POST", data=posted.fields)
        raise AssertionError(f"{MOST_STEPS} steps and no page: {answer.url}")

    def send(self, form: Form, **changes: str) -> Answer:
        """Fill in a form, press its button, and go where that leads."""
        fields = {**form.fields, **changes}
        if form.method == "GET":
            return self.walk(f"{form.action}?{urlencode(fields)}")
        return self.walk(form.action, method="POST", data=fields)


def forms(answer: Answer) -> list[Form]:
    """Return the forms of a page with their hidden and filled fields."""
    found = []
    for html in re.findall(r"<form\b.*?</form>", answer.text, re.DOTALL):
        start = html[: html.index(">")]
        action = re.search(r'\baction="([^"]*)"', start)
        method = re.search(r'\bmethod="([^"]*)"', start, re.IGNORECASE)
        fields = {
            unescape(name[1]): unescape(value[1]) if (value := re.search(r'\bvalue="([^"]*)"', field)) else ""
            for field in re.findall(r"<input\b[^>]*>", html)
            if (name := re.search(r'\bname="([^"]*)"', field))
            and not re.search(r'\btype="(?:checkbox|radio|submit)"', field)
        }
        address = urljoin(answer.url, unescape(action[1]) if action else "")
        found.append(Form(address, method[1].upper() if method else "GET", fields, html))
    return found
