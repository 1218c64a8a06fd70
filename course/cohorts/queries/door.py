"""Who may come in by which door, who is in, who is still missing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from course import clock
from course.cohorts.models import Arrival, Door, Membership, Role, Run, Seat
from course.people.models import Identity, Person
from course.statements import columns

LATELY = timedelta(days=2)


@dataclass(frozen=True)
class OpenDoor:
    """A door that lets people in at this moment."""

    id: int
    run_id: int
    code: str
    key: str
    module: str
    facilitator: str | None


@dataclass(frozen=True)
class Name:
    """A place in the run, as the list at the door shows it."""

    seat_id: int
    person_id: int
    name: str
    way: str
    taken: bool
    must_sign_in: bool


@dataclass(frozen=True)
class Place:
    """Where a browser that came in by a door is: its arrival, and the course that waits for it."""

    arrival_id: int
    run_id: int
    module: str
    facilitator: str | None


@dataclass(frozen=True)
class Arrived:
    """Somebody who is in, as their facilitator sees it."""

    arrival_id: int
    seat_id: int
    name: str
    at: datetime
    walk_in: bool


@dataclass(frozen=True)
class Missing:
    seat_id: int
    name: str
    walk_in: bool


@dataclass(frozen=True)
class Room:
    """Who is in and who is not, and the door's code while it is open."""

    door_id: int | None
    code: str | None
    key: str | None
    arrived: tuple[Arrived, ...]
    missing: tuple[Missing, ...]

    @property
    def expected(self) -> int:
        return len(self.arrived) + len(self.missing)


# The statements are built once: building one costs more than running it, and a whole room comes in at once.
_DOOR = (
    select(Door.id, Door.run_id, Door.code, Door.key, Run.module, Person.name)
    .join(Run, Run.id == Door.run_id)
    .outerjoin(Person, Person.id == Run.facilitator_id)
    .where(
        Door.code == bindparam("code"),
        Door.closed_at.is_(None),
        Door.expires_at > bindparam("now"),
        Run.cancelled_at.is_(None),
    )
)
_HAS_PASSWORD = exists().where(Identity.person_id == Seat.person_id, Identity.password_hash.is_not(None))
_HAS_OTHER_ROLE = exists().where(
    Membership.person_id == Seat.person_id, Membership.ended_at.is_(None), Membership.role != Role.LEARNER
)
_PLACES: Select[int, int, str, str, bool, bool] = (
    select(
        Seat.id,
        Seat.person_id,
        Person.name,
        Seat.way,
        Arrival.id.is_not(None),
        or_(_HAS_PASSWORD, _HAS_OTHER_ROLE),
    )
    .join(Person, Person.id == Seat.person_id)
    .outerjoin(Arrival, (Arrival.seat_id == Seat.id) & Arrival.undone_at.is_(None))
    .where(Seat.cancelled_at.is_(None))
)
_NAMES = _PLACES.where(Seat.run_id == bindparam("run_id"))
_NAME = _NAMES.where(Seat.id == bindparam("seat_id"))
_PLACE = (
    select(Arrival.id, Run.id, Run.module, Person.name)
    .join(Seat, Seat.id == Arrival.seat_id)
    .join(Run, Run.id == Seat.run_id)
    .outerjoin(Person, Person.id == Run.facilitator_id)
    .where(Arrival.session_id == bindparam("session_id"), Arrival.undone_at.is_(None))
    .order_by(Arrival.id.desc())
    .limit(1)
)


def door_by_code(session: Session, code: str) -> OpenDoor | None:
    """Return the open door with this code."""
    row = columns(session, _DOOR, {"code": code, "now": clock.now()}).one_or_none()
    return OpenDoor(*row) if row is not None else None


def run_of_old_code(session: Session, code: str) -> int | None:
    """Return the run whose door had this code until lately: somebody read it from a wall, so it is no guess."""
    return session.execute(
        select(Door.run_id).where(Door.code == code, Door.opened_at > clock.now() - LATELY).limit(1)
    ).scalar_one_or_none()


def names(session: Session, *, run_id: int) -> tuple[Name, ...]:
    """Return every place of a run, by name, with who is in already and who must sign in properly."""
    found = (Name(*row) for row in columns(session, _NAMES, {"run_id": run_id}))
    return tuple(sorted(found, key=lambda shown: (shown.name.casefold(), shown.seat_id)))


def name_at(session: Session, *, run_id: int, seat_id: int) -> Name | None:
    """Return one place of a run, or None when it has no such place."""
    row = columns(session, _NAME, {"run_id": run_id, "seat_id": seat_id}).one_or_none()
    return Name(*row) if row is not None else None


def place_of(session: Session, *, session_id: int) -> Place | None:
    """Return where the browser with this session came in last, as long as nobody has undone it."""
    row = columns(session, _PLACE, {"session_id": session_id}).one_or_none()
    return Place(*row) if row is not None else None


def room(session: Session, *, run_id: int) -> Room:
    """Return who came in by the door of a run and who did not yet, in two statements."""
    door = session.execute(
        select(Door.id, Door.code, Door.key).where(
            Door.run_id == run_id, Door.closed_at.is_(None), Door.expires_at > clock.now()
        )
    ).one_or_none()
    rows = session.execute(
        select(Seat.id.label("seat_id"), Seat.way, Person.name, Arrival.id.label("arrival_id"), Arrival.at)
        .join(Person, Person.id == Seat.person_id)
        .outerjoin(Arrival, (Arrival.seat_id == Seat.id) & Arrival.undone_at.is_(None))
        .where(Seat.run_id == run_id, Seat.cancelled_at.is_(None))
    ).all()
    arrived = [
        Arrived(row.arrival_id, row.seat_id, row.name, row.at, row.way == "walk_in")
        for row in rows
        if row.arrival_id is not None
    ]
    missing = [Missing(row.seat_id, row.name, row.way == "walk_in") for row in rows if row.arrival_id is None]
    return Room(
        door_id=door.id if door is not None else None,
        code=door.code if door is not None else None,
        key=door.key if door is not None else None,
        arrived=tuple(sorted(arrived, key=lambda one: (one.at, one.arrival_id), reverse=True)),
        missing=tuple(sorted(missing, key=lambda one: (one.name.casefold(), one.seat_id))),
    )
