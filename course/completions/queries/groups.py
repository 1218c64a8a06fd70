"""How a group stands: people by modules, in pages of a few statements for thirty people or thirty thousand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import BindParameter, Select, and_, bindparam, case, false, func, or_, select, true
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from course.cohorts.models import CohortMember, Day, Membership, Presence, Run, Seat
from course.completions.models import Certificate, Completion
from course.people.models import Person
from course.statements import columns

PAGE = 50


class Show(StrEnum):
    """Which people of a group are shown."""

    ALL = "all"
    BEHIND = "behind"
    WAITING = "waiting"
    DONE = "done"


@dataclass(frozen=True)
class Held:
    """A run of the group: one column."""

    run_id: int
    module: str
    version_hash: str
    date: date


@dataclass(frozen=True)
class Cell:
    """One person in one run."""

    seat_id: int
    attended: bool
    completed: bool
    reasons: Sequence[dict[str, Any]]
    waits: bool
    certificate: str | None


@dataclass(frozen=True)
class Line:
    """One person with their cells by run."""

    person_id: int
    name: str
    cells: dict[int, Cell]


@dataclass(frozen=True)
class Standing:
    """How many seats of a group are where.

    ``waiting``: all that is missing is the facilitator's to do. ``behind``: the day is over, and something is missing
    that is the learner's.
    """

    seats: int
    attended: int
    completed: int
    waiting: int
    behind: int
    reported: int
    """Of which an LMS is told."""


# The statements are built once: building one costs more than running it.
_COHORT: BindParameter[int] = bindparam("cohort_id")
_BEHIND = and_(
    Day.date < bindparam("today"),
    or_(Completion.completed.is_(None), and_(Completion.completed == false(), Completion.waits == false())),
)
_RUNS = (
    select(Run.id, Run.module, Run.version_hash, Day.date)
    .join(Day, Day.id == Run.day_id)
    .where(Run.cohort_id == _COHORT, Run.cancelled_at.is_(None))
    .order_by(Day.date, Run.id)
)
_STANDING = (
    select(
        func.count(),
        func.coalesce(func.sum(case((Completion.attended, 1), else_=0)), 0),
        func.coalesce(func.sum(case((Completion.completed, 1), else_=0)), 0),
        func.coalesce(func.sum(case((Completion.waits, 1), else_=0)), 0),
        func.coalesce(func.sum(case((_BEHIND, 1), else_=0)), 0),
        func.coalesce(func.sum(case((Seat.reported, 1), else_=0)), 0),
    )
    .select_from(Seat)
    .join(Run, Run.id == Seat.run_id)
    .join(Day, Day.id == Seat.day_id)
    .outerjoin(Completion, Completion.seat_id == Seat.id)
    .where(Run.cohort_id == _COHORT, Run.cancelled_at.is_(None), Seat.cancelled_at.is_(None))
)
_PEOPLE = (
    select(Person.id, Person.name)
    .join(CohortMember, CohortMember.person_id == Person.id)
    .where(CohortMember.cohort_id == _COHORT, CohortMember.left_at.is_(None))
    .order_by(Person.name, Person.id)
    .limit(PAGE + 1)
)
_VALID = and_(Certificate.seat_id == Seat.id, Certificate.superseded_at.is_(None), Certificate.revoked_at.is_(None))
_SEATS: Select[*tuple[Any, ...]] = (
    select(
        Seat.id,
        Seat.person_id,
        Seat.run_id,
        Completion.attended,
        Completion.completed,
        Completion.reasons,
        Completion.waits,
        Certificate.code,
    )
    .join(Run, Run.id == Seat.run_id)
    .outerjoin(Completion, Completion.seat_id == Seat.id)
    .outerjoin(Certificate, _VALID)
    .where(Run.cohort_id == _COHORT, Run.cancelled_at.is_(None), Seat.cancelled_at.is_(None))
)


def _lines(people: Select[int, str]) -> Select[*tuple[Any, ...]]:
    """Return these people with each of their seats in the group's runs, in one statement."""
    who = people.subquery()
    return (
        select(
            who.c.id,
            who.c.name,
            Run.id,
            Seat.id,
            Completion.attended,
            Completion.completed,
            Completion.reasons,
            Completion.waits,
            Certificate.code,
        )
        .select_from(who)
        .outerjoin(Seat, and_(Seat.person_id == who.c.id, Seat.cancelled_at.is_(None)))
        # A seat of another group has no run here.
        .outerjoin(Run, and_(Run.id == Seat.run_id, Run.cohort_id == _COHORT, Run.cancelled_at.is_(None)))
        .outerjoin(Completion, Completion.seat_id == Seat.id)
        .outerjoin(Certificate, _VALID)
        .order_by(who.c.name, who.c.id)
    )


_ALL_LINES = _lines(_PEOPLE)


def runs_of(session: Session, cohort_id: int) -> list[Held]:
    """Return the runs of a group, the earliest first."""
    rows = columns(session, _RUNS, {"cohort_id": cohort_id})
    return [Held(row.id, row.module, row.version_hash, row.date) for row in rows]


def standing(session: Session, cohort_id: int, *, today: date) -> Standing:
    """Count the seats of a group."""
    row = columns(session, _STANDING, {"cohort_id": cohort_id, "today": today}).one()
    return Standing(*(int(number) for number in row))


def page(
    session: Session,
    cohort_id: int,
    *,
    show: Show,
    run_id: int | None,
    search: str,
    after: tuple[str, int] | None,
    today: date,
) -> tuple[list[Line], bool]:
    """Return up to ``PAGE`` people of a group after a (name, id), and whether there are more."""
    people = _PEOPLE
    if search:
        people = people.where(Person.name.icontains(search, autoescape=True))
    if after is not None:
        people = people.where(or_(Person.name > after[0], and_(Person.name == after[0], Person.id > after[1])))
    if show is not Show.ALL or run_id is not None:
        people = people.where(_has_seat(show, run_id))
    statement = _ALL_LINES if people is _PEOPLE else _lines(people)
    lines: dict[int, Line] = {}
    for person_id, name, run, seat_id, attended, completed, reasons, waits, code in columns(
        session, statement, {"cohort_id": cohort_id, "today": today}
    ):
        line = lines.setdefault(person_id, Line(person_id, name, {}))
        if run is not None:
            line.cells[run] = Cell(seat_id, bool(attended), bool(completed), reasons or [], bool(waits), code)
    found = list(lines.values())
    return found[:PAGE], len(found) > PAGE


def _has_seat(show: Show, run_id: int | None) -> ColumnElement[bool]:
    seats = (
        select(Seat.id)
        .join(Run, Run.id == Seat.run_id)
        .join(Day, Day.id == Seat.day_id)
        .outerjoin(Completion, Completion.seat_id == Seat.id)
        .where(
            Seat.person_id == Person.id,
            Seat.cancelled_at.is_(None),
            Run.cohort_id == _COHORT,
            Run.cancelled_at.is_(None),
        )
    )
    if run_id is not None:
        seats = seats.where(Run.id == run_id)
    if show is Show.BEHIND:
        seats = seats.where(_BEHIND)
    elif show is Show.WAITING:
        seats = seats.where(Completion.waits == true())
    elif show is Show.DONE:
        seats = seats.where(Completion.completed == true())
    return seats.exists()


@dataclass(frozen=True)
class ExportLine:
    """One seat as a line of the CSV."""

    name: str
    email: str | None
    employee_id: str | None
    module: str
    version_hash: str
    date: date
    minutes: int | None
    attended: bool
    completed: bool
    certificate: str | None
    reasons: Sequence[dict[str, Any]]


def export(session: Session, cohort_id: int, organisation_id: int) -> Iterator[ExportLine]:
    """Return every seat of a group, read in bounded portions, by name."""
    statement = (
        _SEATS.add_columns(
            Person.name,
            Person.email,
            Membership.employee_id,
            Run.module,
            Run.version_hash,
            Day.date,
            Presence.minutes,
        )
        .join(Day, Day.id == Seat.day_id)
        .join(Person, Person.id == Seat.person_id)
        .outerjoin(
            Membership,
            and_(
                Membership.person_id == Seat.person_id,
                Membership.organisation_id == organisation_id,
                Membership.role == "learner",
                Membership.ended_at.is_(None),
            ),
        )
        .outerjoin(Presence, Presence.seat_id == Seat.id)
        .order_by(Person.name, Person.id, Day.date)
        .execution_options(yield_per=500)
    )
    for row in session.execute(statement, {"cohort_id": cohort_id}):
        yield ExportLine(
            row.name,
            row.email,
            row.employee_id,
            row.module,
            row.version_hash,
            row.date,
            row.minutes,
            bool(row.attended),
            bool(row.completed),
            row.code,
            row.reasons or [],
        )
