"""A served Oneday that a platform is about to be connected to: its people, its address, its database."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from course import clock
from course.app import migrate
from course.cohorts.models import Role
from course.completions.service import settle
from course.database import Engines, unit_of_work
from course.people.service import open_session
from course.web.application import COOKIE
from tests import make
from tests.counterparts.browser import Browser
from tests.machine.site import Site

ZONE = "America/New_York"
MODULE = "small-talk"


@dataclass(frozen=True)
class Ground:
    """What is there before any platform is: an organisation, a group with a course of yesterday, its people."""

    site: Site
    engines: Engines
    organisation: int
    group: int
    run: int
    ada: int
    mona: int
    farid: int

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with unit_of_work(self.engines, write=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with unit_of_work(self.engines, write=True, before_commit=settle) as session:
            yield session

    def browser(self, person_id: int) -> Browser:
        """Return a browser in which somebody is signed in at the portal."""
        with self.writing() as session:
            token, _session_id = open_session(session, person_id=person_id, way="password")
        return Browser({self.site.url.removeprefix("http://"): {COOKIE: token}})

    def log(self) -> list[dict[str, object]]:
        """Return what the server has logged so far."""
        lines = (self.site.folder / "server.log").read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]


@contextmanager
def served(folder: Path, *, hosts: str) -> Iterator[Ground]:
    """Serve Oneday; ``hosts`` are those that it may reach although they are private."""
    folder.mkdir(parents=True, exist_ok=True)
    site = Site(folder, settings={"COURSE_LTI_HOSTS": hosts})
    engines = Engines(site.database_url)
    migrate(engines)
    with unit_of_work(engines, write=True, before_commit=settle) as session:
        ground = _fill(session, site, engines)
    site.start()
    try:
        yield ground
    finally:
        site.stop()
        engines.dispose()


def _fill(session: Session, site: Site, engines: Engines) -> Ground:
    version_hash = make.published(session)
    where = make.organisation(session)
    ada, mona, farid = (make.person(session, name) for name in ("Ada Quist", "Mona Keller", "Farid Haddad"))
    make.membership(session, ada, Role.ADMIN)
    make.membership(session, mona, Role.MANAGER, where)
    make.membership(session, farid, Role.FACILITATOR, where)
    group = make.cohort(session, where)
    on = make.day(session, where, on=clock.today(ZONE) - timedelta(days=1), zone=ZONE)
    run = make.run(session, on, group, version_hash=version_hash, facilitator=farid, module=MODULE)
    return Ground(site, engines, where.id, group.id, run.id, ada.id, mona.id, farid.id)
