"""The learner's own debrief, made from the steps they took, on the version they took them on."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from course.cases.debrief import Debrief, Sentence, debrief
from course.cases.engine import Action, Case, compile_case
from course.cases.regret import regrets
from course.cases.scoring import score
from course.content.schema import Module
from course.debrief.rules import Comparison, Played, compare, kin, occasion
from course.library import queries as library
from course.reflections.models import Submission
from course.scenarios.models import Attempt, AttemptEvent, Partner, Saying
from course.scenarios.rules import action_of
from course.statements import columns


@dataclass(frozen=True)
class PlayDebrief:
    """One finished play, looked back on."""

    attempt_id: int
    number: int
    version_hash: str
    skin: str
    title: str
    finished_at: datetime
    is_record: bool
    """The first play, from its own beginning."""
    debrief: Debrief
    comparison: Comparison | None
    newest: int
    """The number of the newest play of one's own, ended or not; 0 for none."""
    newest_ended: bool
    costs: tuple[int, ...] | None
    """What each answer cost, in points of the key; None when it is not known for this case."""
    own: bool
    """Whether it was played here, and not at the side of somebody else."""
    rewinds: int
    """How many plays of this case were begun in the middle of the record."""


@dataclass(frozen=True)
class _Attempt:
    id: int
    scenario: str
    number: int
    version_hash: str
    skin: str
    rewound: int | None
    finished_at: datetime | None
    seat_id: int

    @property
    def is_record(self) -> bool:
        return self.number == 1 and self.rewound is None


@dataclass(frozen=True)
class _Steps:
    """What was done in a play, and what was said in it."""

    actions: tuple[Action, ...]
    sentences: dict[int, Sentence]


# The statements are built once: building one costs more than running it.
_BESIDE = select(Partner.attempt_id).where(Partner.seat_id == bindparam("seat_id"))
_MINE = or_(Attempt.seat_id == bindparam("seat_id"), Attempt.id.in_(_BESIDE))
_ATTEMPTS = (
    select(
        Attempt.id,
        Attempt.scenario,
        Attempt.number,
        Attempt.version_hash,
        Attempt.skin,
        Attempt.rewound,
        Attempt.finished_at,
        Attempt.seat_id,
    )
    .where(_MINE, Attempt.scenario.in_(bindparam("scenarios", expanding=True)))
    .order_by(Attempt.number)
)
_EVENTS = (
    select(AttemptEvent.attempt_id, AttemptEvent.scene, AttemptEvent.choice)
    .where(AttemptEvent.attempt_id.in_(bindparam("attempts", expanding=True)))
    .order_by(AttemptEvent.attempt_id, AttemptEvent.version)
)
_SAYINGS = select(Saying.attempt_id, Saying.version, Saying.text, Saying.confidence, Saying.nearer).where(
    Saying.attempt_id.in_(bindparam("attempts", expanding=True))
)

_HANDED_IN = select(Submission.id).where(
    Submission.seat_id == bindparam("seat_id"), Submission.operation_id == bindparam("operation_id")
)


def play_debrief(
    session: Session, *, seat_id: int, scenario: str, module: Module, number: int | None = None
) -> PlayDebrief | None:
    """Return the debrief of a seat's play, the newest that ended by default; None for one that has not ended.

    ``module`` is the one the seat is pinned to: by it, a case decided again is compared with the first time.
    Three statements, however many plays there are.
    """
    beside = kin(module, scenario)
    attempts = _attempts(session, seat_id, {scenario, *beside.scenarios})
    mine = [attempt for attempt in attempts if attempt.scenario == scenario]
    own = [attempt for attempt in mine if attempt.seat_id == seat_id]
    # What was played on somebody else's seat has a number there, and none here.
    asked = [each for each in mine if number in (None, each.number) or each not in own]
    shown = next((each for each in reversed(asked) if each.finished_at is not None), None)
    if shown is None or shown.finished_at is None:
        return None
    case = _case(session, shown)
    if case is None:
        return None
    ended = [each for each in attempts if each.is_record and each.finished_at is not None]
    records = [each for name in beside.scenarios for each in ended if each.scenario == name]
    steps = _steps(session, {shown.id, *(record.id for record in records)})
    looked = debrief(case, steps[shown.id].actions, steps[shown.id].sentences)
    played = [_played(session, module, record, steps[record.id]) for record in records]
    return PlayDebrief(
        attempt_id=shown.id,
        number=shown.number,
        version_hash=shown.version_hash,
        skin=shown.skin,
        title=case.scenario.title,
        finished_at=shown.finished_at,
        is_record=shown.is_record,
        debrief=looked,
        comparison=compare([play for play in played if play is not None], case, same_scenes=beside.same_scenes),
        newest=own[-1].number if own else 0,
        newest_ended=not own or own[-1].finished_at is not None,
        costs=regrets(case, looked.scored),
        own=shown.seat_id == seat_id,
        rewinds=sum(each.rewound is not None for each in own),
    )


def handed_in(session: Session, *, seat_id: int, operation_id: str) -> bool:
    """Whether a page was handed in by this operation."""
    return columns(session, _HANDED_IN, {"seat_id": seat_id, "operation_id": operation_id}).first() is not None


def _attempts(session: Session, seat_id: int, scenarios: Collection[str]) -> list[_Attempt]:
    """Return the plays of a seat; of a case that it has not ended itself, those at which it sat beside somebody too."""
    rows = columns(session, _ATTEMPTS, {"seat_id": seat_id, "scenarios": sorted(scenarios)}).all()
    own = {row.scenario for row in rows if row.seat_id == seat_id and row.finished_at is not None}
    return [_Attempt(*row) for row in rows if row.seat_id == seat_id or row.scenario not in own]


def _case(session: Session, attempt: _Attempt) -> Case | None:
    scenario = library.module(session, attempt.version_hash).scenario(attempt.scenario, attempt.skin)
    return compile_case(scenario) if scenario is not None else None


def _steps(session: Session, attempts: Collection[int]) -> dict[int, _Steps]:
    wanted = {"attempts": sorted(attempts)}
    actions: dict[int, list[Action]] = {attempt: [] for attempt in attempts}
    for event in columns(session, _EVENTS, wanted):
        actions[event.attempt_id].append(action_of(event.scene, event.choice))
    sentences: dict[int, dict[int, Sentence]] = {attempt: {} for attempt in attempts}
    for said in columns(session, _SAYINGS, wanted):
        sentences[said.attempt_id][said.version] = Sentence(said.text, said.confidence, said.nearer)
    return {attempt: _Steps(tuple(actions[attempt]), sentences[attempt]) for attempt in attempts}


def _played(session: Session, module: Module, record: _Attempt, took: _Steps) -> Played | None:
    case = _case(session, record)
    if case is None or record.finished_at is None:
        return None
    when = occasion(module, record.scenario)
    return Played(when, record.finished_at, case, score(case, took.actions), took.sentences)
