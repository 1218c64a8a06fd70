"""Taking a roster back, as far as nothing has happened since."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from course import clock
from course.cohorts.models import Cohort, CohortMember, Membership, Role, RosterImport, Run, Seat
from course.cohorts.queries.roster import known
from course.cohorts.rules.roster.plan import Act, Known
from course.cohorts.service.roster.people import change_people, chunks, set_employee_ids
from course.outbox.service import note

SeatsWithWork = Callable[[Session, list[int]], set[int]]
"""Answers which of these seats somebody has worked on: the rooms that know stand above this one."""


@dataclass(frozen=True)
class Undone:
    """What taking a roster back did; ``kept`` are the names of those who stay, because they have begun since."""

    removed: int
    restored: int
    kept: tuple[str, ...]
    corrected: tuple[str, ...]
    """Names of people whom somebody has corrected since: what was corrected stays."""


@dataclass(frozen=True)
class Restored:
    people: int
    corrected: tuple[str, ...]


def undo(session: Session, *, import_id: int, seats_with_work: SeatsWithWork) -> Undone:
    """Take a roster back: people it added leave, what it changed is as before. Doing it twice does nothing more.

    Whoever has worked on a seat in the organisation since stays, and so does a name or an address that somebody
    has corrected since.
    """
    taken = session.get_one(RosterImport, import_id, with_for_update=True)
    if taken.undone_at is not None:
        return Undone(0, 0, (), ())
    cohort = session.get_one(Cohort, taken.cohort_id)
    people = {
        person.person_id: person
        for person in known(session, organisation_id=cohort.organisation_id, cohort_id=cohort.id)
    }
    entries = [entry for entry in taken.changes if entry.get("person_id") in people]
    added = [entry for entry in entries if entry["membership"] or entry["member"]]
    busy = _busy(session, cohort, [entry["person_id"] for entry in added], seats_with_work)
    leaving = [entry for entry in added if entry["person_id"] not in busy]
    _leave(session, cohort, leaving)
    restored = _restore(session, cohort, entries, people)
    taken.undone_at = clock.now()
    session.flush()
    return Undone(
        removed=len(leaving),
        restored=restored.people,
        kept=tuple(people[entry["person_id"]].name for entry in added if entry["person_id"] in busy),
        corrected=restored.corrected,
    )


def _busy(session: Session, cohort: Cohort, person_ids: list[int], seats_with_work: SeatsWithWork) -> set[int]:
    """Return who of these people has worked on a seat of the organisation."""
    owners: dict[int, int] = {}
    for chunk in chunks(person_ids):
        rows = session.execute(
            select(Seat.id, Seat.person_id)
            .join(Run, Run.id == Seat.run_id)
            .join(Cohort, Cohort.id == Run.cohort_id)
            .where(Seat.person_id.in_(chunk), Cohort.organisation_id == cohort.organisation_id)
        )
        owners |= {row.id: row.person_id for row in rows}
    worked: set[int] = set()
    for seats in chunks(list(owners)):
        worked |= seats_with_work(session, seats)
    return {owners[seat_id] for seat_id in worked}


def _leave(session: Session, cohort: Cohort, entries: list[dict[str, Any]]) -> None:
    """End what the roster began, and free the seats that came with it."""
    now = clock.now()
    groups = select(Cohort.id).where(Cohort.organisation_id == cohort.organisation_id)
    # Who was new to the organisation leaves all of its groups, the others this one.
    for whole, place in ((True, groups), (False, select(Cohort.id).where(Cohort.id == cohort.id))):
        for chunk in chunks([entry["person_id"] for entry in entries if entry["membership"] is whole]):
            if whole:
                session.execute(
                    update(Membership)
                    .where(
                        Membership.organisation_id == cohort.organisation_id,
                        Membership.role == Role.LEARNER,
                        Membership.ended_at.is_(None),
                        Membership.person_id.in_(chunk),
                    )
                    .values(ended_at=now)
                )
            session.execute(
                update(CohortMember)
                .where(
                    CohortMember.person_id.in_(chunk),
                    CohortMember.left_at.is_(None),
                    CohortMember.cohort_id.in_(place),
                )
                .values(left_at=now)
            )
            runs = select(Run.id).where(Run.cohort_id.in_(place))
            freed = session.execute(
                update(Seat)
                .where(Seat.person_id.in_(chunk), Seat.cancelled_at.is_(None), Seat.run_id.in_(runs))
                .values(cancelled_at=now)
                .returning(Seat.id)
            ).scalars()
            for seat_id in freed.all():
                note(session, seat_id=seat_id)


def _restore(session: Session, cohort: Cohort, entries: list[dict[str, Any]], people: dict[int, Known]) -> Restored:
    """Put back what rows changed, save what was corrected since."""
    pairs: list[tuple[Known, Known]] = []
    numbers: dict[int, str | None] = {}
    corrected: list[str] = []
    for entry in entries:
        if entry["act"] != Act.UPDATE:
            continue
        now = people[entry["person_id"]]
        before, after = entry["before"], entry["after"]
        if (now.name, now.email, now.employee_id) != (after["name"], after["email"], after["employee_id"]):
            corrected.append(now.name)
            continue
        pairs.append((now, replace(now, **before)))
        if before["employee_id"] != after["employee_id"]:
            numbers[now.person_id] = before["employee_id"] or None
    change_people(session, pairs)
    set_employee_ids(session, organisation_id=cohort.organisation_id, numbers=numbers)
    return Restored(len(pairs), tuple(corrected))
