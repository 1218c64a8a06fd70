"""The seats of one learner: which day, where, by whom, on which version."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from course.cohorts.models import BlockRead, Cohort, Day, Run, Seat
from course.people.models import Organisation, Person
from course.statements import columns

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


# The statements are built once: building one costs more than running it.
_SEATS: Select[*tuple[Any, ...]] = (
    select(
        Seat.id,
        Run.id,
        Seat.person_id,
        Run.module,
        Run.version_hash,
        Organisation.id,
        Organisation.name,
        Cohort.name,
        Person.name,
        Day.date,
        Day.starts,
        Day.zone,
        Day.place,
        Run.opens_days,
        Run.due_days,
        Seat.welcomed_at,
    )
    .join(Run, Run.id == Seat.run_id)
    .join(Day, Day.id == Run.day_id)
    .join(Cohort, Cohort.id == Run.cohort_id)
    .join(Organisation, Organisation.id == Day.organisation_id)
    .outerjoin(Person, Person.id == Run.facilitator_id)
    .where(
        Seat.person_id == bindparam("person_id"),
        Seat.cancelled_at.is_(None),
        Run.cancelled_at.is_(None),
    )
    .order_by(Day.date.desc(), Seat.id.desc())
)
_NEWEST = _SEATS.where(Run.module == bindparam("module"))
_ONE = _NEWEST.where(Seat.id == bindparam("seat_id"))
_VERSIONS = (
    _SEATS.order_by(None)
    .with_only_columns(Run.version_hash)
    .where(Day.organisation_id.in_(bindparam("organisations", expanding=True)))
    .distinct()
)
_MATES = (
    select(Seat.id, Person.name)
    .join(Person, Person.id == Seat.person_id)
    .where(Seat.run_id == bindparam("run_id"), Seat.cancelled_at.is_(None), Seat.id != bindparam("seat_id"))
    .order_by(Person.name, Seat.id)
)
_READ = select(BlockRead.block).where(BlockRead.seat_id == bindparam("seat_id"))


def seats_of(session: Session, *, person_id: int, organisations: Collection[int]) -> tuple[SeatRow, ...]:
    """Return a person's seats in the organisations where they learn, the newest day first."""
    return _among(organisations, columns(session, _SEATS, {"person_id": person_id}))


def seat_of(
    session: Session, *, person_id: int, organisations: Collection[int], module: str, seat_id: int | None = None
) -> SeatRow | None:
    """Return a person's newest seat in a module, or the one that is asked for; None if it is not theirs."""
    if seat_id is not None and not 0 < seat_id <= LARGEST_ID:
        return None
    told = {"person_id": person_id, "module": module}
    statement, asked = (_NEWEST, told) if seat_id is None else (_ONE, {**told, "seat_id": seat_id})
    return next(iter(_among(organisations, columns(session, statement, asked))), None)


def _among(organisations: Collection[int], rows: Iterable[Any]) -> tuple[SeatRow, ...]:
    # A person has a handful of seats; an IN would be spelled out in the statement at each request anew.
    return tuple(seat for seat in (SeatRow(*row) for row in rows) if seat.organisation_id in organisations)


def versions_of(session: Session, *, person_id: int, organisations: Collection[int]) -> tuple[str, ...]:
    """Return the module versions on which a person has a seat."""
    told = {"person_id": person_id, "organisations": list(organisations)}
    return tuple(columns(session, _VERSIONS, told).scalars())


def blocks_read(session: Session, *, seat_id: int) -> frozenset[str]:
    """Return the blocks that a learner ticked as done."""
    return frozenset(columns(session, _READ, {"seat_id": seat_id}).scalars())


def mates(session: Session, *, run_id: int, seat_id: int) -> tuple[tuple[int, str], ...]:
    """Return the other seats of a learner's run with the names of those who sit there, by name."""
    return tuple((row.id, row.name) for row in columns(session, _MATES, {"run_id": run_id, "seat_id": seat_id}))
