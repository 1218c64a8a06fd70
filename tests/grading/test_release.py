from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from course.grading import queries, service
from course.grading.models import Grade, Release
from course.grading.rules import RECALL, Refusal
from course.grading.service import Kind
from course.outbox.models import Message
from course.outbox.service import take_notes
from course.people.models import Person
from tests.grading.build import entered, made_ready, put
from tests.make import Cast


@pytest.fixture
def grade(session: Session, cast: Cast) -> Grade:
    made = made_ready(session, entered(session, cast.lena_seat), by_id=cast.farid)
    take_notes(session)
    return made


def mails(session: Session) -> list[Message]:
    return list(session.scalars(select(Message).order_by(Message.id)))


def age(session: Session, release_id: int, by: timedelta) -> None:
    """The release happened that much earlier."""
    release = session.get_one(Release, release_id)
    session.execute(update(Release).where(Release.id == release_id).values(at=release.at - by))
    session.expire_all()


def sent(session: Session, cast: Cast) -> service.ReleaseResult:
    return service.release_run(session, run_id=cast.run, by_id=cast.farid, base_url="https://oneday.example.org/")


def recalled(session: Session, cast: Cast, release_id: int | None) -> service.ReleaseResult:
    assert release_id is not None
    return service.recall_release(session, run_id=cast.run, release_id=release_id, by_id=cast.farid)


def test_only_what_is_ready_is_sent(session: Session, cast: Cast, grade: Grade) -> None:
    waiting = entered(session, cast.leo_seat)
    result = sent(session, cast)
    assert (result.count, result.refusal) == (1, None)
    session.expire_all()
    assert (grade.released_at, grade.release_id) == (result.at, result.release_id)
    assert waiting.released_at is None
    assert take_notes(session) == {cast.lena_seat}


def test_the_mail_waits_ten_minutes_and_tells_nothing(session: Session, cast: Cast, grade: Grade) -> None:
    put(session, grade, "comment.person", "A worry, well seen.", by_id=cast.farid)
    made_ready(session, grade, by_id=cast.farid)
    result = sent(session, cast)
    [mail] = mails(session)
    assert result.at is not None
    assert (mail.recipient, mail.due_at, mail.group) == (
        ("lena@example.org", result.at + RECALL, f"release-{result.release_id}")
    )
    assert mail.payload == {
        "subject": "Your feedback is there",
        "body": "Your feedback is there:\nhttps://oneday.example.org/learn/small-talk/\n",
    }


def test_who_has_no_address_is_sent_no_mail(session: Session, cast: Cast, grade: Grade) -> None:
    session.get_one(Person, cast.lena).email = None
    made_ready(session, entered(session, cast.leo_seat), by_id=cast.farid)
    assert sent(session, cast).count == 2
    assert [mail.recipient for mail in mails(session)] == ["leo@example.org"]
    assert grade.id is not None


def test_sending_nothing_says_so_and_leaves_no_trace(session: Session, cast: Cast, grade: Grade) -> None:
    assert sent(session, cast).count == 1
    again = sent(session, cast)
    assert (again.count, again.refusal) == (0, Refusal.NOTHING_READY)
    assert len(session.scalars(select(Release)).all()) == 1
    assert len(mails(session)) == 1
    assert grade.id is not None


def test_another_run_is_not_sent(session: Session, cast: Cast, grade: Grade) -> None:
    theirs = made_ready(session, entered(session, cast.otto_seat), by_id=cast.otto_facilitator)
    assert sent(session, cast).count == 1
    session.expire_all()
    assert (theirs.released_at, grade.released_at is None) == (None, False)


def test_nobody_sends_their_own(session: Session, cast: Cast, grade: Grade) -> None:
    own = service.release_run(session, run_id=cast.run, by_id=cast.lena)
    assert own.refusal is Refusal.NOTHING_READY
    assert sent(session, cast).count == 1
    assert grade.id is not None


def test_nothing_is_written_after_it_was_sent_until_it_is_taken_back(
    session: Session, cast: Cast, grade: Grade
) -> None:
    result = sent(session, cast)
    refused = put(session, grade, "next_step", "Later.", by_id=cast.farid)
    assert (refused.kind, refused.refusal) == (Kind.REFUSED, Refusal.RELEASED)
    take_notes(session)
    back = recalled(session, cast, result.release_id)
    assert (back.count, back.refusal) == (1, None)
    assert take_notes(session) == {cast.lena_seat}
    session.expire_all()
    assert (grade.released_at, grade.release_id, grade.ready_at is None) == (None, None, False)
    assert queries.feedback_of_seat(session, seat_id=cast.lena_seat, reflection="first-minute") == ()
    assert [mail.recalled_at is None for mail in mails(session)] == [False]
    assert put(session, grade, "next_step", "Better.", by_id=cast.farid).kind is Kind.SAVED


def test_sent_again_after_a_recall_mails_again(session: Session, cast: Cast, grade: Grade) -> None:
    recalled(session, cast, sent(session, cast).release_id)
    second = sent(session, cast)
    assert second.count == 1
    assert [(mail.recipient, mail.recalled_at is None) for mail in mails(session)] == [
        ("lena@example.org", False),
        ("lena@example.org", True),
    ]
    assert grade.id is not None


def test_after_ten_minutes_it_stays_sent(session: Session, cast: Cast, grade: Grade) -> None:
    result = sent(session, cast)
    assert result.release_id is not None
    age(session, result.release_id, RECALL)
    late = recalled(session, cast, result.release_id)
    assert (late.count, late.refusal) == (0, Refusal.TOO_LATE)
    session.expire_all()
    assert grade.released_at is not None
    assert [mail.recalled_at for mail in mails(session)] == [None]


def test_just_before_ten_minutes_it_comes_back(session: Session, cast: Cast, grade: Grade) -> None:
    result = sent(session, cast)
    assert result.release_id is not None
    age(session, result.release_id, RECALL - timedelta(minutes=1))
    assert recalled(session, cast, result.release_id).count == 1
    assert recalled(session, cast, result.release_id).refusal is Refusal.NOTHING_SENT
    assert grade.id is not None


def test_the_release_of_another_run_cannot_be_taken_back(session: Session, cast: Cast, grade: Grade) -> None:
    result = sent(session, cast)
    assert result.release_id is not None
    wrong = service.recall_release(
        session, run_id=cast.other_run, release_id=result.release_id, by_id=cast.otto_facilitator
    )
    assert wrong.refusal is Refusal.NOTHING_SENT
    assert recalled(session, cast, result.release_id).count == 1
    assert grade.id is not None


def test_a_revision_is_another_grade_beside_the_first(session: Session, cast: Cast, grade: Grade) -> None:
    put(session, grade, "revise", value=True, by_id=cast.farid)
    made_ready(session, grade, by_id=cast.farid)
    sent(session, cast)
    second = made_ready(session, entered(session, cast.lena_seat, number=2), by_id=cast.farid)
    assert sent(session, cast).count == 1
    both = queries.feedback_of_seat(session, seat_id=cast.lena_seat, reflection="first-minute")
    assert [(each.grade_id, each.number, each.revise) for each in both] == [(grade.id, 1, True), (second.id, 2, False)]
