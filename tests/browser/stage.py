"""What a browser test plays on: a course of its own, made beside the others in a served site's database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from playwright.sync_api import BrowserContext
from sqlalchemy.orm import Session

from course import clock
from course.app import settle
from course.cohorts.models import Role
from course.content.schema import Module
from course.database import Engines, unit_of_work
from course.grading import service as grading
from course.library import queries as library
from course.people import service as people
from course.reflections import service as reflections
from course.web.application import COOKIE
from tests import make
from tests.machine.site import Site

SMALL = "small-talk"
PAYROLL = "managing-the-client-relationship"
LATE_ZONES = (
    *("Pacific/Honolulu", "America/Los_Angeles", "America/Denver", "America/New_York", "America/Sao_Paulo"),
    *("Atlantic/Azores", "Europe/Athens", "Asia/Dubai", "Asia/Karachi", "Asia/Dhaka", "Asia/Shanghai"),
    *("Asia/Tokyo", "Australia/Sydney", "Pacific/Auckland"),
)


def late_zone() -> str:
    """Return a zone in which it is evening now, so that a day which began this morning is over and still today."""
    return min(LATE_ZONES, key=lambda zone: abs(clock.now().astimezone(ZoneInfo(zone)).hour - 20))


@dataclass(frozen=True)
class Course:
    """A run of yesterday, with everything open, and its people; learners by name."""

    run_id: int
    organisation_id: int
    slug: str
    version_hash: str
    facilitator: int
    learners: dict[str, int]
    seats: dict[str, int]
    case: str
    page: str
    """Paths of the block with the case and of the block with the page."""


class Stage:
    """One site, its database and its address."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._engines = Engines(site.database_url)

    def close(self) -> None:
        self._engines.dispose()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with unit_of_work(self._engines, write=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with unit_of_work(self._engines, write=True, before_commit=settle) as session:
            yield session

    def course(self, *names: str, slug: str = SMALL, days_ago: int = 1, zone: str = "America/New_York") -> Course:
        """Make a course with these learners and a facilitator."""
        with self.writing() as session:
            if slug == SMALL:
                make.published(session)
            version_hash = library.live_hash(session, slug)
            assert version_hash is not None, f"{slug} is not published"
            module = library.module(session, version_hash)
            where = make.organisation(session, f"Works {uuid4()}")
            group = make.cohort(session, where)
            farid = make.person(session, "Farid Haddad")
            make.membership(session, farid, Role.FACILITATOR, where)
            on = make.day(session, where, on=clock.today(zone) - timedelta(days=days_ago), zone=zone)
            run = make.run(session, on, group, version_hash=version_hash, facilitator=farid, module=slug)
            learners, seats = {}, {}
            for name in names:
                person = make.person(session, name)
                make.membership(session, person, Role.LEARNER, where)
                make.member(session, group, person)
                learners[name], seats[name] = person.id, make.seat(session, run, person).id
            case, page = _paths(module)
            return Course(run.id, where.id, slug, version_hash, farid.id, learners, seats, case, page)

    def handed_in(self, course: Course, name: str, text: str) -> str:
        """Hand somebody's page in; return the path of its grading screen."""
        with self.writing() as session:
            reflection = library.module(session, course.version_hash).reflections[0].id
            page = reflections.submit(
                session,
                seat_id=course.seats[name],
                reflection=reflection,
                version_hash=course.version_hash,
                text=text,
                operation_id=str(uuid4()),
                due=clock.now() + timedelta(days=5),
            )
            grade = grading.enter(
                session,
                kind="reflection",
                submission_id=page.id,
                run_id=course.run_id,
                seat_id=course.seats[name],
                author_id=course.learners[name],
                version_hash=course.version_hash,
                rubric=reflection,
                number=1,
            )
            return f"/facilitate/grading/{grade.handle}"

    def sign_in(self, context: BrowserContext, person_id: int) -> None:
        """Let a browser be signed in as somebody, as if they had come in before the test began."""
        with self.writing() as session:
            token, _session_id = people.open_session(session, person_id=person_id, way="password")
        context.add_cookies([{"name": COOKIE, "value": token, "url": self.site.url}])

    def address(self, person_id: int, password_hash: str) -> str:
        """Give somebody an address and a password to sign in with; return the address."""
        address = f"{uuid4()}@example.org"
        with self.writing() as session:
            people.add_local_identity(session, person_id=person_id, address=address)
            people.set_password(session, person_id=person_id, password_hash=password_hash)
        return address


def _paths(module: Module) -> tuple[str, str]:
    base = f"/learn/{module.slug}/"
    case = next(block for block in module.blocks if block.scenario)
    page = next(block for block in module.blocks if block.reflection)
    return f"{base}{case.id}/", f"{base}{page.id}/"
