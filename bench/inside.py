"""The application inside this process: how many statements a page takes, and where its time goes."""

import cProfile
import io
import pstats
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog
from flask.testing import FlaskClient
from sqlalchemy import event

from course.app import create_app
from course.database import Engines, unit_of_work
from course.people.service import open_session
from course.settings import Settings
from course.web.application import Application
from tests.machine.client import COOKIE

NOT_COUNTED = ("BEGIN", "COMMIT", "ROLLBACK")


class Inside:
    """The application on some engines, with somebody signed in for each request."""

    def __init__(self, engines: Engines, folder: Path) -> None:
        self.engines = engines
        url = engines.url.render_as_string(hide_password=False)
        settings = Settings(database_url=url, secret_key="a key that is no secret", instance=folder)  # noqa: S106 - It guards nothing here.
        self.app: Application = create_app(settings, engines=engines)
        # A line in the log for each request would bury the table.
        structlog.configure(logger_factory=structlog.ReturnLoggerFactory())

    def client(self, person_id: int | None) -> FlaskClient:
        client = self.app.test_client()
        if person_id is not None:
            with unit_of_work(self.engines, write=True) as session:
                token, _session_id = open_session(session, person_id=person_id, way="password")
            client.set_cookie(COOKIE, token)
        return client

    def statements(self, client: FlaskClient, path: str) -> list[str]:
        """Return the SQL statements of a page; what a process keeps after its first request is not counted."""
        self._page(client, path)
        with self._listening() as heard:
            self._page(client, path)
        return heard

    def profile(self, client: FlaskClient, path: str, requests: int) -> str:
        """Return where the time of a page goes, the dearest functions first."""
        self._page(client, path)
        profiler = cProfile.Profile()
        profiler.enable()
        for _ in range(requests):
            self._page(client, path)
        profiler.disable()
        told = io.StringIO()
        pstats.Stats(profiler, stream=told).strip_dirs().sort_stats("cumulative").print_stats(90)
        return told.getvalue()

    def _page(self, client: FlaskClient, path: str) -> None:
        response = client.get(path)
        if response.status_code not in {200, 303}:
            raise RuntimeError(f"{path} answered {response.status_code}")

    @contextmanager
    def _listening(self) -> Iterator[list[str]]:
        heard: list[str] = []

        def hear(_connection: object, _cursor: object, statement: str, *_rest: Any) -> None:  # noqa: ANN401 - The event's own signature.
            if not statement.startswith(NOT_COUNTED):
                heard.append(statement)

        # On PostgreSQL the reading engine is a view of the writing one, which hears for both.
        engines = {self.engines.writer, self.engines.reader if self.engines.sqlite else self.engines.writer}
        for engine in engines:
            event.listen(engine, "before_cursor_execute", hear)
        try:
            yield heard
        finally:
            for engine in engines:
                event.remove(engine, "before_cursor_execute", hear)
