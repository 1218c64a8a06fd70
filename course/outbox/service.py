"""Writing messages and notes, and handing messages out to be sent. Sending is ``course.delivery``'s work."""

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import case, func, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from course import clock
from course.outbox.models import Message
from course.statements import insert_once, write_row

NOTES = "oneday-notes"
SPREAD = 0.2
"""By how much a wait is shorter or longer by chance, so that what failed together does not come back together."""


class Kind(StrEnum):
    """What a message is: who sends it, how often, and who must not be sent two at a time."""

    MAIL = "mail"
    SCORE = "score"
    ROSTER = "roster"
    """A note to ourselves: read the roster of an LMS's course."""


@dataclass(frozen=True)
class Manner:
    """How messages of a kind are tried."""

    attempts: int
    longest: timedelta
    """The waits double from a minute to this."""
    lease: timedelta
    """How long one try may take, before another process believes that this one died."""
    one_at_a_time: bool
    """Whether a recipient is sent one message at a time, by all processes together: they arrive in order."""

    def wait(self, attempt: int) -> timedelta:
        """Return how long to wait after a failed try, the first of which is number 1."""
        return min(timedelta(minutes=2 ** min(max(0, attempt - 1), 20)), self.longest)


MANNERS: Mapping[str, Manner] = {
    # The last try comes about two hours after the first.
    Kind.MAIL: Manner(8, timedelta(hours=2), timedelta(minutes=2), one_at_a_time=False),
    # About three days after the first: an LMS may be down over a weekend.
    Kind.SCORE: Manner(16, timedelta(hours=12), timedelta(minutes=3), one_at_a_time=True),
    # About an hour; the next day it is read again anyway.
    Kind.ROSTER: Manner(6, timedelta(hours=1), timedelta(minutes=3), one_at_a_time=True),
}
ATTEMPTS = MANNERS[Kind.MAIL].attempts
"""How often a mail is tried."""
_POST = insert_once(Message)
_dice = random.SystemRandom()


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
            kind=Kind.MAIL,
            recipient=recipient,
            payload={"subject": subject, "body": body},
            key=key,
            group=group,
            created_at=now,
            due_at=due_at or now,
        )
    )


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A message to be written."""

    recipient: str
    payload: dict[str, Any]
    due_at: datetime
    key: str | None = None
    group: str | None = None


def post(session: Session, letters: Sequence[Letter], *, kind: Kind) -> None:
    """Owe messages of a kind, all in one statement. One whose ``key`` is known already is not written again."""
    if not letters:
        return
    now = clock.now()
    rows = [{**vars(letter), "kind": kind.value, "created_at": now, "attempts": 0} for letter in letters]
    write_row(session, _POST, rows)


def recall(session: Session, *, group: str) -> int:
    """Take back the messages of a group that have not left yet. Returns how many."""
    return recall_all(session, groups=[group])


def recall_all(session: Session, *, groups: Collection[str]) -> int:
    """Take back the messages of several groups that have not left yet. Returns how many."""
    taken = session.execute(
        update(Message)
        .where(Message.group.in_(groups), Message.sent_at.is_(None), Message.recalled_at.is_(None))
        .values(recalled_at=clock.now())
        .returning(Message.id)
    )
    return len(taken.all())


@dataclass(frozen=True)
class Lane:
    """Messages that are sent one after the other: all mails, or all of a kind to one recipient."""

    kind: str
    recipient: str = ""
    """Empty: to everybody."""


@dataclass(frozen=True)
class Job:
    """A message that this process has leased and is to send."""

    id: int
    kind: str
    recipient: str
    payload: dict[str, Any]
    attempts: int = 1


def lanes(session: Session, *, kinds: Collection[str]) -> list[Lane]:
    """Return where something is due that nobody else is sending."""
    alone = [kind for kind in kinds if MANNERS[kind].one_at_a_time]
    whom = case((Message.kind.in_(alone), Message.recipient), else_="")
    due = select(Message.kind, whom).where(or_(*(_due(kind) for kind in kinds))).distinct()
    found = {Lane(kind, recipient) for kind, recipient in session.execute(due)}
    if any(lane.recipient for lane in found):
        busy = select(Message.kind, Message.recipient).where(Message.kind.in_(alone), _leased())
        found -= {Lane(kind, recipient) for kind, recipient in session.execute(busy)}
    return sorted(found, key=lambda lane: (lane.kind, lane.recipient))


def claim(
    session: Session, *, kind: str = Kind.MAIL, recipient: str = "", limit: int = 20, lease: timedelta | None = None
) -> list[Job]:
    """Lease messages of a kind that are due, so that no other process sends them at the same time."""
    now = clock.now()
    manner = MANNERS[kind]
    due = select(Message).where(_due(kind)).order_by(Message.due_at, Message.id).limit(limit)
    if recipient:
        due = due.where(Message.recipient == recipient)
    if manner.one_at_a_time:
        if session.get_bind().dialect.name == "postgresql":
            # Two processes would each see that nobody else has leased another message of this recipient.
            session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"{kind} {recipient}"))))
        busy = select(Message.id).where(Message.kind == kind, Message.recipient == recipient, _leased()).limit(1)
        if session.execute(busy).first() is not None:
            return []
        due = due.limit(1)
    jobs = []
    for message in session.scalars(due.with_for_update(skip_locked=True, of=Message)):
        message.leased_until = now + (lease or manner.lease)
        message.attempts += 1
        jobs.append(Job(message.id, message.kind, message.recipient, message.payload, message.attempts))
    return jobs


def _due(kind: str) -> ColumnElement[bool]:
    now = clock.now()
    return (
        (Message.kind == kind)
        & Message.sent_at.is_(None)
        & Message.recalled_at.is_(None)
        & (Message.due_at <= now)
        & (Message.attempts < MANNERS[kind].attempts)
        & or_(Message.leased_until.is_(None), Message.leased_until < now)
    )


def _leased() -> ColumnElement[bool]:
    return Message.sent_at.is_(None) & (Message.leased_until >= clock.now())


def sent(session: Session, *, message_id: int) -> None:
    """Note that a message has left, or that there was nothing left to send."""
    session.execute(
        update(Message).where(Message.id == message_id).values(sent_at=clock.now(), leased_until=None, error=None)
    )


def failed(
    session: Session, *, message_id: int, error: str, wait: timedelta | None = None, chance: random.Random = _dice
) -> datetime | None:
    """Note that sending failed; the next try waits twice as long as the last one, a minute at first, more or less.

    ``wait`` is the least that the other side asked for. Returns when it is tried again; None when it is given up.
    """
    message = session.get_one(Message, message_id)
    manner = MANNERS[message.kind]
    message.leased_until = None
    message.error = error[:500]
    pause = manner.wait(message.attempts) * chance.uniform(1 - SPREAD, 1 + SPREAD)
    if wait is not None:
        # Never earlier than was asked for.
        pause = max(pause, wait * chance.uniform(1, 1 + SPREAD))
    message.due_at = clock.now() + pause
    return message.due_at if message.attempts < manner.attempts else None


def refused(session: Session, *, message_id: int, error: str) -> None:
    """Note that a message will not be taken, however often it is sent. ``retry`` alone sends it again."""
    message = session.get_one(Message, message_id)
    message.leased_until = None
    message.error = error[:500]
    message.attempts = MANNERS[message.kind].attempts


def rest(session: Session, *, kind: str, recipient: str, until: datetime) -> None:
    """Let a recipient who cannot be reached be: nothing is tried before this moment, and no try is spent on it."""
    session.execute(
        update(Message)
        .where(
            Message.kind == kind,
            Message.recipient == recipient,
            Message.sent_at.is_(None),
            Message.recalled_at.is_(None),
            Message.due_at < until,
        )
        .values(due_at=until)
    )


def retry(session: Session, *, message_id: int) -> bool:
    """Let a message that did not leave be tried at once, as if for the first time. Returns whether there was one."""
    retried = session.execute(
        update(Message)
        .where(Message.id == message_id, Message.sent_at.is_(None), Message.recalled_at.is_(None))
        .values(due_at=clock.now(), attempts=0, leased_until=None, error=None)
        .returning(Message.id)
    ).scalar_one_or_none()
    return retried is not None
