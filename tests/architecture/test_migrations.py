"""An empty database, brought to this version, is what the models say: on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, MetaData, String, Table, text

from course.app import migrate
from course.database import Base, Engines
from tests.machine.postgres import Cluster


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    name = f"empty_{tmp_path.name.replace('-', '_')}"[-60:]
    yield cluster.create(name)
    cluster.drop(name)


def differences(engines: Engines, metadata: MetaData) -> list[object]:
    """Return what a new migration would have to do."""
    with engines.reader.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return [*compare_metadata(context, metadata)]


def test_nothing_is_left_to_migrate(empty: str) -> None:
    engines = Engines(empty)
    migrate(engines)
    assert differences(engines, Base.metadata) == []
    more = MetaData()
    for table in Base.metadata.sorted_tables:
        table.to_metadata(more)
    Table("forgotten", more, Column("name", String))
    (found,) = differences(engines, more)
    assert isinstance(found, tuple)
    assert (found[0], found[1].name) == ("add_table", "forgotten")
    engines.dispose()


def test_a_second_time_changes_nothing(empty: str) -> None:
    engines = Engines(empty)

    def versions() -> list[str]:
        with engines.reader.connect() as connection:
            return [row.version_num for row in connection.execute(text("SELECT version_num FROM alembic_version"))]

    migrate(engines)
    first = versions()
    migrate(engines)
    assert versions() == first
    assert len(first) == 1
    engines.dispose()
