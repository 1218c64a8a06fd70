"""What a launch says, once it has been proved: the words that the protocol and the rest of Oneday share."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from urllib.parse import urlsplit

_HOST = re.compile(r"(?!-)[a-z0-9_.-]{1,253}|\[[0-9a-f:.]+\]")
WAY = "lti"
"""The way of a session that a platform opened."""
HISTORIES = {"context_history": "Context.id.history", "link_history": "ResourceLink.id.history"}
"""Custom parameters that we ask for, and the platform's variables in them: what a course or a link was copied from."""
PORTS = {"http": 80, "https": 443}


@lru_cache(maxsize=1024)
def origin_of(url: str) -> str:
    """Return the origin of an address, as a browser writes it, or nothing when it has none that a header may name."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return ""
    scheme, host = parts.scheme.lower(), (parts.hostname or "").lower()
    name = f"[{host}]" if ":" in host else host
    if scheme not in PORTS or _HOST.fullmatch(name) is None or parts.username is not None:
        return ""
    return f"{scheme}://{name}" if port in {None, PORTS[scheme]} else f"{scheme}://{name}:{port}"


class State(StrEnum):
    """Where a platform or a deployment stands."""

    PENDING = "pending"
    """Known, and not confirmed by an admin: nobody gets in by it."""
    ACTIVE = "active"
    STOPPED = "stopped"


class Message(StrEnum):
    """What a launch is for."""

    RESOURCE = "LtiResourceLinkRequest"
    DEEP_LINKING = "LtiDeepLinkingRequest"
    REVIEW = "LtiSubmissionReviewRequest"


class Tag(StrEnum):
    """What a line item holds."""

    COMPLETION = "completion"
    PAGE = "page"


@dataclass(frozen=True)
class Roles:
    """What somebody may be in one context. Nobody has a role anywhere else because of it."""

    learner: bool = False
    teacher: bool = False
    test: bool = False
    """A test user of the platform, such as a teacher's student view: kept out of reports."""


@dataclass(frozen=True)
class ContextClaim:
    """The platform's course."""

    id: str
    label: str = ""
    title: str = ""
    history: tuple[str, ...] = ()
    """The contexts that this one was copied from, where the platform tells."""


@dataclass(frozen=True)
class LinkClaim:
    """The place in the platform's course that was clicked."""

    id: str
    title: str = ""
    module: str = ""
    """The slug in ``custom``; empty when the link was made without deep linking."""
    history: tuple[str, ...] = ()
    """The links that this one was copied from, where the platform tells (``$ResourceLink.id.history``)."""
    page: bool = False
    """Whether the page's score gets a column of its own: ``page`` in ``custom`` is ``score``."""


@dataclass(frozen=True)
class GradesClaim:
    """What the platform lets us do with grades (AGS)."""

    lineitems: str = ""
    lineitem: str = ""
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Launch:
    """An accepted launch."""

    platform_id: int
    deployment: str
    message: Message
    subject: str
    name: str = ""
    email: str = ""
    """Folded; empty when the platform keeps it to itself."""
    roles: Roles = Roles()
    context: ContextClaim | None = None
    link: LinkClaim | None = None
    grades: GradesClaim | None = None
    memberships_url: str = ""
    """Where the roster is (NRPS)."""
    target: str = ""
    """The target_link_uri."""
    return_url: str = ""
    """Where a reader may be sent back to, of the platform's or nothing."""
    framed: bool = True
    """Whether the platform shows us in a frame (``launch_presentation.document_target``)."""
    of_subject: str = ""
    """For a submission review: whose work is to be looked at."""


class Telling(StrEnum):
    """How far the telling of one result has come."""

    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    """There is nothing to tell any more: it was taken back before it left."""


class Obstacle(StrEnum):
    """What is in the way of a result: code here, words on the facilitator's page."""

    NOT_ENROLLED = "not_enrolled"
    NO_COLUMN = "no_column"
    """The gradebook's column was deleted and cannot be made again."""
    NOT_ALLOWED = "not_allowed"
    """The platform does not let us write grades."""
    REJECTED = "rejected"
    """The platform refused the score itself."""
    STOPPED = "stopped"
    """An admin of ours stopped the platform, or has not confirmed it."""
    UNREACHABLE = "unreachable"
    BUSY = "busy"
    """Too many requests for the platform's taste."""
    BROKEN = "broken"
    """The platform answered with an error of its own, or with something that nobody can read."""
    KEYS = "keys"
    """The platform could not read our keys."""
    NO_TOKEN = "no_token"  # noqa: S105 - The name of an obstacle.
    """The platform gave us no access token."""
    NEWER = "newer"
    """The platform says that it has a newer score."""


FINAL = frozenset(
    {Obstacle.NOT_ENROLLED, Obstacle.NO_COLUMN, Obstacle.NOT_ALLOWED, Obstacle.REJECTED, Obstacle.STOPPED}
)
"""Obstacles that waiting does not mend."""
SCORE_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
