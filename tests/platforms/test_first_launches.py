"""Two first launches at once, on both databases: each row is made once, and both get in."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

from sqlalchemy import func, select

from course.completions.service import settle
from course.database import Base, Engines, unit_of_work
from course.people.models import Identity, Person
from course.platforms.models import Context, LineItem, Participant, ResourceLink
from course.platforms.rules import ContextClaim
from course.platforms.service.landing import Goal, Landing
from tests.make import Cast
from tests.platforms.launches import Connected, connect
from tests.platforms.test_landing import decided

NOVEMBER = ContextClaim("course-8", "PM-11", "Project work, November")


def both(engines: Engines, here: Connected, first: dict[str, object], second: dict[str, object]) -> list[Landing]:
    """Let two launches land, of which the second begins before the first has committed."""
    begun = Event()

    def late() -> Landing:
        begun.set()
        with unit_of_work(engines, write=True, before_commit=settle) as session:
            return here.land(session, **second)

    with ThreadPoolExecutor(1) as pool:
        with unit_of_work(engines, write=True, before_commit=settle) as session:
            early = here.land(session, **first)
            session.flush()
            waiting = pool.submit(late)
            begun.wait()
        return [early, waiting.result()]


def connected(engines: Engines, cast: Cast) -> Connected:
    with unit_of_work(engines, write=True, before_commit=settle) as session:
        here = connect(session, cast.organisation)
        decided(session, here, cast.cohort)
        return here


def count(engines: Engines, *tables: type[Base]) -> list[int]:
    with unit_of_work(engines, write=False) as session:
        return [session.execute(select(func.count()).select_from(table)).scalar_one() for table in tables]


def test_the_same_learner_twice(engines: Engines, cast: Cast) -> None:
    here = connected(engines, cast)
    before = count(engines, Person, Identity, Participant)
    early, late = both(engines, here, {}, {})
    assert (early.goal, late.goal) == (Goal.MODULE, Goal.MODULE)
    assert (early.person_id, early.seat_id) == (late.person_id, late.seat_id)
    assert count(engines, Person, Identity, Participant) == [number + 1 for number in before]


def test_two_learners_of_a_new_course(engines: Engines, cast: Cast) -> None:
    here = connected(engines, cast)
    before = count(engines, Context, ResourceLink, LineItem, Person)
    early, late = both(engines, here, {"context": NOVEMBER}, {"context": NOVEMBER, "subject": "43", "name": "Nils"})
    assert (early.goal, late.goal) == (Goal.NO_DATE, Goal.NO_DATE)
    assert (early.context_id, early.link_id) == (late.context_id, late.link_id)
    assert early.person_id != late.person_id
    contexts, links, items, people = before
    assert count(engines, Context, ResourceLink, LineItem, Person) == [contexts + 1, links + 1, items + 1, people + 2]
