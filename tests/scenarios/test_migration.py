"""Plays made before sentences and scores were known are all there after the migration, and go on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Column, MetaData, Table, select, text

from course import clock, paths
from course.app import migrate
from course.cases import engine
from course.database import Base, Engines, unit_of_work
from course.scenarios import queries, service
from course.scenarios.models import Attempt
from course.scenarios.service import StepResult
from tests.machine.postgres import Cluster
from tests.make import Cast, cast_of

BEFORE = "0002"
ADDED = {"skin": "", "rewound": None}
TABLES = Base.metadata.tables
STEPS = (("doors", "plan"), ("floor_six", "report"))


@pytest.fixture(params=["sqlite", "postgres"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engines]:
    """Engines of a database as the version before made it."""
    cluster: Cluster | None = None
    url, name = f"sqlite:///{tmp_path / 'old.sqlite3'}", f"old_{tmp_path.name.replace('-', '_')}"[-60:]
    if request.param == "postgres":
        cluster = request.getfixturevalue("postgres")
        url = cluster.create(name)
    engines = Engines(url)
    config = Config()
    config.set_main_option("script_location", str(paths.MIGRATIONS))
    with engines.writer.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, BEFORE)
    yield engines
    engines.dispose()
    if cluster is not None:
        cluster.drop(name)


def table(name: str) -> Table:
    """Return a table as the version before had it."""
    known = [Column(column.name, column.type, primary_key=column.primary_key) for column in TABLES[name].columns]
    return Table(name, MetaData(), *(column for column in known if column.name not in ADDED))


def rows(engines: Engines, name: str) -> list[dict[str, object]]:
    with engines.reader.connect() as connection:
        found = connection.execute(select(Table(name, MetaData(), autoload_with=connection)).order_by(text("id")))
        return [dict(row) for row in found.mappings()]


def cast_before(engines: Engines, folder: Path) -> Cast:
    """Make the cast in a database of today, and carry over what the version before had tables and columns for."""
    today = Engines(f"sqlite:///{folder / 'today.sqlite3'}")
    migrate(today)
    with unit_of_work(today, write=True) as session:
        cast = cast_of(session)
    before = MetaData()
    before.reflect(engines.reader)
    with today.reader.connect() as source, engines.writer.begin() as target:
        for made in Base.metadata.sorted_tables:
            if (there := before.tables.get(made.name)) is not None:
                for row in source.execute(select(made)).mappings():
                    target.execute(there.insert().values({column.name: row[column.name] for column in there.columns}))
    today.dispose()
    return cast


def fill(engines: Engines, folder: Path) -> int:
    """Make the cast, a finished play of Lena's and one of Leo's in its middle, in columns of the version before."""
    cast = cast_before(engines, folder)
    attempts, events = table("scenarios_attempt"), table("scenarios_event")
    with unit_of_work(engines, write=True) as session:
        case = service.case_of(session, version_hash=cast.version_hash, scenario_id="lift")
        for seat_id, steps in ((cast.lena_seat, STEPS), (cast.leo_seat, STEPS[:1])):
            state = engine.replay(case, (engine.Choose(*step) for step in steps))[-1][0]
            ended = engine.ending(case, state) is not None
            row = {
                "seat_id": seat_id,
                "scenario": "lift",
                "version_hash": cast.version_hash,
                "number": 1,
                "version": len(steps),
                "scene": state.scene,
                "state": engine.dump(case, state),
                "started_at": clock.now(),
                "finished_at": clock.now() if ended else None,
            }
            made = session.execute(attempts.insert().values(row).returning(attempts.c.id)).scalar_one()
            for version, (scene, choice) in enumerate(steps, start=1):
                event = {"attempt_id": made, "version": version, "operation_id": str(version)}
                session.execute(events.insert().values({**event, "scene": scene, "choice": choice, "at": clock.now()}))
        return cast.leo_seat


def test_plays_are_kept_and_go_on(old: Engines, tmp_path: Path) -> None:
    leo = fill(old, tmp_path)
    before = {name: rows(old, name) for name in ("scenarios_attempt", "scenarios_event")}
    assert [len(found) for found in before.values()] == [2, 3]
    migrate(old)
    assert rows(old, "scenarios_attempt") == [row | ADDED for row in before["scenarios_attempt"]]
    assert rows(old, "scenarios_event") == before["scenarios_event"]
    with unit_of_work(old, write=True) as session:
        went_on = service.step(
            session,
            seat_id=leo,
            scenario="lift",
            number=1,
            scene="floor_six",
            choice="report",
            base_version=1,
            operation_id="on",
        )
        assert went_on == StepResult("taken", 2, ended=True)
        for attempt in session.execute(select(Attempt)).scalars():
            taken = queries.actions(session, attempt_id=attempt.id)
            assert taken == tuple(engine.Choose(*step) for step in STEPS)
        version_hash = session.execute(select(Attempt.version_hash)).scalars().first() or ""
        # Whoever had finished before is scored on demand.
        assert service.rescore(session, version_hash=version_hash, scenario="lift") == service.Rescored(1, 1, 0)
