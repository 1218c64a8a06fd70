"""A launch walked through by a test, step by step, so that each step can be changed before it is taken."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import parse_qs, urlsplit

from tests.counterparts.double import openid
from tests.counterparts.double.jose import Key, sign
from tests.counterparts.double.world import Pending, World

Answer_co = TypeVar("Answer_co", bound="Answered", covariant=True)
Answer = TypeVar("Answer", bound="Answered")


class Answered(Protocol):
    """What a browser hands back: Flask's test client's answers fit, and ours."""

    @property
    def status_code(self) -> int: ...

    @property
    def headers(self) -> Any: ...

    @property
    def text(self) -> str: ...


class Browser(Protocol[Answer_co]):
    """What walks: Flask's test client fits, and ``tests.counterparts.double.browser.Browser``."""

    def open(self, url: str, /, *, method: str, data: Mapping[str, str] | None = None) -> Answer_co: ...


@dataclass
class Launching(Generic[Answer]):
    """A launch whose login request was accepted: what the platform will post, still open to changes."""

    browser: Browser[Answer]
    world: World
    pending: Pending
    claims: dict[str, Any]
    state: str
    redirect: str
    key: Key
    header: dict[str, Any] | None = None
    """Instead of ``{"typ": "JWT", "alg": "RS256", "kid": ...}``."""
    extra: dict[str, str] = field(default_factory=dict)
    """Further fields of the form."""

    @property
    def id_token(self) -> str:
        return sign(self.claims, self.key, self.header)

    def post(self, id_token: str | None = None, *, browser: Browser[Answer] | None = None) -> Answer:
        """Post the form of the auth endpoint to the tool, once more at every call, and return the tool's answer."""
        fields = {"id_token": self.id_token if id_token is None else id_token, "state": self.state, **self.extra}
        return (browser or self.browser).open(self.redirect, method="POST", data=fields)


def start(
    world: World,
    browser: Browser[Answer],
    pending: Pending,
    *,
    change: Callable[[dict[str, str]], None] | None = None,
    method: str = "POST",
) -> Launching[Answer]:
    """Take the login to the tool and its answer to the auth endpoint. ``change`` may alter the login's fields.

    Raises Refusal when the tool's authentication request is not as Moodle wants it, and AssertionError with the tool's
    page when it did not send the browser there.
    """
    world.begin(pending)
    answer = login(world, browser, pending, change=change, method=method)
    address = answer.headers.get("Location", "")
    assert answer.status_code in {302, 303}, f"{answer.status_code} at login: {answer.text[:2000]}"
    assert address.startswith(f"{world.issuer}/auth.php?"), address
    given = parse_qs(urlsplit(address).query, keep_blank_values=True)
    taken, claims, state, redirect = openid.authenticate(world, given)
    return Launching(browser, world, taken, claims, state, redirect, world.key)


def login(
    world: World,
    browser: Browser[Answer],
    pending: Pending,
    *,
    change: Callable[[dict[str, str]], None] | None = None,
    method: str = "POST",
) -> Answer:
    """Post (or get) the login initiation only, and return the tool's answer."""
    fields = openid.fields_of_login(world, pending)
    if change is not None:
        change(fields)
    address = world.client(pending.client).login_url
    if method == "GET":
        query = "&".join(f"{name}={_quoted(value)}" for name, value in fields.items())
        return browser.open(f"{address}?{query}", method="GET")
    return browser.open(address, method="POST", data=fields)


def _quoted(value: str) -> str:
    return "".join(f"%{byte:02X}" for byte in value.encode())
