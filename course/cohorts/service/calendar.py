"""Cohorts, days, runs and seats: what a training manager puts into the calendar."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date as Date  # noqa: N812 - ``date`` is the name of an argument here.

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from course import clock
from course.cohorts.models import Cohort, CohortMember, Day, Role, Run, Seat
from course.cohorts.rules.calendar import (
    RUNS_A_DAY,
    DayFull,
    NameTaken,
    NotLive,
    RunCancelled,
    SeatTaken,
    WorkExists,
    tidy,
)
from course.cohorts.service.membership import grant
from course.library.queries import live_hash
from course.outbox.service import note
from course.people.models import Person

HasWork = Callable[[Session, int], bool]
"""Answers for the id of a run whether anybody has begun to work in it: the rooms that know stand above this one."""


@dataclass(frozen=True)
class Seated:
    """What became of seats for many: ids of people who got one, had one in this run, or sit in another run that day."""

    added: tuple[int, ...]
    already: tuple[int, ...]
    elsewhere: tuple[int, ...]


def add_cohort(session: Session, *, organisation_id: int, name: str) -> Cohort:
    """Make a group of technicians.

    Raises NameTaken.
    """
    cohort = Cohort(organisation_id=organisation_id, name=tidy(name), created_at=clock.now())
    try:
        with session.begin_nested():
            session.add(cohort)
    except IntegrityError as error:
        raise NameTaken from error
    return cohort


def add_member(session: Session, *, cohort_id: int, person_id: int) -> CohortMember:
    """Put a person into a cohort, or return the place they have there already."""
    live = select(CohortMember).where(
        CohortMember.cohort_id == cohort_id, CohortMember.person_id == person_id, CohortMember.left_at.is_(None)
    )
    member = session.execute(live).scalar_one_or_none()
    if member is not None:
        return member
    member = CohortMember(cohort_id=cohort_id, person_id=person_id, joined_at=clock.now())
    try:
        with session.begin_nested():
            session.add(member)
    except IntegrityError:
        return session.execute(live).scalar_one()
    return member


def add_day(session: Session, *, organisation_id: int, date: Date, starts: int, zone: str, place: str) -> Day:
    day = Day(
        organisation_id=organisation_id, date=date, starts=starts, zone=zone, place=tidy(place), created_at=clock.now()
    )
    session.add(day)
    session.flush()
    return day


def change_day(session: Session, *, day_id: int, date: Date, starts: int, zone: str, place: str) -> None:
    """Move a day. Every run on it moves along."""
    session.execute(update(Day).where(Day.id == day_id).values(date=date, starts=starts, zone=zone, place=tidy(place)))
    _note_seats(session, Seat.day_id == day_id)


def add_run(
    session: Session,
    *,
    day_id: int,
    cohort_id: int,
    module: str,
    facilitator_id: int | None,
    opens_days: int = 7,
    due_days: int = 7,
) -> Run:
    """Hold the live version of a module on a day for a cohort.

    Raises NotLive or DayFull.
    """
    version_hash = live_hash(session, module)
    if version_hash is None:
        raise NotLive(module)
    # The day's row is locked, so that two managers cannot both add the last run; SQLite's writers queue anyway.
    session.execute(select(Day.id).where(Day.id == day_id).with_for_update())
    beside = select(func.count()).select_from(Run).where(Run.day_id == day_id, Run.cancelled_at.is_(None))
    if session.execute(beside).scalar_one() >= RUNS_A_DAY:
        raise DayFull
    run = Run(
        day_id=day_id,
        cohort_id=cohort_id,
        module=module,
        version_hash=version_hash,
        facilitator_id=facilitator_id,
        opens_days=opens_days,
        due_days=due_days,
        created_at=clock.now(),
    )
    session.add(run)
    session.flush()
    return run


def set_facilitator(session: Session, *, run_id: int, person_id: int | None) -> None:
    session.execute(update(Run).where(Run.id == run_id).values(facilitator_id=person_id))


def set_window(session: Session, *, run_id: int, opens_days: int, due_days: int) -> None:
    """Say how many days before its day a run opens, and how many days after it the page is due."""
    session.execute(update(Run).where(Run.id == run_id).values(opens_days=opens_days, due_days=due_days))


def use_live_version(session: Session, *, run_id: int, has_work: HasWork) -> None:
    """Change a run to the live version of its module, while nobody has begun.

    Raises WorkExists or NotLive.
    """
    run = session.get_one(Run, run_id, with_for_update=True)
    version_hash = live_hash(session, run.module)
    if version_hash is None:
        raise NotLive(run.module)
    if has_work(session, run_id):
        raise WorkExists
    run.version_hash = version_hash
    _note_seats(session, Seat.run_id == run_id)


def cancel_run(session: Session, *, run_id: int, has_work: HasWork) -> None:
    """Take a run out of the calendar and free its seats, while nobody has begun.

    Raises WorkExists.
    """
    run = session.get_one(Run, run_id, with_for_update=True)
    if run.cancelled_at is not None:
        return
    if has_work(session, run_id):
        raise WorkExists
    _note_seats(session, Seat.run_id == run_id)
    run.cancelled_at = clock.now()
    session.execute(
        update(Seat).where(Seat.run_id == run_id, Seat.cancelled_at.is_(None)).values(cancelled_at=run.cancelled_at)
    )


def add_seat(session: Session, *, run_id: int, person_id: int, way: str = "manager") -> Seat:
    """Give a person a place in a run. A place that was cancelled comes back as it was, with its work.

    Raises SeatTaken when they have a place on that day already, or RunCancelled.
    """
    seated = add_seats(session, run_id=run_id, person_ids=[person_id], way=way)
    seat = session.execute(
        select(Seat)
        .join(Run, Run.day_id == Seat.day_id)
        .where(Run.id == run_id, Seat.person_id == person_id, Seat.cancelled_at.is_(None))
    ).scalar_one()
    if not seated.added:
        raise SeatTaken(person_id, seat.run_id)
    return seat


def add_seats(session: Session, *, run_id: int, person_ids: Iterable[int], way: str = "manager") -> Seated:
    """Give many people a place in a run. Whoever has a place on that day already keeps that one.

    The unique index on live seats decides, so two managers who add the same people at once seat nobody twice.
    Raises RunCancelled.
    """
    wanted = list(dict.fromkeys(person_ids))
    # Shared, so that nobody cancels the run while people sit down.
    run = session.get_one(Run, run_id, with_for_update={"read": True})
    if run.cancelled_at is not None:
        raise RunCancelled
    added = _revive(session, run, wanted)
    for start in range(0, len(wanted), CHUNK):
        added |= _insert(session, run, [who for who in wanted[start : start + CHUNK] if who not in added], way)
    here = set(
        session.execute(select(Seat.person_id).where(Seat.run_id == run_id, Seat.cancelled_at.is_(None))).scalars()
    )
    return Seated(
        added=tuple(who for who in wanted if who in added),
        already=tuple(who for who in wanted if who in here and who not in added),
        elsewhere=tuple(who for who in wanted if who not in here),
    )


def cancel_seat(session: Session, *, seat_id: int) -> None:
    """Free a place. What was done on it stays, and comes back with it."""
    session.execute(
        update(Seat).where(Seat.id == seat_id, Seat.cancelled_at.is_(None)).values(cancelled_at=clock.now())
    )
    note(session, seat_id=seat_id)


def add_walk_in(session: Session, *, run_id: int, name: str) -> Seat:
    """Seat somebody who stands in the room and is on no list: a new person, learner and member of the run's cohort.

    Raises RunCancelled.
    """
    run = session.get_one(Run, run_id)
    if run.cancelled_at is not None:
        raise RunCancelled
    day = session.get_one(Day, run.day_id)
    person = Person(name=tidy(name), created_at=clock.now())
    session.add(person)
    session.flush()
    grant(session, person_id=person.id, organisation_id=day.organisation_id, role=Role.LEARNER)
    add_member(session, cohort_id=run.cohort_id, person_id=person.id)
    return add_seat(session, run_id=run_id, person_id=person.id, way="walk_in")


CHUNK = 500
"""People in one statement, well below the number of parameters that a database takes."""


def _insert(session: Session, run: Run, person_ids: list[int], way: str) -> set[int]:
    if not person_ids:
        return set()
    now = clock.now()
    rows = [
        {"run_id": run.id, "day_id": run.day_id, "person_id": who, "way": way, "created_at": now} for who in person_ids
    ]
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    made = session.execute(insert(Seat).values(rows).on_conflict_do_nothing().returning(Seat.id, Seat.person_id)).all()
    for row in made:
        note(session, seat_id=row.id)
    return {row.person_id for row in made}


def _revive(session: Session, run: Run, person_ids: list[int]) -> set[int]:
    """Bring back cancelled places of this run, each in a savepoint of its own: the index may refuse one."""
    cancelled = session.execute(
        select(Seat.id, Seat.person_id)
        .where(Seat.run_id == run.id, Seat.cancelled_at.is_not(None))
        .order_by(Seat.id.desc())
    ).all()
    newest: dict[int, int] = {}
    for row in cancelled:
        newest.setdefault(row.person_id, row.id)
    revived: set[int] = set()
    for who in person_ids:
        if who not in newest:
            continue
        try:
            with session.begin_nested():
                back = session.execute(
                    update(Seat)
                    .where(Seat.id == newest[who], Seat.cancelled_at.is_not(None))
                    .values(cancelled_at=None)
                    .returning(Seat.id)
                ).scalar_one_or_none()
        except IntegrityError:
            continue
        if back is not None:
            note(session, seat_id=back)
            revived.add(who)
    return revived


def _note_seats(session: Session, where: ColumnElement[bool]) -> None:
    seats = session.execute(select(Seat.id).where(where, Seat.cancelled_at.is_(None))).scalars()
    for seat_id in seats:
        note(session, seat_id=seat_id)
