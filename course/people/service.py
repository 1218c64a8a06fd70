"""What happens to people, identities, sessions and links."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from course import clock
from course.database import Base
from course.outbox.service import post_mail
from course.people import mails, queries
from course.people.models import Identity, IdentityKind, Link, Person
from course.people.models import Session as SignIn
from course.people.rules import LINK_LIFE, fingerprint, fold_address, new_token
from course.statements import insert_later, write_later, write_row

Purpose = Literal["password", "sign_in", "demo", "window", "choice", "join"]
_WAYS: dict[Purpose, str] = {
    "password": "password",
    "sign_in": "link",
    "demo": "demo",
    "window": "lti",
    "choice": "lti",
    "join": "lti",
}
# Without the ORM, whose unit of work costs twice the insert: a whole room comes in at once.
_SESSIONS = Base.metadata.tables[SignIn.__tablename__]
_ADD_SESSION, _SESSION_LATER = insert(_SESSIONS).returning(_SESSIONS.c.id), insert_later(SignIn)
_END_SESSION = (
    update(_SESSIONS)
    .where(_SESSIONS.c.token_hash == bindparam("hash"), _SESSIONS.c.ended_at.is_(None))
    .values(ended_at=bindparam("now"))
)
_ADD_LINK = insert(Base.metadata.tables[Link.__tablename__])


class AddressTaken(Exception):  # noqa: N818 - It is what the manager is told, not a fault of the program.
    """This address lets somebody else in."""


class NoLocalIdentity(Exception):  # noqa: N818 - It names what is missing.
    """A password was to be set for somebody who has no address here."""


@dataclass(frozen=True)
class SpentLink:
    """A link that was used just now: whose it was, and the way of the session it opens."""

    person_id: int
    way: str


def add_person(session: Session, *, name: str, email: str | None = None) -> Person:
    person = Person(name=" ".join(name.split()), email=email or None, created_at=clock.now())
    session.add(person)
    session.flush()
    return person


def rename_person(session: Session, *, person_id: int, name: str) -> None:
    """Correct a name. Whoever calls leaves notes for the person's seats: certificates name them."""
    session.execute(update(Person).where(Person.id == person_id).values(name=" ".join(name.split())))


def person_by_address(session: Session, address: str) -> int | None:
    """Return who signs in with this address."""
    return queries.person_by_address(session, address)


def add_local_identity(session: Session, *, person_id: int, address: str) -> Identity:
    """Let a person sign in with an address, or return the identity if they may already.

    Raises AddressTaken when it belongs to somebody else.
    """
    subject = fold_address(address)
    identity = Identity(person_id=person_id, kind=IdentityKind.LOCAL, subject=subject, created_at=clock.now())
    try:
        with session.begin_nested():
            session.add(identity)
    except IntegrityError as error:
        known = session.execute(
            select(Identity).where(
                Identity.kind == IdentityKind.LOCAL, Identity.issuer == "", Identity.subject == subject
            )
        ).scalar_one()
        if known.person_id != person_id:
            raise AddressTaken(address) from error
        return known
    return identity


def move_address(session: Session, *, person_id: int, address: str | None) -> None:
    """Let a person sign in with another address and no longer with the ones before.

    Their password and their unused links go, and they are signed out: the former address may have been a typing
    error that let a stranger in. Where the new address lets somebody else in, they are left with links alone.
    """
    mine = select(Identity.id).where(Identity.person_id == person_id, Identity.kind == IdentityKind.LOCAL)
    if session.execute(mine).first() is None:
        return
    session.execute(delete(Identity).where(Identity.id.in_(mine)))
    kill_links(session, person_id=person_id, purposes=("password", "sign_in"))
    end_other_sessions(session, person_id=person_id)
    if address:
        with suppress(AddressTaken):
            add_local_identity(session, person_id=person_id, address=address)


def set_password(session: Session, *, person_id: int, password_hash: str, keep_session_id: int | None = None) -> None:
    """Set a password. It ends the person's other sessions and kills every unused link of theirs.

    Raises NoLocalIdentity.
    """
    changed = session.execute(
        update(Identity)
        .where(Identity.person_id == person_id, Identity.kind == IdentityKind.LOCAL)
        .values(password_hash=password_hash)
        .returning(Identity.id)
    ).all()
    if not changed:
        raise NoLocalIdentity(person_id)
    end_other_sessions(session, person_id=person_id, keep_session_id=keep_session_id)
    kill_links(session, person_id=person_id, purposes=("password", "sign_in"))


def renew_hash(session: Session, *, identity_id: int, password_hash: str) -> None:
    """Keep the same password under a hash with today's parameters."""
    session.execute(update(Identity).where(Identity.id == identity_id).values(password_hash=password_hash))


def make_link(
    session: Session,
    *,
    person_id: int,
    purpose: Purpose,
    life: timedelta = LINK_LIFE,
    way: str | None = None,
    token: str | None = None,
) -> str:
    """Make a link for one person and return its token, which is kept here only as a hash.

    A newer password link or code kills the older ones. ``way`` is that of the session which the link will open;
    ``token`` is given where people must type it.
    """
    if purpose in {"password", "join"}:
        kill_links(session, person_id=person_id, purposes=(purpose,))
    token = token or new_token()
    now = clock.now()
    session.execute(
        _ADD_LINK,
        {
            "token_hash": fingerprint(token),
            "person_id": person_id,
            "purpose": purpose,
            "way": way or _WAYS[purpose],
            "created_at": now,
            "expires_at": now + life,
        },
    )
    return token


def kill_links(session: Session, *, person_id: int, purposes: tuple[Purpose, ...], way: str | None = None) -> None:
    """Make unused links of a person unusable; with ``way``, only those that open such a session."""
    dead = update(Link).where(Link.person_id == person_id, Link.purpose.in_(purposes), Link.used_at.is_(None))
    if way is not None:
        dead = dead.where(Link.way == way)
    session.execute(dead.values(used_at=clock.now()))


def spend_link(session: Session, *, token: str, purpose: Purpose) -> SpentLink | None:
    """Use a link up, in one statement, so that of two browsers only one gets in. None: it no longer works."""
    now = clock.now()
    row = session.execute(
        update(Link)
        .where(
            Link.token_hash == fingerprint(token),
            Link.purpose == purpose,
            Link.used_at.is_(None),
            Link.expires_at > now,
        )
        .values(used_at=now)
        .returning(Link.person_id, Link.way)
    ).one_or_none()
    return SpentLink(row.person_id, row.way) if row is not None else None


def invite(session: Session, *, person_id: int, address: str, base_url: str, mail: bool) -> str:
    """Let a person set a password: returns the one-use link, and mails it when ``mail`` says that mail works.

    Raises AddressTaken.
    """
    add_local_identity(session, person_id=person_id, address=address)
    url = f"{base_url}/sign-in/password/{make_link(session, person_id=person_id, purpose='password')}"
    if mail:
        name = session.execute(select(Person.name).where(Person.id == person_id)).scalar_one()
        subject, body = mails.invitation(name=name, url=url)
        post_mail(session, recipient=address, subject=subject, body=body)
    return url


def mail_password_link(session: Session, *, address: str, base_url: str) -> None:
    """Mail a link to whoever signs in with this address. Nobody learns here whether there is such a person."""
    person_id = queries.person_by_address(session, address)
    if person_id is None:
        return
    name = session.execute(select(Person.name).where(Person.id == person_id)).scalar_one()
    token = make_link(session, person_id=person_id, purpose="password")
    subject, body = mails.reset(name=name, url=f"{base_url}/sign-in/password/{token}")
    post_mail(session, recipient=fold_address(address), subject=subject, body=body)


def open_session(session: Session, *, person_id: int, way: str, organisation_id: int | None = None) -> tuple[str, int]:
    """Sign a person in. Returns the token for their cookie, kept here only as a hash, and the session's id.

    ``organisation_id``: the one that the session sees, when a launch opened it.
    """
    token, row = _opened(person_id, way, organisation_id)
    return token, write_row(session, _ADD_SESSION, row).scalar_one()


def open_session_later(session: Session, *, person_id: int, way: str, organisation_id: int) -> str:
    """Sign a person in from their next request on, and return its token: cheaper than a session that begins now."""
    token, row = _opened(person_id, way, organisation_id)
    write_later(session, _SESSION_LATER, row)
    return token


def _opened(person_id: int, way: str, organisation_id: int | None) -> tuple[str, dict[str, Any]]:
    token = new_token()
    now = clock.now()
    row = {
        "token_hash": fingerprint(token),
        "person_id": person_id,
        "way": way,
        "created_at": now,
        "seen_at": now,
        "organisation_id": organisation_id,
    }
    return token, row


def touch(session: Session, *, session_id: int) -> None:
    """Note that a session is in use."""
    session.execute(update(SignIn).where(SignIn.id == session_id).values(seen_at=clock.now()))


def end_session(session: Session, *, session_id: int) -> None:
    """Sign a browser out for good."""
    session.execute(
        update(SignIn).where(SignIn.id == session_id, SignIn.ended_at.is_(None)).values(ended_at=clock.now())
    )


def end_session_of(session: Session, *, token: str) -> None:
    """Sign out the browser that carries this token, whoever it belongs to."""
    write_row(session, _END_SESSION, {"hash": fingerprint(token), "now": clock.now()})


def end_other_sessions(
    session: Session, *, person_id: int, keep_session_id: int | None = None, way: str | None = None
) -> None:
    """Sign a person out on every device but one; with ``way``, only where they came in that way."""
    ended = update(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None))
    if keep_session_id is not None:
        ended = ended.where(SignIn.id != keep_session_id)
    if way is not None:
        ended = ended.where(SignIn.way == way)
    session.execute(ended.values(ended_at=clock.now()))
