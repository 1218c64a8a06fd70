"""Changing many people at once, in few statements."""

from collections.abc import Iterable, Iterator

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from course.cohorts.models import Membership, Role, Seat
from course.cohorts.rules.roster.plan import Known
from course.outbox.service import note
from course.people.models import Identity, Person
from course.people.service import move_address

CHUNK = 500


def chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    """Yield ids in lists well below the number of parameters that a database takes."""
    whole = list(ids)
    for start in range(0, len(whole), CHUNK):
        yield whole[start : start + CHUNK]


def change_people(session: Session, changed: Iterable[tuple[Known, Known]]) -> None:
    """Write names and addresses: each pair is somebody before and after."""
    pairs = [(before, after) for before, after in changed if (before.name, before.email) != (after.name, after.email)]
    rows = [{"id": after.person_id, "name": after.name, "email": after.email or None} for _, after in pairs]
    if rows:
        session.execute(update(Person), rows)
    moved = {after.person_id: after.email for before, after in pairs if before.email != after.email}
    for chunk in chunks(moved):
        able = session.execute(select(Identity.person_id).where(Identity.person_id.in_(chunk)).distinct()).scalars()
        for person_id in able.all():
            move_address(session, person_id=person_id, address=moved[person_id])
    # Certificates name people.
    for chunk in chunks(after.person_id for before, after in pairs if before.name != after.name):
        for seat_id in session.execute(select(Seat.id).where(Seat.person_id.in_(chunk))).scalars():
            note(session, seat_id=seat_id)


def set_employee_ids(session: Session, *, organisation_id: int, numbers: dict[int, str | None]) -> None:
    """Set employee ids, by person, on the learners' memberships of an organisation."""
    for chunk in chunks(numbers):
        held = session.execute(
            select(Membership.id, Membership.person_id).where(
                Membership.organisation_id == organisation_id,
                Membership.role == Role.LEARNER,
                Membership.ended_at.is_(None),
                Membership.person_id.in_(chunk),
            )
        ).all()
        if held:
            session.execute(update(Membership), [{"id": row.id, "employee_id": numbers[row.person_id]} for row in held])
