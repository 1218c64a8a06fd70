"""Dynamic registration (anchor lti.md, 1.3 and section 8, register): Moodle's answer is 200 and a pending tool."""

import secrets
from typing import Any
from urllib.parse import quote, urlsplit

from tests.counterparts.double.http import Asked, Refusal, Reply, as_json
from tests.counterparts.double.world import SCOPES, TOOL, Client, World


def invitation(world: World, registration_url: str) -> str:
    """Return the address that the platform opens in an iframe (anchor, 8, start). Its token works once."""
    joint = "&" if "?" in registration_url else "?"
    address = (
        f"{registration_url}{joint}openid_configuration={quote(world.issuer + '/openid-configuration.php', safe='')}"
    )
    if not world.registration_token:
        return address
    token = secrets.token_urlsafe(24)
    world.invitations.add(token)
    return f"{address}&registration_token={quote(token, safe='')}"


def register(world: World, asked: Asked) -> Reply:
    """Take a tool, pending until the platform's admin activates it."""
    if world.registration_errors:
        raise Refusal(422, "", body='{"errors":[]}')
    if asked.method != "POST" or asked.content_type != "application/json":
        raise Refusal(400, "invalid_request", "POST application/json")
    authorization = asked.headers.get("authorization")
    if world.registration_token:
        _kind, _space, token = (authorization or "").partition(" ")
        if token not in world.invitations:
            raise Refusal(401, "invalid_token", "registration_token is missing or was used")
        world.invitations.discard(token)
    elif authorization is not None:
        # D2L sends no token: then there is no Authorization header (anchor, 1.3).
        raise Refusal(400, "invalid_request", "No token was given, and an Authorization header came")
    given = asked.json
    tool = _checked(given)
    client = _made(given, tool)
    with world.lock:
        client.deployment = str(len(world.clients) + 1)
        world.clients[client.id] = client
    answer = {**given, "client_id": client.id, TOOL: {**tool, "deployment_id": client.deployment}}
    answer["scope"] = " ".join(client.scopes)
    return as_json(answer)


def _checked(given: dict[str, Any]) -> dict[str, Any]:
    """Return the tool configuration, or refuse with the name of what is wrong."""
    tool = given.get(TOOL, {})
    home = urlsplit(str(tool.get("target_link_uri", ""))).netloc
    wrong = {
        "application_type": given.get("application_type") != "web",
        "response_types": "id_token" not in given.get("response_types", []),
        "grant_types": not {"implicit", "client_credentials"} <= set(given.get("grant_types", [])),
        "initiate_login_uri": not given.get("initiate_login_uri"),
        "redirect_uris": not given.get("redirect_uris"),
        "client_name": not given.get("client_name"),
        "jwks_uri": not given.get("jwks_uri"),
        "token_endpoint_auth_method": given.get("token_endpoint_auth_method") != "private_key_jwt",
        # host:port without a scheme, and the target's own (anchor, 8, register and pitfall 7).
        "domain": not home or tool.get("domain") != home,
        "claims": not isinstance(tool.get("claims", []), list),
        "messages": not isinstance(tool.get("messages", []), list),
    }
    for name, is_wrong in wrong.items():
        if is_wrong:
            raise Refusal(400, "invalid_client_metadata", f"{name} is missing or wrong")
    return dict(tool)


def _made(given: dict[str, Any], tool: dict[str, Any]) -> Client:
    asked_for = str(given.get("scope", "")).split()
    claims = set(tool.get("claims", []))
    return Client(
        id=secrets.token_urlsafe(12),
        deployment="",
        login_url=given["initiate_login_uri"],
        redirect_urls=tuple(given["redirect_uris"]),
        target=tool["target_link_uri"],
        keys_url=given["jwks_uri"],
        scopes=tuple(scope for scope in SCOPES if scope in asked_for),
        # Names and addresses travel only if the registration asked for those claims (anchor, 8, NRPS).
        names=bool(claims & {"name", "given_name"}),
        custom={str(name): str(value) for name, value in tool.get("custom_parameters", {}).items()},
        active=False,
    )
