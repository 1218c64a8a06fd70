"""Mails owed once, leased once, tried again, taken back."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from course import clock
from course.database import Engines, unit_of_work
from course.outbox import service as outbox
from course.outbox.models import Message


def owe(session: Session, *, key: str | None = None, group: str | None = None) -> None:
    outbox.post_mail(
        session, recipient="lena@example.org", subject="Feedback", body="It is there.", key=key, group=group
    )
    session.flush()


def test_same_key_is_owed_once(session: Session) -> None:
    owe(session, key="grade-1")
    owe(session, key="grade-1")
    owe(session, key="grade-2")
    assert session.scalars(select(Message.key).order_by(Message.key)).all() == ["grade-1", "grade-2"]


def test_a_claimed_mail_is_nobody_elses(engines: Engines) -> None:
    with unit_of_work(engines, write=True) as session:
        owe(session)
    with unit_of_work(engines, write=True) as session:
        claimed = outbox.claim(session)
    with unit_of_work(engines, write=True) as session:
        again = outbox.claim(session)
    assert [job.payload["subject"] for job in claimed] == ["Feedback"]
    assert again == []


def test_a_lease_that_ran_out_is_claimed_again(engines: Engines) -> None:
    with unit_of_work(engines, write=True) as session:
        owe(session)
        (first,) = outbox.claim(session)
        session.flush()
        session.execute(update(Message).values(leased_until=clock.now() - timedelta(seconds=1)))
    with unit_of_work(engines, write=True) as session:
        assert outbox.claim(session) == [replace(first, attempts=2)]


def test_sent_mail_is_not_claimed(session: Session) -> None:
    owe(session)
    (job,) = outbox.claim(session)
    session.flush()
    outbox.sent(session, message_id=job.id)
    session.execute(update(Message).values(leased_until=None))
    assert outbox.claim(session) == []
    assert session.scalars(select(Message.sent_at)).one() is not None


def test_failed_mail_waits_longer_each_time(session: Session) -> None:
    owe(session)
    waits = []
    for _round in range(3):
        session.execute(update(Message).values(due_at=clock.now()))
        session.expire_all()
        (job,) = outbox.claim(session)
        session.flush()
        before = clock.now()
        outbox.failed(session, message_id=job.id, error="TimeoutError: no answer")
        session.flush()
        message = session.scalars(select(Message)).one()
        waits.append((message.due_at - before).total_seconds() / 60)
        assert message.error == "TimeoutError: no answer"
    assert [0.8 * wait <= found <= 1.2 * wait + 0.1 for wait, found in zip((1, 2, 4), waits, strict=True)] == [True] * 3


def test_given_up_after_enough_tries(session: Session) -> None:
    owe(session)
    session.execute(update(Message).values(attempts=outbox.ATTEMPTS - 1))
    session.expire_all()
    assert len(outbox.claim(session)) == 1
    session.flush()
    session.execute(update(Message).values(leased_until=None))
    assert outbox.claim(session) == []


def test_recalled_mail_never_leaves(session: Session) -> None:
    owe(session, key="a", group="release-1")
    owe(session, key="b", group="release-2")
    assert outbox.recall(session, group="release-1") == 1
    assert outbox.recall(session, group="release-1") == 0
    session.flush()
    claimed = outbox.claim(session)
    assert len(claimed) == 1
    assert session.get_one(Message, claimed[0].id).key == "b"


def test_not_due_yet(session: Session) -> None:
    outbox.post_mail(
        session,
        recipient="lena@example.org",
        subject="Later",
        body="Later.",
        due_at=clock.now() + timedelta(minutes=10),
    )
    session.flush()
    assert outbox.claim(session) == []


def test_notes_are_taken_once(session: Session) -> None:
    outbox.note(session, seat_id=7)
    outbox.note(session, seat_id=7)
    outbox.note(session, seat_id=9)
    assert outbox.take_notes(session) == {7, 9}
    assert outbox.take_notes(session) == set()
