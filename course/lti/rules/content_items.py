"""Deep linking 2.0: what a platform asks for, and the content items that answer it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from course.platforms.rules import Tag, origin_of

CLAIM = "https://purl.imsglobal.org/spec/lti-dl/claim/"
SETTINGS = f"{CLAIM}deep_linking_settings"
LTI = "https://purl.imsglobal.org/spec/lti/claim/"
LINK = "ltiResourceLink"
LIFE = timedelta(minutes=5)
"""How long the platform may take to read an answer."""
MAXIMUM = 100
REVIEWABLE = ("Submitted", "Completed")
WINDOW = "oneday"
"""The name of the window that a link opens, where the platform has no frame for it."""


class Unfit(StrEnum):
    """Why a request cannot be answered with modules."""

    NO_SETTINGS = "no_settings"
    NO_RETURN = "no_return"
    """It does not say where the answer goes."""
    NO_LINKS = "no_links"
    """The place takes files or pages, and no links that launch."""


@dataclass(frozen=True)
class Request:
    """What a platform takes in one place of one course."""

    return_url: str
    data: object = None
    """Goes back as it came. A platform that sends none gets none."""
    several: bool = False
    columns: bool = True
    """Whether a link may bring its line item."""
    window: bool = False
    """Whether the place shows links in windows and not in frames."""
    auto_create: bool = False
    """Whether the platform keeps what it gets without asking its user once more."""


@dataclass(frozen=True)
class Choice:
    """A module that was chosen."""

    slug: str
    title: str
    text: str
    page: bool = False
    """Whether the page's score gets a column of its own, beside that of the completion."""


def read_request(claims: Mapping[str, Any]) -> Request | Unfit:
    """Return what the platform asks for, or why it cannot have it.

    Settings that are absent or of another type count as the specification's default; without ``accept_multiple``
    there is one item, which every platform takes.
    """
    settings = claims.get(SETTINGS)
    if not isinstance(settings, Mapping):
        return Unfit.NO_SETTINGS
    return_url = settings.get("deep_link_return_url")
    if not isinstance(return_url, str) or not origin_of(return_url):
        return Unfit.NO_RETURN
    if LINK not in _texts(settings.get("accept_types")):
        return Unfit.NO_LINKS
    targets = _texts(settings.get("accept_presentation_document_targets"))
    return Request(
        return_url=return_url.strip(),
        data=settings.get("data"),
        several=settings.get("accept_multiple") is True,
        columns=settings.get("accept_lineitem") is not False,
        window="window" in targets and "iframe" not in targets,
        auto_create=settings.get("auto_create") is True,
    )


def _texts(value: object) -> frozenset[str]:
    # Some platforms send one word, or words between commas, where the specification has a list.
    if isinstance(value, str):
        return frozenset(part.strip() for part in value.split(","))
    return frozenset(each for each in value if isinstance(each, str)) if isinstance(value, list) else frozenset()


def target(base_url: str, slug: str) -> str:
    """Return the address that a link launches. It names the module too, for platforms that mix their links up."""
    return f"{base_url}/lti/launch?module={quote(slug)}"


def items(asked: Request, chosen: Iterable[Choice], *, base_url: str) -> list[dict[str, Any]]:
    """Return the content items of what was chosen; of several, the first where the platform takes one."""
    made = [_item(asked, choice, target(base_url, choice.slug)) for choice in chosen]
    return made if asked.several else made[:1]


def _item(asked: Request, choice: Choice, url: str) -> dict[str, Any]:
    # The slug travels with the link: a copied course has other ids of links, and the same words in them.
    custom = {"module": choice.slug}
    if choice.page and asked.columns:
        custom["page"] = "score"
    item: dict[str, Any] = {
        "type": LINK,
        "title": choice.title,
        "text": choice.text,
        "url": url,
        "custom": custom,
    }
    if asked.window:
        item["window"] = {"targetName": WINDOW}
    if asked.columns:
        item["lineItem"] = {
            "scoreMaximum": MAXIMUM,
            "label": choice.title,
            "resourceId": choice.slug,
            "tag": Tag.COMPLETION.value,
            "submissionReview": {
                "reviewableStatus": list(REVIEWABLE),
                "url": url,
                "custom": {"module": choice.slug},
            },
        }
    return item


@dataclass(frozen=True)
class Answerer:
    """Between whom an answer travels."""

    client_id: str
    issuer: str
    deployment: str


def response(
    who: Answerer,
    asked: Request,
    content_items: list[dict[str, Any]],
    *,
    nonce: str,
    now: datetime,
    error: str = "",
) -> dict[str, Any]:
    """Return the claims of the answer. ``error`` is shown to the platform's user, when there is one."""
    claims: dict[str, Any] = {
        "iss": who.client_id,
        "aud": who.issuer,
        "iat": int(now.timestamp()),
        "exp": int((now + LIFE).timestamp()),
        "nonce": nonce,
        f"{LTI}message_type": "LtiDeepLinkingResponse",
        f"{LTI}version": "1.3.0",
        f"{LTI}deployment_id": who.deployment,
        f"{CLAIM}content_items": content_items,
    }
    if asked.data is not None:
        claims[f"{CLAIM}data"] = asked.data
    if error:
        claims[f"{CLAIM}errormsg"] = error
    return claims
