"""What the admin's pages show."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from course.cohorts.models import Cohort, Day, Membership, Role, Run
from course.library.models import Live, Version
from course.outbox.models import Message
from course.people.models import Organisation, Person

STAFF = (Role.MANAGER, Role.FACILITATOR)
PAGE = 50


@dataclass(frozen=True)
class Place:
    """An organisation and how many of each role it has."""

    organisation_id: int
    name: str
    managers: int
    facilitators: int
    learners: int
    groups: int


@dataclass(frozen=True)
class Staff:
    membership_id: int
    person_id: int
    name: str
    email: str
    role: str


@dataclass(frozen=True)
class Published:
    slug: str
    title: str
    version_hash: str
    since: datetime
    runs: int
    older: int
    """Courses from today on that are held on another version."""


@dataclass(frozen=True)
class Mail:
    message_id: int
    recipient: str
    subject: str
    body: str
    created_at: datetime
    due_at: datetime
    sent_at: datetime | None
    recalled_at: datetime | None
    attempts: int
    error: str


def places(session: Session) -> tuple[Place, ...]:
    """Return every organisation by name."""
    groups = (
        select(func.count()).where(Cohort.organisation_id == Organisation.id).correlate(Organisation).scalar_subquery()
    )
    rows = session.execute(
        select(
            Organisation.id,
            Organisation.name,
            *(
                func.count(case((Membership.role == role, 1))).label(role.value)
                for role in (Role.MANAGER, Role.FACILITATOR, Role.LEARNER)
            ),
            groups.label("groups"),
        )
        .outerjoin(Membership, (Membership.organisation_id == Organisation.id) & Membership.ended_at.is_(None))
        .group_by(Organisation.id, Organisation.name)
        .order_by(func.lower(Organisation.name))
    )
    return tuple(Place(row.id, row.name, row.manager, row.facilitator, row.learner, row.groups) for row in rows)


def organisation(session: Session, organisation_id: int) -> tuple[int, str] | None:
    row = session.execute(
        select(Organisation.id, Organisation.name).where(Organisation.id == organisation_id)
    ).one_or_none()
    return (row.id, row.name) if row else None


def staff(session: Session, organisation_id: int | None) -> tuple[Staff, ...]:
    """Return managers and facilitators of an organisation, or the admins for None."""
    where = (
        Membership.role == Role.ADMIN
        if organisation_id is None
        else (Membership.organisation_id == organisation_id) & Membership.role.in_(STAFF)
    )
    rows = session.execute(
        select(Membership.id, Membership.role, Person.id.label("person_id"), Person.name, Person.email)
        .join(Person, Person.id == Membership.person_id)
        .where(where, Membership.ended_at.is_(None))
        .order_by(Membership.role.desc(), func.lower(Person.name), Membership.id)
    )
    return tuple(Staff(row.id, row.person_id, row.name, row.email or "", row.role) for row in rows)


def one_of_staff(session: Session, membership_id: int) -> tuple[Staff, int | None] | None:
    """Return a member of staff with their organisation: learners are no business of this desk."""
    row = session.execute(
        select(
            Membership.id,
            Membership.role,
            Membership.organisation_id,
            Person.id.label("person_id"),
            Person.name,
            Person.email,
        )
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.id == membership_id,
            Membership.ended_at.is_(None),
            Membership.role.in_((*STAFF, Role.ADMIN)),
        )
    ).one_or_none()
    if row is None:
        return None
    return Staff(row.id, row.person_id, row.name, row.email or "", row.role), row.organisation_id


def roles_of(session: Session, person_id: int) -> tuple[tuple[str, str], ...]:
    """Return what somebody is and where, for an admin who asks whether it is the same person."""
    rows = session.execute(
        select(Membership.role, Organisation.name)
        .outerjoin(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.person_id == person_id, Membership.ended_at.is_(None))
        .order_by(Organisation.name, Membership.role)
    )
    return tuple((row.role, row.name or "") for row in rows)


def admins_left(session: Session) -> int:
    return session.execute(
        select(func.count()).where(Membership.role == Role.ADMIN, Membership.ended_at.is_(None))
    ).scalar_one()


def published(session: Session, *, today: object) -> tuple[Published, ...]:
    """Return the live modules, with how many courses from today on hold each, and how many an older version."""
    rows = session.execute(
        select(
            Live.slug,
            Version.title,
            Live.version_hash,
            Live.switched_at,
            func.count(Day.id).label("runs"),
            func.count(case((Day.id.is_not(None) & (Run.version_hash != Live.version_hash), 1))).label("older"),
        )
        .join(Version, Version.hash == Live.version_hash)
        .outerjoin(Run, (Run.module == Live.slug) & Run.cancelled_at.is_(None))
        .outerjoin(Day, (Day.id == Run.day_id) & (Day.date >= today))
        .group_by(Live.slug, Version.title, Live.version_hash, Live.switched_at)
        .order_by(Version.title)
    )
    return tuple(Published(row.slug, row.title, row.version_hash, row.switched_at, row.runs, row.older) for row in rows)


def mails(session: Session, *, page: int = 0) -> tuple[tuple[Mail, ...], bool]:
    """Return one page of mails, newest first, and whether there are more."""
    rows = session.execute(
        select(
            Message.id,
            Message.recipient,
            Message.payload,
            Message.created_at,
            Message.due_at,
            Message.sent_at,
            Message.recalled_at,
            Message.attempts,
            Message.error,
        )
        .where(Message.kind == "mail")
        .order_by(Message.id.desc())
        .limit(PAGE + 1)
        .offset(page * PAGE)
    ).all()
    found = tuple(
        Mail(
            row.id,
            row.recipient,
            row.payload.get("subject", ""),
            row.payload.get("body", ""),
            row.created_at,
            row.due_at,
            row.sent_at,
            row.recalled_at,
            row.attempts,
            row.error or "",
        )
        for row in rows[:PAGE]
    )
    return found, len(rows) > PAGE


def waiting_mails(session: Session) -> int:
    return session.execute(
        select(func.count()).where(Message.kind == "mail", Message.sent_at.is_(None), Message.recalled_at.is_(None))
    ).scalar_one()
