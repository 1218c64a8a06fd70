"""The unit of work, the pragmas and the turn to write, below the web."""

import sqlite3
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from psycopg import Cursor
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.orm import Session

from course import database
from course.database import Busy, Engines, unit_of_work
from course.people.models import Person, Site

ON_SQLITE = pytest.mark.parametrize("engines", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("engines", ["postgres"], indirect=True)


def values(engines: Engines) -> dict[str, str]:
    """Everything that was committed."""
    with unit_of_work(engines, write=False) as session:
        return {row.key: row.value for row in session.execute(select(Site.key, Site.value))}


def write(engines: Engines, *statements: str, write: bool = True) -> None:
    with unit_of_work(engines, write=write) as session:
        for statement in statements:
            session.execute(text(statement))


FACT = "INSERT INTO people_site (key, value) VALUES ('fact', 'what somebody wrote')"


def test_it_commits_when_the_block_returns_and_settles_first(engines: Engines) -> None:
    def settle(session: Session) -> None:
        session.add(Site(key="settled", value="yes"))

    with unit_of_work(engines, write=True, before_commit=settle) as session:
        session.add(Site(key="fact", value="yes"))
    assert values(engines) == {"fact": "yes", "settled": "yes"}


def test_it_rolls_back_when_the_block_or_the_settling_raises(engines: Engines) -> None:
    def fail(_session: Session) -> None:
        raise LookupError

    with pytest.raises(DBAPIError):
        write(engines, FACT, "SELECT nothing")
    with pytest.raises(LookupError), unit_of_work(engines, write=True, before_commit=fail) as session:
        session.add(Site(key="fact", value="yes"))
    assert values(engines) == {}


@ON_POSTGRESQL
def test_what_one_request_prepared_is_still_prepared_for_the_next(engines: Engines) -> None:
    """PostgreSQL plans a statement once for a connection, not at each request. psycopg prepares it at the sixth run."""
    # One connection: what is prepared on another one does not count.
    alone = Engines(engines.url.render_as_string(hide_password=False), threads=1)
    for _request in range(6):
        assert values(alone) == {}
    prepared = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%people_site%'")
    with unit_of_work(alone, write=False) as session:
        assert session.execute(prepared).scalar_one() == 1
    alone.dispose()


@ON_POSTGRESQL
def test_columns_are_described_as_psycopg_does(engines: Engines) -> None:
    with engines.writer.connect() as connection:
        driver: Any = connection.connection.dbapi_connection
        with driver.cursor() as ours, Cursor(driver) as theirs:
            asked = "SELECT 1::bigint AS one, 'two'::text AS two, now() AS three"
            found: Any = ours.execute(asked).description
            expected: Any = theirs.execute(asked).description
            every, rest = [[tuple(column) for column in each] for each in (expected, expected[1:])]
            assert len(found) == 3
            assert [tuple(column) for column in found] == every
            assert [tuple(column) for column in found[1:]] == rest
            assert tuple(found[-1]) == every[-1]
            # A statement without columns has none, as SQLAlchemy must know.
            assert ours.execute("SET TIME ZONE 'UTC'").description is None


def test_a_reading_unit_refuses_to_write_and_settles_nothing(engines: Engines) -> None:
    def fail(_session: Session) -> None:
        raise LookupError

    with pytest.raises(DBAPIError):
        write(engines, FACT, write=False)
    with unit_of_work(engines, write=False, before_commit=fail) as session:
        assert session.execute(select(Site)).all() == []
    write(engines, FACT)
    assert values(engines) == {"fact": "what somebody wrote"}


@ON_SQLITE
def test_sqlite_answers_every_pragma_as_it_was_asked(engines: Engines) -> None:
    names = ("busy_timeout", "journal_mode", "synchronous", "foreign_keys", "query_only")

    def answers(write: bool) -> list[object]:
        with engines.engine(write=write).connect() as connection:
            return [connection.execute(text(f"PRAGMA {name}")).scalar() for name in names]

    assert answers(write=True) == [10_000, "wal", 2, 1, 0]
    assert answers(write=False) == [10_000, "wal", 2, 1, 1]


def test_two_writers_queue_on_sqlite_and_pass_each_other_on_postgresql(engines: Engines) -> None:
    inside, go, done = threading.Event(), threading.Event(), threading.Event()
    order: list[str] = []

    def slow() -> None:
        with unit_of_work(engines, write=True) as session:
            inside.set()
            assert go.wait(20)
            session.add(Site(key="slow", value="yes"))
            order.append("slow")

    def quick() -> None:
        assert inside.wait(20)
        with unit_of_work(engines, write=True) as session:
            session.add(Site(key="quick", value="yes"))
            order.append("quick")
        done.set()

    threads = [threading.Thread(target=work) for work in (slow, quick)]
    for thread in threads:
        thread.start()
    assert inside.wait(20)
    if not engines.sqlite:
        assert done.wait(20)
    go.set()
    for thread in threads:
        thread.join(20)
    assert order == (["slow", "quick"] if engines.sqlite else ["quick", "slow"])
    assert values(engines) == {"slow": "yes", "quick": "yes"}


@ON_SQLITE
def test_a_turn_that_does_not_come_is_told_as_busy(engines: Engines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "LOCK_SECONDS", 0.01)
    with engines.turn(write=True):
        with pytest.raises(Busy), unit_of_work(engines, write=True):
            pytest.fail("It had no turn.")
        assert values(engines) == {}
    with unit_of_work(engines, write=True) as session:
        session.add(Site(key="fact", value="yes"))
    assert values(engines) == {"fact": "yes"}


def test_another_process_that_keeps_the_file_is_told_as_busy(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "LOCK_SECONDS", 0.01)
    file = tmp_path / "taken.sqlite3"
    file.write_bytes(sqlite_template.read_bytes())
    engines = Engines(f"sqlite:///{file}")
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Busy), unit_of_work(engines, write=True) as session:
        session.execute(text("SELECT 1"))
    other.execute("ROLLBACK")
    other.close()
    with unit_of_work(engines, write=True) as session:
        session.add(Site(key="fact", value="yes"))
    assert values(engines) == {"fact": "yes"}
    engines.dispose()


@ON_POSTGRESQL
def test_a_lock_that_does_not_come_is_told_as_busy_on_postgresql(engines: Engines) -> None:
    with unit_of_work(engines, write=True) as session:
        session.add(Site(key="row", value="mine"))
    with unit_of_work(engines, write=True) as holder:
        holder.execute(select(Site).with_for_update()).all()
        with pytest.raises(Busy):
            write(engines, "SET LOCAL lock_timeout = '1ms'", "SELECT * FROM people_site FOR UPDATE")


def test_a_moment_keeps_its_instant_and_a_naive_one_is_refused(engines: Engines) -> None:
    moment = datetime(2026, 11, 27, 8, 30, 15, 250_000, tzinfo=UTC)
    with unit_of_work(engines, write=True) as session:
        session.add(Person(name="Lena", created_at=moment.astimezone(ZoneInfo("Asia/Kathmandu"))))
    with unit_of_work(engines, write=False) as session:
        (found,) = session.execute(select(Person.created_at)).scalars()
    assert (found, found.tzinfo) == (moment, UTC)
    with pytest.raises(StatementError, match="without a zone"), unit_of_work(engines, write=True) as session:
        session.add(Person(name="Lena", created_at=moment.replace(tzinfo=None)))


def test_no_error_quotes_a_text(engines: Engines) -> None:
    write(engines, FACT)
    again = text("INSERT INTO people_site (key, value) VALUES (:key, :value)")
    with unit_of_work(engines, write=True) as session, pytest.raises(DBAPIError) as caught:
        session.execute(again, {"key": "fact", "value": "what somebody wrote"})
    assert "INSERT INTO people_site" in str(caught.value)
    assert "what somebody wrote" not in str(caught.value)


@ON_POSTGRESQL
def test_connections_that_a_restart_has_closed_are_replaced(engines: Engines) -> None:
    """Eight that rest in the pool and were all closed by the server: nobody notices."""
    there = text("SELECT pg_backend_pid()")
    resting = [engines.writer.connect() for _ in range(8)]
    before = {connection.execute(there).scalar_one() for connection in resting}
    for connection in resting:
        connection.close()
    own = Engines(engines.url.render_as_string(hide_password=False))
    with own.writer.begin() as other:
        for number in before:
            other.execute(text("SELECT pg_terminate_backend(:number, 5000)"), {"number": number})
    own.dispose()
    write(engines, FACT)
    assert values(engines) == {"fact": "what somebody wrote"}
    resting = [engines.reader.connect() for _ in range(8)]
    after = {connection.execute(there).scalar_one() for connection in resting}
    for connection in resting:
        connection.close()
    assert (len(before), len(after), before & after) == (8, 8, set())
