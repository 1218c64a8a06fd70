"""What holds for identities, passwords and sessions, without a database."""

import hashlib
import hmac
import re
import secrets
from datetime import timedelta
from enum import StrEnum

from course.people.commonest import COMMONEST

IDLE = timedelta(hours=12)
"""A session that nobody used for this long has ended."""
LINK_LIFE = timedelta(hours=24)
PASSWORD_MIN = 10
PASSWORD_MAX = 200
ADDRESS_MAX = 254

_ADDRESS = re.compile(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+\.[^\s@<>,;\".]+|[^\s@<>,;\"]+@localhost")


class Weakness(StrEnum):
    """Why a password is refused."""

    SHORT = "short"
    LONG = "long"
    COMMON = "common"
    ADDRESS = "address"


def new_token() -> str:
    """Return a random token of 256 bits, for a cookie or a link."""
    return secrets.token_urlsafe(32)


def fingerprint(token: str) -> str:
    """Return the SHA-256 of a token: what the database keeps, so that a stolen copy opens nothing."""
    return hashlib.sha256(token.encode()).hexdigest()


def fold_address(address: str) -> str:
    """Return an e-mail address as identities compare it: trimmed, in lower case."""
    return address.strip().casefold()


def is_address(text: str) -> bool:
    """Return whether a text has the shape of an e-mail address. Whether it exists, only a mail can tell."""
    return len(text) <= ADDRESS_MAX and _ADDRESS.fullmatch(text.strip()) is not None


def weakness(password: str, *, address: str) -> Weakness | None:
    """Return why a password is too weak for whoever has this address, or None."""
    if len(password) < PASSWORD_MIN:
        return Weakness.SHORT
    if len(password) > PASSWORD_MAX:
        return Weakness.LONG
    folded = password.casefold()
    if folded in COMMONEST:
        return Weakness.COMMON
    if address and folded in {fold_address(address), fold_address(address).partition("@")[0]}:
        return Weakness.ADDRESS
    return None


def throttle_key(secret: str, *parts: str) -> str:
    """Return the key under which tries are counted: a keyed hash, so that no address is kept in clear."""
    return hmac.new(secret.encode(), "\x1f".join(parts).encode(), hashlib.sha256).hexdigest()
