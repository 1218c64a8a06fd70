"""Telling platforms of results (AGS 2.0): the line item found or made, one score sent, what came of it noted.

No unit of work is open while a platform is asked. The timestamp of a score is stored before it leaves, so that after a
crash nobody sends an older one, and what may have arrived is looked for first.
"""

from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy.orm import Session

from course import clock
from course.database import Units
from course.lti.rules import scores as rules
from course.lti.rules.quirks import quirks
from course.lti.rules.scores import Verdict
from course.lti.service import tokens
from course.lti.service.gradebook import Line, Stuck, has, is_there, item, put
from course.lti.service.outside import Outside, Trouble, Unreachable
from course.lti.service.tokens import TokenRefused
from course.outbox import service as outbox
from course.outbox.service import Job, Kind
from course.platforms.queries.scores import Errand, errand
from course.platforms.rules import FINAL, Obstacle
from course.platforms.service import scores
from course.platforms.service.scores import Taken

BUMPS = 3
"""How often a newer timestamp is tried at once after a 409."""
REST = timedelta(minutes=1)
"""How long a platform that cannot be reached is left alone by all its messages."""
NEVER_ARRIVED = frozenset({Trouble.REFUSED, Trouble.NO_SUCH_HOST, Trouble.NOT_HTTPS, Trouble.PRIVATE})

log = structlog.get_logger()


def deliver(units: Units, outside: Outside, job: Job) -> bool:
    """Send the score that a message carries, and note what came of it. Returns whether it left."""
    with units(write=False) as session:
        found = errand(session, job.payload["score"])
    if found is None or found.wish != job.payload["wish"]:
        return _nothing(units, job)
    try:
        return _send(units, outside, job, found)
    except Stuck as stuck:
        _note(units, job, found, stuck)
    except TokenRefused as refusal:
        _note(units, job, found, Stuck(refusal.obstacle, everywhere=True))
    except Unreachable as trouble:
        odd = trouble.reason in {Trouble.TOO_LARGE, Trouble.REDIRECT}
        _note(units, job, found, Stuck(Obstacle.BROKEN) if odd else Stuck(Obstacle.UNREACHABLE, everywhere=True))
    except Exception as error:  # noqa: BLE001 - One answer that nobody foresaw must not hold up the platform's others.
        log.error("lti score", score=found.score_id, kind=type(error).__name__)  # noqa: TRY400 - A trace may quote it.
        _note(units, job, found, Stuck(Obstacle.BROKEN))
    return False


def _nothing(units: Units, job: Job) -> bool:
    with units(write=True) as session:
        outbox.sent(session, message_id=job.id)
    return False


def _send(units: Units, outside: Outside, job: Job, found: Errand) -> bool:
    again = bool(job.payload.get("again"))
    if found.stopped:
        raise Stuck(Obstacle.STOPPED)
    scopes = rules.scopes_for(found.scopes)
    if rules.SCORE not in scopes:
        raise Stuck(Obstacle.NOT_ALLOWED)
    line = Line(units, outside, found, scopes, quirks(found.family))
    url = item(line, found.item_url)
    # A platform that gives no token is asked before a timestamp is spent.
    tokens.bearer(units, outside, found.platform_id, scopes)
    for bump in range(BUMPS):
        # What it says is computed anew with each timestamp; a wish that came meanwhile has a message of its own.
        with units(write=True) as session:
            taken = scores.take(session, found, again=again)
            if taken is None:
                outbox.sent(session, message_id=job.id)
                return False
        body = _body(line, taken)
        if not ((taken.doubtful or bump) and has(line, url, body)):
            url, said = _post(line, url, body, taken)
            if said.obstacle is Obstacle.NEWER:
                continue
            if said.obstacle is not None:
                raise Stuck(said.obstacle, said.wait, everywhere=said.obstacle in {Obstacle.BUSY, Obstacle.NO_TOKEN})
        with units(write=True) as session:
            scores.accepted(session, found, taken)
            outbox.sent(session, message_id=job.id)
        return True
    raise Stuck(Obstacle.NEWER)


def _body(line: Line, taken: Taken) -> dict[str, Any]:
    return rules.score(
        subject=line.errand.subject,
        given=taken.result.given,
        comment=taken.result.comment,
        stamp=taken.stamp,
        submitted=taken.result.at,
        manners=line.manners,
    )


def _post(line: Line, url: str, body: dict[str, Any], taken: Taken) -> tuple[str, Verdict]:
    """Send a score. Where its line item is gone, it is found or made again, once. Returns where it is now."""
    try:
        said = put(line, url, body)
        if said.obstacle is Obstacle.NO_COLUMN:
            if is_there(line, url):
                # It is the learner whom the platform does not know.
                said = Verdict(Obstacle.NOT_ENROLLED)
            else:
                url = item(line, "")
                said = put(line, url, body)
    except Unreachable as trouble:
        if trouble.reason in NEVER_ARRIVED:
            _forget(line, taken)
        raise
    except (Stuck, TokenRefused):
        _forget(line, taken)
        raise
    if said.obstacle not in {None, Obstacle.NEWER, Obstacle.BROKEN}:
        _forget(line, taken)
    return url, said


def _forget(line: Line, taken: Taken) -> None:
    with line.units(write=True) as session:
        scores.not_left(session, line.errand, taken)


def _note(units: Units, job: Job, sent: Errand, stuck: Stuck) -> None:
    """Note what is in the way: for good, or until the next try."""
    why = stuck.obstacle
    log.warning("lti score not taken", platform=sent.platform_id, score=sent.score_id, reason=why.value)
    with units(write=True) as session:
        if why in FINAL:
            outbox.refused(session, message_id=job.id, error=why)
            scores.not_taken(session, sent, why, final=True)
            return
        due = outbox.failed(session, message_id=job.id, error=why, wait=stuck.wait)
        scores.not_taken(session, sent, why, final=due is None)
        if stuck.everywhere:
            _rest(session, job, stuck)


def _rest(session: Session, job: Job, stuck: Stuck) -> None:
    # One is enough to find out that the platform is back; it costs the others no try.
    until = clock.now() + max(REST, stuck.wait or REST)
    outbox.rest(session, kind=Kind.SCORE, recipient=job.recipient, until=until)
