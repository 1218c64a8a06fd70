"""What holds for identities, passwords and sessions, without a database."""

import hashlib
import secrets
from datetime import timedelta

IDLE = timedelta(hours=12)
"""A session that nobody used for this long has ended."""
LINK_LIFE = timedelta(hours=24)
PASSWORD_MIN = 10
PASSWORD_MAX = 200


def new_token() -> str:
    """Return a random token of 256 bits, for a cookie or a link."""
    return secrets.token_urlsafe(32)


def fingerprint(token: str) -> str:
    """Return the SHA-256 of a token: what the database keeps, so that a stolen copy opens nothing."""
    return hashlib.sha256(token.encode()).hexdigest()


def fold_address(address: str) -> str:
    """Return an e-mail address as identities compare it: trimmed, in lower case."""
    return address.strip().casefold()
