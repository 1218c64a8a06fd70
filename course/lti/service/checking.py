"""The connection check: asks a platform for everything that launches, rosters and grades need, and says what came."""

from dataclasses import dataclass
from http import HTTPStatus

import structlog

from course import clock
from course.database import Units
from course.lti.rules import checking as rules
from course.lti.rules import scores
from course.lti.rules.checking import Finding, Mark, Part
from course.lti.rules.quirks import quirks
from course.lti.rules.registration import SCOPES
from course.lti.service import roster, tokens
from course.lti.service.gradebook import Line, put
from course.lti.service.outside import Answer, NotJson, Outside, Unreachable
from course.lti.service.proof import usable
from course.lti.service.tokens import TokenRefused
from course.platforms.models import Platform
from course.platforms.queries import checking as queries
from course.platforms.queries import roster as rosters
from course.platforms.queries.checking import Course, Seen
from course.platforms.queries.scores import Errand
from course.platforms.rules import Obstacle, Tag, origin_of
from course.platforms.service import keysets

TITLE = "Oneday connection check"
RESOURCE = "oneday-connection-check"
NOBODY = "oneday-connection-check"
ANYTHING = f"{scores.LINE_ITEMS_TYPE}, */*"
"""A made-up learner: what a platform says of them shows that it listens to our scores."""
HEARD = frozenset({Obstacle.NOT_ENROLLED, Obstacle.NO_COLUMN, Obstacle.REJECTED})
"""What a platform may say of a score for somebody who is no learner."""

log = structlog.get_logger()


@dataclass(frozen=True)
class Asked:
    """Whom the check asks: the platform's row as values, because no unit of work is open meanwhile."""

    platform_id: int
    family: str
    keys_url: str
    seen: Seen


def known(seen: Seen) -> tuple[Finding, ...]:
    """Return what is known without asking the platform."""
    keys = Finding(Part.THEIR_KEYS, Mark.UNKNOWN, "unread")
    if seen.keys_at is not None:
        keys = Finding(Part.THEIR_KEYS, Mark.OK, "kept", {"count": seen.keys, "at": seen.keys_at})
    token = Finding(Part.OUR_KEYS, Mark.UNKNOWN, "unasked")
    if seen.token_until is not None and seen.token_until > clock.now():
        token = Finding(Part.OUR_KEYS, Mark.OK, "kept")
    return (
        keys,
        Finding(Part.CLOCK, Mark.UNKNOWN, "unasked"),
        token,
        rules.cookie(seen.began, seen.returned, seen.windows),
        Finding(Part.ROSTER, Mark.UNKNOWN, "unasked" if seen.course else "no_course"),
        Finding(Part.SCORE, Mark.UNKNOWN, "unasked" if seen.course else "no_course"),
    )


def check(units: Units, outside: Outside, platform_id: int) -> tuple[Finding, ...]:
    """Ask the platform for everything, one after the other. No unit of work may be open."""
    with units(write=False) as session:
        platform = session.get_one(Platform, platform_id)
        asked = Asked(platform.id, platform.family, platform.keys_url, queries.seen(session, platform_id))
    keys, time = _their_keys(units, outside, asked)
    token = _our_keys(units, outside, asked)
    reached = token.mark is Mark.OK
    found = (
        keys,
        time,
        token,
        rules.cookie(asked.seen.began, asked.seen.returned, asked.seen.windows),
        _roster(units, outside, asked) if reached else Finding(Part.ROSTER, Mark.UNKNOWN, "no_token"),
        _score(units, outside, asked) if reached else Finding(Part.SCORE, Mark.UNKNOWN, "no_token"),
    )
    marks = {finding.part.value: finding.mark.value for finding in found}
    log.info("lti connection checked", platform=platform_id, **marks)
    return found


def _their_keys(units: Units, outside: Outside, asked: Asked) -> tuple[Finding, Finding]:
    unasked = Finding(Part.CLOCK, Mark.UNKNOWN, "unasked")
    try:
        answer = outside.get(asked.keys_url, headers={"Accept": "application/json"})
    except Unreachable as trouble:
        facts = {"trouble": trouble.reason.value, "host": trouble.host}
        return Finding(Part.THEIR_KEYS, Mark.NOT_OK, "unreachable", facts), unasked
    time = rules.clock_of(answer.headers.get("Date", ""), clock.now())
    if answer.status != HTTPStatus.OK:
        return Finding(Part.THEIR_KEYS, Mark.NOT_OK, "status", {"status": answer.status}), time
    try:
        keys = usable(answer.json())
    except NotJson:
        return Finding(Part.THEIR_KEYS, Mark.NOT_OK, "page"), time
    if not keys:
        return Finding(Part.THEIR_KEYS, Mark.NOT_OK, "none"), time
    with units(write=True) as session:
        keysets.ask(session, platform_id=asked.platform_id, first=True)
        keysets.keep(session, platform_id=asked.platform_id, keys=keys)
    return Finding(Part.THEIR_KEYS, Mark.OK, "read", {"count": len(keys)}), time


def _our_keys(units: Units, outside: Outside, asked: Asked) -> Finding:
    """Ask for a token anew: the platform gives one only when it could read our keys and check our signature."""
    scopes = _scopes(asked.seen.course)
    tokens.forget(units, asked.platform_id, scopes)
    try:
        tokens.bearer(units, outside, asked.platform_id, scopes)
    except Unreachable as trouble:
        facts = {"trouble": trouble.reason.value, "host": trouble.host}
        return Finding(Part.OUR_KEYS, Mark.NOT_OK, "unreachable", facts)
    except TokenRefused as refusal:
        if refusal.code == "invalid_scope":
            return Finding(Part.OUR_KEYS, Mark.NOT_OK, "services")
        code = "keys" if refusal.obstacle is Obstacle.KEYS else "refused"
        return Finding(Part.OUR_KEYS, Mark.NOT_OK, code, {"words": refusal.words})
    return Finding(Part.OUR_KEYS, Mark.OK, "taken")


def _scopes(course: Course | None) -> tuple[str, ...]:
    """Return the scopes that the last course offers; of an unknown one, all that we ever ask for."""
    if course is not None and course.memberships_url:
        return roster.SCOPES
    return (scores.scopes_for(course.grade_scopes) if course is not None else ()) or SCOPES


def _roster(units: Units, outside: Outside, asked: Asked) -> Finding:
    course = asked.seen.course
    if course is None:
        return Finding(Part.ROSTER, Mark.UNKNOWN, "no_course")
    with units(write=False) as session:
        source = rosters.source(session, course.context_id)
    if source is None:
        return Finding(Part.ROSTER, Mark.UNKNOWN, "no_course")
    try:
        found = roster.read(units, outside, source)
    except roster.Failed as failed:
        return Finding(Part.ROSTER, Mark.NOT_OK, "failed", {"code": failed.code, "course": course.title})
    facts = {"count": len(found), "course": course.title, "nameless": sum(1 for member in found if not member.name)}
    return Finding(Part.ROSTER, Mark.OK, "read", facts)


def _score(units: Units, outside: Outside, asked: Asked) -> Finding:
    """Make a column of our own, put a score into it, delete it. No learner's grade is touched."""
    course = asked.seen.course
    if course is None:
        return Finding(Part.SCORE, Mark.UNKNOWN, "no_course")
    scopes = scores.scopes_for(course.grade_scopes)
    if not course.lineitems_url or scores.SCORE not in scopes:
        return Finding(Part.SCORE, Mark.NOT_OK, "no_service", {"course": course.title})
    if scores.LINEITEM not in scopes:
        return Finding(Part.SCORE, Mark.UNKNOWN, "no_columns", {"course": course.title})
    line = Line(units, outside, _errand(asked, course), scopes, quirks(asked.family))
    try:
        return _tried(line, course)
    except Unreachable as trouble:
        return Finding(Part.SCORE, Mark.NOT_OK, "unreachable", {"trouble": trouble.reason.value, "host": trouble.host})
    except TokenRefused as refusal:
        return Finding(Part.SCORE, Mark.NOT_OK, "refused", {"words": refusal.words})


def _tried(line: Line, course: Course) -> Finding:
    url = _left_before(line, course)
    if not url:
        item = {"scoreMaximum": scores.MAXIMUM, "label": TITLE, "resourceId": RESOURCE, "tag": "check"}
        answer = line.post(course.lineitems_url, item, scores.LINE_ITEM_TYPE)
        url = _at_home(_told(answer), course)
        if not url:
            return Finding(Part.SCORE, Mark.NOT_OK, "not_made", {"status": answer.status, "course": course.title})
    now = clock.now()
    body = scores.score(
        subject=line.errand.subject, given=1, comment=TITLE, stamp=now, submitted=now, manners=line.manners
    )
    try:
        said = put(line, url, body)
    finally:
        gone = _deleted(line, url)
    if said.obstacle is not None and said.obstacle not in HEARD:
        return Finding(Part.SCORE, Mark.NOT_OK, "not_heard", {"obstacle": said.obstacle.value, "gone": gone})
    facts = {"course": course.title, "gone": gone}
    if not gone:
        return Finding(Part.SCORE, Mark.NOT_OK, "left", facts)
    return Finding(Part.SCORE, Mark.OK, "taken" if said.obstacle is None else "heard", facts)


def _left_before(line: Line, course: Course) -> str:
    """Return where the column of an earlier check is, which the platform did not let us delete; else nothing.

    Only a column that says both that it is ours and what for: it will be written to and deleted.
    """
    answer = line.get(scores.with_query(course.lineitems_url, resource_id=RESOURCE), ANYTHING)
    listed = _told(answer)
    for one in listed if isinstance(listed, list) else []:
        if isinstance(one, dict) and (one.get("resourceId"), one.get("label")) == (RESOURCE, TITLE):
            return _at_home(one, course)
    return ""


def _told(answer: Answer) -> object:
    if not HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
        return None
    try:
        return answer.json()
    except NotJson:
        return None


def _at_home(told: object, course: Course) -> str:
    """Return where our column is: on the server of the others, because it will see the token."""
    url = told.get("id") if isinstance(told, dict) else None
    return url if isinstance(url, str) and origin_of(url) == origin_of(course.lineitems_url) else ""


def _deleted(line: Line, url: str) -> bool:
    try:
        token = tokens.bearer(line.units, line.outside, line.errand.platform_id, line.scopes)
        answer = line.outside.delete(url, headers={"Authorization": f"Bearer {token}"})
    except (Unreachable, TokenRefused):
        return False
    return HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES


def _errand(asked: Asked, course: Course) -> Errand:
    """Return what the gradebook's client wants to know: a score of nobody's seat."""
    return Errand(
        score_id=0,
        wish=0,
        seat_id=0,
        tag=Tag.COMPLETION,
        item_id=0,
        item_url="",
        lineitems_url=course.lineitems_url,
        scopes=course.grade_scopes,
        platform_id=asked.platform_id,
        family=asked.family,
        stopped=False,
        subject=course.tester or NOBODY,
        module=RESOURCE,
        title=TITLE,
    )
