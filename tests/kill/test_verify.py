"""The verifier itself: it is silent about an honest database, and names every way in which one can be dishonest."""

from collections.abc import Callable

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from course import clock
from course.database import Engines, unit_of_work
from course.grading import service as grading
from course.grading.models import Grade, GradeEvent
from course.reflections import service as reflections
from course.reflections.models import Draft, DraftEvent
from course.scenarios import service as scenarios
from course.scenarios.models import Attempt, AttemptEvent
from tests.kill.ground import REFLECTION, SCENARIO, Ground, prepare
from tests.kill.ledger import Kind, Ledger, Operation, Said
from tests.kill.verify import faults


@pytest.fixture
def ground(engines: Engines) -> Ground:
    return prepare(engines)


@pytest.fixture
def ledger(engines: Engines, ground: Ground) -> Ledger:
    """Three operations of each kind, done by the services and noted as acknowledged."""
    ledger = Ledger()
    noted = ledger.open()
    with unit_of_work(engines, write=True) as session:
        noted += _write(session, ground)
        noted += _play(session, ground)
        noted += _grade(session, ground)
    return ledger


def _write(session: Session, ground: Ground) -> list[Operation]:
    seat_id = next(iter(ground.writers))
    done: list[Operation] = []
    # The third stands on the version that the first stood on, so it is kept beside.
    for base, said in ((0, Said.KEPT), (1, Said.KEPT), (0, Said.BESIDE)):
        one = Operation(Kind.DRAFT, seat_id, f"A text {len(done)}", base, said)
        result = reflections.save_draft(
            session,
            seat_id=seat_id,
            reflection=REFLECTION,
            version_hash=ground.version_hash,
            text=one.content,
            base_version=base,
            operation_id=one.id,
        )
        one.version = result.version if said is Said.KEPT else None
        done.append(one)
    return done


def _play(session: Session, ground: Ground) -> list[Operation]:
    seat_id = next(iter(ground.players))
    attempt = scenarios.begin(session, seat_id=seat_id, scenario_id=SCENARIO, version_hash=ground.version_hash)
    one = Operation(Kind.STEP, seat_id, (1, "doors", "plan"), 0, Said.KEPT)
    late = Operation(Kind.STEP, seat_id, (1, "doors", "plan"), 0, Said.REFUSED)
    for operation in (one, late):
        operation.version = scenarios.step(
            session,
            seat_id=seat_id,
            scenario=SCENARIO,
            number=attempt.number,
            scene="doors",
            choice="plan",
            base_version=0,
            operation_id=operation.id,
        ).version
    return [one, late]


def _grade(session: Session, ground: Ground) -> list[Operation]:
    grade = session.get_one(Grade, next(iter(ground.grades)))
    one = Operation(Kind.GRADE, grade.id, ("next_step", "Ask her on Monday."), 0, Said.KEPT, 1)
    grading.write(
        session,
        grade_id=grade.id,
        field="next_step",
        value="Ask her on Monday.",
        base_version=0,
        operation_id=one.id,
        by_id=grade.author_id + 1,
    )
    return [one]


def test_an_honest_database_has_no_faults(engines: Engines, ledger: Ledger) -> None:
    assert faults(engines, ledger) == []


def test_what_was_not_answered_may_be_there_or_not(engines: Engines, ledger: Ledger) -> None:
    for operation in ledger:
        operation.said = Said.NOTHING
        operation.version = None
    ledger.open().append(Operation(Kind.DRAFT, 1, "Never arrived", 0))
    assert faults(engines, ledger) == []


def test_an_acknowledged_operation_that_was_never_written(engines: Engines, ledger: Ledger) -> None:
    lost = Operation(Kind.DRAFT, ledger.lists[0][0].target, "Lost", 2, Said.KEPT)
    ledger.open().append(lost)
    assert faults(engines, ledger) == [f"{lost.id}: draft, answered kept, is there 0 times"]


def test_a_row_that_nobody_sent(engines: Engines, ledger: Ledger) -> None:
    (forgotten,) = [each for each in ledger if each.kind is Kind.GRADE]
    ledger.lists[0].remove(forgotten)
    assert faults(engines, ledger) == [f"{forgotten.id}: nobody sent it"]


def _second(session: Session, ledger: Ledger) -> str:
    """Write an operation once more, to another target, where no index forbids it."""
    first = ledger.lists[0][0]
    at = clock.now()
    known = session.execute(select(Draft)).scalar_one()
    other = Draft(
        seat_id=first.target + 1, reflection=REFLECTION, number=1, version_hash=known.version_hash, saved_at=at
    )
    session.add(other)
    session.flush()
    copy = {"version": None, "base_version": 0, "operation_id": first.id, "text": first.content, "at": at}
    session.execute(insert(DraftEvent).values(draft_id=other.id, **copy))
    return f"{first.id}: draft, answered kept, is there 2 times"


def _torn(session: Session, ledger: Ledger) -> str:
    first = ledger.lists[0][0]
    session.execute(update(DraftEvent).where(DraftEvent.operation_id == first.id).values(text="A te"))
    return "is not what was sent"


def _renumbered(session: Session, ledger: Ledger) -> str:
    second = ledger.lists[0][1]
    session.execute(update(DraftEvent).where(DraftEvent.operation_id == second.id).values(version=7))
    return f"{second.id}: answered version 2, has 7"


def _promoted(session: Session, ledger: Ledger) -> str:
    third = ledger.lists[0][2]
    session.execute(update(DraftEvent).where(DraftEvent.operation_id == third.id).values(version=3))
    return f"{third.id}: answered beside, has version 3"


def _step_lost(session: Session, ledger: Ledger) -> str:
    step = next(each for each in ledger if each.kind is Kind.STEP)
    session.execute(delete(AttemptEvent).where(AttemptEvent.operation_id == step.id))
    return f"{step.id}: step, answered kept, is there 0 times"


def _grade_lost(session: Session, ledger: Ledger) -> str:
    write = next(each for each in ledger if each.kind is Kind.GRADE)
    session.execute(delete(GradeEvent).where(GradeEvent.operation_id == write.id))
    return f"{write.id}: grade, answered kept, is there 0 times"


def _draft_unfolded(session: Session, ledger: Ledger) -> str:
    session.execute(update(Draft).values(text="Something else"))
    return f"draft {session.execute(select(Draft.id)).scalar_one()}: its row is not the fold of its events"


def _attempt_unfolded(session: Session, ledger: Ledger) -> str:
    session.execute(update(Attempt).values(version=0))
    return f"attempt {session.execute(select(Attempt.id)).scalar_one()}: its row is not the fold of its events"


def _grade_unfolded(session: Session, ledger: Ledger) -> str:
    written = session.execute(update(Grade).where(Grade.version == 1).values(next_step="").returning(Grade.id))
    return f"grade {written.scalar_one()}: its row is not the fold of its events"


TAMPERED = (
    _second,
    _torn,
    _renumbered,
    _promoted,
    _step_lost,
    _grade_lost,
    _draft_unfolded,
    _attempt_unfolded,
    _grade_unfolded,
)


@pytest.mark.parametrize("tamper", TAMPERED)
def test_a_dishonest_database_is_caught(
    engines: Engines, ledger: Ledger, tamper: Callable[[Session, Ledger], str]
) -> None:
    with unit_of_work(engines, write=True) as session:
        expected = tamper(session, ledger)
    assert any(expected in fault for fault in faults(engines, ledger))
