"""A strict LMS whose course is known here, and a manager who looks at its roster."""

import re
from dataclasses import dataclass

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from course import clock
from course.cohorts.models import CohortMember
from course.database import Engines, unit_of_work
from course.people.models import Identity, Person
from course.platforms.models import Context, Deployment
from tests.counterparts.double import Double, connect
from tests.counterparts.double.platform import COURSE
from tests.make import Cast


@dataclass
class Here:
    """All that a test of rosters touches."""

    engines: Engines
    cast: Cast
    double: Double
    mona: FlaskClient
    context: int

    def address(self, act: str = "") -> str:
        return f"/manage/platforms/contexts/{self.context}/roster/{act}"

    @property
    def page(self) -> str:
        return self.mona.get(self.address()).text

    def look(self) -> str:
        """Read the roster and return the page that shows it."""
        answer = self.mona.post(self.address("read"))
        assert (answer.status_code, answer.location) == (303, self.address())
        return self.page

    def take(self, page: str, **fields: str) -> str:
        """Take the roster in and return the address of what was taken in."""
        answer = self.mona.post(self.address("take"), data={"stamp": stamp(page), **fields})
        assert answer.status_code == 303, answer.text
        assert "/imports/" in answer.location, self.mona.get(answer.location).text
        return answer.location

    def be_group(self) -> None:
        """Let a manager have said that the course is the cast's group."""
        with unit_of_work(self.engines, write=True) as session:
            session.get_one(Context, self.context).cohort_id = self.cast.cohort

    def names(self, cohort_id: int | None = None) -> list[str]:
        """Who is in a group, the cast's where none is said."""
        with unit_of_work(self.engines, write=False) as session:
            rows = session.execute(
                select(Person.name)
                .join(CohortMember, CohortMember.person_id == Person.id)
                .where(CohortMember.cohort_id == (cohort_id or self.cast.cohort), CohortMember.left_at.is_(None))
                .order_by(Person.name)
            )
            return list(rows.scalars())

    @property
    def subjects(self) -> dict[str, str]:
        """Who is known by the platform: names by what it calls them."""
        with unit_of_work(self.engines, write=False) as session:
            rows = session.execute(
                select(Identity.subject, Person.name)
                .join(Person, Person.id == Identity.person_id)
                .where(Identity.kind == "lti")
            )
            return {row.subject: row.name for row in rows}


def known_course(session: Session, double: Double, organisation_id: int) -> int:
    """Make the double's course known, as a launch does. It is no group yet. Returns its id."""
    platform = connect(session, double, organisation_id=organisation_id)
    deployment = session.scalars(select(Deployment).where(Deployment.platform_id == platform.id)).one()
    made = Context(
        deployment_id=deployment.id,
        name=COURSE,
        title="October in Moodle",
        memberships_url=f"{double.issuer}/services.php/CourseSection/{COURSE}/bindings/{deployment.name}/memberships",
        created_at=clock.now(),
    )
    session.add(made)
    session.flush()
    return made.id


def fates(page: str) -> list[tuple[str, str]]:
    """What becomes of whom, as the page's tables say."""
    rows = re.findall(r'<th scope="row"><bdi class="person">([^<]*)</bdi>.*?badge-\w+">([^<]+)<', page, re.DOTALL)
    return [(name, fate) for name, fate in rows]


def stamp(page: str) -> str:
    found = re.search(r'name="stamp" value="([^"]+)"', page)
    assert found is not None
    return found[1]
