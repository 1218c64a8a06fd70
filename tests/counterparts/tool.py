"""The smallest honest tool: the positive control of the double's own tests, and a sender of whatever they change."""

import json
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Flask, redirect, request
from flask.testing import FlaskClient
from werkzeug.wrappers import Response

from course import clock
from tests.counterparts.double import Double, Reply, jose, messages
from tests.counterparts.double.openid import posting
from tests.counterparts.double.tokens import ASSERTION, FORM
from tests.counterparts.double.world import DEEP, LTI, SCOPES

KEY = jose.key(9)
KEYS: Mapping[str, Any] = {"keys": [KEY.jwk]}


class Tool:
    """A tool that asks as the double wants it; ``change`` is merged over its next authentication request."""

    def __init__(self) -> None:
        self.change: dict[str, str | None] = {}
        self.double = Double(keys=lambda: KEYS)
        app = Flask("tool")
        app.add_url_rule("/lti/login", view_func=self._login, methods=["GET", "POST"])
        app.add_url_rule("/lti/launch", view_func=self._launch, methods=["POST"])
        self.browser: FlaskClient = app.test_client()

    def _login(self) -> Response:
        given = request.values
        asked = {
            "scope": "openid",
            "response_type": "id_token",
            "response_mode": "form_post",
            "prompt": "none",
            "nonce": secrets.token_urlsafe(16),
            "state": secrets.token_urlsafe(16),
            "redirect_uri": "http://localhost/lti/launch",
            "client_id": given["client_id"],
            "login_hint": given["login_hint"],
            "lti_message_hint": given["lti_message_hint"],
            **self.change,
        }
        query = urlencode({name: value for name, value in asked.items() if value is not None})
        return redirect(f"{self.double.issuer}/auth.php?{query}")

    def _launch(self) -> dict[str, Any]:
        return jose.proved(request.form["id_token"], self.double.published or [self.double.key.jwk])

    # -- What it asks of services

    def assertion(self, **changes: object) -> dict[str, Any]:
        now = int(clock.now().timestamp())
        claims = {
            "iss": "oneday-1",
            "sub": "oneday-1",
            "aud": f"{self.double.issuer}/token.php",
            "iat": now,
            "exp": now + 60,
            "jti": secrets.token_urlsafe(16),
            **changes,
        }
        return {name: value for name, value in claims.items() if value is not None}

    def ask_token(
        self,
        claims: Mapping[str, Any],
        *,
        header: Mapping[str, Any] | None = None,
        by: jose.Key = KEY,
        form: Mapping[str, str] | None = None,
    ) -> Reply:
        fields = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION,
            "client_assertion": jose.sign(claims, by, header),
            "scope": " ".join(SCOPES),
            **(form or {}),
        }
        return self.ask("POST", "/token.php", kind=FORM, body=urlencode(fields).encode())

    def ask(
        self, method: str, url: str, *, kind: str = "", accept: str = "", body: bytes = b"", token: str = ""
    ) -> Reply:
        headers = {"User-Agent": "Tool", "Content-Type": kind, "Accept": accept}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return self.double.ask(method, url, headers, body)

    def placing(self, request: Mapping[str, Any], *items: Mapping[str, Any], **changes: object) -> str:
        """Return the page by which the tool answers a deep linking request."""
        now = int(clock.now().timestamp())
        settings = request[DEEP + "deep_linking_settings"]
        claims = {
            "iss": request["aud"],
            "aud": request["iss"],
            "iat": now,
            "exp": now + 60,
            "nonce": secrets.token_urlsafe(16),
            LTI + "deployment_id": request[LTI + "deployment_id"],
            LTI + "version": "1.3.0",
            LTI + "message_type": "LtiDeepLinkingResponse",
            DEEP + "content_items": list(items),
            DEEP + "data": settings["data"],
            **changes,
        }
        return posting(settings["deep_link_return_url"], {"JWT": jose.sign(claims, KEY)}).text


def items_url(tool: Tool) -> str:
    return messages.items_url(tool.double, tool.double.clients["oneday-1"], "7")


def loaded(reply: Reply) -> Any:
    """Return the JSON of an answer that went well."""
    assert reply.status in {200, 201}, reply.text
    return json.loads(reply.body)
