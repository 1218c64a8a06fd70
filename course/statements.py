"""Statements that are built once and run with half the CPU of SQLAlchemy's own way."""

from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from functools import lru_cache
from typing import Any, TypeVarTuple

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    Connection,
    CursorResult,
    Dialect,
    Insert,
    Select,
    Update,
    bindparam,
    exists,
    literal,
    select,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine.interfaces import Compiled, CoreExecuteOptionsParameter
from sqlalchemy.orm import DeclarativeBase, Session

Ts = TypeVarTuple("Ts")
Statement = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]] | Insert | Update

STATEMENTS = 1000
"""How many compiled statements are kept."""
WAITING = "rows that wait for the end"
"""Under what a session keeps them; one that only reads has no such place."""


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


def write_both(session: Session, once: Insert, row: Mapping[str, Any], change: Update, told: Mapping[str, Any]) -> bool:
    """Write a row that is new, and the change of another table's row that goes with it; on PostgreSQL in one statement.

    ``once`` is ``insert_once``'s. Returns False, and changes nothing, where the row is not new.
    """
    connection = _connection(session)
    if connection.dialect.name != postgresql.dialect.name:
        if write_row(session, once, row).first() is None:
            return False
        write_row(session, change, told)
        return True
    changed = tuple(name for name in told if name in change.table.c)
    names = {f"new_{name}": value for name, value in row.items()}
    names |= {f"to_{name}" if name in changed else name: value for name, value in told.items()}
    return write_row(session, _both(once, tuple(row), change, changed), names).first() is not None


@lru_cache(maxsize=STATEMENTS)
def _both(once: Insert, names: tuple[str, ...], change: Update, changed: tuple[str, ...]) -> Update:
    """Make one statement of a row that may not be new and of the change that it brings."""
    new = once.values({name: _named(once, name, f"new_{name}") for name in names}).cte("new")
    values = {name: _named(change, name, f"to_{name}") for name in changed}
    return change.values(values).where(exists(select(new))).returning(literal(value=True))


def _named(statement: Insert | Update, column: str, name: str) -> BindParameter[Any]:
    return bindparam(name, type_=statement.table.c[column].type)


def write_later(session: Session, statement: Insert, row: Mapping[str, Any]) -> None:
    """Write a row at the end of the unit of work: nothing in it reads the row, and no other row names it.

    On PostgreSQL such rows are one statement, which costs a third of the CPU of one for each. ``statement`` is
    ``insert_later``'s, and returns nothing. Raises KeyError in a unit that only reads.
    """
    session.info[WAITING].append((statement, row))


def write_waiting(session: Session) -> None:
    """Write what waits for the end of the unit of work."""
    rows: list[tuple[Insert, Mapping[str, Any]]] = session.info[WAITING]
    session.info[WAITING] = []
    if len(rows) > 1 and _connection(session).dialect.name == postgresql.dialect.name:
        joined = _joined(tuple((statement, tuple(row)) for statement, row in rows))
        told = {f"{name}_{at}": value for at, (_insert, row) in enumerate(rows) for name, value in row.items()}
        write_row(session, joined, told)
        return
    for statement, row in rows:
        write_row(session, statement, row)


@lru_cache(maxsize=STATEMENTS)
def _joined(parts: tuple[tuple[Insert, tuple[str, ...]], ...]) -> Insert:
    """Make one statement of several: each writes its own row, and the last one carries the others along."""
    *others, last = (
        statement.values({name: _named(statement, name, f"{name}_{at}") for name in names})
        for at, (statement, names) in enumerate(parts)
    )
    for at, statement in enumerate(others):
        last = last.add_cte(statement.cte(f"row_{at}"))
    return last


_EVERY: dict[object, Compiled] = {}
"""What statements are compiled to, by the whole of each, as SQLAlchemy asks for it."""


class _Compiled(MutableMapping[object, Compiled]):
    """What one statement is compiled to, for one dialect and one set of columns.

    SQLAlchemy looks for it under the whole of the statement, and hashing that costs as much as SQLite's work. A
    statement that was built once is known by being the same object; one that was built anew is looked for by all of it.
    """

    def __init__(self) -> None:
        self.options: CoreExecuteOptionsParameter = {"compiled_cache": self}
        self._only: Compiled | None = None

    def __getitem__(self, key: object) -> Compiled:
        if self._only is None:
            self._only = _EVERY[key]
        return self._only

    def __setitem__(self, key: object, compiled: Compiled) -> None:
        if len(_EVERY) >= STATEMENTS:
            _EVERY.clear()
        self._only = _EVERY[key] = compiled

    def __delitem__(self, key: object) -> None:
        del _EVERY[key]
        self._only = None

    def __iter__(self) -> Iterator[object]:
        return iter(_EVERY)

    def __len__(self) -> int:
        return len(_EVERY)


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


def insert_later(model: type[DeclarativeBase]) -> Insert:
    """Build an INSERT of a row that is not asked for, and that may be there already."""
    # In line: it does not bring the new row's key back.
    return postgresql.insert(model.metadata.tables[model.__tablename__]).on_conflict_do_nothing().inline()


def insert_once(model: type[DeclarativeBase]) -> Insert:
    """Build an INSERT that returns the new row's key, or no row where one of its unique keys is taken already.

    Both databases spell it alike, and it needs no savepoint, which costs more than the INSERT itself.
    """
    table = model.metadata.tables[model.__tablename__]
    return postgresql.insert(table).on_conflict_do_nothing().returning(*table.primary_key)
