"""Taking in a roster: what it would do, and doing it."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from course import clock
from course.cohorts.models import Cohort, CohortMember, Membership, Role, RosterImport
from course.cohorts.queries.roster import known
from course.cohorts.rules.roster.plan import Act, Known, Step, plan
from course.cohorts.rules.roster.reading import Row
from course.cohorts.service.roster.people import change_people, set_employee_ids
from course.people.models import Person


def dry_run(session: Session, *, cohort: Cohort, rows: Iterable[Row]) -> tuple[Step, ...]:
    """Return what a roster would do to a cohort. Nothing is written."""
    return plan(rows, known(session, organisation_id=cohort.organisation_id, cohort_id=cohort.id))


def take_in(session: Session, *, cohort_id: int, rows: Iterable[Row], by_id: int, file_name: str) -> RosterImport:
    """Carry out a roster, and keep what each row did. A row that cannot be taken is kept with its reason."""
    cohort = one_at_a_time(session, cohort_id=cohort_id)
    return carry_out(
        session, cohort=cohort, steps=dry_run(session, cohort=cohort, rows=rows), by_id=by_id, name=file_name
    )


def one_at_a_time(session: Session, *, cohort_id: int) -> Cohort:
    """Return a cohort, once no other roster of its organisation is being taken in: two would make people twice."""
    cohort = session.execute(select(Cohort).where(Cohort.id == cohort_id)).scalar_one()
    session.execute(
        select(Cohort.id).where(Cohort.organisation_id == cohort.organisation_id).order_by(Cohort.id).with_for_update()
    )
    return cohort


def carry_out(session: Session, *, cohort: Cohort, steps: tuple[Step, ...], by_id: int, name: str) -> RosterImport:
    """Do what these steps say, and keep what each did, under the name of what they came from."""
    made = _make_people(session, [step for step in steps if step.act is Act.NEW])
    changed = [(step.before, step.after) for step in steps if step.act is Act.UPDATE and step.before and step.after]
    change_people(session, changed)
    added = _enrol(session, cohort, steps, made)
    taken = RosterImport(
        cohort_id=cohort.id,
        by_id=by_id,
        file_name=name,
        changes=[_entry(step, made, added) for step in steps],
        at=clock.now(),
    )
    session.add(taken)
    session.flush()
    return taken


def _make_people(session: Session, steps: list[Step]) -> dict[int, int]:
    """Insert the new people in few statements. Returns their ids by line of the file."""
    if not steps:
        return {}
    now = clock.now()
    rows = [{"name": step.row.name, "email": step.row.email or None, "created_at": now} for step in steps]
    made: dict[tuple[str, str | None], list[int]] = {}
    # The database may answer in any order; people of the same name and address are alike until their line says more.
    for person in session.execute(insert(Person).returning(Person.id, Person.name, Person.email), rows):
        made.setdefault((person.name, person.email), []).append(person.id)
    return {step.row.line: made[step.row.name, step.row.email or None].pop() for step in steps}


def _enrol(
    session: Session, cohort: Cohort, steps: tuple[Step, ...], made: dict[int, int]
) -> tuple[set[int], set[int]]:
    """Make everybody a learner and a member of the cohort. Returns who became a learner, and who a member."""
    now = clock.now()
    learners: list[dict[str, Any]] = []
    members: list[dict[str, Any]] = []
    numbered: dict[int, str | None] = {}
    for step in steps:
        if step.act is Act.REFUSED:
            continue
        person_id = step.before.person_id if step.before else made[step.row.line]
        if step.before is None or not step.before.learner:
            learners.append(
                {
                    "person_id": person_id,
                    "organisation_id": cohort.organisation_id,
                    "role": Role.LEARNER,
                    "employee_id": step.row.employee_id or None,
                    "created_at": now,
                }
            )
        elif step.after is not None and step.after.employee_id != step.before.employee_id:
            numbered[person_id] = step.after.employee_id
        if step.before is None or not step.before.in_cohort:
            members.append({"cohort_id": cohort.id, "person_id": person_id, "joined_at": now})
    for table, rows in ((Membership, learners), (CohortMember, members)):
        if rows:
            session.execute(insert(table), rows)
    set_employee_ids(session, organisation_id=cohort.organisation_id, numbers=numbered)
    return {learner["person_id"] for learner in learners}, {member["person_id"] for member in members}


def _entry(step: Step, made: dict[int, int], added: tuple[set[int], set[int]]) -> dict[str, Any]:
    """Return what is kept of a row: enough to take it back, and to say what became of it."""
    person_id = step.before.person_id if step.before else made.get(step.row.line)
    entry: dict[str, Any] = {
        "line": step.row.line,
        "act": step.act.value,
        "person_id": person_id,
        "name": step.row.name,
        "membership": person_id in added[0],
        "member": person_id in added[1],
    }
    if step.act is Act.REFUSED:
        return entry | {"reason": step.reason.value if step.reason else "", "other": step.other}
    if step.act is Act.UPDATE and step.before and step.after:
        entry |= {"before": _facts(step.before), "after": _facts(step.after)}
    return entry


def _facts(person: Known) -> dict[str, str]:
    return {"name": person.name, "email": person.email, "employee_id": person.employee_id}
