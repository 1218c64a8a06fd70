"""The token endpoint (anchor lti.md, section 8, token): an assertion is believed only when all of it is right."""

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import urllib3

from course import clock
from tests.counterparts.double import jose
from tests.counterparts.double.http import Asked, Refusal, Reply, as_json
from tests.counterparts.double.world import Client, Token, World

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LEEWAY = 60
LONGEST = 3600
BLOCKED = (
    "<!DOCTYPE html><html><title>Error</title><body><p>Exception - mod_lti\\local\\ltiopenid\\jwks_helper::"
    "fix_jwks_alg(): Argument #1 ($jwks) must be of type array, null given</p></body></html>"
)
FORM = "application/x-www-form-urlencoded"


def token(world: World, asked: Asked) -> Reply:
    """Answer the token endpoint."""
    if world.blocks_hosts:
        # Moodle may not fetch from private hosts or other ports, and says so like this (anchor, 8, pitfall 1).
        raise Refusal(404, "", body=BLOCKED)
    if asked.method != "POST" or asked.content_type != FORM:
        raise Refusal(400, "invalid_request", f"POST {FORM}")
    form = {name: values[0] for name, values in asked.form.items() if len(values) == 1}
    if form.get("grant_type") != "client_credentials":
        raise Refusal(400, "unsupported_grant_type")
    if form.get("client_assertion_type") != ASSERTION:
        raise Refusal(400, "invalid_request", "client_assertion_type")
    client = _proved(world, form.get("client_assertion", ""))
    granted = set(form.get("scope", "").split()) & set(client.scopes)
    if not granted:
        raise Refusal(400, "invalid_scope")
    return as_json(
        {
            "access_token": give(world, client.id, sorted(granted)),
            "token_type": "Bearer",
            "expires_in": world.token_seconds,
            "scope": " ".join(sorted(granted)),
        }
    )


def _proved(world: World, assertion: str) -> Client:
    _header, claims = jose.read(assertion)
    # `sub` must be the client id (anchor, 8, token), and `iss` as well by RFC 7523.
    client = world.client(str(claims.get("sub")))
    if claims.get("iss") != client.id:
        raise Refusal(400, "invalid_client", "iss must be the client id")
    jose.proved(assertion, keys_of(client))
    audience = claims.get("aud")
    wanted = world.token_audience or f"{world.issuer}/token.php"
    # A slash too many fails (anchor, 1.5, Others).
    if wanted not in (audience if isinstance(audience, list) else [audience]):
        raise Refusal(400, "invalid_client", f"aud must be {wanted}")
    now = clock.now().timestamp()
    issued, expires = claims.get("iat"), claims.get("exp")
    if not isinstance(issued, int) or not isinstance(expires, int):
        raise Refusal(400, "invalid_client", "iat and exp must be whole numbers")
    if not issued - LEEWAY <= now < expires <= issued + LONGEST:
        raise Refusal(400, "invalid_client", "Expired, or not yet valid, or valid for too long")
    if not claims.get("jti") or not world.once(f"jti {client.id} {claims['jti']}"):
        raise Refusal(400, "invalid_client", "jti is missing or was shown before")
    if not client.active:
        raise Refusal(400, "unauthorized_client", "The tool is pending")
    return client


def keys_of(client: Client) -> Sequence[Mapping[str, Any]]:
    """Return the tool's keys, as handed over or fetched now: Moodle refetches them when a signature does not fit."""
    if client.keys is not None:
        found: Any = client.keys()
    else:
        with urllib3.PoolManager(headers={"User-Agent": "Double"}, timeout=10, retries=False) as pool:
            found = json.loads(pool.request("GET", client.keys_url).data)
    keys: Sequence[Mapping[str, Any]] = found["keys"]
    return keys


def give(world: World, client: str, scopes: Sequence[str]) -> str:
    """Return a new access token."""
    text = secrets.token_urlsafe(24)
    expires = clock.now() + timedelta(seconds=world.token_seconds)
    with world.lock:
        world.tokens[text] = Token(client, frozenset(scopes), expires)
    return text


def allowed(world: World, asked: Asked, *scopes: str, deployment: str | None = None) -> Client:
    """Return the client whose token a service call shows, or refuse: 401 without a good one, 403 without the scope.

    ``deployment`` is the type id that the address names: it must be that client's own.
    """
    kind, _space, text = asked.headers.get("authorization", "").partition(" ")
    known = world.tokens.get(text) if kind.casefold() == "bearer" else None
    if known is None or known.expires <= clock.now():
        raise Refusal(401, "invalid_token", "No such token, or it has expired")
    if not known.scopes & set(scopes):
        raise Refusal(403, "insufficient_scope", " or ".join(scopes))
    client = world.client(known.client)
    if deployment is not None and deployment != client.deployment:
        raise Refusal(401, "invalid_token", "That token is another tool's")
    return client
