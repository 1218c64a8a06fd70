"""Writing grades: every write an event on a version, merged where it can be, both texts kept where it cannot."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, bindparam, or_, select, update
from sqlalchemy.orm import Session

from course import clock
from course.database import Base
from course.grading import queries, rules
from course.grading.models import Grade, GradeEvent
from course.grading.queries import Head
from course.grading.rules import NAME, READY, Refusal, State, Write
from course.statements import columns, insert_once, write_row


class Kind(StrEnum):
    """What came of a write."""

    SAVED = "saved"
    REPEATED = "repeated"
    CONFLICT = "conflict"
    REFUSED = "refused"


@dataclass(frozen=True)
class WriteResult:
    """What came of a write. ``version`` is the grade's newest, on which the next write stands."""

    kind: Kind
    version: int
    saved_at: datetime | None = None
    theirs: Any = None
    refusal: Refusal | None = None
    missing: tuple[str, ...] = ()
    """The fields still to be filled before the grade can be ready."""
    named: bool = False
    """Whether the author's name is open to the grader."""


@dataclass(frozen=True)
class _Wish:
    """What a grader wants to write."""

    field: str
    value: Any
    base_version: int
    operation_id: str
    by_id: int


def write(
    session: Session, *, grade_id: int, field: str, value: object, base_version: int, operation_id: str, by_id: int
) -> WriteResult:
    """Write one field of a grade.

    A write to a field that nobody changed since ``base_version`` is merged onto the newest version. Where
    somebody did, to another value, it is a conflict: the losing text is kept, without a version.
    """
    while True:
        head = queries.head(session, grade_id=grade_id)
        wish = _Wish(field, rules.cleaned(field, value, head.criteria), base_version, operation_id, by_id)
        objection = _objection(head, wish)
        if objection is not None:
            return _refused(head, objection)
        result = _attempt(session, head, wish)
        if result is not None:
            return result


def set_ready(session: Session, *, grade_id: int, base_version: int, operation_id: str, by_id: int) -> WriteResult:
    """Say that a grade is done. Refused with what is missing while a level or the next step is not there."""
    while True:
        head = queries.head(session, grade_id=grade_id)
        wish = _Wish(READY, value=True, base_version=base_version, operation_id=operation_id, by_id=by_id)
        objection = _objection(head, wish)
        if objection is None and rules.missing(head.state, head.criteria):
            objection = Refusal.MISSING
        if objection is not None:
            return _refused(head, objection)
        if head.state.ready_at is not None:
            return replace(_result(Kind.REPEATED, head, head.state), saved_at=head.state.ready_at)
        result = _attempt(session, head, wish)
        if result is not None:
            return result


def open_name(session: Session, *, grade_id: int, by_id: int) -> WriteResult:
    """Open the author's name to the grader before the levels stand. The event tells who did and when, for good."""
    while True:
        head = queries.head(session, grade_id=grade_id)
        wish = _Wish(NAME, value=True, base_version=head.state.version, operation_id=f"name {by_id}", by_id=by_id)
        objection = _objection(head, wish)
        if objection is None and head.released_at is not None:
            objection = Refusal.RELEASED
        if objection is not None:
            return _refused(head, objection)
        if head.state.named_at is not None:
            return replace(_result(Kind.REPEATED, head, head.state), saved_at=head.state.named_at)
        result = _attempt(session, head, wish)
        if result is not None:
            return result


def _result(kind: Kind, head: Head, state: State) -> WriteResult:
    return WriteResult(
        kind,
        state.version,
        missing=rules.missing(state, head.criteria),
        named=state.named_at is not None,
    )


def _refused(head: Head, refusal: Refusal) -> WriteResult:
    return replace(_result(Kind.REFUSED, head, head.state), refusal=refusal)


def _attempt(session: Session, head: Head, wish: _Wish) -> WriteResult | None:
    """Try one write on a grade as it was just read; None when somebody was faster and it must be read again."""
    events = _events_since(session, head, wish)
    known = next((event for event in events if event.operation_id == wish.operation_id), None)
    if known is None and any(event.version > head.state.version for event in events):
        return None
    if known is not None:
        return _answer_again(head, wish, known)
    if head.released_at is not None:
        return _refused(head, Refusal.RELEASED)
    # Saying that a page is done is about the page as it stands now, whatever was said of it before; so is a name.
    changed = wish.field not in {READY, NAME} and any(event.field == wish.field for event in events)
    loses = changed and head.state.value(wish.field) != wish.value
    return _keep_losing(session, head, wish) if loses else _append(session, head, wish)


def _objection(head: Head, wish: _Wish) -> Refusal | None:
    """Return what forbids a write wherever the grade stands."""
    if head.author_id == wish.by_id:
        return Refusal.OWN_WORK
    if isinstance(wish.value, Refusal):
        return wish.value
    sane = 0 < len(wish.operation_id) <= rules.LONGEST_OPERATION and 0 <= wish.base_version <= head.state.version
    return None if sane else Refusal.BAD_OPERATION


# The statements are built once: building one costs more than running it.
_KEEP = insert_once(GradeEvent)
_GRADES = Base.metadata.tables[Grade.__tablename__]
_STAND = (
    update(_GRADES)
    .where(
        _GRADES.c.id == bindparam("grade_id"),
        _GRADES.c.version == bindparam("seen"),
        _GRADES.c.released_at.is_(None),
    )
    .returning(_GRADES.c.id)
)
_EVENTS = select(GradeEvent.version, GradeEvent.field, GradeEvent.value, GradeEvent.at, GradeEvent.operation_id).where(
    GradeEvent.grade_id == bindparam("grade_id"),
    or_(GradeEvent.operation_id == bindparam("operation_id"), GradeEvent.version > bindparam("base_version")),
)


def _events_since(session: Session, head: Head, wish: _Wish) -> Sequence[Row[Any]]:
    """Return the accepted events after the write's base, and the event of its own operation if there is one."""
    told = {"grade_id": head.id, "operation_id": wish.operation_id, "base_version": wish.base_version}
    return columns(session, _EVENTS, told).all()


def _answer_again(head: Head, wish: _Wish, event: Row[Any]) -> WriteResult:
    """Answer a write that came before as it was answered then. Its operation id never stands for another write."""
    if (event.field, event.value) != (wish.field, wish.value):
        return _refused(head, Refusal.BAD_OPERATION)
    if event.version is None:
        return replace(_result(Kind.CONFLICT, head, head.state), theirs=head.state.value(wish.field))
    return replace(_result(Kind.REPEATED, head, head.state), saved_at=event.at)


def _keep_losing(session: Session, head: Head, wish: _Wish) -> WriteResult | None:
    if not _keep(session, head, wish, version=None, at=clock.now()):
        return None
    return replace(_result(Kind.CONFLICT, head, head.state), theirs=head.state.value(wish.field))


def _append(session: Session, head: Head, wish: _Wish) -> WriteResult | None:
    """Bring the cached columns to the fold, and add the event that makes this version.

    None when somebody else made it, or sent the feedback: the columns stand as they were read, or nothing is written.
    From then on they are ours until the commit, so the event's version cannot be taken.
    """
    version, at = head.state.version + 1, clock.now()
    state = rules.apply(head.state, Write(version, wish.field, wish.value, at), head.criteria)
    stands = {
        "version": version,
        "levels": dict(state.levels),
        "comments": dict(state.comments),
        "next_step": state.next_step,
        "revise": state.revise,
        "named_at": state.named_at,
        "ready_at": state.ready_at,
    }
    if write_row(session, _STAND, {"grade_id": head.id, "seen": head.state.version, **stands}).first() is None:
        return None
    if not _keep(session, head, wish, version=version, at=at):
        raise RuntimeError("A grade stood at a version whose next one was there already.")
    return replace(_result(Kind.SAVED, head, state), saved_at=at)


def _keep(session: Session, head: Head, wish: _Wish, *, version: int | None, at: datetime) -> bool:
    """Add the event of a write. Returns False when its operation is known already."""
    event = {
        "grade_id": head.id,
        "version": version,
        "base_version": wish.base_version,
        "operation_id": wish.operation_id,
        "field": wish.field,
        "value": wish.value,
        "by_id": wish.by_id,
        "at": at,
    }
    return write_row(session, _KEEP, event).first() is not None
