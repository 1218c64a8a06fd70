"""SQLAlchemy's Base, the engines with their pragmas, the one unit of work and the write lock of SQLite."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from select import POLLIN, poll
from typing import Any, Protocol, TypeVarTuple

from sqlalchemy import (
    JSON,
    CompoundSelect,
    Connection,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    ExceptionContext,
    Insert,
    MetaData,
    Select,
    Update,
    create_engine,
    event,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import Compiled, CoreExecuteOptionsParameter
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass, Session
from sqlalchemy.types import TypeDecorator

Ts = TypeVarTuple("Ts")
Statement = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]] | Insert | Update

STATEMENTS = 1000
"""How many compiled statements are kept."""
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
            self.writer = create_engine(url, pool_size=threads, hide_parameters=True)
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
        try:
            yield session
            if write:
                if before_commit is not None:
                    before_commit(session)
                session.commit()
        finally:
            session.close()


class Units(Protocol):
    """How work that asks other servers in between opens its units of work, one after the other."""

    def __call__(self, *, write: bool) -> AbstractContextManager[Session]: ...


def columns(
    session: Session, statement: Select[*Ts] | CompoundSelect[*Ts], parameters: Mapping[str, Any]
) -> CursorResult[*Ts]:
    """Run a statement that selects columns and no entities, on the session's connection: half the CPU of ``execute``.

    What the session holds and has not flushed is not seen.
    """
    connection = _connection(session)
    known = _compiled(connection.dialect, statement, ())
    return connection.execute(statement, parameters, execution_options=known.options)


def write_row(
    session: Session, statement: Insert | Update, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]]
) -> CursorResult[*tuple[Any, ...]]:
    """Run a statement that writes one row of a table, or each of several, in the way that ``columns`` reads them."""
    connection = _connection(session)
    one = parameters if isinstance(parameters, Mapping) else parameters[0]
    # A list of one row takes the drivers' long way for many.
    rows = one if len(parameters) == 1 else parameters
    known = _compiled(connection.dialect, statement, tuple(one), _many=rows is not one)
    return connection.execute(statement, rows, execution_options=known.options)


_EVERY: dict[object, Compiled] = {}
"""What statements are compiled to, by the whole of each, as SQLAlchemy asks for it."""


class _Compiled(dict[object, Compiled]):
    """What one statement is compiled to, for one dialect and one set of columns.

    SQLAlchemy looks for it under the whole of the statement, and hashing that costs as much as SQLite's work. A
    statement that was built once is known by being the same object; one that was built anew is looked for by all of it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.options: CoreExecuteOptionsParameter = {"compiled_cache": self}
        self._only: Compiled | None = None

    def get(self, key: object, *_default: object) -> Any:  # noqa: ANN401 - The overloads of ``dict.get`` have no narrower type in common.
        if self._only is None:
            self._only = _EVERY.get(key)
        return self._only

    def __setitem__(self, key: object, compiled: Compiled) -> None:
        if len(_EVERY) >= STATEMENTS:
            _EVERY.clear()
        self._only = _EVERY[key] = compiled


@lru_cache(maxsize=STATEMENTS)
def _compiled(_dialect: Dialect, _statement: Statement, _names: tuple[str, ...], *, _many: bool = False) -> _Compiled:
    return _Compiled()


def _connection(session: Session) -> Connection:
    if session.in_nested_transaction():
        # The session sets its savepoint when it is asked, and not before.
        return session.connection()
    # Asking the session takes a third of such a call, and a unit of work has only one connection.
    connection: Connection | None = session.info.get("connection")
    if connection is None or connection.closed:
        connection = session.info["connection"] = session.connection()
    return connection


def insert_once(model: type[Base]) -> Insert:
    """Build an INSERT that returns the new row's key, or no row where one of its unique keys is taken already.

    Both databases spell it alike, and it needs no savepoint, which costs more than the INSERT itself.
    """
    table = Base.metadata.tables[model.__tablename__]
    return postgresql.insert(table).on_conflict_do_nothing().returning(*table.primary_key)


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
