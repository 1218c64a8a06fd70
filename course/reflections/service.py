"""Saving a draft and handing a page in."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from uuid import uuid4

from sqlalchemy import and_, bindparam, select, update
from sqlalchemy.orm import Session

from course import clock
from course.database import Base
from course.outbox import service as outbox
from course.reflections.models import Draft, DraftEvent, Submission
from course.reflections.rules import EmptyPage, count_words, is_late, tidy
from course.statements import columns, insert_once, write_both, write_row


@dataclass(frozen=True)
class DraftResult:
    """What became of a save.

    ``version``, ``saved_at`` and ``text`` are those of the draft as it stands: after a conflict it is the other text.
    ``handed_in``: the page is no draft any more; what was sent is kept beside it.
    """

    kind: Literal["saved", "repeated", "conflict", "handed_in"]
    version: int
    saved_at: datetime
    text: str


@dataclass(frozen=True)
class Submitted:
    """A page as it was handed in."""

    id: int
    number: int
    version_hash: str
    text: str
    words: int
    late: bool


@dataclass(frozen=True)
class _Save:
    text: str
    base_version: int
    operation_id: str


_PageKey = dict[str, int | str]
"""Which page of whom: ``seat_id``, ``reflection``, ``number``."""


@dataclass(frozen=True)
class _Standing:
    """The draft as it stands, what was sent under this operation id before, whether the page was handed in."""

    draft_id: int
    text: str
    version: int
    saved_at: datetime
    sent_text: str | None
    sent_version: int | None
    sent_at: datetime | None
    submission_id: int | None


# The statements are built once: building one costs more than running it.
_OPEN = insert_once(Draft)
_KEEP = insert_once(DraftEvent)
_HAND_IN = insert_once(Submission)
_DRAFTS = Base.metadata.tables[Draft.__tablename__]
_STAND = update(_DRAFTS).where(_DRAFTS.c.id == bindparam("of_draft"))
_STANDING = (
    select(
        Draft.id,
        Draft.text,
        Draft.version,
        Draft.saved_at,
        DraftEvent.text.label("sent_text"),
        DraftEvent.version.label("sent_version"),
        DraftEvent.at.label("sent_at"),
        Submission.id.label("submission_id"),
    )
    .outerjoin(DraftEvent, and_(DraftEvent.draft_id == Draft.id, DraftEvent.operation_id == bindparam("operation_id")))
    .outerjoin(
        Submission,
        and_(
            Submission.seat_id == Draft.seat_id,
            Submission.reflection == Draft.reflection,
            Submission.number == Draft.number,
        ),
    )
    .where(
        Draft.seat_id == bindparam("seat_id"),
        Draft.reflection == bindparam("reflection"),
        Draft.number == bindparam("number"),
    )
)
_SUBMITTED = select(
    Submission.id, Submission.number, Submission.version_hash, Submission.text, Submission.words, Submission.late
).where(
    Submission.seat_id == bindparam("seat_id"),
    Submission.reflection == bindparam("reflection"),
    Submission.number == bindparam("number"),
)


def save_draft(
    session: Session,
    *,
    seat_id: int,
    reflection: str,
    version_hash: str,
    text: str,
    base_version: int,
    operation_id: str,
    number: int = 1,
) -> DraftResult:
    """Save a page while it is written. A text that loses a conflict is kept too, and every operation leaves an event.

    Raises PageTooLong.
    """
    save = _Save(tidy(text), base_version, operation_id)
    page: _PageKey = {"seat_id": seat_id, "reflection": reflection, "number": number}
    draft = _standing(session, page, save)
    if draft is None:
        # When another request opened it a moment ago, that one is as good.
        fresh = {"version_hash": version_hash, "text": "", "version": 0, "saved_at": clock.now()}
        write_row(session, _OPEN, {**page, **fresh})
        draft = _standing(session, page, save)
    if draft is None:
        raise RuntimeError("A draft was opened and is not there.")
    if draft.sent_text == save.text:
        return _repeated(draft)
    if draft.submission_id is not None:
        return _keep_beside(session, draft, save, "handed_in")
    if draft.sent_text is None and base_version == draft.version:
        return _write(session, page, draft, save)
    return _keep_beside(session, draft, save, "saved" if draft.text == save.text else "conflict")


def submit(
    session: Session,
    *,
    seat_id: int,
    reflection: str,
    version_hash: str,
    text: str,
    operation_id: str,
    due: datetime,
    number: int = 1,
) -> Submitted:
    """Hand a page in, for good. A second call answers with the first one's page, and keeps a text that differs.

    ``number`` is 2 for the revision that the feedback asked for; whether it did is for the caller to know.
    Raises EmptyPage, PageTooLong.
    """
    text = tidy(text)
    words = count_words(text)
    if words == 0:
        raise EmptyPage
    now = clock.now()
    late = is_late(now, due)
    page: _PageKey = {"seat_id": seat_id, "reflection": reflection, "number": number}
    sent = {"operation_id": operation_id, "text": text, "words": words, "late": late, "submitted_at": now}
    made = write_row(session, _HAND_IN, {**page, **sent, "version_hash": version_hash}).scalar_one_or_none()
    if made is not None:
        outbox.note(session, seat_id=seat_id)
        return Submitted(made, number, version_hash, text, words, late)
    known = Submitted(*columns(session, _SUBMITTED, page).one())
    if known.text != text:
        # Nobody's text disappears: what came second is kept beside the draft.
        save_draft(
            session,
            seat_id=seat_id,
            reflection=reflection,
            version_hash=version_hash,
            text=text,
            base_version=0,
            operation_id=operation_id,
            number=number,
        )
    return known


def _standing(session: Session, page: _PageKey, save: _Save) -> _Standing | None:
    row = columns(session, _STANDING, {**page, "operation_id": save.operation_id}).first()
    return _Standing(*row) if row is not None else None


def _write(session: Session, page: _PageKey, draft: _Standing, save: _Save) -> DraftResult:
    event = _event(draft, save, version=save.base_version + 1)
    stands = {"text": save.text, "version": save.base_version + 1, "saved_at": event["at"]}
    if not write_both(session, _KEEP, event, _STAND, {"of_draft": draft.draft_id, **stands}):
        return _overtaken(session, page, save)
    return DraftResult("saved", save.base_version + 1, event["at"], save.text)


def _overtaken(session: Session, page: _PageKey, save: _Save) -> DraftResult:
    """Answer a save that lost a race: to its own double, or to another tab's."""
    now = _standing(session, page, save)
    if now is None:
        raise RuntimeError("A draft was there and is not.")
    return _repeated(now) if now.sent_text == save.text else _keep_beside(session, now, save, "conflict")


def _keep_beside(
    session: Session, draft: _Standing, save: _Save, kind: Literal["saved", "conflict", "handed_in"]
) -> DraftResult:
    """Store a text that could not become the draft: it has no version, but it is not lost."""
    if write_row(session, _KEEP, _event(draft, save, version=None)).first() is None:
        # The operation is known with another text (a page from the back button): this one gets an id of its own.
        write_row(session, _KEEP, _event(draft, replace(save, operation_id=str(uuid4())), version=None))
    return DraftResult(kind, draft.version, draft.saved_at, draft.text)


def _repeated(draft: _Standing) -> DraftResult:
    """Answer as the first time."""
    if draft.sent_version is None or draft.sent_at is None:
        kind: Literal["saved", "conflict"] = "saved" if draft.text == draft.sent_text else "conflict"
        return DraftResult(kind, draft.version, draft.saved_at, draft.text)
    return DraftResult("repeated", draft.sent_version, draft.sent_at, draft.sent_text or "")


def _event(draft: _Standing, save: _Save, *, version: int | None) -> dict[str, Any]:
    return {
        "draft_id": draft.draft_id,
        "version": version,
        "base_version": save.base_version,
        "operation_id": save.operation_id,
        "text": save.text,
        "at": clock.now(),
    }
