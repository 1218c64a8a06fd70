"""The double's own JOSE, on ``cryptography`` alone: it must not share a fault with the library that Oneday uses.

It can sign whatever a test wants signed, also what no honest platform would sign.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.counterparts.double.http import Refusal


@dataclass(frozen=True)
class Key:
    """An RSA key of a platform, or of somebody who claims to be one."""

    private: rsa.RSAPrivateKey = field(repr=False)

    @property
    def jwk(self) -> dict[str, str]:
        """The public part as Moodle publishes it, with ``alg`` and ``use``."""
        numbers = self.private.public_key().public_numbers()
        parts = {"e": _number(numbers.e), "kty": "RSA", "n": _number(numbers.n)}
        thumbprint = hashlib.sha256(json.dumps(parts, separators=(",", ":")).encode()).digest()
        return {**parts, "alg": "RS256", "use": "sig", "kid": encoded(thumbprint)}

    @property
    def kid(self) -> str:
        return self.jwk["kid"]

    @property
    def public_pem(self) -> bytes:
        """What an attacker knows, and would like to be taken for a shared secret."""
        return self.private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )


@cache
def key(number: int = 0) -> Key:
    """Return one of this process's keys: making one takes a tenth of a second, so each is made once."""
    return Key(rsa.generate_private_key(public_exponent=65537, key_size=2048))


def sign(claims: Mapping[str, Any], by: Key, header: Mapping[str, Any] | None = None) -> str:
    """Return a compact JWS. ``header`` replaces the honest one; its ``alg`` may be RS256, HS256 or none.

    HS256 takes the public key's PEM as its secret, which is the known attack.
    """
    written = {"typ": "JWT", "alg": "RS256", "kid": by.kid} if header is None else header
    content = f"{encoded(_json(written))}.{encoded(_json(claims))}"
    match written.get("alg"):
        case "HS256":
            signature = hmac.digest(by.public_pem, content.encode(), "sha256")
        case "none":
            signature = b""
        case _:
            signature = by.private.sign(content.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{content}.{encoded(signature)}"


def read(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return header and claims of a compact JWS, unproved."""
    parts = token.split(".")
    if len(parts) != 3:
        raise Refusal(400, "invalid_request", "That is no JWT")
    try:
        header, claims = (json.loads(decoded(part)) for part in parts[:2])
    except ValueError as error:
        raise Refusal(400, "invalid_request", "That is no JWT") from error
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise Refusal(400, "invalid_request", "That is no JWT")
    return header, claims


def proved(token: str, keys: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the claims of a token that one of these keys signed by RS256; the header must name it by ``kid``."""
    header, claims = read(token)
    if header.get("alg") != "RS256":
        raise Refusal(400, "invalid_client", "alg must be RS256")
    if not header.get("kid"):
        raise Refusal(400, "invalid_client", '"kid" empty, unable to lookup correct key')
    named = [one for one in keys if one.get("kid") == header["kid"] and one.get("kty") == "RSA"]
    if not named:
        raise Refusal(400, "invalid_client", f"No key of yours has the kid {header['kid']}")
    e, n = (int.from_bytes(decoded(named[0][name])) for name in ("e", "n"))
    content, _dot, signature = token.rpartition(".")
    try:
        rsa.RSAPublicNumbers(e, n).public_key().verify(
            decoded(signature), content.encode(), padding.PKCS1v15(), hashes.SHA256()
        )
    except (InvalidSignature, ValueError) as error:
        raise Refusal(400, "invalid_client", "Signature verification failed") from error
    return claims


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _number(value: int) -> str:
    return encoded(value.to_bytes((value.bit_length() + 7) // 8))


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
