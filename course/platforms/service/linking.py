"""Making one person of two: somebody who came by a platform, and the account they had here before.

Both sides prove themselves: the platform's user by the launch that shows them a code, the owner of the account by
signing in here and typing it. Nothing follows from an e-mail address alone.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import structlog
from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session

from course import clock
from course.cohorts.models import CohortMember, Membership, Role, Run, Seat
from course.cohorts.service import calendar
from course.commitments.models import Commitment
from course.people import queries as people_queries
from course.people import service as people
from course.people.models import Identity, IdentityKind, Person
from course.people.rules import fold_address
from course.platforms.models import Context, Deployment, Participant, Platform
from course.platforms.queries.contexts import ORGANISATION
from course.platforms.service import rights, seats
from course.reflections.models import Draft, Submission
from course.scenarios.models import Attempt, Partner

CODE_LIFE = timedelta(minutes=15)
ALPHABET = "CDFGHJKMNPQRTVWXY34679"
"""No pair that looks alike, and no vowel, so that no code is a word."""
LENGTH = 9
LIKELY = {Role.LEARNER.value, Role.FACILITATOR.value}

log = structlog.get_logger()


class Refusal(StrEnum):
    """Why two accounts do not become one."""

    GONE = "gone"
    """The code is wrong, was used, or is older than a quarter of an hour."""
    ADDRESS = "address"
    """The platform tells another e-mail address than the one of the account."""
    WORK = "work"
    """The platform's user has begun to work, or leads a course."""
    ROLE = "role"
    """Accounts of managers, of admins and of other organisations are never linked."""
    TWICE = "twice"
    """The account is in the same course of the platform already, as somebody else."""


@dataclass(frozen=True)
class Guest:
    """Somebody who came by a platform, as the owner of the account is asked about them."""

    person_id: int
    name: str
    email: str
    platform: str
    courses: tuple[str, ...]


def new_code(session: Session, *, person_id: int) -> str:
    """Make the code that somebody who came by a platform types where they are signed in. Older ones are void."""
    code = "".join(secrets.choice(ALPHABET) for _letter in range(LENGTH))
    people.make_link(session, person_id=person_id, purpose="join", life=CODE_LIFE, token=code)
    return code


def show_code(code: str) -> str:
    """K7M-4QX-9TR: three groups of three are easy to carry from one window to the other."""
    return "-".join(code[start : start + 3] for start in range(0, LENGTH, 3))


def read_code(typed: str) -> str:
    """Return the code that was meant, in any case, with or without blanks and dashes."""
    return "".join(letter for letter in typed.upper() if letter.isalnum())


def guest(session: Session, *, code: str) -> Guest | None:
    """Return who showed this code, as long as it works. Looking does not spend it."""
    link = people_queries.open_link(session, token=code, purpose="join")
    return _guest(session, link.person_id) if link is not None else None


def link(session: Session, *, code: str, person_id: int) -> Guest | Refusal:
    """Let the platform's user who showed this code be the person who is signed in. The code is spent in any case."""
    spent = people.spend_link(session, token=code, purpose="join")
    found = _guest(session, spent.person_id) if spent is not None else None
    if found is None:
        return Refusal.GONE
    refusal = refusal_of(session, found, person_id=person_id)
    if refusal is not None:
        log.info("lti link refused", reason=refusal.value, person=person_id)
        return refusal
    _move(session, found.person_id, person_id)
    log.info("lti link made", person=person_id, was=found.person_id, platform=found.platform)
    return found


def refusal_of(session: Session, found: Guest, *, person_id: int) -> Refusal | None:
    """Return why somebody who came by a platform is not to become this person, or None."""
    address = people_queries.local_address(session, person_id)
    if address is None or not found.email or fold_address(found.email) != address:
        return Refusal.ADDRESS
    if not _may_be_linked(session, found.person_id, person_id):
        return Refusal.ROLE
    if _has_work(session, found.person_id):
        return Refusal.WORK
    mine = select(Participant.context_id).where(Participant.person_id == person_id)
    both = select(Participant.id).where(Participant.person_id == found.person_id, Participant.context_id.in_(mine))
    return Refusal.TWICE if session.execute(both.limit(1)).first() is not None else None


def _guest(session: Session, person_id: int) -> Guest | None:
    """Return somebody who comes in by platforms alone; None for everybody else."""
    rows = session.execute(
        select(Person.name, Person.email, Platform.name.label("platform"), Context.title)
        .join(Participant, Participant.person_id == Person.id)
        .join(Context, Context.id == Participant.context_id)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .join(Platform, Platform.id == Deployment.platform_id)
        .where(
            Person.id == person_id,
            ~exists().where(Identity.person_id == Person.id, Identity.kind != IdentityKind.LTI),
        )
        .order_by(Participant.id)
    ).all()
    if not rows:
        return None
    courses = tuple(dict.fromkeys(row.title for row in rows if row.title))
    return Guest(person_id, rows[0].name, rows[0].email or "", rows[0].platform, courses)


def _may_be_linked(session: Session, guest_id: int, person_id: int) -> bool:
    """Whether both are learners or facilitators of the one organisation whose people come by the guest's platform."""
    places = set(
        session.execute(
            select(ORGANISATION)
            .select_from(Participant)
            .join(Context, Context.id == Participant.context_id)
            .join(Deployment, Deployment.id == Context.deployment_id)
            .join(Platform, Platform.id == Deployment.platform_id)
            .where(Participant.person_id == guest_id)
        ).scalars()
    )
    roles = session.execute(
        select(Membership.person_id, Membership.role, Membership.organisation_id).where(
            Membership.person_id.in_([guest_id, person_id]), Membership.ended_at.is_(None)
        )
    ).all()
    theirs = [role for role in roles if role.person_id == person_id]
    return (
        len(places) == 1
        and bool(theirs)
        and all(role.role in LIKELY and role.organisation_id in places for role in roles)
    )


def _has_work(session: Session, person_id: int) -> bool:
    done = [
        exists().where(table.seat_id == Seat.id, Seat.person_id == person_id)
        for table in (Attempt, Partner, Draft, Submission, Commitment)
    ]
    leads = exists().where(Run.facilitator_id == person_id)
    facilitates = exists().where(
        Membership.person_id == person_id, Membership.role == Role.FACILITATOR.value, Membership.ended_at.is_(None)
    )
    return bool(session.execute(select(or_(*done, leads, facilitates))).scalar_one())


def _move(session: Session, guest_id: int, person_id: int) -> None:
    """Give the account the guest's way in, courses and seats, and sign the guest out everywhere."""
    now = clock.now()
    for table in (Identity, Participant):
        session.execute(update(table).where(table.person_id == guest_id).values(person_id=person_id))
    held = session.execute(
        select(Seat.id, Seat.run_id, Run.cohort_id)
        .join(Run, Run.id == Seat.run_id)
        .where(Seat.person_id == guest_id, Seat.cancelled_at.is_(None), Run.cancelled_at.is_(None))
    ).all()
    for seat in held:
        calendar.cancel_seat(session, seat_id=seat.id)
        rights.join(session, person_ids=[person_id], cohort_id=seat.cohort_id)
        calendar.add_seats(session, run_id=seat.run_id, person_ids=[person_id], way=seats.WAY)
    runs = [seat.run_id for seat in held]
    theirs = session.execute(
        select(Seat.id).where(Seat.person_id == person_id, Seat.run_id.in_(runs), Seat.cancelled_at.is_(None))
    )
    seats.report(session, seat_ids=theirs.scalars().all())
    organisations = select(Membership.organisation_id).where(
        Membership.person_id == guest_id, Membership.role == Role.LEARNER.value, Membership.ended_at.is_(None)
    )
    for organisation_id in session.execute(organisations).scalars().all():
        if organisation_id is not None:
            rights.grant(session, person_ids=[person_id], organisation_id=organisation_id, role=Role.LEARNER)
    session.execute(
        update(Membership).where(Membership.person_id == guest_id, Membership.ended_at.is_(None)).values(ended_at=now)
    )
    session.execute(
        update(CohortMember)
        .where(CohortMember.person_id == guest_id, CohortMember.left_at.is_(None))
        .values(left_at=now)
    )
    people.end_other_sessions(session, person_id=guest_id)
