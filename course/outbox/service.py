"""Writing messages and notes. Sending is ``course.delivery``'s work."""

from datetime import datetime
from typing import cast

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from course import clock
from course.outbox.models import Message

NOTES = "oneday-notes"


def note(session: Session, *, seat_id: int) -> None:
    """Leave a note to ourselves: the result of this seat is to be settled before this transaction commits.

    The note lives in the session, because it never outlives the transaction: it is settled in it or lost with it.
    """
    session.info.setdefault(NOTES, set()).add(seat_id)


def take_notes(session: Session) -> set[int]:
    """Return the seats that were noted, and forget them."""
    return cast(set[int], session.info.pop(NOTES, set()))


def post_mail(
    session: Session,
    *,
    recipient: str,
    subject: str,
    body: str,
    due_at: datetime | None = None,
    key: str | None = None,
    group: str | None = None,
) -> None:
    """Owe somebody a mail. A second one with the same ``key`` is not written; ``group`` lets it be taken back."""
    if key is not None and session.execute(select(Message.id).where(Message.key == key)).first() is not None:
        return
    now = clock.now()
    session.add(
        Message(
            kind="mail",
            recipient=recipient,
            payload={"subject": subject, "body": body},
            key=key,
            group=group,
            created_at=now,
            due_at=due_at or now,
        )
    )


def recall(session: Session, *, group: str) -> int:
    """Take back the messages of a group that have not left yet. Returns how many."""
    taken = session.execute(
        update(Message)
        .where(Message.group == group, Message.sent_at.is_(None), Message.recalled_at.is_(None))
        .values(recalled_at=clock.now())
        .returning(Message.id)
    )
    return len(taken.all())
