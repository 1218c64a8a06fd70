"""Taking the steps of a play. The engine decides; here it is only written down."""

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Row, Select, and_, bindparam, select, update
from sqlalchemy.orm import Session

from course import clock
from course.cases import engine
from course.cases.engine import Action, Case, Choose, IllegalStep, Said, State
from course.cohorts.models import Seat
from course.database import Base
from course.outbox import service as outbox
from course.scenarios.models import Attempt, AttemptEvent, Partner, Saying, Stop
from course.scenarios.rules import NEARER, SUREST, action_of, tidy_sentence
from course.scenarios.service.beginning import case_of
from course.scenarios.service.scoring import keep_score
from course.statements import columns, insert_once, write_both, write_row


@dataclass(frozen=True)
class StepResult:
    """What became of a step.

    ``version`` is the one this step made (taken, repeated), or the one at which the play stands.
    ``none``: there is no such play. ``held``: the facilitator holds the room here. ``unsaid``: a sentence comes first.
    ``ended`` says of a step that was taken now that it was the last one.
    """

    kind: Literal["taken", "repeated", "stale", "illegal", "none", "held", "unsaid"]
    version: int
    ended: bool = False


@dataclass(frozen=True, slots=True)
class _Sent:
    """A step as it was sent: to which play, and what it would do."""

    seat_id: int
    scenario: str
    number: int
    action: Action
    base_version: int
    operation_id: str

    @property
    def told(self) -> dict[str, Any]:
        """What the statements are told of it."""
        play = {"seat_id": self.seat_id, "scenario": self.scenario, "number": self.number}
        return play | {"operation_id": self.operation_id}


# The statements are built once: building one costs more than running it.
_TAKE = insert_once(AttemptEvent)
_SAY = insert_once(Saying)
_ATTEMPTS = Base.metadata.tables[Attempt.__tablename__]
_SAYINGS = Base.metadata.tables[Saying.__tablename__]
_STAND = update(_ATTEMPTS).where(_ATTEMPTS.c.id == bindparam("of_attempt"))
_MARK = update(_SAYINGS).where(
    _SAYINGS.c.attempt_id == bindparam("of_attempt"), _SAYINGS.c.version == bindparam("said_at")
)
_STANDING = (
    select(
        Attempt.id,
        Attempt.version_hash,
        Attempt.skin,
        Attempt.version,
        Attempt.state,
        Stop.id.label("stop_id"),
        AttemptEvent.version.label("made"),
        AttemptEvent.scene.label("from_scene"),
        AttemptEvent.choice,
    )
    .join(Seat, Seat.id == Attempt.seat_id)
    .outerjoin(
        Stop,
        and_(
            Stop.run_id == Seat.run_id,
            Stop.scenario == Attempt.scenario,
            Stop.scene == Attempt.scene,
            Stop.lifted_at.is_(None),
        ),
    )
    .outerjoin(
        AttemptEvent,
        and_(AttemptEvent.attempt_id == Attempt.id, AttemptEvent.operation_id == bindparam("operation_id")),
    )
    .where(
        Attempt.seat_id == bindparam("seat_id"),
        Attempt.scenario == bindparam("scenario"),
        Attempt.number == bindparam("number"),
    )
)
_PARTNER = select(Partner.seat_id).where(Partner.attempt_id == bindparam("attempt_id"))
_MINE: Select[*tuple[Any, ...]] = (
    select(Attempt.version, AttemptEvent.version, AttemptEvent.scene, AttemptEvent.choice)
    .outerjoin(
        AttemptEvent,
        and_(AttemptEvent.attempt_id == Attempt.id, AttemptEvent.operation_id == bindparam("operation_id")),
    )
    .where(Attempt.id == bindparam("attempt_id"))
)
_SAID = select(Saying.text).where(Saying.attempt_id == bindparam("attempt_id"), Saying.version == bindparam("version"))


def step(
    session: Session,
    *,
    seat_id: int,
    scenario: str,
    number: int,
    scene: str,
    choice: str,
    base_version: int,
    operation_id: str,
    nearer: str = "",
) -> StepResult:
    """Take one choice. A replay changes nothing and answers as the first time.

    ``nearer`` is what the learner found their own sentence nearer to, in a scene that asked for one.
    """
    if nearer and nearer not in NEARER:
        raise ValueError(nearer)
    sent = _Sent(seat_id, scenario, number, Choose(scene, choice), base_version, operation_id)
    standing = columns(session, _STANDING, sent.told).first()
    if standing is None:
        return StepResult("none", 0)
    result = _take(session, standing, sent)
    if nearer and result.kind == "taken":
        # What was marked is the sentence said last, the step before this one.
        write_row(session, _MARK, {"of_attempt": standing.id, "said_at": base_version, "nearer": nearer})
    return result


def say(
    session: Session,
    *,
    seat_id: int,
    scenario: str,
    number: int,
    scene: str,
    text: str,
    confidence: int,
    may_show: bool,
    base_version: int,
    operation_id: str,
) -> StepResult:
    """Give the sentence that a scene asks for, for good. A replay changes nothing and answers as the first time.

    Raises EmptySentence, SentenceTooLong; ValueError for a confidence outside 0 to 100.
    """
    text = tidy_sentence(text)
    if not 0 <= confidence <= SUREST:
        raise ValueError(confidence)
    sent = _Sent(seat_id, scenario, number, Said(scene), base_version, operation_id)
    standing = columns(session, _STANDING, sent.told).first()
    if standing is None:
        return StepResult("none", 0)
    result = _take(session, standing, sent)
    told = {"attempt_id": standing.id, "version": result.version}
    if result.kind == "taken":
        given = {"scene": scene, "text": text, "confidence": confidence, "may_show": may_show, "nearer": ""}
        write_row(session, _SAY, {**told, **given, "at": clock.now()})
    elif result.kind == "repeated" and columns(session, _SAID, told).scalar_one() != text:
        # The form from the back button with other words: the sentence that was given stands.
        return StepResult("stale", standing.version)
    return result


def _take(session: Session, standing: Row[Any], sent: _Sent) -> StepResult:
    if standing.made is not None:
        return _again(standing.made, action_of(standing.from_scene, standing.choice), sent, standing.version)
    if sent.base_version != standing.version:
        return StepResult("stale", standing.version)
    case = case_of(session, version_hash=standing.version_hash, scenario_id=sent.scenario, skin=standing.skin)
    try:
        after, _events = engine.step(case, engine.revive(case, standing.state), sent.action)
    except IllegalStep as refusal:
        return StepResult("unsaid" if refusal.reason == "unsaid" else "illegal", standing.version)
    if standing.stop_id is not None:
        return StepResult("held", standing.version)
    return _write(session, standing.id, case, after, sent)


def _write(session: Session, attempt_id: int, case: Case, after: State, sent: _Sent) -> StepResult:
    version, now = sent.base_version + 1, clock.now()
    choice = sent.action.choice if isinstance(sent.action, Choose) else ""
    event = {"version": version, "operation_id": sent.operation_id, "scene": sent.action.scene, "choice": choice}
    ended = engine.ending(case, after) is not None
    stands = {"version": version, "scene": after.scene, "state": engine.dump(case, after)}
    told = {"of_attempt": attempt_id, **stands, "finished_at": now if ended else None}
    if not write_both(session, _TAKE, {"attempt_id": attempt_id, **event, "at": now}, _STAND, told):
        return _overtaken(session, attempt_id, sent)
    if ended:
        keep_score(session, attempt_id=attempt_id, case=case)
        beside = columns(session, _PARTNER, {"attempt_id": attempt_id}).scalars()
        # Practice comes after a play that ended, so its player has this one already.
        for seat_id in (sent.seat_id, *beside) if sent.number == 1 else beside:
            outbox.note(session, seat_id=seat_id)
    return StepResult("taken", version, ended)


def _again(made: int, before: Action, sent: _Sent, stands_at: int) -> StepResult:
    # The same form with another choice comes from the back button: it is not the step that was taken.
    same = type(before) is type(sent.action) and before == sent.action
    return StepResult("repeated", made) if same else StepResult("stale", stands_at)


def _overtaken(session: Session, attempt_id: int, sent: _Sent) -> StepResult:
    """Answer a step that lost a race: to its own double, or to another tab's."""
    told = {"attempt_id": attempt_id, "operation_id": sent.operation_id}
    stands_at, made, scene, choice = columns(session, _MINE, told).one()
    return StepResult("stale", stands_at) if made is None else _again(made, action_of(scene, choice), sent, stands_at)
