"""SQLAlchemy's Base, the engines with their pragmas, the one unit of work and the write lock of SQLite."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from select import POLLIN, poll
from typing import Any, Protocol, cast, overload

from psycopg import Column, Cursor
from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    Engine,
    ExceptionContext,
    MetaData,
    create_engine,
    event,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass, Session
from sqlalchemy.types import TypeDecorator

from course import statements

LOCK_SECONDS = 10.0
"""How long a request waits for its turn to write before it says that the site is busy."""
SQLITE_TAKEN = {5, 6}
"""SQLite's codes BUSY and LOCKED: another process, such as ``course publish``, kept the file for too long."""
POSTGRES_TAKEN = {"40001", "40P01", "55P03"}
"""PostgreSQL's states for a lost race, a deadlock and a lock that did not come: try again, and it works."""


class Busy(Exception):  # noqa: N818 - It is what the reader is told, not a fault of the program.
    """The turn to write did not come in time. Nothing was changed."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept in UTC on every database. A naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's.
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment without a zone was about to be stored.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's.
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(MappedAsDataclass, DeclarativeBase):
    """The base of every table."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads a plain class attribute.
        datetime: UtcDateTime(),
        dict[str, Any]: JSON(),
        list[Any]: JSON(),
    }


class Engines:
    """Two engines of one database: one for requests that only read, one for those that may write.

    The reader refuses to write on both databases. On PostgreSQL the two share their connections and there is no
    lock. On SQLite the writer begins with ``BEGIN IMMEDIATE`` under one in-process lock: whoever waits
    here goes on at once, and SQLite's busy handler, which sleeps, is left for other processes.
    """

    def __init__(self, url: str, *, threads: int = 8) -> None:
        self.url = make_url(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self.lock = threading.Lock()
        if self.sqlite:
            self.reader = _sqlite_engine(url, write=False, threads=threads)
            self.writer = _sqlite_engine(url, write=True, threads=threads)
        else:
            self.writer = create_engine(
                url, pool_size=threads, hide_parameters=True, connect_args={"cursor_factory": _Cursor}
            )
            event.listen(self.writer, "checkout", _refuse_dead)
            self.reader = self.writer.execution_options(postgresql_readonly=True)
            event.listen(self.writer, "handle_error", _tell_busy)

    def engine(self, *, write: bool) -> Engine:
        return self.writer if write else self.reader

    def dispose(self) -> None:
        self.reader.dispose()
        self.writer.dispose()

    @contextmanager
    def turn(self, *, write: bool) -> Iterator[None]:
        """Hold the turn to write for as long as the block lasts; on PostgreSQL and for readers, do nothing.

        Raises Busy when the turn does not come within ``LOCK_SECONDS``.
        """
        if not (write and self.sqlite):
            yield
            return
        if not self.lock.acquire(timeout=LOCK_SECONDS):
            raise Busy
        try:
            yield
        finally:
            self.lock.release()


@contextmanager
def unit_of_work(
    engines: Engines,
    *,
    write: bool,
    open_session: Callable[[Engine], Session] = Session,
    before_commit: Callable[[Session], object] | None = None,
) -> Iterator[Session]:
    """Open one session for one request, command or delivery: commit when the block returns, roll back when it raises.

    Raises Busy when SQLite's turn to write does not come.
    """
    with engines.turn(write=write):
        session = open_session(engines.engine(write=write))
        if write:
            session.info[statements.WAITING] = []
        else:
            # It ends by a commit: at a rollback psycopg forgets every statement that it had prepared.
            session.expire_on_commit = False
        try:
            yield session
            if write:
                # What is settled may depend on what was written last.
                statements.write_waiting(session)
                if before_commit is not None:
                    before_commit(session)
                    statements.write_waiting(session)
            session.commit()
        finally:
            session.close()


class Units(Protocol):
    """How work that asks other servers in between opens its units of work, one after the other."""

    def __call__(self, *, write: bool) -> AbstractContextManager[Session]: ...


class _Columns(Sequence[Column]):
    """The columns of a result, each described when somebody looks at it."""

    def __init__(self, cursor: "_Cursor", number: int) -> None:
        self._cursor, self._number = cursor, number

    def __len__(self) -> int:
        return self._number

    @overload
    def __getitem__(self, at: int) -> Column: ...
    @overload
    def __getitem__(self, at: slice) -> list[Column]: ...
    def __getitem__(self, at: int | slice) -> Column | list[Column]:
        everything = range(self._number)[at]
        if isinstance(everything, range):
            return [Column(self._cursor, each) for each in everything]
        return Column(self._cursor, everything)


class _Cursor(Cursor[Any]):
    """psycopg's own, which would describe each column of each result anew: a microsecond and a half apiece.

    SQLAlchemy asks whether there are columns each time, and which ones only at a statement's first run.
    """

    @property
    def description(self) -> list[Column] | None:
        result = self.pgresult
        if result is None or not result.nfields:
            return None
        return cast(list[Column], _Columns(self, result.nfields))


def _refuse_dead(connection: Any, _record: object, _proxy: object) -> None:  # noqa: ANN401 - A driver's own connection has no type.
    """Take a new connection in place of one that the server has closed, as a restart of PostgreSQL leaves them.

    Nobody has asked anything yet, so whatever there is to read is the server's farewell. The pool's own way, a
    statement that asks whether anybody is there, costs each request a tenth of its time.
    """
    if connection.closed:
        raise DisconnectionError
    line = poll()
    line.register(connection.fileno(), POLLIN)
    if line.poll(0):
        raise DisconnectionError


def _tell_busy(context: ExceptionContext) -> None:
    cause = context.original_exception
    # The low byte is the kind; the rest says more about it.
    if getattr(cause, "sqlite_errorcode", 0) & 0xFF in SQLITE_TAKEN or getattr(cause, "sqlstate", "") in POSTGRES_TAKEN:
        raise Busy from cause


def _sqlite_engine(url: str, *, write: bool, threads: int) -> Engine:
    # Parameters are people's texts: no error may quote them.
    engine = create_engine(
        url,
        pool_size=threads,
        hide_parameters=True,
        connect_args={"check_same_thread": False, "timeout": LOCK_SECONDS},
    )
    event.listen(engine, "handle_error", _tell_busy)
    wanted: dict[str, str | int] = {
        "busy_timeout": int(LOCK_SECONDS * 1000),
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "query_only": 0 if write else 1,
    }

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - A driver's own connection has no type.
        # SQLAlchemy begins transactions itself, below, so the driver must not.
        connection.isolation_level = None
        for pragma, value in wanted.items():
            connection.execute(f"PRAGMA {pragma} = {value}")
            found = connection.execute(f"PRAGMA {pragma}").fetchone()[0]
            if found != value:
                raise RuntimeError(f"SQLite answered {pragma} = {found} where {value} was asked for.")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:  # noqa: ANN401 - SQLAlchemy's event hands over a Connection, untyped.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine
