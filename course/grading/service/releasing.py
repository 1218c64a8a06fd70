"""Sending the feedback of a group, and taking it back within ten minutes."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select, update
from sqlalchemy.orm import Session

from course import clock
from course.cohorts.models import Run
from course.grading import rules
from course.grading.models import Grade, Release
from course.grading.rules import Refusal
from course.outbox import service as outbox
from course.people.models import Person


@dataclass(frozen=True)
class ReleaseResult:
    """What came of sending feedback or of taking it back."""

    count: int = 0
    release_id: int | None = None
    at: datetime | None = None
    refusal: Refusal | None = None


def release_run(session: Session, *, run_id: int, by_id: int, base_url: str = "") -> ReleaseResult:
    """Send the feedback of every ready page of a run at once. The mails wait until it cannot be taken back any more.

    ``base_url`` is where the mail's link begins.
    """
    at = clock.now()
    with session.begin_nested() as attempt:
        release = Release(run_id=run_id, by_id=by_id, at=at)
        session.add(release)
        session.flush()
        sent = session.execute(
            update(Grade)
            .where(
                Grade.run_id == run_id,
                Grade.author_id != by_id,
                Grade.ready_at.is_not(None),
                Grade.released_at.is_(None),
            )
            .values(released_at=at, release_id=release.id)
            .returning(Grade.id, Grade.seat_id, Grade.author_id)
        ).all()
        if not sent:
            attempt.rollback()
            return ReleaseResult(refusal=Refusal.NOTHING_READY)
    for grade in sent:
        outbox.note(session, seat_id=grade.seat_id)
    _post_mails(session, release.id, at, base_url)
    return ReleaseResult(len(sent), release.id, at)


def _post_mails(session: Session, release_id: int, at: datetime, base_url: str) -> None:
    addresses = session.execute(
        select(Grade.id, Person.email, Run.module)
        .join(Person, Person.id == Grade.author_id)
        .join(Run, Run.id == Grade.run_id)
        .where(Grade.release_id == release_id, Person.email.is_not(None))
        .order_by(Grade.id)
    )
    for row in addresses.all():
        outbox.post_mail(
            session,
            recipient=row.email,
            subject=rules.MAIL_SUBJECT,
            body=rules.MAIL_BODY.format(link=f"{base_url.rstrip('/')}/learn/{row.module}/"),
            due_at=at + rules.RECALL,
            # A release that follows a recall is another cause, so it mails again.
            key=f"feedback-{release_id}-{row.id}",
            group=_group(release_id),
        )


def _group(release_id: int) -> str:
    return f"release-{release_id}"


def recall_release(session: Session, *, run_id: int, release_id: int, by_id: int) -> ReleaseResult:
    """Take sent feedback back, as long as its mails wait. The grades stay ready, and can be changed again."""
    at = clock.now()
    sent = and_(Release.id == release_id, Release.run_id == run_id, Release.recalled_at.is_(None))
    release = session.execute(
        update(Release)
        .where(sent, Release.at > at - rules.RECALL)
        .values(recalled_at=at, recalled_by_id=by_id)
        .returning(Release.id)
    ).first()
    if release is None:
        standing = session.execute(select(Release.id).where(sent)).first()
        return ReleaseResult(refusal=Refusal.NOTHING_SENT if standing is None else Refusal.TOO_LATE)
    taken = session.execute(
        update(Grade)
        .where(Grade.release_id == release_id)
        .values(released_at=None, release_id=None, read_at=None)
        .returning(Grade.seat_id)
    ).all()
    for grade in taken:
        outbox.note(session, seat_id=grade.seat_id)
    outbox.recall(session, group=_group(release_id))
    return ReleaseResult(len(taken), release_id, at)
