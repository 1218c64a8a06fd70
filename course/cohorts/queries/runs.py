"""The runs of a facilitator, each with its day and its group."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date as Date  # noqa: N812 - ``date`` is the name of a field here.

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from course.cohorts.models import Cohort, Day, Run
from course.statements import columns

MOST_RUNS = 100


@dataclass(frozen=True)
class HeldRun:
    """A run as its facilitator sees it."""

    id: int
    module: str
    version_hash: str
    opens_days: int
    due_days: int
    cohort: str
    day_id: int
    date: Date
    starts: int
    zone: str
    place: str


# The statements are built once: building one costs more than running it.
_HELD = (
    select(
        Run.id,
        Run.module,
        Run.version_hash,
        Run.opens_days,
        Run.due_days,
        Cohort.name,
        Day.id,
        Day.date,
        Day.starts,
        Day.zone,
        Day.place,
    )
    .join(Day, Day.id == Run.day_id)
    .join(Cohort, Cohort.id == Run.cohort_id)
    .where(
        Run.facilitator_id == bindparam("facilitator_id"),
        Run.cancelled_at.is_(None),
        Cohort.organisation_id.in_(bindparam("organisations", expanding=True)),
    )
)
_NEWEST = _HELD.order_by(Day.date.desc(), Day.starts.desc(), Run.id).limit(MOST_RUNS)
_ONE = _HELD.where(Run.id == bindparam("run_id"))


def runs_of_facilitator(
    session: Session, *, facilitator_id: int, organisations: Collection[int]
) -> tuple[HeldRun, ...]:
    """Return the runs somebody holds in these organisations, newest day first, at most a hundred."""
    rows = columns(session, _NEWEST, {"facilitator_id": facilitator_id, "organisations": list(organisations)})
    return tuple(HeldRun(*row) for row in rows)


def run_of_facilitator(
    session: Session, *, run_id: int, facilitator_id: int, organisations: Collection[int]
) -> HeldRun | None:
    """Return one run that somebody holds; None for everybody else's."""
    told = {"run_id": run_id, "facilitator_id": facilitator_id, "organisations": list(organisations)}
    row = columns(session, _ONE, told).first()
    return HeldRun(*row) if row is not None else None
