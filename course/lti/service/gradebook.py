"""A platform's gradebook (AGS 2.0): its services asked with a token, a line item found or made, a score put in."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import structlog

from course import clock
from course.database import Units
from course.lti.rules import scores as rules
from course.lti.rules.members import NoRoster, next_page
from course.lti.rules.quirks import Quirks
from course.lti.rules.scores import Verdict, verdict
from course.lti.service import tokens
from course.lti.service.outside import Answer, NotJson, Outside
from course.platforms.queries.scores import Errand
from course.platforms.rules import Obstacle, origin_of
from course.platforms.service import scores

MOST_PAGES = 20
PATIENCE = timedelta(seconds=60)
"""How long line items are looked through, at most: a lease must not run out meanwhile."""

log = structlog.get_logger()


class Stuck(Exception):  # noqa: N818 - It ends an errand, and is no fault of the program.
    """A score that did not get through."""

    def __init__(self, obstacle: Obstacle, wait: timedelta | None = None, *, everywhere: bool = False) -> None:
        super().__init__(obstacle)
        self.obstacle = obstacle
        self.wait = wait
        self.everywhere = everywhere
        """Whether every other score of the platform would meet the same."""


@dataclass(frozen=True)
class Line:
    """A platform's services, with the token that opens them."""

    units: Units
    outside: Outside
    errand: Errand
    scopes: tuple[str, ...]
    manners: Quirks

    def get(self, url: str, accept: str) -> Answer:
        return self._asked(lambda token: self.outside.get(url, headers={**_shown(token), "Accept": accept}))

    def post(self, url: str, body: dict[str, Any], kind: str) -> Answer:
        sent = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        return self._asked(
            lambda token: self.outside.post(
                url, body=sent, content_type=kind, headers={**_shown(token), "Accept": f"{kind}, application/json, */*"}
            )
        )

    def _asked(self, ask: Callable[[str], Answer]) -> Answer:
        """Ask with the token that is kept; when it is not taken, once more with a new one."""
        platform_id = self.errand.platform_id
        answer = ask(tokens.bearer(self.units, self.outside, platform_id, self.scopes))
        if answer.status != HTTPStatus.UNAUTHORIZED:
            return answer
        tokens.forget(self.units, platform_id, self.scopes)
        return ask(tokens.bearer(self.units, self.outside, platform_id, self.scopes))


def _shown(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def has(line: Line, url: str, body: dict[str, Any]) -> bool:
    """Tell whether the platform shows that it has this score, where it lets us look."""
    if rules.RESULT_READ not in line.scopes:
        return False
    wanted = rules.with_query(rules.below(url, "results"), user_id=line.errand.subject)
    answer = line.get(wanted, f"{rules.RESULTS_TYPE}, */*")
    if answer.status != HTTPStatus.OK:
        return False
    try:
        return rules.holds(answer.json(), body)
    except NotJson:
        return False


def is_there(line: Line, url: str) -> bool:
    """Tell whether a line item exists, where the platform lets us look."""
    if not {rules.LINEITEM, rules.LINEITEM_READ} & set(line.scopes):
        return False
    return line.get(url, f"{rules.LINE_ITEM_TYPE}, */*").status == HTTPStatus.OK


def item(line: Line, known: str) -> str:
    """Return where the line item is: as it is known, else found by its resource id and tag, else made."""
    if known:
        return known
    sent = line.errand
    if not sent.lineitems_url:
        raise Stuck(Obstacle.NO_COLUMN)
    url = _found(line) or _made(line)
    with line.units(write=True) as session:
        scores.keep_item(session, sent, url)
    return url


def _found(line: Line) -> str:
    if not {rules.LINEITEM, rules.LINEITEM_READ} & set(line.scopes):
        return ""
    sent, ends = line.errand, clock.now() + PATIENCE
    url = rules.with_query(sent.lineitems_url, resource_id=sent.module, tag=sent.tag.value, limit=str(rules.MAXIMUM))
    for _page in range(MOST_PAGES):
        answer = line.get(url, f"{rules.LINE_ITEMS_TYPE}, */*")
        if answer.status != HTTPStatus.OK:
            raise _refused(answer, line.manners)
        items = _read(answer)
        for each in items if isinstance(items, list) else []:
            if rules.is_ours(each, sent.module, sent.tag):
                return _at_home(line, each["id"])
        try:
            after = next_page(answer.headers.get("Link", ""), asked=answer.url)
        except NoRoster:
            # The next page is on another server, which must not see the token.
            after = None
        if after is None:
            return ""
        if clock.now() > ends:
            break
        url = after
    # It may be on a page that was not read: making another one would be worse than waiting.
    raise Stuck(Obstacle.BROKEN)


def _made(line: Line) -> str:
    sent = line.errand
    if rules.LINEITEM not in line.scopes:
        raise Stuck(Obstacle.NO_COLUMN)
    wanted = rules.line_item(sent.title, sent.module, sent.tag, sent.link if line.manners.ties else "")
    answer = line.post(sent.lineitems_url, wanted, rules.LINE_ITEM_TYPE)
    if not HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
        raise _refused(answer, line.manners)
    made = _read(answer)
    url = _at_home(line, made.get("id") if isinstance(made, dict) else None)
    log.info("lti line item made", platform=sent.platform_id, module=sent.module, tag=sent.tag.value)
    return url


def _at_home(line: Line, url: object) -> str:
    """Return the address of a line item: on the server of the line items, because it will see the token."""
    if not isinstance(url, str) or not origin_of(url) or origin_of(url) != origin_of(line.errand.lineitems_url):
        raise Stuck(Obstacle.BROKEN)
    return url


def _read(answer: Answer) -> Any:  # noqa: ANN401 - Whatever they sent; whoever asked looks at it.
    try:
        return answer.json()
    except NotJson:
        raise Stuck(Obstacle.BROKEN) from None


def _refused(answer: Answer, manners: Quirks) -> Stuck:
    """Return what a refused look at the line items means: it is about the course, never about a learner."""
    said = verdict(answer.status, answer.headers, answer.body, manners, now=clock.now())
    if said.obstacle in {Obstacle.BUSY, Obstacle.BROKEN, Obstacle.NO_TOKEN}:
        return Stuck(said.obstacle, said.wait, everywhere=True)
    return Stuck(Obstacle.NOT_ALLOWED if answer.status == HTTPStatus.FORBIDDEN else Obstacle.NO_COLUMN)


def put(line: Line, url: str, body: dict[str, Any]) -> Verdict:
    answer = line.post(rules.below(url, "scores"), body, rules.SCORE_TYPE)
    return verdict(answer.status, answer.headers, answer.body, line.manners, now=clock.now())
