"""Where the kill test is fought: one run, with people who write, play and grade."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from sqlalchemy.orm import Session

from course import clock
from course.app import migrate, settle
from course.cohorts.models import Role
from course.database import Engines, unit_of_work
from course.grading import service as grading
from course.people.service import open_session
from course.reflections import service as reflections
from tests import make

ZONE = "America/New_York"
MODULE = "small-talk"
SCENARIO, CASE_BLOCK = "lift", "the-lift"
REFLECTION, PAGE_BLOCK = "first-minute", "your-page"
WRITERS, PLAYERS, AUTHORS = 3, 2, 3


@dataclass(frozen=True)
class Ground:
    """Who is there. Each of them has one session, which outlives every kill."""

    version_hash: str
    writers: dict[int, str]
    """The sessions of those who write a page, by seat."""
    players: dict[int, str]
    """The sessions of those who play, by seat."""
    grades: dict[int, str]
    """The handles of the pages to grade, by grade."""
    grader: str


def on(url: str) -> Ground:
    """Migrate and fill an empty database, and leave no connection open."""
    engines = Engines(url)
    try:
        migrate(engines)
        return prepare(engines)
    finally:
        engines.dispose()


def prepare(engines: Engines) -> Ground:
    """Fill an empty migrated database."""
    with unit_of_work(engines, write=True, before_commit=settle) as session:
        return _fill(session)


def _fill(session: Session) -> Ground:
    version_hash = make.published(session)
    where = make.organisation(session)
    grader = make.person(session, "Farid Haddad")
    make.membership(session, grader, Role.FACILITATOR, where)
    group = make.cohort(session, where)
    held_on = make.day(session, where, on=clock.today(ZONE) - timedelta(days=2))
    run = make.run(session, held_on, group, version_hash=version_hash, facilitator=grader)
    seats = []
    for number in range(WRITERS + PLAYERS + AUTHORS):
        learner = make.person(session, f"Learner {number}")
        make.membership(session, learner, Role.LEARNER, where)
        seats.append(make.seat(session, run, learner))
    grades = {}
    for seat in seats[WRITERS + PLAYERS :]:
        page = reflections.submit(
            session,
            seat_id=seat.id,
            reflection=REFLECTION,
            version_hash=version_hash,
            text="I asked her how her morning was, and then I was quiet.",
            operation_id=str(uuid4()),
            due=clock.now(),
        )
        grade = grading.enter(
            session,
            kind="reflection",
            submission_id=page.id,
            run_id=run.id,
            seat_id=seat.id,
            author_id=seat.person_id,
            version_hash=version_hash,
            rubric=REFLECTION,
            number=1,
        )
        grades[grade.id] = grade.handle
    tokens = {seat.id: _sign_in(session, seat.person_id) for seat in seats[: WRITERS + PLAYERS]}
    return Ground(
        version_hash,
        {seat.id: tokens[seat.id] for seat in seats[:WRITERS]},
        {seat.id: tokens[seat.id] for seat in seats[WRITERS : WRITERS + PLAYERS]},
        grades,
        _sign_in(session, grader.id),
    )


def _sign_in(session: Session, person_id: int) -> str:
    token, _session_id = open_session(session, person_id=person_id, way="password")
    return token
