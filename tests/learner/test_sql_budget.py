"""Main pages take at most six statements, for one learner among two and among a hundred."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, update
from sqlalchemy.orm import Session

from course import clock
from course.cohorts.models import Cohort, Role, Run, Seat
from course.database import Engines, unit_of_work
from course.people.models import Organisation, Person
from course.scenarios import service as scenarios
from tests import make
from tests.learner.conftest import hand_in, send_feedback
from tests.make import Cast

SignIn = Callable[[int], FlaskClient]

PAGES = {
    "/learn/": 6,
    "/learn/small-talk/": 6,
    "/learn/small-talk/two-jobs/": 6,
    "/learn/small-talk/the-lift/": 6,
    "/learn/small-talk/the-lift/?after=1&play=1": 6,
    "/learn/small-talk/the-lift/debrief/": 6,
    "/learn/small-talk/your-page/": 6,
    "/learn/small-talk/your-page/feedback/": 6,
    "/learn/small-talk/print/": 6,
}


@contextmanager
def counted(engines: Engines) -> Iterator[list[str]]:
    """Collect the statements of a block, on both engines, without what opens and ends a transaction."""
    found: list[str] = []

    def note(*told: object) -> None:
        statement = str(told[2])
        if not statement.startswith(("BEGIN", "PRAGMA")):
            found.append(statement)

    # On PostgreSQL the reader is the writer with an option, and hears what that one hears.
    both = {engines.reader, engines.writer} if engines.sqlite else {engines.writer}
    for engine in both:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        for engine in both:
            event.remove(engine, "before_cursor_execute", note)


def crowd(session: Session, cast: Cast) -> None:
    """A hundred more people in the same course, and twenty more days for Lena."""
    here = session.get_one(Organisation, cast.organisation)
    held = session.get_one(Run, cast.run)
    group = session.get_one(Cohort, cast.cohort)
    lena = session.get_one(Person, cast.lena)
    for number in range(100):
        other = make.person(session, f"Learner {number}")
        make.membership(session, other, Role.LEARNER, here)
        make.seat(session, held, other)
    for weeks in range(2, 22):
        past = make.day(session, here, on=clock.today("America/New_York") - timedelta(weeks=weeks))
        make.seat(session, make.run(session, past, group, version_hash=cast.version_hash, facilitator=None), lena)


@pytest.mark.usefixtures("yesterday")
@pytest.mark.parametrize("many", [False, True])
def test_statements_of_every_page(engines: Engines, cast: Cast, sign_in: SignIn, *, many: bool) -> None:
    with unit_of_work(engines, write=True) as session:
        if many:
            crowd(session, cast)
        attempt = scenarios.begin(session, seat_id=cast.lena_seat, scenario_id="lift", version_hash=cast.version_hash)
        for base, (scene, choice) in enumerate([("doors", "plan"), ("floor_six", "report")]):
            scenarios.step(
                session,
                seat_id=cast.lena_seat,
                scenario="lift",
                number=attempt.number,
                scene=scene,
                choice=choice,
                base_version=base,
                operation_id=str(base),
            )
        send_feedback(session, hand_in(session, cast), revise=True)
        session.execute(update(Seat).where(Seat.id == cast.lena_seat).values(welcomed_at=clock.now()))
    browser = sign_in(cast.lena)
    browser.get("/learn/")  # The module is parsed once in each process.
    for url, budget in PAGES.items():
        with counted(engines) as statements:
            assert browser.get(url).status_code == 200
        assert 0 < len(statements) <= budget, (url, [s[:70] for s in statements])
