"""What is known about people, their identities, sessions and links."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, bindparam, func, select
from sqlalchemy.orm import Session

from course import clock
from course.people.models import Identity, IdentityKind, Link, Person, Site
from course.people.models import Session as SignIn
from course.people.rules import IDLE, fingerprint, fold_address
from course.statements import columns


@dataclass(frozen=True)
class Credentials:
    """What a sign-in by address is checked against."""

    person_id: int
    identity_id: int
    password_hash: str | None


@dataclass(frozen=True)
class OpenLink:
    """A link that still works."""

    person_id: int
    name: str
    address: str
    """The person's local address, or empty when they have none."""


# Built once: building it costs more than running it.
_OPEN_LINK = (
    select(Link.person_id, Person.name, Identity.subject)
    .join(Person, Person.id == Link.person_id)
    .outerjoin(Identity, (Identity.person_id == Person.id) & (Identity.kind == IdentityKind.LOCAL))
    .where(
        Link.token_hash == bindparam("token_hash"),
        Link.purpose == bindparam("purpose"),
        Link.used_at.is_(None),
        Link.expires_at > bindparam("now"),
    )
    .order_by(Identity.id)
    .limit(1)
)


def credentials_of(session: Session, address: str) -> Credentials | None:
    row = session.execute(
        select(Identity.person_id, Identity.id, Identity.password_hash).where(*_local(address))
    ).one_or_none()
    return Credentials(row.person_id, row.id, row.password_hash) if row is not None else None


def person_by_address(session: Session, address: str) -> int | None:
    """Return who signs in with this address."""
    return session.execute(select(Identity.person_id).where(*_local(address))).scalar_one_or_none()


def local_address(session: Session, person_id: int) -> str | None:
    """Return the address with which a person signs in here, or None."""
    return session.execute(
        select(Identity.subject)
        .where(Identity.person_id == person_id, Identity.kind == IdentityKind.LOCAL)
        .order_by(Identity.id)
        .limit(1)
    ).scalar_one_or_none()


def password_of(session: Session, person_id: int) -> str | None:
    """Return the hash of a person's password, or None when they have never set one."""
    return session.execute(
        select(Identity.password_hash)
        .where(Identity.person_id == person_id, Identity.password_hash.is_not(None))
        .order_by(Identity.id)
        .limit(1)
    ).scalar_one_or_none()


def open_link(session: Session, *, token: str, purpose: str) -> OpenLink | None:
    """Return whose link this is, as long as it works. Looking does not spend it."""
    asked = {"token_hash": fingerprint(token), "purpose": purpose, "now": clock.now()}
    row = columns(session, _OPEN_LINK, asked).one_or_none()
    return OpenLink(row.person_id, row.name, row.subject or "") if row is not None else None


def other_sessions(session: Session, *, person_id: int, session_id: int) -> int:
    """Return on how many other devices a person is signed in."""
    return session.execute(
        select(func.count())
        .select_from(SignIn)
        .where(
            SignIn.person_id == person_id,
            SignIn.id != session_id,
            SignIn.ended_at.is_(None),
            SignIn.seen_at > clock.now() - IDLE,
        )
    ).scalar_one()


def is_demo(session: Session) -> bool:
    """Return whether this database was seeded as a demo, which it is for good."""
    return session.execute(select(Site.key).where(Site.key == "demo")).first() is not None


def _local(address: str) -> tuple[ColumnElement[bool], ...]:
    return (
        Identity.kind == IdentityKind.LOCAL,
        Identity.issuer == "",
        Identity.subject == fold_address(address),
    )
