"""Groups renamed, and people leaving them."""

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from course import clock
from course.cohorts.models import Cohort, CohortMember
from course.cohorts.rules.calendar import NameTaken, tidy


def rename_cohort(session: Session, *, cohort_id: int, name: str) -> None:
    """Give a group another name.

    Raises NameTaken.
    """
    try:
        with session.begin_nested():
            session.execute(update(Cohort).where(Cohort.id == cohort_id).values(name=tidy(name)))
    except IntegrityError as error:
        raise NameTaken from error


def remove_member(session: Session, *, cohort_id: int, person_id: int) -> bool:
    """Let somebody leave a group; seats stay as they are. Returns whether they were in it."""
    left = session.execute(
        update(CohortMember)
        .where(CohortMember.cohort_id == cohort_id, CohortMember.person_id == person_id, CohortMember.left_at.is_(None))
        .values(left_at=clock.now())
        .returning(CohortMember.id)
    ).scalar_one_or_none()
    return left is not None
