"""Proving that a platform signed a token: RS256, by a key that it publishes under the name that the token gives."""

import binascii
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from joserfc.util import urlsafe_b64decode

from course.lti.rules.claims import identifier
from course.lti.rules.reasons import Reason, Refused

ALGORITHM = "RS256"
LONGEST_TOKEN = 128_000
LONGEST_NUMBER = 1366
"""Letters of a modulus of 8192 bits: a longer one costs more time than a proof is worth."""
LONGEST_EXPONENT = 12
FEWEST_BITS = 2048
MOST_KEYS = 50

Key = dict[str, str]
"""The public part of an RSA key, as JWK: kty, kid, n and e."""


class Registry(jws.JWSRegistry):
    """What a header may look like: whatever a platform adds to it is no business of ours."""

    max_header_length = 16 * 1024
    max_payload_length = LONGEST_TOKEN


_REGISTRY = Registry(algorithms=[ALGORITHM], strict_check_header=False)


def key_name(token: str) -> str | Refused:
    """Return the ``kid`` under which a token says it can be proved."""
    header = _part(token, 0)
    if header is None or token.count(".") != 2:  # noqa: PLR2004 - Header, payload, signature.
        return Refused(Reason.MALFORMED)
    if header.get("alg") != ALGORITHM:
        return Refused(Reason.ALGORITHM)
    if "crit" in header:
        return Refused(Reason.CRITICAL)
    # What no page and no database can write is no name of a key.
    return identifier(header.get("kid")) or Refused(Reason.NO_KID)


def unproved(token: str) -> Mapping[str, Any]:
    """Return what a token says without any proof of it, or nothing: to look something up by, never to believe."""
    return _part(token, 1) or {}


def prove(token: str, key: Key) -> Mapping[str, Any] | Refused:
    """Return the claims of a token that this key signed."""
    try:
        # The key is told without its own wishes: some platforms write ``key_ops`` that say nothing of checking.
        proved = jws.deserialize_compact(token.encode("ascii"), _public(key["n"], key["e"]), registry=_REGISTRY)
    except (JoseError, ValueError, TypeError):
        return Refused(Reason.SIGNATURE)
    return _object(proved.payload) or Refused(Reason.MALFORMED)


def usable(published: object) -> list[Key]:
    """Return those keys of a platform's JWKS that can prove a token: RSA, for signatures, of a sound size."""
    keys = published.get("keys") if isinstance(published, Mapping) else None
    if not isinstance(keys, Sequence) or isinstance(keys, str):
        return []
    return [_kept(key) for key in keys[:MOST_KEYS] if isinstance(key, Mapping) and _is_usable(key)]


def _is_usable(key: Mapping[str, Any]) -> bool:
    texts = [key.get(name) for name in ("kid", "n", "e")]
    if key.get("kty") != "RSA" or not all(isinstance(text, str) and text for text in texts):
        return False
    if key.get("use", "sig") != "sig" or key.get("alg", ALGORITHM) != ALGORITHM:
        return False
    if len(key["n"]) > LONGEST_NUMBER or len(key["e"]) > LONGEST_EXPONENT:
        return False
    try:
        modulus = int.from_bytes(urlsafe_b64decode(key["n"].encode("ascii")))
        return modulus.bit_length() >= FEWEST_BITS and bool(_public(key["n"], key["e"]))
    except (JoseError, ValueError, TypeError):
        return False


def _kept(key: Mapping[str, Any]) -> Key:
    return {name: str(key[name]) for name in ("kty", "kid", "n", "e")}


@lru_cache(maxsize=64)
def _public(n: str, e: str) -> RSAKey:
    return RSAKey.import_key({"kty": "RSA", "n": n, "e": e})


def _part(token: str, number: int) -> dict[str, Any] | None:
    """Return one part of a token, read as JSON; None for what is none."""
    parts = token.split(".") if len(token) <= LONGEST_TOKEN else []
    try:
        return _object(urlsafe_b64decode(parts[number].encode("ascii")))
    except (IndexError, ValueError, binascii.Error):
        return None


def _object(text: bytes | str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
