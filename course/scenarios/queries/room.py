"""A case as a room plays it: how many are where, what was answered how often, and what the facilitator holds."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from sqlalchemy import (
    CTE,
    BindParameter,
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from course.cases.engine import Action, Choose, Said
from course.cohorts.models import Cohort, Day, Run, Seat
from course.scenarios.models import Attempt, AttemptEvent, Partner, Pick, Reveal, Saying, Stop
from course.statements import columns

FORMER = 12
"""How many earlier groups a room is compared with, the newest first."""


Number = ScalarSelect[int]
Given = dict[str, dict[str, int]]
"""By decision, how many people gave which answer: the id of a choice, or an order."""


@dataclass(frozen=True)
class Standing:
    """Where the people of a run are in a case, and what they have answered."""

    at: dict[str, int]
    """How many are where, by scene; under ``""`` those who have not begun."""
    given: Given


@dataclass(frozen=True)
class Sentence:
    """What a learner said and lets the room see. Nothing here tells who."""

    id: int
    scene: str
    text: str
    confidence: int
    nearer: str
    attempt_id: int
    version: int
    picked: bool


@dataclass(frozen=True)
class Held:
    """What the facilitator holds or shows at this moment."""

    stopped: tuple[str, ...] = ()
    """Scenes, in the order they were stopped."""
    revealed: str | None = None
    """The one decision that is shown."""


Mark = tuple[int, ...]
"""Numbers that change whenever what is shown of a room changes. They are read in one statement."""


# The statements are built once: building one costs more than running it.
_SCENARIO: BindParameter[str] = bindparam("scenario")
_RUN: BindParameter[int] = bindparam("run_id")


def _record(attempt: type[Attempt]) -> ColumnElement[bool]:
    """Of the plays of a case, those that count: the first ones."""
    return and_(attempt.scenario == _SCENARIO, attempt.number == 1, attempt.rewound.is_(None))


def _counted(runs: ColumnElement[bool]) -> CTE:
    """Give every seat of some runs the play that counts for it: its own, or the one it sat beside."""
    own, beside = aliased(Attempt), aliased(Attempt)
    shared = (
        select(func.min(beside.id))
        .join(Partner, Partner.attempt_id == beside.id)
        .where(Partner.seat_id == Seat.id, _record(beside))
        .scalar_subquery()
    )
    return (
        select(Seat.run_id, Seat.id.label("seat_id"), func.coalesce(own.id, shared).label("attempt_id"))
        .outerjoin(own, and_(own.seat_id == Seat.id, _record(own)))
        .where(runs, Seat.cancelled_at.is_(None))
        .cte("counted")
    )


def _answers(counted: CTE) -> Select[int, str, str, int]:
    """Count the answers of some runs. A scene that a play came to twice counts with its first answer."""
    before = aliased(AttemptEvent)
    earlier = exists().where(
        before.attempt_id == AttemptEvent.attempt_id,
        before.version < AttemptEvent.version,
        before.scene == AttemptEvent.scene,
        before.choice != "",
    )
    return (
        select(counted.c.run_id, AttemptEvent.scene, AttemptEvent.choice, func.count())
        .select_from(counted)
        .join(AttemptEvent, AttemptEvent.attempt_id == counted.c.attempt_id)
        .where(AttemptEvent.choice != "", ~earlier)
        .group_by(counted.c.run_id, AttemptEvent.scene, AttemptEvent.choice)
    )


def _former() -> ColumnElement[bool]:
    """Pick the newest groups that had the same module in the same organisation on an earlier day."""
    here, before = aliased(Run), aliased(Run)
    group, then_group = aliased(Cohort), aliased(Cohort)
    day, then = aliased(Day), aliased(Day)
    wanted = (
        select(before.id)
        .join(then_group, then_group.id == before.cohort_id)
        .join(then, then.id == before.day_id)
        .join(here, here.id == _RUN)
        .join(group, group.id == here.cohort_id)
        .join(day, day.id == here.day_id)
        .where(
            before.module == here.module,
            before.cancelled_at.is_(None),
            then_group.organisation_id == group.organisation_id,
            then.date < day.date,
        )
        .order_by(then.date.desc(), before.id.desc())
        .limit(FORMER)
    )
    return Seat.run_id.in_(wanted)


def _of_run() -> ColumnElement[bool]:
    return Seat.run_id == _RUN


def _standing() -> Select[int, str, str, int]:
    """Count people by the scene where they are and by what they answered, in one statement.

    Those who have not begun are in no scene, those who have ended in an ending; what is no answer has none.
    """
    counted = _counted(_of_run())
    people = (
        select(counted.c.run_id, func.coalesce(Attempt.scene, ""), literal(""), func.count())
        .select_from(counted)
        .outerjoin(Attempt, Attempt.id == counted.c.attempt_id)
        .group_by(counted.c.run_id, Attempt.scene)
    )
    both = union_all(people, _answers(counted)).subquery()
    return select(*both.c)


_STANDING = _standing()
_ANSWERS = _answers(_counted(_of_run()))
_FORMER_ANSWERS = _answers(_counted(_former()))
_SENTENCES = (
    select(
        Saying.id,
        Saying.scene,
        Saying.text,
        Saying.confidence,
        Saying.nearer,
        Saying.attempt_id,
        Saying.version,
        Pick.id.is_not(None),
    )
    .join(Attempt, Attempt.id == Saying.attempt_id)
    .join(Seat, Seat.id == Attempt.seat_id)
    .outerjoin(Pick, and_(Pick.saying_id == Saying.id, Pick.taken_down_at.is_(None)))
    .where(_of_run(), Seat.cancelled_at.is_(None), _record(Attempt), Saying.may_show)
    .order_by(Saying.id)
)
_HELD = union_all(
    select(literal("stop").label("kind"), Stop.id.label("id"), Stop.scene.label("scene")).where(
        Stop.run_id == _RUN, Stop.scenario == _SCENARIO, Stop.lifted_at.is_(None)
    ),
    select(literal("reveal"), Reveal.id, Reveal.scene).where(
        Reveal.run_id == _RUN, Reveal.scenario == _SCENARIO, Reveal.hidden_at.is_(None)
    ),
).subquery()
_HOLDS = select(_HELD.c.kind, _HELD.c.scene).order_by(_HELD.c.id)
_STEPS = (
    select(AttemptEvent.attempt_id, AttemptEvent.scene, AttemptEvent.choice)
    .where(AttemptEvent.attempt_id.in_(bindparam("attempt_ids", expanding=True)))
    .order_by(AttemptEvent.attempt_id, AttemptEvent.version)
)


def _live(table: type[Stop | Reveal | Pick], over: ColumnElement[bool], *mine: ColumnElement[bool]) -> list[Number]:
    """Tell what is held by two numbers: the newest id, and how many, which until the next new one only grow fewer."""
    newest = select(func.coalesce(func.max(table.id), 0)).where(*mine)
    return [newest.scalar_subquery(), select(func.count(table.id)).where(*mine, over).scalar_subquery()]


def _marks() -> tuple[Select[*tuple[int, ...]], Select[*tuple[int, ...]]]:
    """Build the marks of the facilitator's page and of the wall, where a step counts only while counts are shown."""
    counted = _counted(_of_run())
    steps = (
        select(func.coalesce(func.sum(Attempt.version), 0) + func.count(counted.c.seat_id))
        .select_from(counted)
        .outerjoin(Attempt, Attempt.id == counted.c.attempt_id)
        .scalar_subquery()
    )
    begun = select(func.count(counted.c.attempt_id)).scalar_subquery()
    offered = (
        select(func.count(Saying.id))
        .join(Attempt, Attempt.id == Saying.attempt_id)
        .join(Seat, Seat.id == Attempt.seat_id)
        .where(_of_run(), Seat.cancelled_at.is_(None), _record(Attempt), Saying.may_show)
        .scalar_subquery()
    )
    stops = _live(Stop, Stop.lifted_at.is_(None), Stop.run_id == _RUN, Stop.scenario == _SCENARIO)
    reveals = _live(Reveal, Reveal.hidden_at.is_(None), Reveal.run_id == _RUN, Reveal.scenario == _SCENARIO)
    picks = _live(Pick, Pick.taken_down_at.is_(None), Pick.run_id == _RUN)
    held = (*stops, *reveals, *picks)
    return (
        select(*held, steps, begun, offered),
        select(*held, case((reveals[1] > 0, steps), else_=0), case((picks[1] > 0, offered), else_=0)),
    )


_LIVE_MARK, _WALL_MARK = _marks()


def standing(session: Session, *, run_id: int, scenario: str) -> Standing:
    """Return where the people of a run are. Who sat beside somebody's play is where that play is."""
    found = _by_run(session, _STANDING, run_id, scenario).get(run_id, {})
    return Standing(
        at={scene: counts[""] for scene, counts in found.items() if "" in counts},
        given={scene: taken for scene, counts in found.items() if (taken := {k: n for k, n in counts.items() if k})},
    )


def given(session: Session, *, run_id: int, scenario: str) -> Given:
    """Count the answers of a run to each decision of a case."""
    return _by_run(session, _ANSWERS, run_id, scenario).get(run_id, {})


def former(session: Session, *, run_id: int, scenario: str) -> tuple[Given, ...]:
    """Count the answers of each earlier group of the organisation that had the same module; the newest twelve."""
    return tuple(_by_run(session, _FORMER_ANSWERS, run_id, scenario).values())


def sentences(session: Session, *, run_id: int, scenario: str) -> tuple[Sentence, ...]:
    """Return the sentences of a run's first plays that their authors ticked as fit to be shown."""
    rows = columns(session, _SENTENCES, {"run_id": run_id, "scenario": scenario})
    return tuple(Sentence(*row) for row in rows)


def authors(offered: Iterable[Sentence]) -> int:
    """Count the plays that sentences come from."""
    return len({each.attempt_id for each in offered})


def held(session: Session, *, run_id: int, scenario: str) -> Held:
    """Return where the facilitator holds a run, and the decision that is revealed to it."""
    rows = columns(session, _HOLDS, {"run_id": run_id, "scenario": scenario}).all()
    return Held(
        stopped=tuple(scene for kind, scene in rows if kind == "stop"),
        revealed=next((scene for kind, scene in reversed(rows) if kind == "reveal"), None),
    )


def live_mark(session: Session, *, run_id: int, scenario: str) -> Mark:
    """Return the mark of all that the facilitator sees of a room."""
    return tuple(columns(session, _LIVE_MARK, {"run_id": run_id, "scenario": scenario}).one())


def wall_mark(session: Session, *, run_id: int, scenario: str) -> Mark:
    """Return the mark of what the room sees of itself."""
    return tuple(columns(session, _WALL_MARK, {"run_id": run_id, "scenario": scenario}).one())


def steps(session: Session, *, attempt_ids: Collection[int]) -> dict[int, tuple[Action, ...]]:
    """Return the steps of some plays, each in its order."""
    rows = columns(session, _STEPS, {"attempt_ids": list(attempt_ids)})
    return {
        attempt_id: tuple(Choose(row.scene, row.choice) if row.choice else Said(row.scene) for row in each)
        for attempt_id, each in groupby(rows, key=attrgetter("attempt_id"))
    }


def _by_run(session: Session, statement: Select[int, str, str, int], run_id: int, scenario: str) -> dict[int, Given]:
    found: dict[int, Given] = {}
    for run, scene, choice, count in columns(session, statement, {"run_id": run_id, "scenario": scenario}):
        found.setdefault(run, {}).setdefault(scene, {})[choice] = count
    return found
