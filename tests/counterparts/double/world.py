"""What the double knows: its clients, people, courses, links and gradebook. Everything may be changed by a test."""

import itertools
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.counterparts.double.http import Refusal
from tests.counterparts.double.jose import Key, key

MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"
SYSTEM = "http://purl.imsglobal.org/vocab/lis/v2/system/person#"
LTI = "https://purl.imsglobal.org/spec/lti/claim/"
AGS = "https://purl.imsglobal.org/spec/lti-ags/"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/"
DEEP = "https://purl.imsglobal.org/spec/lti-dl/claim/"
TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"
PLATFORM = "https://purl.imsglobal.org/spec/lti-platform-configuration"

LINEITEM = AGS + "scope/lineitem"
LINEITEM_READ = AGS + "scope/lineitem.readonly"
RESULT_READ = AGS + "scope/result.readonly"
SCORE = AGS + "scope/score"
ROSTER = NRPS + "scope/contextmembership.readonly"
SCOPES = (LINEITEM, LINEITEM_READ, RESULT_READ, SCORE, ROSTER)


@dataclass
class User:
    """Somebody at the platform. ``id`` is the ``sub`` of a launch and the ``user_id`` of the roster."""

    id: str
    given: str
    family: str
    email: str
    roles: tuple[str, ...] = ()
    """Whole URIs beside those of the membership, such as an administrator's."""


@dataclass
class Member:
    """A user in a course; the role is a short name, such as Learner."""

    role: str
    active: bool = True


@dataclass
class Course:
    """A context."""

    id: str
    label: str
    title: str
    members: dict[str, Member]
    history: tuple[str, ...] = ()


@dataclass
class Client:
    """A tool as this platform knows it."""

    id: str
    deployment: str
    login_url: str
    redirect_urls: tuple[str, ...]
    target: str
    keys_url: str
    keys: Callable[[], Mapping[str, Any]] | None = None
    """The tool's JWKS, handed over by a test whose tool has no port; else they are fetched from ``keys_url``."""
    scopes: tuple[str, ...] = SCOPES
    names: bool = True
    """Whether launch and roster carry names and mail addresses."""
    custom: dict[str, str] = field(default_factory=dict)
    active: bool = True
    """A dynamically registered tool is pending until the platform's admin activates it (anchor, 8, finish)."""


@dataclass
class Link:
    """A resource link."""

    id: str
    course: str
    client: str
    title: str = ""
    url: str = ""
    custom: dict[str, str] = field(default_factory=dict)
    item: int | None = None
    """Its line item, when it was made with one."""
    review: dict[str, Any] | None = None
    """``submissionReview`` of its line item."""


@dataclass
class Item:
    """A line item."""

    id: int
    course: str
    client: str
    label: str
    maximum: float
    resource: str = ""
    tag: str = ""
    link: str = ""
    results: dict[str, "Result"] = field(default_factory=dict)


@dataclass
class Result:
    """What the gradebook holds for one learner. ``score`` may pass the maximum; it is shown capped."""

    score: float | None = None
    comment: str = ""
    stamp: datetime | None = None
    scores: list[dict[str, Any]] = field(default_factory=list)
    """Every score that was taken, in order."""


@dataclass
class Token:
    """An access token that was given."""

    client: str
    scopes: frozenset[str]
    expires: datetime


@dataclass
class Pending:
    """A launch that the platform began: who may finish it, and with what message."""

    client: str
    user: str
    hint: str
    message: str
    course: str
    target: str
    link: str | None = None
    of_user: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    """``deep_linking_settings``."""


@dataclass(eq=False)
class World:
    """All of it, and the switches of its manners."""

    issuer: str = ""
    key: Key = field(default_factory=key)
    published: list[dict[str, Any]] = field(default_factory=list)
    """The JWKS."""
    clients: dict[str, Client] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    courses: dict[str, Course] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)
    items: dict[int, Item] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    pending: dict[str, Pending] = field(default_factory=dict)
    returns: dict[str, Pending] = field(default_factory=dict)
    """Deep links that are awaited, by the session key in their return address."""
    spent: set[str] = field(default_factory=set)
    """Every ``jti`` and response nonce that was shown once."""
    lock: threading.RLock = field(default_factory=threading.RLock)
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    family: str = "moodle"
    token_seconds: int = 60
    token_audience: str = ""
    blocks_hosts: bool = False
    """The token endpoint cannot fetch the tool's keys and answers an HTML 404 (anchor, 8, pitfall 1)."""
    page_size: int | None = None
    """How many a page of the roster or of line items holds at most, whatever limit the tool named."""
    next_host: str = ""
    """Another host that the roster's next page claims to be at."""
    refuses_filters: bool = False
    """Line items are not filtered although asked (anchor, 1.5: "platforms may ignore filters")."""
    registration_token: bool = True
    """Whether registration needs the token: D2L sends none (anchor, 1.3)."""
    registration_errors: bool = False
    """Registration answers 422 with ``{"errors": []}`` as Canvas does (anchor, 1.3)."""
    invitations: set[str] = field(default_factory=set)
    storage_target: str = ""
    """``lti_storage_target`` of the login request; Moodle has none (anchor, 8)."""

    def client(self, name: str) -> Client:
        try:
            return self.clients[name]
        except KeyError as error:
            raise Refusal(400, "unauthorized_client", f"No tool has the client id {name!r}") from error

    def course(self, name: str) -> Course:
        try:
            return self.courses[name]
        except KeyError as error:
            raise Refusal(404, "not_found", f"No course {name!r}") from error

    def limit(self, asked: str) -> int:
        """Return how many stand on a page when the tool named this limit; 0 means all."""
        return min((size for size in (int(asked or "0"), self.page_size or 0) if size), default=0)

    def once(self, value: str) -> bool:
        """Say whether this is the first time that ``value`` is shown."""
        with self.lock:
            first = value not in self.spent
            self.spent.add(value)
        return first

    def begin(self, pending: Pending) -> Pending:
        """Keep a launch that begins, under a hint with quotes that must come back byte for byte (anchor, 8, login)."""
        launch = secrets.token_hex(16)
        pending.hint = f'{{"cmid":{next(self.numbers)},"launchid":"{launch}"}}'
        with self.lock:
            self.pending[pending.hint] = pending
        return pending
