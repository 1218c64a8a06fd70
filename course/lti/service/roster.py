"""Reading a platform's roster (NRPS 2.0): by button and on schedule, page after page, within bounds."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

import structlog
from sqlalchemy.orm import Session

from course import clock
from course.database import Units
from course.lti.rules import members as rules
from course.lti.rules.joining import Fate, Line, Person, plan
from course.lti.rules.members import Member, NoRoster, Odd
from course.lti.service import tokens
from course.lti.service.outside import Answer, NotJson, Outside, Unreachable
from course.lti.service.tokens import TokenRefused
from course.outbox import service as outbox
from course.outbox.service import Job, Kind, Letter
from course.platforms.queries import roster as queries
from course.platforms.queries.roster import Found, Source
from course.platforms.service import roster as rows
from course.platforms.service.roster import Meanwhile, Taking

PATIENCE = 60.0
"""Seconds for all pages together."""
SCOPES = (rules.SCOPE,)
WAITS = "waits"
"""Marks a kept member who alone waits for the manager: what was read on schedule is not kept."""
EVERY = timedelta(hours=24)

log = structlog.get_logger()


class Failed(Exception):  # noqa: N818 - It is what the manager is told, not a fault of the program.
    """The roster could not be read. ``code`` is put into words by ``course.web.rosters``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Kept:
    """A roster as it was read last."""

    at: datetime | None
    """When it was read, or tried."""
    error: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Followed:
    """What reading on schedule came to."""

    added: int = 0
    gone: int = 0
    undecided: int = 0
    """How many wait for the manager, because somebody here has their address."""


def read(
    units: Units, outside: Outside, source: Source, *, elapsed: Callable[[], float] = time.monotonic
) -> tuple[Member, ...]:
    """Return everybody in a platform's course. No unit of work may be open. Whatever goes wrong is noted, too.

    Raises Failed.
    """
    try:
        return _read(units, outside, source, elapsed)
    except Failed as error:
        log.warning("lti roster failed", platform=source.platform_id, context=source.context_id, reason=error.code)
        with units(write=True) as session:
            rows.failed(session, context_id=source.context_id, error=error.code)
        raise


def keep(session: Session, source: Source, members: tuple[Member, ...], *, whole: bool = True) -> None:
    """Keep what was read until it is taken in. Not ``whole``: those who wait for the manager, and no others."""
    mark = {} if whole else {WAITS: True}
    rows.keep(session, context_id=source.context_id, lines=[{**asdict(member), **mark} for member in members])


def kept(session: Session, source: Source) -> Kept:
    """Return what was read last, with what would become of each now."""
    found = queries.stored(session, source.context_id)
    whole = not any(WAITS in line for line in found.lines)
    members = tuple(Member(**{name: value for name, value in line.items() if name != WAITS}) for line in found.lines)
    lines = planned(session, source, members, whole=whole) if members else ()
    return Kept(found.at, found.error, lines)


def planned(session: Session, source: Source, members: tuple[Member, ...], *, whole: bool = True) -> tuple[Line, ...]:
    """Return what would become of each member, as things stand."""
    place = (source.platform_id, source.organisation_id, source.cohort_id)
    known = queries.known(session, *place, subjects=[member.subject for member in members])
    asked = {member.email for member in members if member.email and member.subject not in known}
    doubles = queries.same_address(session, *place, addresses=asked)
    present = queries.participants(session, source.context_id)
    return plan(
        members,
        known={subject: _person(found) for subject, found in known.items()},
        doubles={email: tuple(map(_person, found)) for email, found in doubles.items()},
        present={subject: Person(person_id, name) for subject, (person_id, name) in present.items()},
        whole=whole,
    )


def schedule(session: Session, *, context_id: int, by_id: int) -> None:
    """Owe ourselves a reading of this roster, a day from now."""
    due_at = clock.now() + EVERY
    letter = Letter(
        recipient=str(context_id),
        payload={"by_id": by_id},
        due_at=due_at,
        # One a day, however often it is tried and ticked.
        key=f"roster {context_id} {due_at:%Y-%m-%d}",
    )
    outbox.post(session, [letter], kind=Kind.ROSTER)


def follow(units: Units, outside: Outside, *, context_id: int, by_id: int) -> Followed | None:
    """Read a roster on schedule: new learners join the group, who left is marked, and the next reading is owed.

    None: nobody wants it any more. Raises Failed or Meanwhile, with the next reading owed all the same.
    """
    with units(write=True) as session:
        source = queries.source(session, context_id)
        if source is None or not source.follows or source.cohort_id is None:
            return None
        schedule(session, context_id=context_id, by_id=by_id)
    members = read(units, outside, source)
    with units(write=True) as session:
        lines = planned(session, source, members)
        takings = [taking(line.member) for line in lines if line.fate in {Fate.NEW, Fate.JOIN}]
        gone = [line.member.subject for line in lines if line.fate is Fate.GONE]
        if takings:
            rows.take_in(session, source=source, cohort_id=source.cohort_id, takings=takings, gone=gone, by_id=by_id)
        else:
            rows.leave(session, context_id=context_id, subjects=gone)
        waiting = tuple(line.member for line in lines if line.fate is Fate.ASK)
        keep(session, source, waiting, whole=False)
    log.info("lti roster followed", context=context_id, added=len(takings), gone=len(gone), undecided=len(waiting))
    return Followed(len(takings), len(gone), len(waiting))


def deliver(units: Units, outside: Outside, job: Job) -> bool:
    """Do what a note to ourselves says. Returns whether it is done."""
    try:
        follow(units, outside, context_id=int(job.recipient), by_id=job.payload["by_id"])
    except (Failed, Meanwhile) as error:
        code = error.code if isinstance(error, Failed) else "meanwhile"
        with units(write=True) as session:
            outbox.failed(session, message_id=job.id, error=code)
        return False
    with units(write=True) as session:
        outbox.sent(session, message_id=job.id)
    return True


def taking(member: Member, *, link: int | None = None) -> Taking:
    """Return how a member is taken in."""
    return Taking(subject=member.subject, name=member.name, email=member.email, link=link)


def _person(found: Found) -> Person:
    return Person(found.person_id, found.name, in_cohort=found.in_cohort and found.learner)


def _read(units: Units, outside: Outside, source: Source, elapsed: Callable[[], float]) -> tuple[Member, ...]:
    if not source.open:
        raise Failed("stopped")
    if not source.memberships_url:
        raise Failed("no_service")
    try:
        return rules.once(_members(units, outside, source, elapsed))
    except NoRoster as error:
        raise Failed(error.reason.value) from error
    except NotJson as error:
        raise Failed(Odd.NOT_JSON.value) from error
    except Unreachable as error:
        raise Failed(f"unreachable {error.reason.value} {error.host}".strip()) from error
    except TokenRefused as error:
        raise Failed(f"token {error.words}") from error


def _members(units: Units, outside: Outside, source: Source, elapsed: Callable[[], float]) -> list[Member]:
    ends = elapsed() + PATIENCE
    members: list[Member] = []
    asked: set[str] = set()
    url: str | None = rules.first_page(source.memberships_url)
    while url is not None:
        if url in asked:
            raise NoRoster(Odd.LOOP)
        if len(asked) == rules.MOST_PAGES or len(members) > rules.MOST_MEMBERS:
            raise NoRoster(Odd.TOO_MANY)
        if elapsed() > ends:
            raise Failed("slow")
        asked.add(url)
        answer = _ask(units, outside, source.platform_id, url)
        members += rules.read_page(answer.json())
        url = rules.next_page(answer.headers.get("Link", ""), asked=url)
    if len(members) > rules.MOST_MEMBERS:
        raise NoRoster(Odd.TOO_MANY)
    return members


def _ask(units: Units, outside: Outside, platform_id: int, url: str) -> Answer:
    """Ask for a page with the token that is kept; when it is not taken, once more with a new one."""
    for again in (True, False):
        token = tokens.bearer(units, outside, platform_id, SCOPES)
        answer = outside.get(url, headers={"Accept": rules.ACCEPT, "Authorization": f"Bearer {token}"})
        if answer.status != HTTPStatus.UNAUTHORIZED or not again:
            break
        tokens.forget(units, platform_id, SCOPES)
    if answer.status != HTTPStatus.OK:
        raise Failed(f"status {answer.status}")
    return answer
