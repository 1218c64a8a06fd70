"""Configuration, keys and the auth endpoint, as strict as Moodle's auth.php (anchor lti.md, section 8)."""

from collections.abc import Mapping
from html import escape
from typing import Any

from tests.counterparts.double import messages
from tests.counterparts.double.http import Asked, Refusal, Reply, as_json, page
from tests.counterparts.double.jose import sign
from tests.counterparts.double.world import PLATFORM, SCOPES, Pending, World


def configuration(world: World) -> dict[str, Any]:
    """Return what Moodle's openid-configuration.php says."""
    return {
        "issuer": world.issuer,
        "token_endpoint": f"{world.issuer}/token.php",
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
        "jwks_uri": f"{world.issuer}/certs.php",
        "authorization_endpoint": f"{world.issuer}/auth.php",
        "registration_endpoint": f"{world.issuer}/register.php",
        "scopes_supported": list(SCOPES),
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public", "pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": ["sub", "iss", "name", "given_name", "family_name", "email"],
        PLATFORM: {
            "product_family_code": world.family,
            "version": "5.1",
            "messages_supported": [
                {"type": "LtiResourceLinkRequest"},
                {"type": "LtiDeepLinkingRequest", "placements": ["ContentArea"]},
            ],
            "variables": ["$Context.id", "$Context.title", "$User.id", "$ResourceLink.id"],
        },
    }


def configured(world: World, asked: Asked) -> Reply:
    return as_json(configuration(world))


def keys(world: World, asked: Asked) -> Reply:
    return as_json({"keys": world.published or [world.key.jwk]})


def fields_of_login(world: World, pending: Pending) -> dict[str, str]:
    """Return the form that the platform posts to the tool's login."""
    client = world.client(pending.client)
    return {
        "iss": world.issuer,
        "target_link_uri": pending.target,
        "login_hint": pending.user,
        "lti_message_hint": pending.hint,
        "client_id": client.id,
        "lti_deployment_id": client.deployment,
        **({"lti_storage_target": world.storage_target} if world.storage_target else {}),
    }


def authenticate(world: World, given: Mapping[str, list[str]]) -> tuple[Pending, dict[str, Any], str, str]:
    """Check an authentication request; return the launch it finishes, its claims, its state and where they go.

    Raises Refusal. Whatever comes of it, the launch is spent (anchor, 8, auth: "launchid is one-use").
    """
    twice = sorted(name for name, values in given.items() if len(values) > 1)
    if twice:
        raise Refusal(400, "invalid_request", f"{twice[0]} is there twice")
    one = {name: values[0] for name, values in given.items()}
    wanted = {"scope": "openid", "response_type": "id_token", "response_mode": "form_post", "prompt": "none"}
    for name, value in wanted.items():
        if one.get(name) != value:
            raise Refusal(400, "invalid_request", f"{name} must be {value}, not {one.get(name)!r}")
    client = world.client(one.get("client_id", ""))
    if one.get("redirect_uri") not in client.redirect_urls:
        raise Refusal(400, "invalid_request", f"redirect_uri {one.get('redirect_uri')!r} is not registered")
    if not one.get("nonce"):
        raise Refusal(400, "invalid_request", "nonce is missing")
    with world.lock:
        pending = world.pending.pop(one.get("lti_message_hint", ""), None)
    if pending is None or pending.client != client.id:
        raise Refusal(400, "invalid_request", "No launch has this lti_message_hint")
    if one.get("login_hint") != pending.user:
        raise Refusal(400, "access_denied", "login_hint is somebody else")
    if not client.active:
        raise Refusal(403, "unauthorized_client", "The tool is pending: the platform's admin has not activated it")
    return pending, messages.claims(world, pending, one["nonce"]), one.get("state", ""), one["redirect_uri"]


def auth(world: World, asked: Asked) -> Reply:
    """Answer the auth endpoint, by GET or POST, with a form that posts itself to the tool."""
    given = asked.form if asked.method == "POST" else asked.query
    _pending, claims, state, redirect = authenticate(world, given)
    return posting(redirect, {"id_token": sign(claims, world.key), "state": state})


def posting(address: str, fields: Mapping[str, str], *, target: str = "") -> Reply:
    """Return a page whose form posts itself, by a script or by a click."""
    inputs = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in fields.items()
    )
    where = f' target="{escape(target)}"' if target else ""
    return page(
        f'<!doctype html><html lang="en"><title>One moment</title>'
        f'<form method="post" action="{escape(address)}"{where}>'
        f"{inputs}<button>Go on</button></form><script>document.forms[0].submit()</script></html>"
    )
