"""The fixed cast once more: its rows as they were made the first time, but for their times."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, text

from course import clock
from course.app import settle
from course.database import Base, Engines, unit_of_work
from tests.make import Cast, cast_of

ZONE = "America/New_York"
"""Of the cast's days."""
WIPE = "; ".join(str(table.delete()) for table in Base.metadata.sorted_tables)


@dataclass(frozen=True)
class Recording:
    """What making the cast left in an empty database. To make it takes some fifty statements, to repeat it twelve."""

    cast: Cast
    today: date
    rows: Mapping[Table, Sequence[Mapping[str, Any]]]

    def play(self, engines: Engines) -> Cast:
        """Put the rows in, as if they were made now. Their ids are free: the database gave them once before."""
        now = clock.now()
        moved = _Moved(now - self.cast.at, clock.today(ZONE) - self.today)
        with _writing(engines) as connection:
            for table, rows in self.rows.items():
                connection.execute(table.insert(), [moved.row(row) for row in rows])
        return replace(self.cast, at=now)


@dataclass(frozen=True)
class _Moved:
    moments: timedelta
    days: timedelta

    def row(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self._value(value) for name, value in row.items()}

    def _value(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return value + self.moments
        return value + self.days if isinstance(value, date) else value


def record(engines: Engines) -> Recording:
    """Make the cast in an empty database, which stays as it is then."""
    with unit_of_work(engines, write=True, before_commit=settle) as session:
        cast = cast_of(session)
    with engines.reader.begin() as connection:
        found = {
            table: [dict(row) for row in connection.execute(table.select()).mappings()]
            for table in Base.metadata.sorted_tables
        }
    return Recording(cast, clock.today(ZONE), {table: rows for table, rows in found.items() if rows})


def wipe(engines: Engines) -> None:
    """Empty a PostgreSQL database: deleting a handful of rows is much faster than truncating forty tables."""
    with _writing(engines) as connection:
        # Foreign keys rest meanwhile.
        connection.execute(text(f"SET LOCAL session_replication_role = replica; {WIPE}"))


@contextmanager
def _writing(engines: Engines) -> Iterator[Connection]:
    with engines.turn(write=True), engines.writer.begin() as connection:
        yield connection
