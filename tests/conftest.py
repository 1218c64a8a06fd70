"""Fixtures for every test: both databases, the application, the fixed cast."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from flask import Blueprint
from flask.testing import FlaskClient
from sqlalchemy import event, make_url
from sqlalchemy.orm import Session

from course.app import create_app, migrate, settle
from course.database import Engines, unit_of_work
from course.people.service import open_session
from course.settings import Settings
from course.web import logs
from course.web.application import COOKIE, Application
from tests.machine.order import pytest_collection_modifyitems, pytest_runtest_makereport
from tests.machine.postgres import Cluster, shared_cluster
from tests.make import Cast
from tests.recording import Recording, record, wipe

__all__ = ["pytest_collection_modifyitems", "pytest_runtest_makereport"]
"""Hooks of this folder that live elsewhere."""

DATABASES = ("sqlite", "postgres")

# No test is timed: a machine that does something else besides must not make a true statement false.
hypothesis.settings.register_profile("oneday", deadline=None)
hypothesis.settings.load_profile("oneday")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty migrated SQLite file, copied for each test."""
    file = tmp_path_factory.mktemp("template") / "oneday.sqlite3"
    engines = Engines(f"sqlite:///{file}")
    migrate(engines)
    # The last connection that closes folds the write-ahead log into the file.
    engines.dispose()
    return file


@pytest.fixture(scope="session")
def sqlite_engines(sqlite_template: Path) -> Engines:
    """The engines of this worker, for one file after the other: they remember how statements are compiled."""
    engines = Engines(f"sqlite:///{sqlite_template}")

    def connect(_dialect: object, _record: object, arguments: list[Any], _options: object) -> None:
        arguments[0] = engines.url.database

    event.listen(engines.reader, "do_connect", connect)
    event.listen(engines.writer, "do_connect", connect)
    return engines


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """The PostgreSQL server that all workers of this run share."""
    with shared_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def postgres_engines(postgres: Cluster) -> Iterator[Engines]:
    """One migrated PostgreSQL database for this worker; emptied after each test."""
    name = f"worker_{os.getpid()}"
    engines = Engines(postgres.create(name))
    migrate(engines)
    yield engines
    engines.dispose()
    postgres.drop(name)


@pytest.fixture(scope="session")
def sqlite_cast(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Recording:
    file = tmp_path_factory.mktemp("cast") / "oneday.sqlite3"
    shutil.copy(sqlite_template, file)
    engines = Engines(f"sqlite:///{file}")
    recording = record(engines)
    engines.dispose()
    return recording


@pytest.fixture(scope="session")
def postgres_cast(postgres_engines: Engines) -> Recording:
    """The cast as this database has numbered it; made before any test has rows of its own in there."""
    recording = record(postgres_engines)
    wipe(postgres_engines)
    return recording


@pytest.fixture(params=DATABASES)
def engines(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engines]:
    """Engines of a clean database: the test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        file = tmp_path / "oneday.sqlite3"
        shutil.copy(request.getfixturevalue("sqlite_template"), file)
        kept: Engines = request.getfixturevalue("sqlite_engines")
        kept.url = make_url(f"sqlite:///{file}")
        yield kept
        kept.dispose()
        return
    shared: Engines = request.getfixturevalue("postgres_engines")
    request.getfixturevalue("postgres_cast")
    yield shared
    wipe(shared)


@pytest.fixture
def session(engines: Engines) -> Iterator[Session]:
    """An open writing session for tests below the web. What a test leaves uncommitted is gone after it."""
    with unit_of_work(engines, write=True, before_commit=settle) as opened:
        yield opened


@pytest.fixture
def settings(engines: Engines, tmp_path: Path) -> Settings:
    return Settings(
        database_url=engines.url.render_as_string(hide_password=False),
        secret_key="a key for tests",
        instance=tmp_path / "instance",
        log_format="plain",
        styleguide=True,
    )


MakeApp = Callable[[Settings], Application]


Probes = tuple[Blueprint, ...]
SharedApps = dict[tuple[Settings, Probes], Application]


@pytest.fixture(scope="session")
def shared_apps() -> SharedApps:
    """Applications made so far: making one costs more than most tests do with it."""
    return {}


@pytest.fixture
def probes() -> Probes:
    """Views beside the real ones: tests of what surrounds every view name theirs by a fixture of their own."""
    return ()


@pytest.fixture
def make_app(engines: Engines, shared_apps: SharedApps, probes: Probes) -> Iterator[MakeApp]:
    """Return the application of some settings, on this test's database. What a test changes of it is put back.

    Where the database is, and the mail server, an application reads from its settings at each request.
    """
    with ExitStack() as changes:

        def make(settings: Settings) -> Application:
            kind = replace(settings, database_url="", instance=Path(), mail_url=""), probes
            if kind not in shared_apps:
                shared_apps[kind] = create_app(settings, engines=engines)
                for each in probes:
                    shared_apps[kind].register_blueprint(each)
            app = shared_apps[kind]
            # The one thing that an application sets for its whole process, on the stream that is there now.
            logs.configure(settings.log_format)
            changes.callback(_put_back, app, dict(app.config), dict(app.extensions))
            settings.instance.mkdir(parents=True, exist_ok=True, mode=0o700)
            app.extensions |= {"oneday-engines": engines, "oneday-settings": settings}
            return app

        yield make


def _put_back(app: Application, config: dict[str, Any], extensions: dict[str, Any]) -> None:
    app.config.clear()
    app.config.update(config)
    app.extensions.clear()
    app.extensions.update(extensions)


@pytest.fixture
def app(settings: Settings, make_app: MakeApp) -> Application:
    """The application of the test's settings; a test says otherwise by a fixture ``settings`` of its own."""
    return make_app(settings)


@pytest.fixture
def cast(engines: Engines, request: pytest.FixtureRequest) -> Cast:
    """Lena learns, Farid facilitates, Mona manages, Ada administers; Otto and his manager belong elsewhere."""
    recording: Recording = request.getfixturevalue("sqlite_cast" if engines.sqlite else "postgres_cast")
    return recording.play(engines)


@pytest.fixture
def client(app: Application) -> FlaskClient:
    """A browser that nobody has signed in. CSRF is off: ``tests/web`` tests it, with it on."""
    app.config["WTF_CSRF_ENABLED"] = False
    return app.test_client()


SignIn = Callable[[int], FlaskClient]


@pytest.fixture
def sign_in(app: Application, engines: Engines) -> SignIn:
    """Return a browser in which the person with this id is signed in."""
    app.config["WTF_CSRF_ENABLED"] = False

    def enter(person_id: int) -> FlaskClient:
        with unit_of_work(engines, write=True) as session:
            token, _session_id = open_session(session, person_id=person_id, way="password")
        browser = app.test_client()
        browser.set_cookie(COOKIE, token)
        return browser

    return enter
