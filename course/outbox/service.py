"""Writing messages and notes. Sending is ``course.delivery``'s work."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from course import clock
from course.outbox.models import Message

NOTES = "oneday-notes"
ATTEMPTS = 8
"""How often a mail is tried; the last try comes about two hours after the first."""


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


@dataclass(frozen=True)
class Job:
    """A message that this process has leased and is to send."""

    id: int
    recipient: str
    subject: str
    body: str


def claim(session: Session, *, limit: int = 20, lease: timedelta = timedelta(minutes=2)) -> list[Job]:
    """Lease the mails that are due, so that no other process sends them at the same time."""
    now = clock.now()
    due = (
        select(Message)
        .where(
            Message.kind == "mail",
            Message.sent_at.is_(None),
            Message.recalled_at.is_(None),
            Message.due_at <= now,
            Message.attempts < ATTEMPTS,
            or_(Message.leased_until.is_(None), Message.leased_until < now),
        )
        .order_by(Message.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    jobs = []
    for message in session.scalars(due):
        message.leased_until = now + lease
        message.attempts += 1
        jobs.append(Job(message.id, message.recipient, message.payload["subject"], message.payload["body"]))
    return jobs


def sent(session: Session, *, message_id: int) -> None:
    """Note that a message has left."""
    session.execute(
        update(Message).where(Message.id == message_id).values(sent_at=clock.now(), leased_until=None, error=None)
    )


def failed(session: Session, *, message_id: int, error: str) -> None:
    """Note that sending failed; the next try waits twice as long as the last one, a minute at first."""
    message = session.get_one(Message, message_id)
    message.leased_until = None
    message.error = error[:500]
    message.due_at = clock.now() + timedelta(minutes=2 ** max(0, message.attempts - 1))


def retry(session: Session, *, message_id: int) -> bool:
    """Let a mail that did not leave be tried at once, as if for the first time. Returns whether there was one."""
    retried = session.execute(
        update(Message)
        .where(Message.id == message_id, Message.sent_at.is_(None), Message.recalled_at.is_(None))
        .values(due_at=clock.now(), attempts=0, leased_until=None, error=None)
        .returning(Message.id)
    ).scalar_one_or_none()
    return retried is not None
