"""Whose work a platform's gradebook asks for, and how far it has come."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from course.cohorts.models import Cohort, Day, Run, Seat
from course.grading.models import Grade
from course.people.models import Identity, IdentityKind, Person
from course.platforms.models import Context, Participant


@dataclass(frozen=True)
class Work:
    """A learner's place in the run of a module, and who reads what they write."""

    seat_id: int
    person_id: int
    run_id: int
    version_hash: str
    facilitator_id: int | None
    facilitator: str


@dataclass(frozen=True)
class Written:
    """A page of a seat."""

    handle: str
    rubric: str
    number: int
    sent: bool


def participant(session: Session, *, context_id: int, platform_id: int, subject: str) -> int | None:
    """Return who in a course the platform calls so; None for people of other courses."""
    return session.execute(
        select(Identity.person_id)
        .join(Participant, Participant.person_id == Identity.person_id)
        .where(
            Identity.kind == IdentityKind.LTI,
            Identity.issuer == str(platform_id),
            Identity.subject == subject,
            Participant.context_id == context_id,
        )
    ).scalar_one_or_none()


def work(session: Session, *, context_id: int, organisation_id: int, person_id: int, module: str) -> Work | None:
    """Return somebody's newest place in a module that the course's group holds."""
    leads = aliased(Person)
    row = session.execute(
        select(Seat.id, Run.id.label("run_id"), Run.version_hash, Run.facilitator_id, leads.name)
        .join(Run, Run.id == Seat.run_id)
        .join(Day, Day.id == Run.day_id)
        .join(Cohort, Cohort.id == Run.cohort_id)
        .join(Context, Context.cohort_id == Cohort.id)
        .outerjoin(leads, leads.id == Run.facilitator_id)
        .where(
            Context.id == context_id,
            Cohort.organisation_id == organisation_id,
            Run.module == module,
            Run.cancelled_at.is_(None),
            Seat.person_id == person_id,
            Seat.cancelled_at.is_(None),
        )
        .order_by(Day.date.desc(), Seat.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    return Work(row.id, person_id, row.run_id, row.version_hash, row.facilitator_id, row.name or "")


def written(session: Session, seat_id: int) -> tuple[Written, ...]:
    """Return the pages of a seat, the newest first."""
    rows = session.execute(
        select(Grade.handle, Grade.rubric, Grade.number, Grade.released_at.is_not(None))
        .where(Grade.seat_id == seat_id, Grade.kind == "reflection")
        .order_by(Grade.number.desc(), Grade.id)
    )
    return tuple(Written(*row) for row in rows)
