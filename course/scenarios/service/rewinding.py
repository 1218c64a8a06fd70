"""Going back to a decision of the record, to try another answer. It is practice, and twice at the most."""

from dataclasses import dataclass
from typing import Literal
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from course import clock
from course.cases import engine
from course.scenarios.models import Attempt, AttemptEvent, Saying
from course.scenarios.rules import MOST_REWINDS, action_of
from course.scenarios.service.beginning import case_of

RECORD = 1


@dataclass(frozen=True)
class RewindResult:
    """What became of a rewind: ``number`` is the practice play it made, or made the first time.

    ``none``: there is no such play, it has not ended, or it never stood there. ``spent``: there were two already.
    """

    kind: Literal["made", "repeated", "none", "spent"]
    number: int


def rewind(
    session: Session, *, seat_id: int, scenario: str, number: int, to_version: int, operation_id: str
) -> RewindResult:
    """Make a practice play of the record's first ``to_version`` steps, to go on from there in another way.

    ``number`` is the record's, 1: nothing else is gone back in. A replay changes nothing.
    """
    plays = {
        play.number: play
        for play in session.execute(
            select(Attempt)
            .where(Attempt.seat_id == seat_id, Attempt.scenario == scenario)
            .order_by(Attempt.number)
            .execution_options(populate_existing=True)
        ).scalars()
    }
    record = plays.get(RECORD)
    if number != RECORD or record is None or record.finished_at is None or not 0 <= to_version < record.version:
        return RewindResult("none", 0)
    rewound = [play for play in plays.values() if play.rewound is not None]
    known = _known(session, rewound, to_version, operation_id)
    if known is not None:
        return RewindResult("repeated", known.number)
    if len(rewound) >= MOST_REWINDS:
        return RewindResult("spent", 0)
    try:
        with session.begin_nested():
            return _made(session, record, max(plays) + 1, to_version, operation_id)
    except IntegrityError:
        # Another request made one a moment ago: its own double, or another.
        return rewind(
            session,
            seat_id=seat_id,
            scenario=scenario,
            number=number,
            to_version=to_version,
            operation_id=operation_id,
        )


def _copied(operation_id: str, version: int) -> str:
    """Return the operation id of a copied step: the rewind's own, so that the rewind is known when it is sent again."""
    return str(uuid5(NAMESPACE_URL, f"{operation_id}/{version}"))


def _known(session: Session, rewound: list[Attempt], to_version: int, operation_id: str) -> Attempt | None:
    """Find the play that this rewind made before, or one to the same place in which nothing was done yet."""
    for play in rewound:
        if play.rewound == to_version and play.version == to_version:
            return play
    mine = select(AttemptEvent.attempt_id).where(
        AttemptEvent.attempt_id.in_([play.id for play in rewound]),
        AttemptEvent.operation_id == _copied(operation_id, 1),
    )
    attempt_id = session.execute(mine).scalar_one_or_none()
    return next((play for play in rewound if play.id == attempt_id), None)


def _made(session: Session, record: Attempt, number: int, to_version: int, operation_id: str) -> RewindResult:
    steps = session.execute(
        select(AttemptEvent.version, AttemptEvent.scene, AttemptEvent.choice)
        .where(AttemptEvent.attempt_id == record.id, AttemptEvent.version <= to_version)
        .order_by(AttemptEvent.version)
    ).all()
    skin = record.skin
    case = case_of(session, version_hash=record.version_hash, scenario_id=record.scenario, skin=skin)
    state, _events = engine.replay(case, (action_of(step.scene, step.choice) for step in steps))[-1]
    now = clock.now()
    practice = Attempt(
        seat_id=record.seat_id,
        scenario=record.scenario,
        version_hash=record.version_hash,
        number=number,
        version=to_version,
        scene=state.scene,
        state=engine.dump(case, state),
        started_at=now,
        skin=skin,
        rewound=to_version,
    )
    session.add(practice)
    session.flush()
    for step in steps:
        copied = _copied(operation_id, step.version)
        event = {"version": step.version, "operation_id": copied, "scene": step.scene, "choice": step.choice}
        session.execute(insert(AttemptEvent).values(attempt_id=practice.id, **event, at=now))
    _copy_sentences(session, record, practice)
    return RewindResult("made", number)


def _copy_sentences(session: Session, record: Attempt, practice: Attempt) -> None:
    """Take the sentences over, so that the last one stands beside the models once more. The room has seen them."""
    given = session.execute(
        select(Saying).where(Saying.attempt_id == record.id, Saying.version <= practice.version)
    ).scalars()
    for said in given:
        nearer = said.nearer if said.version < practice.version else ""
        copy = {"version": said.version, "scene": said.scene, "text": said.text, "confidence": said.confidence}
        copy |= {"may_show": False, "nearer": nearer, "at": said.at}
        session.execute(insert(Saying).values(attempt_id=practice.id, **copy))
