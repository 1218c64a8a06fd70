"""Passwords as argon2id hashes. Slow on purpose: never called while the turn to write is held."""

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# The smallest setting that OWASP recommends: about 19 MiB, two passes, one lane.
_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)

NOBODY = (
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5LWlzLWhlcmUhIQ$"  # No password has this hash.
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)
"""What an unknown address is checked against, so that it costs as much time as a known one."""


def hash_password(password: str) -> str:
    return _hasher.hash(_normal(password))


def verify(kept: str | None, password: str) -> bool:
    """Return whether ``password`` belongs to a kept hash. Without a hash the answer is no, at the same cost."""
    try:
        _hasher.verify(kept or NOBODY, _normal(password))
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def outdated(kept: str) -> bool:
    """Return whether a hash was made with other parameters than today's and wants to be made again."""
    return _hasher.check_needs_rehash(kept)


def _normal(password: str) -> str:
    # Two keyboards write the same letter with different code points; NFKC makes them one.
    return unicodedata.normalize("NFKC", password)
