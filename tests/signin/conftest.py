"""What the tests of the ways in share: people with passwords, browsers, an open door."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from course import clock
from course.cohorts.service.door import open_door
from course.database import Engines, unit_of_work
from course.people.passwords import hash_password
from course.people.service import set_password
from course.signin.limits import Limit, key_of
from course.web.application import Application
from tests.make import Cast

PASSWORD = "a long enough one"
HASHED = hash_password(PASSWORD)

GivePassword = Callable[[int], None]
UseUp = Callable[..., None]


@pytest.fixture
def give_password(engines: Engines) -> GivePassword:
    """Give somebody the password of all these tests."""

    def give(person_id: int) -> None:
        with unit_of_work(engines, write=True) as session:
            set_password(session, person_id=person_id, password_hash=HASHED)

    return give


@pytest.fixture
def visitor(app: Application) -> Callable[[], FlaskClient]:
    """Return a new browser each time; ``address`` is where it stands in the network."""
    app.config["WTF_CSRF_ENABLED"] = False

    def fresh(address: str = "127.0.0.1") -> FlaskClient:
        made = app.test_client()
        made.environ_base["REMOTE_ADDR"] = address
        return made

    return fresh


@pytest.fixture
def use_up(app: Application, engines: Engines) -> UseUp:
    """Leave no try of a limit, now and for a while."""

    def spend(limit: Limit, *parts: str) -> None:
        seconds = int(limit.window.total_seconds())
        start = int(clock.now().timestamp()) // seconds * seconds
        with app.app_context():
            key = key_of(limit, *parts)
        rows = [
            {"key": key, "window": start + seconds * ahead, "count": limit.tries + 1}
            for ahead in range(max(2, 60 // seconds))
        ]
        with unit_of_work(engines, write=True) as session:
            session.execute(
                text(
                    'INSERT INTO people_throttle (key, "window", count) VALUES (:key, :window, :count)'
                    ' ON CONFLICT (key, "window") DO UPDATE SET count = excluded.count'
                ),
                rows,
            )

    return spend


@pytest.fixture
def door(engines: Engines, cast: Cast) -> tuple[str, str]:
    """The code and the key of the open door of Lena's run."""
    with unit_of_work(engines, write=True) as session:
        opened = open_door(session, run_id=cast.run)
        return opened.code, opened.key
