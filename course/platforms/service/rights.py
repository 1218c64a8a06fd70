"""What somebody may do in an organisation because a platform's course says so."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from course import clock
from course.cohorts.models import CohortMember, Membership, Role
from course.people.models import Identity, IdentityKind
from course.platforms.models import Context, Deployment, Participant, Platform
from course.platforms.queries.contexts import ORGANISATION
from course.statements import insert_later, write_later, write_row

_GRANT, _JOIN = insert_later(Membership), insert_later(CohortMember)


def enrol(session: Session, *, person_id: int, organisation_id: int) -> None:
    """Make somebody a learner of an organisation, where the rest of the unit of work does not ask for it."""
    row = {"person_id": person_id, "organisation_id": organisation_id, "role": Role.LEARNER.value}
    write_later(session, _GRANT, {**row, "created_at": clock.now()})


def place(session: Session, *, person_id: int, cohort_id: int) -> None:
    """Put somebody into a group, where the rest of the unit of work does not ask for it."""
    write_later(session, _JOIN, {"cohort_id": cohort_id, "person_id": person_id, "joined_at": clock.now()})


def grant(session: Session, *, person_ids: Collection[int], organisation_id: int, role: Role) -> None:
    """Give people a role in an organisation. Whoever holds it already keeps it."""
    now = clock.now()
    rows: list[dict[str, Any]] = [
        {"person_id": who, "organisation_id": organisation_id, "role": role.value, "created_at": now}
        for who in person_ids
    ]
    if rows:
        write_row(session, _GRANT, rows)


def join(session: Session, *, person_ids: Collection[int], cohort_id: int) -> None:
    """Put people into a group. Whoever is in it already stays."""
    now = clock.now()
    rows: list[dict[str, Any]] = [{"cohort_id": cohort_id, "person_id": who, "joined_at": now} for who in person_ids]
    if rows:
        write_row(session, _JOIN, rows)


def withdraw(session: Session, *, person_ids: Collection[int], organisation_id: int) -> None:
    """End the roles that no course gives any longer, of people who come in by platforms alone.

    Called when a platform says that somebody is no longer what they were. Seats, groups and work stay as they are,
    and the next launch as a learner or teacher brings the role back. Whoever can sign in here keeps what a manager
    gave them.
    """
    session.execute(
        update(Membership)
        .where(
            Membership.person_id.in_(list(person_ids)),
            Membership.organisation_id == organisation_id,
            Membership.ended_at.is_(None),
            or_(
                and_(Membership.role == Role.LEARNER.value, ~_still(Participant.learner)),
                and_(Membership.role == Role.FACILITATOR.value, ~_still(Participant.teacher)),
            ),
            exists().where(Identity.person_id == Membership.person_id, Identity.kind == IdentityKind.LTI),
            ~exists().where(Identity.person_id == Membership.person_id, Identity.kind != IdentityKind.LTI),
        )
        .values(ended_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def _still(said: InstrumentedAttribute[bool]) -> ColumnElement[bool]:
    return exists().where(
        Participant.person_id == Membership.person_id,
        Participant.active,
        ~Participant.test,
        said,
        Context.id == Participant.context_id,
        Deployment.id == Context.deployment_id,
        Platform.id == Deployment.platform_id,
        Membership.organisation_id == ORGANISATION,
    )
