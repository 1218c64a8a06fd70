"""Our own keys: made, rotated, published, and signing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey
from sqlalchemy.orm import Session

from course import clock
from course.platforms.queries import keys as queries
from course.platforms.queries.keys import Signing
from course.platforms.service import keys as rows

ALGORITHM = "RS256"
BITS = 2048


@dataclass(frozen=True)
class Made:
    """A new key that no row holds yet."""

    kid: str
    """The thumbprint (RFC 7638)."""
    private: str = field(repr=False)
    """PEM."""
    public: dict[str, Any]
    """JWK."""


def make() -> Made:
    """Make a key. It takes up to a second: do it before a transaction begins."""
    key = RSAKey.generate_key(BITS)
    kid = key.thumbprint()
    public = {**key.as_dict(private=False), "kid": kid, "alg": ALGORITHM, "use": "sig"}
    return Made(kid, key.as_pem(private=True).decode("ascii"), public)


def newest(session: Session) -> Signing | None:
    """Return the key that signs, or None before the first one was made."""
    return queries.newest(session)


def ensure_key(session: Session, made: Made | None = None) -> Signing:
    """Return the key that signs. Where there is none yet, it is ``made``, or is made now: once in a site's life."""
    found = queries.newest(session)
    if found is not None:
        return found
    return rotate(session, made)


def rotate(session: Session, made: Made | None = None) -> Signing:
    """Let a new key sign. The one before stays published, because platforms keep what they read of us."""
    made = made or make()
    rows.take_over(session, kid=made.kid, private=made.private, public=made.public)
    return Signing(made.kid, made.private)


def jwks(session: Session) -> dict[str, Any]:
    """Return what platforms check our signatures with."""
    return {"keys": [key.public for key in queries.published(session, now=clock.now())]}


def sign(key: Signing, claims: Mapping[str, Any]) -> str:
    """Return a compact JWS of these claims."""
    header = {"typ": "JWT", "alg": ALGORITHM, "kid": key.kid}
    return jwt.encode(header, dict(claims), _private(key.private), algorithms=[ALGORITHM])


@lru_cache(maxsize=4)
def _private(pem: str) -> RSAKey:
    # Reading a PEM proves its numbers, which takes longer than signing with them.
    return RSAKey.import_key(pem)
