"""Several graders at once, each in a thread and a transaction of their own: nothing that was accepted is lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

import pytest
from sqlalchemy.orm import Session

from course.completions.service import settle
from course.database import Engines, unit_of_work
from course.grading import queries, service
from course.grading.models import Grade
from course.grading.rules import fold
from course.grading.service import Kind, WriteResult
from tests.grading.build import CRITERIA, accepted, entered, events_of, made_ready, operation
from tests.make import Cast

T = TypeVar("T")
WRITERS = 6
ROUNDS = 5


@pytest.fixture
def grade_id(engines: Engines, cast: Cast) -> int:
    with unit_of_work(engines, write=True) as session:
        return entered(session, cast.lena_seat).id


def at_once(engines: Engines, acts: list[Callable[[Session], T]]) -> list[T]:
    """Run every act in a thread and a unit of work of its own, all beginning together."""
    gate = Barrier(len(acts))

    def run(act: Callable[[Session], T]) -> T:
        gate.wait()
        with unit_of_work(engines, write=True, before_commit=settle) as session:
            return act(session)

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def writer(grade_id: int, by_id: int, field: str, value: object, base: int) -> Callable[[Session], WriteResult]:
    name = operation()

    def act(session: Session) -> WriteResult:
        return service.write(
            session,
            grade_id=grade_id,
            field=field,
            value=value,
            base_version=base,
            operation_id=name,
            by_id=by_id,
        )

    return act


def test_writers_of_one_field_lose_nothing(engines: Engines, cast: Cast, grade_id: int) -> None:
    results: list[WriteResult] = []
    for turn in range(ROUNDS):
        with unit_of_work(engines, write=False) as session:
            base = queries.head(session, grade_id=grade_id).state.version
        acts = [writer(grade_id, cast.farid, "next_step", f"Text {turn}-{number}", base) for number in range(WRITERS)]
        results += at_once(engines, acts)
    assert [result.kind for result in results].count(Kind.SAVED) == ROUNDS
    assert [result.kind for result in results].count(Kind.CONFLICT) == ROUNDS * (WRITERS - 1)
    with unit_of_work(engines, write=False) as session:
        events = events_of(session, grade_id)
        texts = {event.value for event in events}
        assert texts == {f"Text {turn}-{number}" for turn in range(ROUNDS) for number in range(WRITERS)}
        kept = [event.version for event in events if event.version is not None]
        assert sorted(kept) == list(range(1, ROUNDS + 1))
        assert queries.head(session, grade_id=grade_id).state == fold(accepted(session, grade_id), CRITERIA)


def test_writers_of_different_fields_all_get_in(engines: Engines, cast: Cast, grade_id: int) -> None:
    wishes: list[tuple[str, object]] = [
        *((f"level.{criterion}", 3) for criterion in CRITERIA),
        *((f"comment.{criterion}", f"About {criterion}") for criterion in CRITERIA),
        ("next_step", "Ask A."),
        ("revise", True),
    ]
    results = at_once(engines, [writer(grade_id, cast.farid, field, value, 0) for field, value in wishes])
    assert {result.kind for result in results} == {Kind.SAVED}
    assert sorted(result.version for result in results) == list(range(1, len(wishes) + 1))
    with unit_of_work(engines, write=False) as session:
        state = queries.head(session, grade_id=grade_id).state
        assert {field: state.value(field) for field, _value in wishes} == dict(wishes)
        assert state == fold(accepted(session, grade_id), CRITERIA)
        assert state.named_at is not None


def test_one_operation_sent_by_many_is_one_event(engines: Engines, cast: Cast, grade_id: int) -> None:
    act = writer(grade_id, cast.farid, "next_step", "Ask A.", 0)
    results = at_once(engines, [act] * WRITERS)
    assert sorted(result.kind for result in results) == [*[Kind.REPEATED] * (WRITERS - 1), Kind.SAVED]
    assert len({result.saved_at for result in results}) == 1
    with unit_of_work(engines, write=False) as session:
        assert len(events_of(session, grade_id)) == 1


def test_entering_at_once_makes_one_grade(engines: Engines, cast: Cast, grade_id: int) -> None:
    with unit_of_work(engines, write=False) as session:
        known = session.get_one(Grade, grade_id)
        submission_id, version_hash = known.submission_id + 1, known.version_hash

    def enter(session: Session) -> str:
        return service.enter(
            session,
            kind="reflection",
            submission_id=submission_id,
            run_id=cast.run,
            seat_id=cast.leo_seat,
            author_id=cast.leo,
            version_hash=version_hash,
            rubric="first-minute",
            number=1,
        ).handle

    assert len(set(at_once(engines, [enter] * WRITERS))) == 1


def test_sending_and_writing_at_once_never_mix(engines: Engines, cast: Cast, grade_id: int) -> None:
    """Either the write came first and the page is open again, or the feedback was sent as it was."""
    with unit_of_work(engines, write=True) as session:
        made_ready(session, session.get_one(Grade, grade_id), by_id=cast.farid)
        base = queries.head(session, grade_id=grade_id).state.version

    def send(session: Session) -> Kind:
        result = service.release_run(session, run_id=cast.run, by_id=cast.farid)
        return Kind.REFUSED if result.refusal is not None else Kind.SAVED

    def write(session: Session) -> Kind:
        return writer(grade_id, cast.farid, "next_step", "Changed.", base)(session).kind

    acts: list[Callable[[Session], Kind]] = [send, write, send]
    sends_and_write = at_once(engines, acts)
    with unit_of_work(engines, write=False) as session:
        head = queries.head(session, grade_id=grade_id)
        assert head.state == fold(accepted(session, grade_id), CRITERIA)
        if sends_and_write[1] is Kind.SAVED:
            assert (head.released_at, head.state.ready_at, head.state.next_step) == (None, None, "Changed.")
            assert sends_and_write == [Kind.REFUSED, Kind.SAVED, Kind.REFUSED]
        else:
            assert (head.released_at is not None, head.state.next_step) == (True, "Ask A.")
            assert sorted(sends_and_write) == [Kind.REFUSED, Kind.REFUSED, Kind.SAVED]
