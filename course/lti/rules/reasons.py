"""Why a launch is refused: one name for each, which the log and the tests know it by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Reason(StrEnum):
    """In the order in which they are looked for."""

    LOGIN_INCOMPLETE = "login_incomplete"
    """The login names no issuer, no user or no target."""
    UNKNOWN_PLATFORM = "unknown_platform"
    AMBIGUOUS_PLATFORM = "ambiguous_platform"
    """Several platforms have this issuer, and the login names no client id."""
    PLATFORM_PENDING = "platform_pending"
    PLATFORM_STOPPED = "platform_stopped"
    TARGET_ELSEWHERE = "target_elsewhere"
    """What is to be opened is not on our host."""

    NO_STATE = "no_state"
    UNKNOWN_STATE = "unknown_state"
    STATE_SPENT = "state_spent"
    STATE_EXPIRED = "state_expired"
    NO_COOKIE = "no_cookie"
    """The browser did not show that it began this launch."""
    OTHER_BROWSER = "other_browser"
    LMS_ERROR = "lms_error"
    """The platform answered the login with an error."""

    NO_TOKEN = "no_token"  # noqa: S105 - The name of a reason.
    MALFORMED = "malformed"
    ALGORITHM = "algorithm"
    CRITICAL = "critical"
    """The header demands an extension."""
    NO_KID = "no_kid"
    NO_KEYS = "no_keys"
    """The platform's keys cannot be read."""
    UNKNOWN_KEY = "unknown_key"
    SIGNATURE = "signature"

    ISSUER = "issuer"
    AUDIENCE = "audience"
    AUTHORISED_PARTY = "authorised_party"
    NO_EXPIRY = "no_expiry"
    EXPIRED = "expired"
    NO_ISSUE_TIME = "no_issue_time"
    ISSUED_LATER = "issued_later"
    ISSUED_LONG_AGO = "issued_long_ago"
    NONCE = "nonce"
    VERSION = "version"
    MESSAGE = "message"
    SUBJECT = "subject"
    DEPLOYMENT = "deployment"
    TARGET = "target"
    """Another target than the login's."""
    ROLES = "roles"
    CONTEXT = "context"
    LINK = "link"
    FOR_USER = "for_user"
    """A submission review that does not say whose."""

    DEPLOYMENT_PENDING = "deployment_pending"
    DEPLOYMENT_STOPPED = "deployment_stopped"
    NO_ORGANISATION = "no_organisation"
    """Nobody has said whose people come by this platform."""


CLOCK = frozenset({Reason.EXPIRED, Reason.ISSUED_LATER, Reason.ISSUED_LONG_AGO})
"""What a clock that is wrong leads to."""


@dataclass(frozen=True)
class Refused:
    """A launch that is not let in. A result and no exception: what was spent stays spent."""

    reason: Reason
    facts: Mapping[str, str] = field(default_factory=dict)
    """What the page may say about it: nothing that is secret, and nothing unproved but names that are escaped."""
