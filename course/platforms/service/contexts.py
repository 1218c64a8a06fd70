"""What a manager decides about a platform's course, and the seats that follow from it."""

from dataclasses import dataclass

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from course.cohorts.models import Cohort, Day, Role, Run, Seat
from course.cohorts.service import calendar
from course.platforms.models import Context, Participant, ResourceLink
from course.platforms.queries.contexts import Course, HeldRun, came, enrolled, seated
from course.platforms.queries.dates import nearest
from course.platforms.service import rights, seats


class ForeignGroup(Exception):  # noqa: N818 - It names what was chosen.
    """The group does not belong to the organisation whose people come by this course."""


@dataclass(frozen=True)
class Taken:
    """What became of those who waited: how many got a seat, and who did not because of another course that day."""

    seated: int
    elsewhere: tuple[int, ...]


def choose_group(session: Session, *, course: Course, cohort_id: int) -> Taken:
    """Say which group a platform's course is. Those who wait join it, and get seats where it has a date.

    Seats that were given before stay, also when the course was another group until now.
    Raises ForeignGroup.
    """
    group = session.execute(
        select(Cohort.id).where(Cohort.id == cohort_id, Cohort.organisation_id == course.organisation_id)
    )
    if group.first() is None:
        raise ForeignGroup(cohort_id)
    session.execute(update(Context).where(Context.id == course.context_id).values(cohort_id=cohort_id))
    return seat_those_who_wait(session, cohort_id=cohort_id)


def new_group(session: Session, *, course: Course, name: str) -> tuple[int, Taken]:
    """Make a group of those who wait. Returns its id.

    Raises NameTaken.
    """
    cohort = calendar.add_cohort(session, organisation_id=course.organisation_id, name=name)
    return cohort.id, choose_group(session, course=course, cohort_id=cohort.id)


def seat_those_who_wait(session: Session, *, cohort_id: int) -> Taken:
    """Give a group's learners who came by a platform the seats that their links mean.

    Called when a course gets its group, and when the group gets a day.
    """
    organisation_id = session.execute(select(Cohort.organisation_id).where(Cohort.id == cohort_id)).scalar_one()
    report_seats(session, cohort_id=cohort_id)
    waiting = session.execute(
        select(Participant.person_id, ResourceLink.module)
        .join(Context, Context.id == Participant.context_id)
        .join(ResourceLink, ResourceLink.context_id == Context.id)
        .where(Context.cohort_id == cohort_id, came(), ~seated(ResourceLink.module))
        .order_by(Participant.person_id)
    ).all()
    people = sorted({row.person_id for row in waiting})
    rights.grant(session, person_ids=people, organisation_id=organisation_id, role=Role.LEARNER)
    rights.join(session, person_ids=people, cohort_id=cohort_id)
    added: list[int] = []
    elsewhere: list[int] = []
    for module, run in _runs(session, cohort_id).items():
        wanted = [row.person_id for row in waiting if row.module == module and row.person_id != run[1]]
        found = calendar.add_seats(session, run_id=run[0].run_id, person_ids=wanted, way=seats.WAY)
        added += found.added
        elsewhere += found.elsewhere
    if added:
        report_seats(session, cohort_id=cohort_id)
    return Taken(len(added), tuple(dict.fromkeys(elsewhere)))


def report_seats(session: Session, *, cohort_id: int) -> None:
    """Let the platform be told of the seats that learners of its courses have in this group's runs.

    Many come in from the room and never by the platform: its roster says who they are to it, and that is enough.
    """
    untold = session.execute(
        select(Seat.id)
        .join(Run, Run.id == Seat.run_id)
        .where(
            Run.cohort_id == cohort_id,
            Run.cancelled_at.is_(None),
            Seat.cancelled_at.is_(None),
            ~Seat.reported,
            exists().where(
                Participant.person_id == Seat.person_id,
                enrolled(),
                Context.id == Participant.context_id,
                Context.cohort_id == Run.cohort_id,
                ResourceLink.context_id == Context.id,
                ResourceLink.module == Run.module,
            ),
        )
    )
    found = untold.scalars().all()
    if found:
        seats.report(session, seat_ids=found)


def _runs(session: Session, cohort_id: int) -> dict[str, tuple[HeldRun, int | None]]:
    """Return the run that a launch means for each module that the group holds, with who facilitates it."""
    held: dict[str, list[HeldRun]] = {}
    leads: dict[int, int | None] = {}
    for row in session.execute(
        select(Run.module, Run.id, Day.date, Day.zone, Day.place, Run.facilitator_id)
        .join(Day, Day.id == Run.day_id)
        .where(Run.cohort_id == cohort_id, Run.cancelled_at.is_(None))
    ):
        held.setdefault(row.module, []).append(HeldRun(row.id, row.date, row.zone, row.place))
        leads[row.id] = row.facilitator_id
    meant = {module: nearest(runs)[0] for module, runs in held.items()}
    return {module: (run, leads[run.run_id]) for module, run in meant.items()}
