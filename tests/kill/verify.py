"""The verifier: what was acknowledged against what the database holds, and every state against its events."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from course.cases import engine
from course.cases.engine import Choose
from course.database import Engines, unit_of_work
from course.grading import queries as grading
from course.grading.models import Grade, GradeEvent
from course.reflections.models import Draft, DraftEvent
from course.scenarios.models import Attempt, AttemptEvent
from course.scenarios.service import case_of
from tests.kill.ledger import Kind, Ledger, Operation, Said


@dataclass(frozen=True)
class Event:
    """One row that an operation left. ``target`` is that of the operation, ``stream`` what its version counts in."""

    kind: Kind
    target: int
    stream: int
    version: int | None
    operation_id: str
    content: Any


def faults(engines: Engines, ledger: Ledger) -> list[str]:
    """Return everything that is wrong; nothing, when every promise was kept."""
    with unit_of_work(engines, write=False) as session:
        if not engines.sqlite:
            # A statement of a killed server may still be running: look at one moment.
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        events = [*_drafts(session), *_steps(session), *_grades(session)]
        return [*_against(ledger, events), *_gaps(events), *_folds(session, events)]


def _drafts(session: Session) -> Iterator[Event]:
    rows = select(Draft.seat_id, Draft.id, DraftEvent.version, DraftEvent.operation_id, DraftEvent.text)
    for seat_id, draft_id, version, name, text in session.execute(rows.join(Draft, Draft.id == DraftEvent.draft_id)):
        yield Event(Kind.DRAFT, seat_id, draft_id, version, name, text)


def _steps(session: Session) -> Iterator[Event]:
    rows = select(
        Attempt.seat_id,
        Attempt.id,
        AttemptEvent.version,
        AttemptEvent.operation_id,
        Attempt.number,
        AttemptEvent.scene,
        AttemptEvent.choice,
    ).join(Attempt, Attempt.id == AttemptEvent.attempt_id)
    for seat_id, attempt_id, version, name, *content in session.execute(rows):
        yield Event(Kind.STEP, seat_id, attempt_id, version, name, tuple(content))


def _grades(session: Session) -> Iterator[Event]:
    rows = select(GradeEvent.grade_id, GradeEvent.version, GradeEvent.operation_id, GradeEvent.field, GradeEvent.value)
    for grade_id, version, name, field, value in session.execute(rows):
        yield Event(Kind.GRADE, grade_id, grade_id, version, name, (field, value))


def _against(ledger: Ledger, events: Iterable[Event]) -> Iterator[str]:
    """Compare every operation that was sent with the rows that carry its id."""
    found: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        found[event.operation_id].append(event)
    sent = {operation.id: operation for operation in ledger}
    for operation in sent.values():
        rows = found.get(operation.id, [])
        yield from _one(operation, rows)
    for name in found.keys() - sent.keys():
        yield f"{name}: nobody sent it"


def _one(operation: Operation, rows: list[Event]) -> Iterator[str]:
    allowed = {Said.NOTHING: {0, 1}, Said.REFUSED: {0}}.get(operation.said, {1})
    if len(rows) not in allowed:
        yield f"{operation.id}: {operation.kind}, answered {operation.said}, is there {len(rows)} times"
    for row in rows:
        if (row.kind, row.target, row.content) != (operation.kind, operation.target, operation.content):
            yield f"{operation.id}: {row} is not what was sent"
        if (operation.said is Said.KEPT and row.version is None) or (
            operation.said is Said.BESIDE and row.version is not None
        ):
            yield f"{operation.id}: answered {operation.said}, has version {row.version}"
        if operation.version is not None and row.version != operation.version:
            yield f"{operation.id}: answered version {operation.version}, has {row.version}"


def _gaps(events: Iterable[Event]) -> Iterator[str]:
    """Ask of every target that its versions count from 1, each once."""
    versions: dict[tuple[Kind, int], list[int]] = defaultdict(list)
    for event in events:
        if event.version is not None:
            versions[event.kind, event.stream].append(event.version)
    for (kind, stream), found in versions.items():
        if sorted(found) != list(range(1, len(found) + 1)):
            twice = [version for version, times in Counter(found).items() if times > 1]
            yield f"{kind} {stream}: {len(found)} versions up to {max(found)}, twice: {twice}"


def _folds(session: Session, events: Iterable[Event]) -> Iterator[str]:
    """Ask of every cached state that it is the fold of its events."""
    streams: dict[tuple[Kind, int], list[Event]] = defaultdict(list)
    for event in sorted((each for each in events if each.version is not None), key=lambda each: each.version or 0):
        streams[event.kind, event.stream].append(event)
    for draft in session.execute(select(Draft)).scalars():
        written = streams[Kind.DRAFT, draft.id]
        if (draft.version, draft.text) != (len(written), written[-1].content if written else ""):
            yield f"draft {draft.id}: its row is not the fold of its events"
    for attempt in session.execute(select(Attempt)).scalars():
        if not _folded(session, attempt, streams[Kind.STEP, attempt.id]):
            yield f"attempt {attempt.id}: its row is not the fold of its events"
    for grade_id in session.execute(select(Grade.id)).scalars():
        head = grading.head(session, grade_id=grade_id)
        folded = grading.state_at(session, grade_id=grade_id, version=head.state.version, criteria=head.criteria)
        if head.state != folded:
            yield f"grade {grade_id}: its row is not the fold of its events"


def _folded(session: Session, attempt: Attempt, taken: list[Event]) -> bool:
    case = case_of(session, version_hash=attempt.version_hash, scenario_id=attempt.scenario)
    state, _events = engine.begin(case)
    for event in taken:
        _play, scene, choice = event.content
        state, _events = engine.step(case, state, Choose(scene, choice))
    ended = engine.ending(case, state) is not None
    fold = (len(taken), state.scene, engine.dump(case, state), ended)
    return (attempt.version, attempt.scene, attempt.state, attempt.finished_at is not None) == fold
