"""Steps are taken once, whatever is sent: the log is the play."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from course.cases import engine
from course.cases.engine import Choose
from course.database import Engines, unit_of_work
from course.outbox.service import take_notes
from course.scenarios import queries, service
from course.scenarios.models import Attempt, AttemptEvent
from course.scenarios.service import StepResult
from tests.make import Cast


def begin(session: Session, cast: Cast) -> Attempt:
    return service.begin(session, seat_id=cast.lena_seat, scenario_id="lift", version_hash=cast.version_hash)


def step(session: Session, attempt: Attempt, move: str, base: int, operation: str = "") -> StepResult:
    scene, choice = move.split(".")
    return service.step(
        session,
        seat_id=attempt.seat_id,
        scenario=attempt.scenario,
        number=attempt.number,
        scene=scene,
        choice=choice,
        base_version=base,
        operation_id=operation or str(uuid4()),
    )


def versions(session: Session, attempt_id: int) -> list[int]:
    return list(
        session.execute(
            select(AttemptEvent.version).where(AttemptEvent.attempt_id == attempt_id).order_by(AttemptEvent.version)
        ).scalars()
    )


def finish(session: Session, cast: Cast) -> Attempt:
    attempt = begin(session, cast)
    step(session, attempt, "doors.plan", 0)
    step(session, attempt, "floor_six.report", 1)
    session.refresh(attempt)
    return attempt


def test_begin_returns_the_running_play(cast: Cast, session: Session) -> None:
    first = begin(session, cast)
    assert (first.number, first.version, first.scene, first.finished_at) == (1, 0, "doors", None)
    assert begin(session, cast).id == first.id


def test_practice_begins_only_after_the_end_and_leaves_the_record(cast: Cast, session: Session) -> None:
    record = finish(session, cast)
    practice = begin(session, cast)
    assert (record.number, practice.number, practice.version) == (1, 2, 0)
    assert begin(session, cast).id == practice.id
    record_end = record.finished_at
    assert queries.finished(session, [cast.lena_seat, cast.leo_seat]) == {
        cast.lena_seat: {"lift": record_end},
        cast.leo_seat: {},
    }


def test_begin_refuses_a_case_the_module_has_not(cast: Cast, session: Session) -> None:
    with pytest.raises(service.UnknownScenario):
        service.begin(session, seat_id=cast.lena_seat, scenario_id="stairs", version_hash=cast.version_hash)


def test_a_step_is_stored_and_the_end_leaves_a_note(cast: Cast, session: Session) -> None:
    attempt = begin(session, cast)
    assert step(session, attempt, "doors.ask", 0) == StepResult("taken", 1)
    assert take_notes(session) == set()
    assert step(session, attempt, "floor_six.shift", 1) == StepResult("taken", 2, ended=True)
    assert take_notes(session) == {cast.lena_seat}
    session.refresh(attempt)
    assert (attempt.scene, attempt.version, attempt.finished_at is not None) == ("together", 2, True)
    assert queries.actions(session, attempt_id=attempt.id) == (Choose("doors", "ask"), Choose("floor_six", "shift"))


def test_a_repeated_operation_answers_as_the_first_time(cast: Cast, session: Session) -> None:
    attempt = begin(session, cast)
    assert step(session, attempt, "doors.ask", 0, "one") == StepResult("taken", 1)
    assert step(session, attempt, "doors.ask", 0, "one") == StepResult("repeated", 1)
    step(session, attempt, "floor_six.report", 1)
    assert step(session, attempt, "doors.ask", 0, "one") == StepResult("repeated", 1)
    assert versions(session, attempt.id) == [1, 2]


def test_the_same_form_with_another_choice_is_stale(cast: Cast, session: Session) -> None:
    attempt = begin(session, cast)
    step(session, attempt, "doors.ask", 0, "one")
    assert step(session, attempt, "doors.plan", 0, "one") == StepResult("stale", 1)
    assert queries.actions(session, attempt_id=attempt.id) == (Choose("doors", "ask"),)


@pytest.mark.parametrize(
    ("move", "base", "answer"),
    [
        ("doors.plan", 0, StepResult("stale", 1)),
        ("floor_six.report", 7, StepResult("stale", 1)),
        ("doors.ask", 1, StepResult("illegal", 1)),
        ("floor_six.shift", 1, StepResult("illegal", 1)),
        ("floor_six.jump", 1, StepResult("illegal", 1)),
        ("floor_six.report", 1, StepResult("taken", 2, ended=True)),
    ],
)
def test_stale_and_forged_steps(cast: Cast, session: Session, move: str, base: int, answer: StepResult) -> None:
    attempt = begin(session, cast)
    step(session, attempt, "doors.plan", 0)
    assert step(session, attempt, move, base) == answer
    assert versions(session, attempt.id) == list(range(1, answer.version + 1))


def test_nothing_follows_the_end(cast: Cast, session: Session) -> None:
    attempt = finish(session, cast)
    assert step(session, attempt, "apart.report", 2) == StepResult("illegal", 2)


SENT = st.lists(
    st.tuples(
        st.sampled_from(["doors", "floor_six", "together", "nowhere"]),
        st.sampled_from(["plan", "ask", "shift", "report", "meeting", "none"]),
        st.integers(0, 3),
        st.sampled_from(["a", "b", "c", "d"]),
    ),
    max_size=25,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=SENT)
def test_whatever_is_sent_the_log_is_a_play(
    cast: Cast, session: Session, sent: list[tuple[str, str, int, str]]
) -> None:
    example = session.begin_nested()
    attempt = begin(session, cast)
    case = service.case_of(session, version_hash=cast.version_hash, scenario_id="lift")
    taken = [
        Choose(scene, choice)
        for scene, choice, base, operation in sent
        if step(session, attempt, f"{scene}.{choice}", base, operation).kind == "taken"
    ]
    session.refresh(attempt)
    assert list(queries.actions(session, attempt_id=attempt.id)) == taken
    assert versions(session, attempt.id) == list(range(1, len(taken) + 1))
    replayed, _events = engine.replay(case, taken)[-1]
    assert engine.revive(case, attempt.state) == replayed
    assert (attempt.version, attempt.scene) == (len(taken), replayed.scene)
    assert (attempt.finished_at is not None) is (engine.ending(case, replayed) is not None)
    example.rollback()
    session.expunge_all()


def race(engines: Engines, attempt: Attempt, operations: list[str]) -> list[StepResult]:
    ready = Barrier(len(operations))

    def one(operation: str) -> StepResult:
        ready.wait(timeout=10)
        with unit_of_work(engines, write=True) as session:
            return step(session, attempt, "doors.ask", 0, operation)

    with ThreadPoolExecutor(len(operations)) as threads:
        return list(threads.map(one, operations))


@pytest.mark.parametrize(
    ("operations", "kinds"),
    [(["one", "two"], ["stale", "taken"]), (["same", "same"], ["repeated", "taken"])],
)
def test_racing_steps_store_exactly_one(engines: Engines, cast: Cast, operations: list[str], kinds: list[str]) -> None:
    with unit_of_work(engines, write=True) as session:
        attempt = begin(session, cast)
        session.expunge(attempt)
    answers = race(engines, attempt, operations)
    assert sorted(answer.kind for answer in answers) == kinds
    assert {answer.version for answer in answers} == {1}
    with unit_of_work(engines, write=False) as session:
        assert versions(session, attempt.id) == [1]


def test_racing_begins_open_one_play(engines: Engines, cast: Cast) -> None:
    ready = Barrier(4)

    def one(_turn: int) -> int:
        ready.wait(timeout=10)
        with unit_of_work(engines, write=True) as session:
            return begin(session, cast).id

    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(one, range(4)))) == 1
