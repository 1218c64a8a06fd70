"""Saving a note, ticking a step of the list and taking the tick back."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from uuid import uuid4

from sqlalchemy import and_, bindparam, delete, select, update
from sqlalchemy.orm import Session

from course import clock
from course.database import Base
from course.preparing.models import Note, NoteEvent, Tick
from course.preparing.rules import Step, tidy
from course.statements import columns, insert_once


@dataclass(frozen=True)
class NoteResult:
    """What became of a save. After a conflict all but ``kind`` is that of the other text."""

    kind: Literal["saved", "conflict"]
    version: int
    saved_at: datetime
    text: str


@dataclass(frozen=True)
class _Save:
    title: str
    text: str
    base_version: int
    operation_id: str


_NoteKey = dict[str, int | str]
"""Whose note on what: ``person_id``, ``module``, ``block``."""


@dataclass(frozen=True)
class _Standing:
    """The note as it stands, and what was sent under this operation id before."""

    note_id: int
    text: str
    version: int
    saved_at: datetime
    sent_text: str | None
    sent_version: int | None
    sent_at: datetime | None


# The statements are built once: building one costs more than running it.
_OPEN = insert_once(Note)
_KEEP = insert_once(NoteEvent)
_TICK = insert_once(Tick)
_NOTES = Base.metadata.tables[Note.__tablename__]
_STAND = update(_NOTES).where(_NOTES.c.id == bindparam("note_id"))
_STANDING = (
    select(
        Note.id,
        Note.text,
        Note.version,
        Note.saved_at,
        NoteEvent.text.label("sent_text"),
        NoteEvent.version.label("sent_version"),
        NoteEvent.at.label("sent_at"),
    )
    .outerjoin(NoteEvent, and_(NoteEvent.note_id == Note.id, NoteEvent.operation_id == bindparam("operation_id")))
    .where(
        Note.person_id == bindparam("person_id"),
        Note.module == bindparam("module"),
        Note.block == bindparam("block"),
    )
)
_UNTICK = delete(Tick).where(
    Tick.person_id == bindparam("person_id"), Tick.run_id == bindparam("run_id"), Tick.step == bindparam("step")
)


def save_note(
    session: Session,
    *,
    person_id: int,
    module: str,
    block: str,
    title: str,
    text: str,
    base_version: int,
    operation_id: str,
) -> NoteResult:
    """Save one person's note on a block. A text that loses a conflict is kept too, and a replay changes nothing.

    Raises NoteTooLong.
    """
    save = _Save(title, tidy(text), base_version, operation_id)
    key: _NoteKey = {"person_id": person_id, "module": module, "block": block}
    note = _standing(session, key, save)
    if note is None:
        # When another request opened it a moment ago, that one is as good.
        session.execute(_OPEN, {**key, "title": title, "text": "", "version": 0, "saved_at": clock.now()})
        note = _standing(session, key, save)
    if note is None:
        raise RuntimeError("A note was opened and is not there.")
    if note.sent_text == save.text:
        return _again(note)
    if note.sent_text is None and base_version == note.version:
        return _write(session, key, note, save)
    return _keep_beside(session, note, save)


def tick(session: Session, *, person_id: int, run_id: int, step: Step) -> None:
    """Note that somebody has done a step for a run; a second time keeps the first moment."""
    session.execute(_TICK, {"person_id": person_id, "run_id": run_id, "step": step.value, "at": clock.now()})


def untick(session: Session, *, person_id: int, run_id: int, step: Step) -> None:
    """Take a tick back; without one, nothing changes."""
    session.execute(_UNTICK, {"person_id": person_id, "run_id": run_id, "step": step.value})


def _standing(session: Session, key: _NoteKey, save: _Save) -> _Standing | None:
    row = columns(session, _STANDING, {**key, "operation_id": save.operation_id}).first()
    return _Standing(*row) if row is not None else None


def _write(session: Session, key: _NoteKey, note: _Standing, save: _Save) -> NoteResult:
    version = save.base_version + 1
    event = _event(note, save, version=version)
    if session.execute(_KEEP, event).first() is None:
        return _overtaken(session, key, save)
    stands = {"title": save.title, "text": save.text, "version": version, "saved_at": event["at"]}
    session.execute(_STAND, {"note_id": note.note_id, **stands})
    return NoteResult("saved", version, event["at"], save.text)


def _overtaken(session: Session, key: _NoteKey, save: _Save) -> NoteResult:
    """Answer a save that lost a race: to its own double, or to another tab's."""
    now = _standing(session, key, save)
    if now is None:
        raise RuntimeError("A note was there and is not.")
    return _again(now) if now.sent_text == save.text else _keep_beside(session, now, save)


def _keep_beside(session: Session, note: _Standing, save: _Save) -> NoteResult:
    """Store a text that could not become the note: it has no version, but it is not lost."""
    if session.execute(_KEEP, _event(note, save, version=None)).first() is None:
        # The operation is known with another text (a page from the back button): this one gets an id of its own.
        session.execute(_KEEP, _event(note, replace(save, operation_id=str(uuid4())), version=None))
    return _as_it_stands(note, save.text)


def _again(note: _Standing) -> NoteResult:
    """Answer as the first time."""
    if note.sent_version is None or note.sent_at is None:
        return _as_it_stands(note, note.sent_text)
    return NoteResult("saved", note.sent_version, note.sent_at, note.sent_text or "")


def _as_it_stands(note: _Standing, sent: str | None) -> NoteResult:
    return NoteResult("saved" if note.text == sent else "conflict", note.version, note.saved_at, note.text)


def _event(note: _Standing, save: _Save, *, version: int | None) -> dict[str, Any]:
    return {
        "note_id": note.note_id,
        "version": version,
        "base_version": save.base_version,
        "operation_id": save.operation_id,
        "text": save.text,
        "at": clock.now(),
    }
