"""Access tokens of platforms: asked for with a signed assertion, kept until a minute before they end."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import structlog
from sqlalchemy import delete
from sqlalchemy.orm import Session

from course import clock
from course.database import Units
from course.lti.rules.quirks import quirks
from course.lti.service import keys
from course.lti.service.outside import Answer, NotJson, Outside
from course.platforms.models import AccessToken, Platform
from course.platforms.queries.keys import Signing
from course.platforms.rules import Obstacle
from course.statements import insert_once, write_row

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
FORM = "application/x-www-form-urlencoded"
LIFE = timedelta(minutes=5)
"""Of an assertion."""
MARGIN = timedelta(seconds=60)
"""A token is used no longer than this before its end; one that lives for less than two of it, for half of its life."""
USUAL = 3600
LONGEST = 24 * 3600
_KEEP = insert_once(AccessToken)

log = structlog.get_logger()


class TokenRefused(Exception):  # noqa: N818 - It is what an admin is told, not a fault of the program.
    """The platform gave no token. ``words`` say what its admin must change; nothing in it is secret."""

    def __init__(self, obstacle: Obstacle, words: str, code: str = "") -> None:
        super().__init__(words)
        self.obstacle = obstacle
        self.words = words
        self.code = code
        """The error of OAuth, where one was named."""


@dataclass(frozen=True)
class _Asked:
    token_url: str
    client_id: str
    assertion: str


def bearer(units: Units, outside: Outside, platform_id: int, scopes: Iterable[str]) -> str:
    """Return an access token for these scopes: the one that is kept, or a new one. No unit of work may be open.

    Raises TokenRefused, Unreachable.
    """
    wanted = " ".join(sorted(scopes))
    with units(write=False) as session:
        kept = session.get(AccessToken, (platform_id, wanted))
        if kept is not None and kept.expires_at > clock.now():
            return kept.token
        key = keys.newest(session)
    if key is None:
        made = keys.make()
        with units(write=True) as session:
            key = keys.ensure_key(session, made)
    with units(write=False) as session:
        asked = _asked(session.get_one(Platform, platform_id), key)
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION,
        "client_assertion": asked.assertion,
        "scope": wanted,
    }
    answer = outside.post(
        asked.token_url, body=urlencode(form).encode(), content_type=FORM, headers={"Accept": "application/json"}
    )
    try:
        token, life = _read(answer)
    except TokenRefused as refusal:
        log.warning("lti token refused", platform=platform_id, reason=refusal.obstacle.value, code=refusal.code)
        raise
    with units(write=True) as session:
        _keep(session, platform_id, wanted, token, life)
    return token


def forget(units: Units, platform_id: int, scopes: Iterable[str]) -> None:
    """Ask for a new token next time: a service did not take the one that is kept."""
    with units(write=True) as session:
        _drop(session, platform_id, " ".join(sorted(scopes)))


def _asked(platform: Platform, key: Signing) -> _Asked:
    now = int(clock.now().timestamp())
    claims: dict[str, Any] = {
        "iss": platform.client_id,
        "sub": platform.client_id,
        "aud": platform.token_audience or quirks(platform.family).token_audience or platform.token_url,
        "iat": now,
        "exp": now + int(LIFE.total_seconds()),
        "jti": secrets.token_urlsafe(24),
    }
    return _Asked(platform.token_url, platform.client_id, keys.sign(key, claims))


def _read(answer: Answer) -> tuple[str, timedelta]:
    """Return the token and for how long it may be used."""
    try:
        told = answer.json()
    except NotJson:
        raise _odd(answer) from None
    if not isinstance(told, Mapping):
        raise _odd(answer)
    token = told.get("access_token")
    if answer.status >= HTTPStatus.BAD_REQUEST or not isinstance(token, str) or not _fits_header(token):
        raise _refused(answer.status, told.get("error"))
    seconds = told.get("expires_in", USUAL)
    if isinstance(seconds, str) and seconds.isdecimal():
        seconds = int(seconds[:9])
    if not isinstance(seconds, int | float) or not seconds > 0:
        seconds = USUAL
    life = timedelta(seconds=min(float(seconds), LONGEST))
    return token, life - min(MARGIN, life / 2)


def _fits_header(token: str) -> bool:
    return token != "" and token.isascii() and token.isprintable() and " " not in token


def _refused(status: int, error: object) -> TokenRefused:
    code = error if isinstance(error, str) and len(error) <= 80 and error.isprintable() else ""  # noqa: PLR2004 - No code of OAuth is longer.
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return TokenRefused(Obstacle.BROKEN, "Your LMS had an error of its own when we asked for access.", code)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return TokenRefused(Obstacle.BUSY, "Your LMS asks us to wait before we ask for access again.", code)
    words = {
        "invalid_client": (
            "Your LMS did not recognise us: it could not check our signature with our keys, or the client id differs."
        ),
        "invalid_scope": "Your LMS grants us none of the services: switch on grades and roster for this tool.",
        "unauthorized_client": "Your LMS has us as a tool that is not active yet: its admin must activate it.",
    }
    known = words.get(code, "Your LMS gave us no access token.")
    return TokenRefused(Obstacle.KEYS if code == "invalid_client" else Obstacle.NO_TOKEN, known, code)


def _odd(answer: Answer) -> TokenRefused:
    """Return what an answer means that is no JSON."""
    text = answer.body[:20_000].decode("utf-8", "replace").casefold()
    if "jwks" in text or "parsekeyset" in text:
        # Moodle answers 404 with a page about its own jwks_helper.
        return TokenRefused(
            Obstacle.KEYS,
            "Your LMS could not fetch our keys. In Moodle: Site administration, General, Security, HTTP security: "
            "our host must not be among the blocked hosts, and our port must be among the allowed ports.",
        )
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return TokenRefused(Obstacle.BROKEN, "Your LMS had an error of its own when we asked for access.")
    return TokenRefused(Obstacle.NO_TOKEN, "The token address answered with a page instead of a token: check it.")


def _keep(session: Session, platform_id: int, scopes: str, token: str, life: timedelta) -> None:
    _drop(session, platform_id, scopes)
    row = {"platform_id": platform_id, "scopes": scopes, "token": token, "expires_at": clock.now() + life}
    # Where another process was faster, its token is as good.
    write_row(session, _KEEP, row)


def _drop(session: Session, platform_id: int, scopes: str) -> None:
    session.execute(delete(AccessToken).where(AccessToken.platform_id == platform_id, AccessToken.scopes == scopes))
