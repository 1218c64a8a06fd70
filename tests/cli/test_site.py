"""init, migrate, user, deliver, seed."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from course.app import create_app
from course.cohorts.models import Membership, Role
from course.database import Engines, unit_of_work
from course.library.models import Live
from course.people.models import Organisation, Person
from course.settings import Settings
from tests.cli.conftest import SHIPPED, Run
from tests.machine.postgres import Cluster

LINK = re.compile(r"^http://127\.0\.0\.1:8000(/sign-in/password/[\w-]{43})$", re.MULTILINE)


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'site.sqlite3'}"
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    name = f"cli_{abs(hash(str(tmp_path)))}"
    yield cluster.create(name)
    cluster.drop(name)


def test_init_makes_a_site_and_a_link_that_works(run: Run, url: str, tmp_path: Path) -> None:
    first = run("init", COURSE_DATABASE_URL=url)
    assert (first.returncode, first.stderr) == (0, "")
    (path,) = LINK.findall(first.stdout)
    engines = Engines(url)
    app = create_app(Settings(database_url=url, secret_key="a key for tests", instance=tmp_path), engines=engines)
    app.config["WTF_CSRF_ENABLED"] = False
    with unit_of_work(engines, write=False) as session:
        assert session.execute(select(Membership.role, Membership.organisation_id)).all() == [(Role.ADMIN, None)]
        assert set(session.execute(select(Live.slug)).scalars()) == SHIPPED
    browser = app.test_client()
    assert browser.get("/readyz").text == "ready\n"
    assert browser.get(path).status_code == 200

    # Once more, before the password is set: another link; nothing else is made.
    second = run("init", COURSE_DATABASE_URL=url)
    (newer,) = LINK.findall(second.stdout)
    assert newer != path
    password = "a long enough one"
    answer = browser.post(newer, data={"password": password, "again": password, "repeat": password})
    assert answer.status_code == 303, answer.text

    third = run("init", COURSE_DATABASE_URL=url)
    assert third.stdout == "This site is set up: its admin has a password. A new link: course user admin\n"
    with unit_of_work(engines, write=False) as session:
        assert session.execute(select(func.count()).select_from(Person)).scalar_one() == 1
    engines.dispose()


def test_migrate_makes_the_tables_and_a_second_time_nothing(run: Run, url: str) -> None:
    for _ in range(2):
        done = run("migrate", COURSE_DATABASE_URL=url)
        assert (done.returncode, done.stdout, done.stderr) == (0, "The database is at this version.\n", "")
    engines = Engines(url)
    with engines.reader.connect() as connection:
        assert len(connection.execute(text("SELECT version_num FROM alembic_version")).all()) == 1
        assert connection.execute(text("SELECT count(*) FROM people_person")).scalar() == 0
    engines.dispose()


@pytest.mark.usefixtures("site")
def test_user_prints_a_link_for_somebody_who_is_known(run: Run) -> None:
    unknown = run("user", "lena@example.org")
    assert unknown.returncode == 1
    assert unknown.stderr == (
        'Error: Nobody signs in as lena@example.org. To make them: course user lena@example.org --name "..."\n'
    )
    made = run("user", "lena@example.org", "--name", "Lena Brandt", "--admin")
    assert made.stdout.startswith("For Lena Brandt, once, within 24 hours:\n")
    (first,) = LINK.findall(made.stdout)
    again = run("user", "LENA@example.org")
    (second,) = LINK.findall(again.stdout)
    assert first != second
    assert run("user", "admin").stdout.startswith("For Admin,")


def test_seed_fills_an_empty_site_and_refuses_any_other(run: Run, tmp_path: Path) -> None:
    filled = run("seed")
    assert (filled.returncode, filled.stdout) == (0, "The demo is in. Start it with: course serve --demo\n")
    again = run("seed")
    assert again.returncode == 1
    assert again.stderr.startswith("Error: This site has people already, so the demo stays out.")
    other = f"sqlite:///{tmp_path / 'used.sqlite3'}"
    assert run("init", COURSE_DATABASE_URL=other).returncode == 0
    assert run("user", "lena@example.org", "--name", "Lena", COURSE_DATABASE_URL=other).returncode == 0
    assert run("seed", COURSE_DATABASE_URL=other).returncode == 1
    engines = Engines(other)
    with unit_of_work(engines, write=False) as session:
        assert session.execute(select(func.count()).select_from(Organisation)).scalar_one() == 0
    engines.dispose()


def test_deliver_once_says_how_many_left(run: Run) -> None:
    assert run("migrate").returncode == 0
    done = run("deliver", "--once", COURSE_MAIL_URL="smtp://127.0.0.1:1")
    assert (done.returncode, done.stdout) == (0, "0 sent\n")
