"""Reading plays: where one stands, what was chosen, who has finished."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Select, Subquery, and_, bindparam, func, select, union_all
from sqlalchemy.orm import Session

from course.cases.engine import Action, Choose
from course.cohorts.models import Seat
from course.people.models import Person
from course.scenarios.models import Attempt, AttemptEvent, Partner, Saying, Stop
from course.scenarios.rules import action_of
from course.statements import columns


@dataclass(frozen=True)
class Play:
    """One attempt as it stands. ``chosen`` is the step that was asked for, if it was taken and was a choice.

    ``said`` is the sentence that was given in the scene where it stands; ``held`` whether the room is held there.
    """

    attempt_id: int
    number: int
    version: int
    version_hash: str
    scene: str
    state: dict[str, Any]
    finished_at: datetime | None
    chosen: Choose | None
    skin: str = ""
    rewound: int | None = None
    said: str | None = None
    held: bool = False


@dataclass(frozen=True)
class Sentence:
    """A sentence as it was given in a play, at its step."""

    version: int
    scene: str
    text: str
    confidence: int
    may_show: bool
    nearer: str


@dataclass(frozen=True)
class Beside:
    """A play of somebody else at which a learner sat beside."""

    name: str
    finished_at: datetime | None


# The statements are built once: building one costs more than running it.
_PLAY = (
    select(
        Attempt.id,
        Attempt.number,
        Attempt.version,
        Attempt.version_hash,
        Attempt.scene,
        Attempt.state,
        Attempt.finished_at,
        AttemptEvent.scene.label("from_scene"),
        AttemptEvent.choice,
        Attempt.skin,
        Attempt.rewound,
        Saying.text,
        Stop.id.label("stop_id"),
    )
    .join(Seat, Seat.id == Attempt.seat_id)
    .outerjoin(
        AttemptEvent,
        and_(AttemptEvent.attempt_id == Attempt.id, AttemptEvent.version == bindparam("after")),
    )
    # A sentence is the newest step only as long as nothing was chosen after it.
    .outerjoin(Saying, and_(Saying.attempt_id == Attempt.id, Saying.version == Attempt.version))
    .outerjoin(
        Stop,
        and_(
            Stop.run_id == Seat.run_id,
            Stop.scenario == Attempt.scenario,
            Stop.scene == Attempt.scene,
            Stop.lifted_at.is_(None),
        ),
    )
    .where(Attempt.seat_id == bindparam("seat_id"), Attempt.scenario == bindparam("scenario"))
    .order_by(Attempt.number.desc())
    .limit(1)
)
_NUMBERED = _PLAY.where(Attempt.number == bindparam("number"))
_THESE: BindParameter[int] = bindparam("seat_ids", expanding=True)


def _ended(seats: Select[int] | BindParameter[int]) -> Subquery:
    """Build the plays that some seats have finished or sat beside, to be joined to what else is asked of them."""
    mine = select(Attempt.seat_id, Attempt.scenario, Attempt.finished_at).where(
        Attempt.seat_id.in_(seats), Attempt.finished_at.is_not(None)
    )
    beside_me = (
        select(Partner.seat_id, Attempt.scenario, Attempt.finished_at)
        .join(Attempt, Attempt.id == Partner.attempt_id)
        .where(Partner.seat_id.in_(seats), Attempt.finished_at.is_not(None))
    )
    return union_all(mine, beside_me).subquery("ended")


ENDED = _ended(_THESE)
"""Of these ``seat_ids``."""
ENDED_OF_PERSON = _ended(select(Seat.id).where(Seat.person_id == bindparam("person_id")))
_FINISHED = select(ENDED.c.seat_id, ENDED.c.scenario, func.min(ENDED.c.finished_at)).group_by(
    ENDED.c.seat_id, ENDED.c.scenario
)
_ACTIONS = (
    select(AttemptEvent.scene, AttemptEvent.choice)
    .where(AttemptEvent.attempt_id == bindparam("attempt_id"))
    .order_by(AttemptEvent.version)
)
_SAID = (
    select(Saying.version, Saying.scene, Saying.text, Saying.confidence, Saying.may_show, Saying.nearer)
    .where(Saying.attempt_id == bindparam("attempt_id"))
    .order_by(Saying.version)
)
_BESIDE = (
    select(Person.name, Attempt.finished_at)
    .select_from(Partner)
    .join(Attempt, Attempt.id == Partner.attempt_id)
    .join(Seat, Seat.id == Attempt.seat_id)
    .join(Person, Person.id == Seat.person_id)
    .where(Partner.seat_id == bindparam("seat_id"), Attempt.scenario == bindparam("scenario"))
    .order_by(Attempt.id.desc())
    .limit(1)
)


def play(
    session: Session,
    *,
    seat_id: int,
    scenario: str,
    number: int | None = None,
    after: int | None = None,
    ended: bool = False,
) -> Play | None:
    """Return a seat's play by its number, the newest by default, with the step that made its version ``after``.

    With ``ended``, only a play that has ended.
    """
    told: dict[str, object] = {"seat_id": seat_id, "scenario": scenario, "after": after}
    wanted = _PLAY
    if number is not None:
        told["number"] = number
        wanted = _NUMBERED
    if ended:
        wanted = wanted.where(Attempt.finished_at.is_not(None))
    row = columns(session, wanted, told).first()
    if row is None:
        return None
    chosen = Choose(row.from_scene, row.choice) if row.choice else None
    known = (row.id, row.number, row.version, row.version_hash, row.scene, row.state, row.finished_at)
    return Play(*known, chosen, row.skin, row.rewound, row.text, row.stop_id is not None)


def actions(session: Session, *, attempt_id: int) -> tuple[Action, ...]:
    """Return what was said and chosen in a play, in order."""
    return tuple(action_of(scene, choice) for scene, choice in columns(session, _ACTIONS, {"attempt_id": attempt_id}))


def sentences(session: Session, *, attempt_id: int) -> tuple[Sentence, ...]:
    """Return what was said in a play, in order."""
    return tuple(Sentence(*row) for row in columns(session, _SAID, {"attempt_id": attempt_id}))


def finished(session: Session, seat_ids: Collection[int]) -> dict[int, dict[str, datetime]]:
    """Return the cases that some seats have finished, with the moment of the first time.

    A play counts for whoever sat beside it as well.
    """
    found: dict[int, dict[str, datetime]] = {seat_id: {} for seat_id in seat_ids}
    for seat_id, scenario, at in columns(session, _FINISHED, {"seat_ids": list(seat_ids)}):
        found[seat_id][scenario] = at
    return found


def beside(session: Session, *, seat_id: int, scenario: str) -> Beside | None:
    """Return the newest play of a case at which this seat sat beside somebody else."""
    row = columns(session, _BESIDE, {"seat_id": seat_id, "scenario": scenario}).first()
    return Beside(*row) if row is not None else None
