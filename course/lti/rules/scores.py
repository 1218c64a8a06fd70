"""Assignment and Grade Services 2.0: addresses, line items, scores, and what an answer means."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from course.lti.rules.quirks import Quirks
from course.platforms.rules import Obstacle, Tag

SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/"
LINEITEM = f"{SCOPE}lineitem"
LINEITEM_READ = f"{SCOPE}lineitem.readonly"
RESULT_READ = f"{SCOPE}result.readonly"
SCORE = f"{SCOPE}score"
SCOPES = (LINEITEM, LINEITEM_READ, RESULT_READ, SCORE)
LINE_ITEM_TYPE = "application/vnd.ims.lis.v2.lineitem+json"
LINE_ITEMS_TYPE = "application/vnd.ims.lis.v2.lineitemcontainer+json"
SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"
RESULTS_TYPE = "application/vnd.ims.lis.v2.resultcontainer+json"
MAXIMUM = 100
LONGEST_PAUSE = timedelta(days=1)
"""However long a platform asks to be left alone, it is tried again the next day."""


def below(line_item: str, name: str) -> str:
    """Return the address of a line item's ``scores`` or ``results``: before its query, when it has one."""
    parts = urlsplit(line_item)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{name}"))


def with_query(url: str, **wanted: str) -> str:
    """Return an address with more in its query; what is there stays as it is."""
    parts = urlsplit(url)
    more = urlencode(wanted)
    return urlunsplit(parts._replace(query=f"{parts.query}&{more}" if parts.query else more))


def scopes_for(granted: object) -> tuple[str, ...]:
    """Return which of the scopes that a launch named are asked for; each is named itself, as Moodle wants it."""
    known = granted if isinstance(granted, list | tuple) else ()
    return tuple(scope for scope in SCOPES if scope in known)


def line_item(title: str, module: str, tag: Tag, link: str = "") -> dict[str, Any]:
    """Return a new line item; that of a completion is tied to a resource link, when one is named."""
    label = title if tag is Tag.COMPLETION else f"{title}: page"
    item: dict[str, Any] = {"scoreMaximum": MAXIMUM, "label": label, "resourceId": module, "tag": tag.value}
    return {**item, "resourceLinkId": link} if link and tag is Tag.COMPLETION else item


def is_ours(item: object, module: str, tag: Tag) -> bool:
    """Tell whether a line item is that of a module and a tag: platforms may ignore what they were asked to filter."""
    if not isinstance(item, Mapping) or not isinstance(item.get("id"), str):
        return False
    return item.get("resourceId") == module and item.get("tag") == tag.value


def instant(moment: datetime) -> str:
    """Return a moment as the platforms read it, in milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def score(
    *, subject: str, given: float, comment: str, stamp: datetime, submitted: datetime, manners: Quirks
) -> dict[str, Any]:
    """Return a score. It is always whole: completed, fully graded, with its comment."""
    body: dict[str, Any] = {
        "userId": subject,
        "scoreGiven": given,
        "scoreMaximum": MAXIMUM,
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "timestamp": instant(stamp),
        "comment": manners.comment(comment),
        **manners.extension,
    }
    if manners.submitted:
        body["submission"] = {"submittedAt": instant(submitted)}
    return body


def holds(results: object, sent: Mapping[str, Any]) -> bool:
    """Tell whether a platform's results say that it took this very score. What they do not show, they do not say."""
    for row in results if isinstance(results, list) else []:
        if not isinstance(row, Mapping) or row.get("userId") != sent["userId"]:
            continue
        given, of, comment = row.get("resultScore"), row.get("resultMaximum"), row.get("comment")
        if not isinstance(given, int | float) or not isinstance(comment, str):
            return False
        shown = given * sent["scoreMaximum"] / of if isinstance(of, int | float) and of else given
        return abs(shown - sent["scoreGiven"]) < 0.01 and _words(comment) == _words(sent["comment"])  # noqa: PLR2004 - A rounding.
    return False


def _words(text: str) -> list[str]:
    return text.split()


@dataclass(frozen=True)
class Verdict:
    """What an answer to a score means. Neither obstacle nor wait: it was taken."""

    obstacle: Obstacle | None = None
    wait: timedelta | None = None
    """For how long the platform asks to be left alone."""


TAKEN = Verdict()


BY_STATUS: Mapping[int, Obstacle] = {
    HTTPStatus.UNAUTHORIZED: Obstacle.NO_TOKEN,
    HTTPStatus.FORBIDDEN: Obstacle.NOT_ALLOWED,
    HTTPStatus.CONFLICT: Obstacle.NEWER,
}


def verdict(status: int, headers: Mapping[str, str], body: bytes, manners: Quirks, *, now: datetime) -> Verdict:
    """Read the answer to a score."""
    text = body[:4000].decode("utf-8", "replace").casefold()
    if 200 <= status < 300:  # noqa: PLR2004 - The numbers of HTTP.
        # A maintenance page or a sign-in form says 200 too.
        is_page = "html" in headers.get("Content-Type", "").casefold() and text.strip() != ""
        return Verdict(Obstacle.BROKEN) if is_page else TAKEN
    if status == HTTPStatus.TOO_MANY_REQUESTS or _limited(status, headers, text, manners):
        return Verdict(Obstacle.BUSY, pause(headers, now=now))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
        return Verdict(Obstacle.BROKEN, pause(headers, now=now))
    if any(words in text for words in manners.words_not_enrolled):
        return Verdict(Obstacle.NOT_ENROLLED)
    if status == HTTPStatus.NOT_FOUND:
        return Verdict(Obstacle.NO_COLUMN)
    if status in manners.not_enrolled:
        return Verdict(Obstacle.NOT_ENROLLED)
    return Verdict(BY_STATUS.get(status, Obstacle.REJECTED))


def _limited(status: int, headers: Mapping[str, str], text: str, manners: Quirks) -> bool:
    if status != HTTPStatus.FORBIDDEN or not manners.limit_header:
        return False
    try:
        left = float(headers.get(manners.limit_header, "1"))
    except ValueError:
        left = 1.0
    return left <= 0 or "rate limit exceeded" in text


def pause(headers: Mapping[str, str], *, now: datetime) -> timedelta | None:
    """Return how long ``Retry-After`` asks to wait: in seconds, or until a date."""
    told = headers.get("Retry-After", "").strip()
    if told.isdecimal():
        # More digits than a day has seconds are no wait that anybody means.
        return min(timedelta(seconds=int(told[:6])), LONGEST_PAUSE)
    try:
        until = parsedate_to_datetime(told)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return min(max(until - now, timedelta()), LONGEST_PAUSE)
