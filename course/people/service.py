"""What happens to people, identities, sessions and links."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from course import clock
from course.people.models import Session as SignIn
from course.people.rules import fingerprint, new_token


def open_session(session: Session, *, person_id: int, way: str) -> tuple[str, int]:
    """Sign a person in. Returns the token for their cookie, kept here only as a hash, and the session's id."""
    token = new_token()
    now = clock.now()
    signin = SignIn(token_hash=fingerprint(token), person_id=person_id, way=way, created_at=now, seen_at=now)
    session.add(signin)
    session.flush()
    return token, signin.id


def touch(session: Session, *, session_id: int) -> None:
    """Note that a session is in use."""
    session.execute(update(SignIn).where(SignIn.id == session_id).values(seen_at=clock.now()))


def end_session(session: Session, *, session_id: int) -> None:
    """Sign a browser out for good."""
    session.execute(
        update(SignIn).where(SignIn.id == session_id, SignIn.ended_at.is_(None)).values(ended_at=clock.now())
    )
