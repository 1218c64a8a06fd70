"""What an id_token says, claim by claim, once its signature is proved."""

import hmac
import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from course.lti.rules.reasons import Reason, Refused
from course.lti.rules.roles import read_roles
from course.lti.rules.texts import address, cleaned
from course.platforms.rules import ContextClaim, GradesClaim, Launch, LinkClaim, Message, origin_of

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
VERSION = "1.3.0"
LEEWAY = timedelta(seconds=30)
OLDEST = timedelta(minutes=10)
LONGEST_ID = 255
LONGEST_URL = 2000
MOST_COPIES = 20
"""As many courses as one may have been copied from, one after the other."""
WINDOW = "window"
SCORE = "score"

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_UNFIT = {"Cc", "Cs"}
"""Controls and halves of characters: no database keeps them."""

Claims = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What this launch must say, by its login and by what is known of its platform."""

    platform_id: int
    issuer: str
    client_id: str
    nonce: str = field(repr=False)
    target: str


def read(claims: Claims, expected: Expected, *, now: datetime) -> Launch | Refused:
    """Return what a launch says, or the first thing that is wrong with it."""
    for check in (_whose, _when):
        refused = check(claims, expected, now)
        if refused is not None:
            return refused
    return _message(claims, expected)


def identifier(value: object) -> str:
    """Return an id as it is, or nothing for what no platform may use as one."""
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_ID:
        return ""
    # Printable ones, which nearly all are, hold nothing of the kind.
    return "" if not value.isprintable() and any(unicodedata.category(sign) in _UNFIT for sign in value) else value


def url(value: object) -> str:
    """Return an address of the web as it is, or nothing."""
    if not isinstance(value, str) or len(value) > LONGEST_URL or not value.isprintable() or " " in value:
        return ""
    return value if origin_of(value) else ""


def return_url(claims: Claims) -> str:
    """Return where a platform wants its people back."""
    return url(_mapping(claims, f"{LTI}launch_presentation").get("return_url"))


def deployment(claims: Claims) -> str:
    return identifier(claims.get(f"{LTI}deployment_id"))


def custom(claims: Claims) -> dict[str, str]:
    """Return the custom parameters. One that begins with ``$`` is a variable that the platform did not know."""
    given = _mapping(claims, f"{LTI}custom")
    return {
        str(name): value
        for name, value in given.items()
        if isinstance(value, str) and not value.lstrip().startswith("$")
    }


def _whose(claims: Claims, expected: Expected, _now: datetime) -> Refused | None:
    """Tell what is wrong with who says it and whom to."""
    if claims.get("iss") != expected.issuer:
        return Refused(Reason.ISSUER, {"issuer": expected.issuer})
    told = claims.get("aud")
    audience = told if isinstance(told, list) else [told]
    if expected.client_id not in audience or not all(isinstance(one, str) for one in audience):
        return Refused(Reason.AUDIENCE, {"client_id": expected.client_id})
    party = claims.get("azp")
    if party != expected.client_id and ("azp" in claims or len(audience) > 1):
        return Refused(Reason.AUTHORISED_PARTY, {"client_id": expected.client_id})
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(errors="replace"), expected.nonce.encode()):
        return Refused(Reason.NONCE)
    return None


def _when(claims: Claims, _expected: Expected, now: datetime) -> Refused | None:
    """Tell what is wrong with its times."""
    present, leeway = now.timestamp(), LEEWAY.total_seconds()
    expires, issued = _moment(claims.get("exp")), _moment(claims.get("iat"))
    begins = _moment(claims["nbf"]) if "nbf" in claims else issued
    if expires is None:
        return Refused(Reason.NO_EXPIRY)
    if issued is None or begins is None:
        return Refused(Reason.NO_ISSUE_TIME)
    if max(issued, begins) > present + leeway:
        return Refused(Reason.ISSUED_LATER, _apart(max(issued, begins) - present))
    if expires <= present - leeway:
        return Refused(Reason.EXPIRED, _apart(present - expires))
    if issued < present - OLDEST.total_seconds() - leeway:
        return Refused(Reason.ISSUED_LONG_AGO, _apart(present - issued))
    return None


def _message(claims: Claims, expected: Expected) -> Launch | Refused:
    """Return what the message says, or what it lacks."""
    if claims.get(f"{LTI}version") != VERSION:
        return Refused(Reason.VERSION)
    kind = claims.get(f"{LTI}message_type")
    if not isinstance(kind, str) or kind not in set(Message):
        return Refused(Reason.MESSAGE)
    message = Message(kind)
    subject, named = identifier(claims.get("sub")), deployment(claims)
    if not subject:
        return Refused(Reason.SUBJECT)
    if not named:
        return Refused(Reason.DEPLOYMENT)
    links = message is not Message.DEEP_LINKING
    refused = _place(claims, expected, links=links) or _person(claims, message)
    if refused is not None:
        return refused
    target = _target(claims, expected) or expected.target
    return Launch(
        platform_id=expected.platform_id,
        deployment=named,
        message=message,
        subject=subject,
        name=_name(claims),
        email=address(claims.get("email")),
        roles=read_roles(claims.get(f"{LTI}roles")),
        context=_context(claims),
        link=_link(claims, target) if links else None,
        grades=_grades(claims),
        memberships_url=url(_mapping(claims, NRPS).get("context_memberships_url")),
        target=target,
        return_url=return_url(claims),
        framed=_mapping(claims, f"{LTI}launch_presentation").get("document_target") != WINDOW,
        of_subject=identifier(_mapping(claims, f"{LTI}for_user").get("user_id")),
    )


def _place(claims: Claims, expected: Expected, *, links: bool) -> Refused | None:
    """Tell what is wrong with where it was clicked and what it opens. A request for links names neither."""
    if _target(claims, expected) is None and (links or claims.get(f"{LTI}target_link_uri") is not None):
        return Refused(Reason.TARGET)
    if f"{LTI}context" in claims and not _id_in(claims, "context"):
        return Refused(Reason.CONTEXT)
    if links and not _id_in(claims, "resource_link"):
        return Refused(Reason.LINK)
    return None


def _target(claims: Claims, expected: Expected) -> str | None:
    """Return the target that a message names, or None where the login named another one.

    Open edX begins every launch with the address that its admin typed, and names the link's own, with its query, only
    in the message (lti-consumer-xblock 11.4.4). The message is signed and the login is not, so it may say more.
    """
    told = url(claims.get(f"{LTI}target_link_uri"))
    return told if told and expected.target in {told, told.partition("?")[0]} else None


def _person(claims: Claims, message: Message) -> Refused | None:
    """Tell what is wrong with whom it is about."""
    roles = claims.get(f"{LTI}roles")
    # Only a request for links may be silent about roles. An empty list is somebody without any, and all right.
    if not isinstance(roles, list) and (message is not Message.DEEP_LINKING or roles is not None):
        return Refused(Reason.ROLES)
    if message is Message.REVIEW and not identifier(_mapping(claims, f"{LTI}for_user").get("user_id")):
        return Refused(Reason.FOR_USER)
    return None


def _name(claims: Claims) -> str:
    return cleaned(claims.get("name")) or cleaned(
        f"{cleaned(claims.get('given_name'))} {cleaned(claims.get('family_name'))}"
    )


def _context(claims: Claims) -> ContextClaim | None:
    told = _mapping(claims, f"{LTI}context")
    found = identifier(told.get("id"))
    if not found:
        return None
    label, title = cleaned(told.get("label")), cleaned(told.get("title"))
    return ContextClaim(found, label, title, _history(claims, "context_history", found))


def _link(claims: Claims, target: str) -> LinkClaim:
    told = _mapping(claims, f"{LTI}resource_link")
    found, more = identifier(told.get("id")), custom(claims)
    # The address comes first: a platform was seen that opens the right address with another link's parameters.
    module = _slug(parse_qs(urlsplit(target).query).get("module", [""])[0]) or _slug(more.get("module", ""))
    return LinkClaim(
        id=found,
        title=cleaned(told.get("title")),
        module=module,
        history=_history(claims, "link_history", found),
        page=more.get("page") == SCORE,
    )


def _slug(text: str) -> str:
    return text if len(text) <= LONGEST_ID and _SLUG.fullmatch(text) else ""


def _history(claims: Claims, name: str, own: str) -> tuple[str, ...]:
    """Return the ids that something was copied from, as far as the platform told."""
    told = (identifier(part.strip()) for part in custom(claims).get(name, "").split(",", MOST_COPIES)[:MOST_COPIES])
    return tuple(dict.fromkeys(each for each in told if each not in {"", own}))


def _grades(claims: Claims) -> GradesClaim | None:
    told = claims.get(AGS)
    if not isinstance(told, Mapping):
        return None
    scopes = told.get("scope")
    return GradesClaim(
        lineitems=url(told.get("lineitems")),
        lineitem=url(told.get("lineitem")),
        scopes=tuple(each for each in scopes if identifier(each)) if isinstance(scopes, list) else (),
    )


def _mapping(claims: Claims, name: str) -> Mapping[str, Any]:
    told = claims.get(name)
    return told if isinstance(told, Mapping) else {}


def _id_in(claims: Claims, name: str) -> str:
    return identifier(_mapping(claims, LTI + name).get("id"))


def _moment(value: object) -> float | None:
    """Return seconds since 1970, or None for what no clock shows."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        seconds = float(value)
    except OverflowError:
        return None
    return seconds if math.isfinite(seconds) else None


def _apart(seconds: float) -> dict[str, str]:
    return {"seconds": str(round(seconds))}
