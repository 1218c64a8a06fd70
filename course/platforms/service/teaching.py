"""A teacher of a platform's course takes on its day."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from course.cohorts.models import Role, Run
from course.platforms.service import rights


def lead(session: Session, *, run_id: int, person_id: int, organisation_id: int) -> bool:
    """Let somebody facilitate a run that nobody facilitates, in one statement, so that of two teachers one does.

    They become a facilitator of the organisation. Returns whether it was still free.
    """
    taken = session.execute(
        update(Run)
        .where(Run.id == run_id, Run.facilitator_id.is_(None), Run.cancelled_at.is_(None))
        .values(facilitator_id=person_id)
        .returning(Run.id)
    )
    if taken.first() is None:
        return False
    rights.grant(session, person_ids=[person_id], organisation_id=organisation_id, role=Role.FACILITATOR)
    return True
