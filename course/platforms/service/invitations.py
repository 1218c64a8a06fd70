"""Links by which an LMS admin registers a platform: made, taken back, spent once."""

from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from course import clock
from course.people.rules import fingerprint, new_token
from course.platforms.models import Invitation

LIFE = timedelta(hours=24)


class InvitationSpent(Exception):  # noqa: N818 - It is what the LMS admin is told, not a fault of the program.
    """The link was used, taken back or is too old."""


def invite(session: Session, *, organisation_id: int, by_id: int) -> str:
    """Make a link's token for an organisation. Only its hash is kept here."""
    token = new_token()
    now = clock.now()
    session.add(
        Invitation(
            token_hash=fingerprint(token),
            organisation_id=organisation_id,
            by_id=by_id,
            created_at=now,
            expires_at=now + LIFE,
        )
    )
    session.flush()
    return token


def withdraw(session: Session, *, invitation_id: int) -> bool:
    """Take a link back that nobody has used. Returns whether there was one."""
    now = clock.now()
    taken = session.execute(
        update(Invitation)
        .where(Invitation.id == invitation_id, Invitation.used_at.is_(None))
        .values(used_at=now)
        .returning(Invitation.id)
    )
    return taken.one_or_none() is not None


def spend(session: Session, *, token: str) -> Invitation:
    """Use a link up, in one statement, so that of two registrations only one comes about.

    Raises InvitationSpent.
    """
    now = clock.now()
    spent = session.execute(
        update(Invitation)
        .where(Invitation.token_hash == fingerprint(token), Invitation.used_at.is_(None), Invitation.expires_at > now)
        .values(used_at=now)
        .returning(Invitation)
    ).scalar_one_or_none()
    if spent is None:
        raise InvitationSpent
    return spent
