"""Beginning a play and taking its steps. The engine decides; here it is only written down."""

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Row, and_, bindparam, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from course import clock
from course.cases import engine
from course.cases.engine import Case, Choose, IllegalStep
from course.database import Base, columns, insert_once, write_row
from course.library import queries as library
from course.outbox import service as outbox
from course.scenarios.models import Attempt, AttemptEvent


class UnknownScenario(LookupError):  # noqa: N818 - It names what is missing.
    """The module has no case of this name."""


@dataclass(frozen=True)
class StepResult:
    """What became of a step.

    ``version`` is the one this step made (taken, repeated), or the one at which the play stands.
    """

    kind: Literal["taken", "repeated", "stale", "illegal"]
    version: int


# The statements are built once: building one costs more than running it.
_TAKE = insert_once(AttemptEvent)
_ATTEMPTS = Base.metadata.tables[Attempt.__tablename__]
_STAND = update(_ATTEMPTS).where(_ATTEMPTS.c.id == bindparam("attempt_id"))
_STANDING = (
    select(
        Attempt.seat_id,
        Attempt.scenario,
        Attempt.version_hash,
        Attempt.version,
        Attempt.state,
        AttemptEvent.version.label("made"),
        AttemptEvent.scene.label("from_scene"),
        AttemptEvent.choice,
    )
    .outerjoin(
        AttemptEvent,
        and_(AttemptEvent.attempt_id == Attempt.id, AttemptEvent.operation_id == bindparam("operation_id")),
    )
    .where(Attempt.id == bindparam("attempt_id"))
)


def case_of(session: Session, *, version_hash: str, scenario_id: str) -> Case:
    """Return a case of a published module, ready to play.

    Raises UnknownScenario.
    """
    scenario = library.module(session, version_hash).scenario(scenario_id)
    if scenario is None:
        raise UnknownScenario(scenario_id)
    return engine.compile_case(scenario)


def begin(session: Session, *, seat_id: int, scenario_id: str, version_hash: str) -> Attempt:
    """Open a play, or return the one that is running. The first is the record, those after it are practice.

    Raises UnknownScenario.
    """
    newest = (
        select(Attempt)
        .where(Attempt.seat_id == seat_id, Attempt.scenario == scenario_id)
        .order_by(Attempt.number.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    last = session.execute(newest).scalar_one_or_none()
    if last is not None and last.finished_at is None:
        return last
    case = case_of(session, version_hash=version_hash, scenario_id=scenario_id)
    state, _events = engine.begin(case)
    attempt = Attempt(
        seat_id=seat_id,
        scenario=scenario_id,
        version_hash=version_hash,
        number=last.number + 1 if last is not None else 1,
        scene=state.scene,
        state=engine.dump(case, state),
        started_at=clock.now(),
    )
    try:
        with session.begin_nested():
            session.add(attempt)
    except IntegrityError:
        # Another request began it a moment ago.
        return session.execute(newest).scalar_one()
    return attempt


def step(
    session: Session, *, attempt_id: int, scene: str, choice: str, base_version: int, operation_id: str
) -> StepResult:
    """Take one choice. A replay changes nothing and answers as the first time."""
    action = Choose(scene, choice)
    standing = _standing(session, attempt_id=attempt_id, operation_id=operation_id)
    if standing.made is not None:
        return _again(standing.made, Choose(standing.from_scene, standing.choice), action, standing.version)
    if base_version != standing.version:
        return StepResult("stale", standing.version)
    case = case_of(session, version_hash=standing.version_hash, scenario_id=standing.scenario)
    try:
        after, _events = engine.step(case, engine.revive(case, standing.state), action)
    except IllegalStep:
        return StepResult("illegal", standing.version)
    version, now = base_version + 1, clock.now()
    taken = {"version": version, "operation_id": operation_id, "scene": scene, "choice": choice, "at": now}
    if write_row(session, _TAKE, {"attempt_id": attempt_id, **taken}).first() is None:
        return _overtaken(session, attempt_id=attempt_id, action=action, operation_id=operation_id)
    ended = engine.ending(case, after) is not None
    stands = {"version": version, "scene": after.scene, "state": engine.dump(case, after)}
    write_row(session, _STAND, {"attempt_id": attempt_id, **stands, "finished_at": now if ended else None})
    if ended:
        outbox.note(session, seat_id=standing.seat_id)
    return StepResult("taken", version)


def _standing(session: Session, *, attempt_id: int, operation_id: str) -> Row[Any]:
    """Read where a play stands, with the step that this operation made when it was sent before."""
    return columns(session, _STANDING, {"attempt_id": attempt_id, "operation_id": operation_id}).one()


def _again(made: int, before: Choose, action: Choose, stands_at: int) -> StepResult:
    # The same form with another choice comes from the back button: it is not the step that was taken.
    return StepResult("repeated", made) if before == action else StepResult("stale", stands_at)


def _overtaken(session: Session, *, attempt_id: int, action: Choose, operation_id: str) -> StepResult:
    """Answer a step that lost a race: to its own double, or to another tab's."""
    stands_at = session.execute(select(Attempt.version).where(Attempt.id == attempt_id)).scalar_one()
    mine = session.execute(
        select(AttemptEvent.version, AttemptEvent.scene, AttemptEvent.choice).where(
            AttemptEvent.attempt_id == attempt_id, AttemptEvent.operation_id == operation_id
        )
    ).first()
    if mine is None:
        return StepResult("stale", stands_at)
    return _again(mine.version, Choose(mine.scene, mine.choice), action, stands_at)
