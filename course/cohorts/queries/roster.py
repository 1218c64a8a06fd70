"""Who a roster is compared with, and the imports of a cohort."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from course.cohorts.models import CohortMember, Membership, Role, RosterImport
from course.cohorts.rules.roster.plan import Known
from course.people.models import Person


@dataclass(frozen=True)
class Import:
    """One roster that was taken in."""

    import_id: int
    file_name: str
    at: datetime
    by: str
    undone_at: datetime | None


def known(session: Session, *, organisation_id: int, cohort_id: int) -> tuple[Known, ...]:
    """Return everybody of an organisation as a roster of one of its cohorts sees them."""
    learner = Membership.role == Role.LEARNER
    rows = session.execute(
        select(
            Person.id,
            Person.name,
            Person.email,
            func.max(case((learner, Membership.employee_id))).label("employee_id"),
            func.max(case((learner, 1), else_=0)).label("learner"),
            func.max(case((CohortMember.id.is_not(None), 1), else_=0)).label("in_cohort"),
            _belongs_elsewhere(organisation_id).label("shared"),
        )
        .join(Membership, Membership.person_id == Person.id)
        .outerjoin(
            CohortMember,
            and_(
                CohortMember.person_id == Person.id,
                CohortMember.cohort_id == cohort_id,
                CohortMember.left_at.is_(None),
            ),
        )
        .where(Membership.organisation_id == organisation_id, Membership.ended_at.is_(None))
        .group_by(Person.id, Person.name, Person.email)
        .order_by(Person.id)
    )
    return tuple(
        Known(
            person_id=row.id,
            name=row.name,
            email=row.email or "",
            employee_id=row.employee_id or "",
            learner=bool(row.learner),
            in_cohort=bool(row.in_cohort),
            shared=bool(row.shared),
        )
        for row in rows
    )


def _belongs_elsewhere(organisation_id: int) -> ColumnElement[bool]:
    elsewhere = aliased(Membership)
    return exists().where(
        elsewhere.person_id == Person.id,
        elsewhere.ended_at.is_(None),
        or_(elsewhere.organisation_id.is_(None), elsewhere.organisation_id != organisation_id),
    )


def imports(session: Session, *, cohort_id: int) -> tuple[Import, ...]:
    """Return the imports of a cohort, newest first, without their rows: of a large file those are a megabyte."""
    rows = session.execute(
        select(RosterImport.id, RosterImport.file_name, RosterImport.at, RosterImport.undone_at, Person.name)
        .join(Person, Person.id == RosterImport.by_id)
        .where(RosterImport.cohort_id == cohort_id)
        .order_by(RosterImport.id.desc())
    )
    return tuple(Import(row.id, row.file_name, row.at, row.name, row.undone_at) for row in rows)


def one_import(session: Session, *, cohort_id: int, import_id: int) -> tuple[Import, list[dict[str, Any]]] | None:
    """Return an import with what each row did."""
    row = session.execute(
        select(
            RosterImport.id,
            RosterImport.file_name,
            RosterImport.at,
            RosterImport.undone_at,
            RosterImport.changes,
            Person.name,
        )
        .join(Person, Person.id == RosterImport.by_id)
        .where(RosterImport.cohort_id == cohort_id, RosterImport.id == import_id)
    ).one_or_none()
    return (Import(row.id, row.file_name, row.at, row.name, row.undone_at), row.changes) if row else None
