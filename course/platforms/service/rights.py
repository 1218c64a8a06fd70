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


def grant(session: Session, *, person_ids: Collection[int], organisation_id: int, role: Role) -> None:
    """Give people a role in an organisation. Whoever holds it already keeps it."""
    if person_ids:
        write_row(session, _GRANT, [_membership(who, organisation_id, role) for who in person_ids])


def grant_later(session: Session, *, person_id: int, organisation_id: int, role: Role) -> None:
    """Give somebody a role for which the rest of the unit of work does not ask."""
    write_later(session, _GRANT, _membership(person_id, organisation_id, role))


def join(session: Session, *, person_ids: Collection[int], cohort_id: int) -> None:
    """Put people into a group. Whoever is in it already stays."""
    if person_ids:
        write_row(session, _JOIN, [_member(who, cohort_id) for who in person_ids])


def join_later(session: Session, *, person_id: int, cohort_id: int) -> None:
    """Put somebody into a group for whose members the rest of the unit of work does not ask."""
    write_later(session, _JOIN, _member(person_id, cohort_id))


def _membership(person_id: int, organisation_id: int, role: Role) -> dict[str, Any]:
    row = {"person_id": person_id, "organisation_id": organisation_id, "role": role.value}
    return {**row, "created_at": clock.now()}


def _member(person_id: int, cohort_id: int) -> dict[str, Any]:
    return {"cohort_id": cohort_id, "person_id": person_id, "joined_at": clock.now()}


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
