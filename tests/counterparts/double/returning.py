"""The end of deep linking: the tool's JWT comes back and becomes links (anchor lti.md, 1.4 and section 8)."""

import re
import secrets
from collections.abc import Mapping
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from course import clock
from tests.counterparts.double import grades, jose, tokens
from tests.counterparts.double.http import Asked, Refusal, Reply, asked_for, page
from tests.counterparts.double.world import DEEP, LTI, Link, Pending, World

LONGEST = 300
FORM = "application/x-www-form-urlencoded"


def settings(world: World, pending: Pending) -> dict[str, Any]:
    """Return Moodle's deep linking settings, with ``data`` besides: whoever sends it wants it back unchanged."""
    session = secrets.token_hex(8)
    with world.lock:
        world.returns[session] = pending
    return {
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["frame", "iframe", "window"],
        "accept_copy_advice": False,
        "accept_multiple": True,
        "accept_unsigned": False,
        "auto_create": False,
        "can_confirm": False,
        "deep_link_return_url": f"{world.issuer}/contentitem_return.php?course={pending.course}&id=2&sesskey={session}",
        "title": "A place",
        "text": "",
        "data": f'{{"op":"{secrets.token_hex(4)}","quote":"\\"&+"}}',
    }


def take(world: World, answer: str) -> list[Link]:
    """Post the form of the tool's page, as a browser does, and return the links that are made.

    Raises AssertionError when the page has no such form, Refusal when the platform does not like what it posts.
    """
    forms = [form for form in re.findall(r"<form\b.*?</form>", answer, re.DOTALL) if 'name="JWT"' in form]
    assert len(forms) == 1, f"{len(forms)} forms with a JWT: {answer[:2000]}"
    action = re.search(r'action="([^"]*)"', forms[0])
    token = next(
        value[1]
        for field in re.findall(r"<input\b[^>]*>", forms[0])
        if 'name="JWT"' in field and (value := re.search(r'value="([^"]*)"', field))
    )
    assert action is not None
    address = unescape(action[1])
    assert address.startswith(world.issuer), address
    return accept(world, asked_for("POST", address.removeprefix(world.issuer), {}), unescape(token))


def returned(world: World, asked: Asked) -> Reply:
    """Answer the return address for a browser: what was placed, or why nothing was."""
    if asked.method != "POST" or asked.content_type != FORM or "JWT" not in asked.form:
        raise Refusal(400, "invalid_request", "POST a form with JWT")
    made = accept(world, asked, asked.form["JWT"][0])
    items = "".join(f"<li>{link.title}</li>" for link in made)
    return page(f'<!doctype html><html lang="en"><title>Placed</title><ul id="placed">{items}</ul></html>')


def accept(world: World, asked: Asked, token: str) -> list[Link]:
    """Prove the tool's answer and make its links. A return address works once."""
    with world.lock:
        pending = world.returns.pop(asked.one("sesskey"), None)
    if pending is None:
        raise Refusal(403, "invalid_request", "No deep link is awaited with this sesskey")
    client = world.client(pending.client)
    claims = jose.proved(token, tokens.keys_of(client))
    _check_envelope(world, claims, client.id, client.deployment)
    _check_data(claims, pending.settings)
    items = claims.get(DEEP + "content_items", [])
    if not isinstance(items, list):
        raise Refusal(400, "invalid_request", "content_items must be a list")
    if len(items) > 1 and not pending.settings.get("accept_multiple"):
        raise Refusal(400, "invalid_request", "Several items, and accept_multiple is false")
    return [_place(world, pending, item) for item in items]


def _check_envelope(world: World, claims: Mapping[str, Any], client: str, deployment: str) -> None:
    now = clock.now().timestamp()
    audience = claims.get("aud")
    issued, expires = claims.get("iat"), claims.get("exp")
    wrong = {
        "iss": claims.get("iss") != client,
        "aud": world.issuer not in (audience if isinstance(audience, list) else [audience]),
        "iat": not isinstance(issued, int) or issued > now + 30,
        "exp": not isinstance(expires, int) or not now < expires <= now + LONGEST,
        "nonce": not claims.get("nonce") or not world.once(f"nonce {client} {claims['nonce']}"),
        "deployment_id": claims.get(LTI + "deployment_id") != deployment,
        "version": claims.get(LTI + "version") != "1.3.0",
        "message_type": claims.get(LTI + "message_type") != "LtiDeepLinkingResponse",
    }
    for name, is_wrong in wrong.items():
        if is_wrong:
            raise Refusal(400, "invalid_request", f"{name} of the answer is wrong")


def _check_data(claims: Mapping[str, Any], asked: Mapping[str, Any]) -> None:
    if claims.get(DEEP + "data") != asked.get("data"):
        raise Refusal(400, "invalid_request", "data must come back unchanged, and only when it was sent")


def _place(world: World, pending: Pending, item: Mapping[str, Any]) -> Link:
    client = world.client(pending.client)
    asked = pending.settings
    if item.get("type") not in asked["accept_types"]:
        raise Refusal(400, "invalid_request", f"type {item.get('type')!r} is not accepted")
    url = item.get("url") or client.target
    if urlsplit(url).netloc != urlsplit(client.target).netloc:
        raise Refusal(400, "invalid_request", "url is not the tool's")
    custom = item.get("custom", {})
    if not all(isinstance(text, str) for pair in custom.items() for text in pair):
        raise Refusal(400, "invalid_request", "custom holds strings only")
    targets = asked.get("accept_presentation_document_targets", [])
    for target in ("iframe", "window"):
        if target in item and target not in targets:
            raise Refusal(400, "invalid_request", f"{target} is not accepted")
    column = item.get("lineItem")
    if column is not None and asked.get("accept_lineitem", True) is False:
        raise Refusal(400, "invalid_request", "A line item, and accept_lineitem is false")
    link = Link(str(next(world.numbers)), pending.course, client.id, item.get("title", ""), url, dict(custom))
    if column is not None:
        _give_column(world, link, column)
    world.links[link.id] = link
    return link


def _give_column(world: World, link: Link, column: Mapping[str, Any]) -> None:
    if not column.get("scoreMaximum", 0) > 0:
        raise Refusal(400, "invalid_request", "scoreMaximum must be above 0")
    link.review = column.get("submissionReview")
    link.item = grades.make(
        world,
        course=link.course,
        client=link.client,
        label=column.get("label") or link.title,
        maximum=column["scoreMaximum"],
        resource=column.get("resourceId", ""),
        tag=column.get("tag", ""),
        link=link.id,
    ).id
