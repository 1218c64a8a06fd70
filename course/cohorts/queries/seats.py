"""The seats of one learner: which day, where, by whom, on which version."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from course.cohorts.models import BlockRead, Cohort, Day, Run, Seat
from course.people.models import Organisation, Person

LARGEST_ID = 2**31 - 1


@dataclass(frozen=True)
class SeatRow:
    """One seat with all that its pages say about the day."""

    seat_id: int
    run_id: int
    person_id: int
    module: str
    version_hash: str
    organisation_id: int
    organisation: str
    cohort: str
    facilitator: str | None
    on: date
    starts: int
    zone: str
    place: str
    opens_days: int
    due_days: int
    welcomed_at: datetime | None

    @property
    def opens_on(self) -> date:
        """The date on which the module opens to this learner."""
        return self.on - timedelta(days=self.opens_days)


# Built once, on the tables' own columns: every page of a learner begins with one of these.
_seat = Seat.__table__
_run = Run.__table__
_day = Day.__table__
_cohort = Cohort.__table__
_organisation = Organisation.__table__
_facilitator = Person.__table__
_block_read = BlockRead.__table__
_SEATS: Select[*tuple[Any, ...]] = (
    select(
        _seat.c.id,
        _run.c.id,
        _seat.c.person_id,
        _run.c.module,
        _run.c.version_hash,
        _organisation.c.id,
        _organisation.c.name,
        _cohort.c.name,
        _facilitator.c.name,
        _day.c.date,
        _day.c.starts,
        _day.c.zone,
        _day.c.place,
        _run.c.opens_days,
        _run.c.due_days,
        _seat.c.welcomed_at,
    )
    .select_from(_seat)
    .join(_run, _run.c.id == _seat.c.run_id)
    .join(_day, _day.c.id == _run.c.day_id)
    .join(_cohort, _cohort.c.id == _run.c.cohort_id)
    .join(_organisation, _organisation.c.id == _day.c.organisation_id)
    .outerjoin(_facilitator, _facilitator.c.id == _run.c.facilitator_id)
    .where(
        _seat.c.person_id == bindparam("person_id"),
        _seat.c.cancelled_at.is_(None),
        _run.c.cancelled_at.is_(None),
        _day.c.organisation_id.in_(bindparam("organisations", expanding=True)),
    )
    .order_by(_day.c.date.desc(), _seat.c.id.desc())
)
_NEWEST = _SEATS.where(_run.c.module == bindparam("module")).limit(1)
_ONE = _NEWEST.where(_seat.c.id == bindparam("seat_id"))
_VERSIONS = _SEATS.order_by(None).with_only_columns(_run.c.version_hash).distinct()
_READ = select(_block_read.c.block).where(_block_read.c.seat_id == bindparam("seat_id"))


def seats_of(session: Session, *, person_id: int, organisations: Collection[int]) -> tuple[SeatRow, ...]:
    """Return a person's seats in the organisations where they learn, the newest day first."""
    told = {"person_id": person_id, "organisations": list(organisations)}
    return tuple(SeatRow(*row) for row in session.connection().execute(_SEATS, told))


def seat_of(
    session: Session, *, person_id: int, organisations: Collection[int], module: str, seat_id: int | None = None
) -> SeatRow | None:
    """Return a person's newest seat in a module, or the one that is asked for; None if it is not theirs."""
    if seat_id is not None and not 0 < seat_id <= LARGEST_ID:
        return None
    told = {"person_id": person_id, "organisations": list(organisations), "module": module}
    if seat_id is None:
        found = session.connection().execute(_NEWEST, told).first()
    else:
        found = session.connection().execute(_ONE, {**told, "seat_id": seat_id}).first()
    return SeatRow(*found) if found is not None else None


def versions_of(session: Session, *, person_id: int, organisations: Collection[int]) -> tuple[str, ...]:
    """Return the module versions on which a person has a seat."""
    told = {"person_id": person_id, "organisations": list(organisations)}
    return tuple(session.connection().execute(_VERSIONS, told).scalars())


def blocks_read(session: Session, *, seat_id: int) -> frozenset[str]:
    """Return the blocks that a learner ticked as done."""
    return frozenset(session.connection().execute(_READ, {"seat_id": seat_id}).scalars())
