"""A platform in a few lines, for tests of what a launch leads to: it signs what a test says, and posts it."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from course import clock
from course.platforms.models import Deployment, KeySet, Platform

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
GRADES = tuple(f"https://purl.imsglobal.org/spec/lti-ags/scope/{name}" for name in ("lineitem", "score"))
LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"
TEACHER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"
TARGET = "http://localhost/lti/launch"

Changes = Mapping[str, object]
"""Claims by their whole name; None leaves one out."""


@cache
def private_key(number: int = 0) -> rsa.RSAPrivateKey:
    """Return one of this process's keys: making one takes a tenth of a second, so each is made once."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass(frozen=True, kw_only=True)
class Signer:
    """A platform with one client of it, one deployment, and one course in which ``sub`` is a learner."""

    issuer: str = "https://lms.example"
    client_id: str = "oneday"
    deployment: str = "1"
    key: int = 0
    kid: str = "key-0"
    target: str = TARGET
    told: Changes = field(default_factory=dict)
    """Claims of every token of this one, beside the usual ones."""

    @property
    def jwk(self) -> dict[str, str]:
        numbers = private_key(self.key).public_key().public_numbers()
        return {"kty": "RSA", "kid": self.kid, "alg": "RS256", "use": "sig", "n": _int(numbers.n), "e": _int(numbers.e)}

    @property
    def public_pem(self) -> bytes:
        """What an attacker knows, and would like to be taken for a shared secret."""
        return (
            private_key(self.key)
            .public_key()
            .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        )

    def claims(self, nonce: str, changes: Changes | None = None) -> dict[str, Any]:
        """Return the claims of a good launch, with these changes."""
        now = int(clock.now().timestamp())
        good: dict[str, Any] = {
            "iss": self.issuer,
            "aud": self.client_id,
            "sub": "user-7",
            "iat": now,
            "exp": now + 60,
            "nonce": nonce,
            "name": "Nora Field",
            "given_name": "Nora",
            "family_name": "Field",
            "email": "nora@lms.example",
            f"{LTI}message_type": "LtiResourceLinkRequest",
            f"{LTI}version": "1.3.0",
            f"{LTI}deployment_id": self.deployment,
            f"{LTI}target_link_uri": self.target,
            f"{LTI}roles": [LEARNER],
            f"{LTI}context": {"id": "course-3", "label": "RM1", "title": "Relationships", "type": ["CourseSection"]},
            f"{LTI}resource_link": {"id": "link-9", "title": "Two jobs"},
            f"{LTI}custom": {"module": "small-talk"},
            f"{LTI}launch_presentation": {"document_target": "iframe", "return_url": f"{self.issuer}/course/3"},
            AGS: {"scope": list(GRADES), "lineitems": f"{self.issuer}/lineitems?type_id=1"},
            NRPS: {"context_memberships_url": f"{self.issuer}/memberships", "service_versions": ["2.0"]},
        }
        changed = good | dict(self.told) | dict(changes or {})
        return {name: value for name, value in changed.items() if value is not None}

    def token(self, nonce: str, changes: Changes | None = None) -> str:
        """Return a signed id_token."""
        return self.sign(self.claims(nonce, changes))

    def sign(self, claims: object, header: Mapping[str, object] | None = None) -> str:
        """Sign anything. ``header`` replaces the usual one; its ``alg`` does not change how it is signed."""
        usual = {"alg": "RS256", "typ": "JWT", "kid": self.kid}
        content = f"{encoded(usual if header is None else header)}.{encoded(claims)}"
        signature = private_key(self.key).sign(content.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{content}.{_base64(signature)}"


def connected(session: Session, signer: Signer, *, organisation_id: int | None, state: str = "active") -> int:
    """Let a platform be known, confirmed and with its keys at hand. Returns its id."""
    platform = Platform(
        name="Example LMS",
        issuer=signer.issuer,
        client_id=signer.client_id,
        auth_url=f"{signer.issuer}/auth",
        token_url=f"{signer.issuer}/token",
        keys_url=f"{signer.issuer}/keys",
        organisation_id=organisation_id,
        state=state,
        created_at=clock.now(),
    )
    session.add(platform)
    session.flush()
    now = clock.now()
    session.add(Deployment(platform_id=platform.id, name=signer.deployment, state="active", created_at=now))
    session.add(KeySet(platform_id=platform.id, keys=[signer.jwk], fetched_at=now, asked_at=now))
    session.flush()
    return platform.id


def log_in(client: FlaskClient, signer: Signer, **more: str) -> dict[str, str]:
    """Begin a launch. Returns what the tool asks the platform's auth endpoint, such as ``state`` and ``nonce``."""
    fields = {"iss": signer.issuer, "client_id": signer.client_id, "login_hint": "7", "target_link_uri": signer.target}
    answer = client.post("/lti/login", data=fields | more)
    assert answer.status_code == 302, answer.text
    address = urlsplit(answer.headers["Location"])
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{signer.issuer}/auth"
    return {name: values[0] for name, values in parse_qs(address.query, keep_blank_values=True).items()}


def post(client: FlaskClient, state: str, token: str) -> TestResponse:
    """Come back from the platform."""
    return client.post("/lti/launch", data={"state": state, "id_token": token})


def login_and_launch(client: FlaskClient, signer: Signer, changes: Changes | None = None) -> TestResponse:
    """Launch, from the login to the tool's answer."""
    asked = log_in(client, signer)
    return post(client, asked["state"], signer.token(asked["nonce"], changes))


def encoded(value: object) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _int(number: int) -> str:
    return _base64(number.to_bytes((number.bit_length() + 7) // 8))
