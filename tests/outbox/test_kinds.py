"""Messages of more than one kind: waits with chance, lanes, one at a time where the order counts, rests."""

import random
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from course import clock
from course.database import Engines, unit_of_work
from course.outbox import service as outbox
from course.outbox.models import Message
from course.outbox.service import MANNERS, Kind, Lane, Letter

KINDS = [Kind.MAIL, Kind.SCORE]


def owe(session: Session, *recipients: str, key: str | None = None) -> None:
    letters = [Letter(recipient=each, payload={"score": 1}, due_at=clock.now(), key=key) for each in recipients]
    outbox.post(session, letters, kind=Kind.SCORE)


def messages(session: Session) -> list[Message]:
    session.expire_all()
    return list(session.scalars(select(Message).order_by(Message.id)))


def test_a_letter_is_kept_as_it_is_and_once_for_its_key(session: Session) -> None:
    due = clock.now() + timedelta(minutes=10)
    letter = Letter(recipient="platform-1", payload={"score": 7, "again": False}, due_at=due, key="a", group="g")
    outbox.post(session, [letter, letter], kind=Kind.SCORE)
    outbox.post(session, [letter], kind=Kind.SCORE)
    outbox.post(session, [], kind=Kind.SCORE)
    (kept,) = messages(session)
    assert (kept.kind, kept.recipient, kept.payload, kept.key, kept.group) == (
        "score",
        "platform-1",
        {"score": 7, "again": False},
        "a",
        "g",
    )
    assert (kept.due_at, kept.attempts, kept.sent_at) == (due, 0, None)
    assert outbox.recall_all(session, groups=["g", "h"]) == 1
    assert outbox.lanes(session, kinds=KINDS) == []


def test_lanes_are_where_something_is_due(session: Session) -> None:
    owe(session, "platform-1", "platform-1", "platform-2")
    for name in ("lena", "leo"):
        outbox.post_mail(session, recipient=f"{name}@example.org", subject="S", body="B")
    session.flush()
    assert outbox.lanes(session, kinds=KINDS) == [
        Lane("mail"),
        Lane("score", "platform-1"),
        Lane("score", "platform-2"),
    ]
    assert outbox.lanes(session, kinds=[Kind.SCORE]) == [Lane("score", "platform-1"), Lane("score", "platform-2")]
    session.execute(update(Message).values(due_at=clock.now() + timedelta(minutes=1)))
    assert outbox.lanes(session, kinds=KINDS) == []


def test_a_platform_is_written_to_by_one_process_at_a_time(engines: Engines) -> None:
    with unit_of_work(engines, write=True) as session:
        owe(session, "platform-1", "platform-1", "platform-2")
    with unit_of_work(engines, write=True) as session:
        (first,) = outbox.claim(session, kind=Kind.SCORE, recipient="platform-1")
    with unit_of_work(engines, write=True) as session:
        assert outbox.claim(session, kind=Kind.SCORE, recipient="platform-1") == []
        assert outbox.lanes(session, kinds=KINDS) == [Lane("score", "platform-2")]
        assert len(outbox.claim(session, kind=Kind.SCORE, recipient="platform-2")) == 1
        outbox.sent(session, message_id=first.id)
    with unit_of_work(engines, write=True) as session:
        (second,) = outbox.claim(session, kind=Kind.SCORE, recipient="platform-1")
    assert second.id != first.id


def test_mails_are_claimed_by_as_many_as_like(engines: Engines) -> None:
    with unit_of_work(engines, write=True) as session:
        for number in range(2):
            outbox.post_mail(session, recipient=f"{number}@example.org", subject="S", body="B")
    claimed = []
    for _process in range(2):
        with unit_of_work(engines, write=True) as session:
            claimed += outbox.claim(session, limit=1)
    assert [job.recipient for job in claimed] == ["0@example.org", "1@example.org"]


def waits(session: Session, kind: Kind, chance: random.Random) -> list[float]:
    """How many minutes each wait of a kind is, until it is given up."""
    found: list[float] = []
    while True:
        session.execute(update(Message).values(due_at=clock.now(), leased_until=None))
        session.expire_all()
        jobs = outbox.claim(session, kind=kind, recipient="platform-1" if kind is Kind.SCORE else "")
        session.flush()
        if not jobs:
            return found
        before = clock.now()
        due = outbox.failed(session, message_id=jobs[0].id, error="x", chance=chance)
        session.flush()
        if due is not None:
            found.append((due - before).total_seconds() / 60)


class Chance(random.Random):
    """A chance that always falls out the same: 0 is the shortest wait, 1 the longest."""

    def __init__(self, share: float) -> None:
        super().__init__(0)
        self.share = share

    def uniform(self, a: float, b: float) -> float:
        return a + (b - a) * self.share


def test_scores_are_tried_for_about_three_days(session: Session) -> None:
    owe(session, "platform-1")
    doubled = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 720, 720, 720, 720, 720]
    assert [round(wait, 1) for wait in waits(session, Kind.SCORE, Chance(0))] == [
        round(0.8 * one, 1) for one in doubled
    ]
    session.execute(update(Message).values(attempts=0))
    longest = waits(session, Kind.SCORE, Chance(1))
    assert [round(wait, 1) for wait in longest] == [round(1.2 * one, 1) for one in doubled]
    assert 3 <= sum(doubled) / 60 / 24 <= 3.5
    (given_up,) = messages(session)
    assert (given_up.attempts, given_up.sent_at, given_up.error) == (MANNERS[Kind.SCORE].attempts, None, "x")


def test_mails_wait_as_before(session: Session) -> None:
    outbox.post_mail(session, recipient="lena@example.org", subject="S", body="B")
    session.flush()
    found = waits(session, Kind.MAIL, random.SystemRandom())
    doubled = [1, 2, 4, 8, 16, 32, 64]
    assert len(found) == len(doubled)
    assert all(0.8 * wait <= one <= 1.2 * wait + 0.1 for wait, one in zip(doubled, found, strict=True))
    # Chance makes no two waits the same share of what they were to be.
    assert len({one / wait for wait, one in zip(doubled, found, strict=True)}) == len(doubled)


def test_a_wait_that_was_asked_for_is_never_cut_short(session: Session) -> None:
    owe(session, "platform-1")
    (job,) = outbox.claim(session, kind=Kind.SCORE, recipient="platform-1")
    session.flush()
    before = clock.now()
    due = outbox.failed(session, message_id=job.id, error="busy", wait=timedelta(minutes=30), chance=Chance(0))
    assert due is not None
    assert timedelta(minutes=30) <= due - before < timedelta(minutes=31)


def test_a_refused_message_is_not_tried_again_unless_somebody_says_so(session: Session) -> None:
    owe(session, "platform-1")
    (job,) = outbox.claim(session, kind=Kind.SCORE, recipient="platform-1")
    session.flush()
    outbox.refused(session, message_id=job.id, error="not_enrolled")
    session.flush()
    assert outbox.lanes(session, kinds=KINDS) == []
    (refused,) = messages(session)
    assert (refused.error, refused.leased_until, refused.sent_at) == ("not_enrolled", None, None)
    assert outbox.retry(session, message_id=job.id)
    assert outbox.lanes(session, kinds=KINDS) == [Lane("score", "platform-1")]


def test_a_rest_is_for_one_recipient_and_costs_no_try(session: Session) -> None:
    owe(session, "platform-1", "platform-1", "platform-2")
    late = clock.now() + timedelta(hours=3)
    first, second, other = messages(session)
    second.due_at = late
    session.flush()
    until = clock.now() + timedelta(minutes=1)
    outbox.rest(session, kind=Kind.SCORE, recipient="platform-1", until=until)
    assert [one.due_at for one in messages(session)][:2] == [until, late]
    assert other.due_at < until
    assert [one.attempts for one in (first, second, other)] == [0, 0, 0]
    assert outbox.lanes(session, kinds=KINDS) == [Lane("score", "platform-2")]
