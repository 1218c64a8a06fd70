"""No statement that is built once is longer than what psycopg remembers having taken apart."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module

from sqlalchemy import Delete, Insert, Select, Update, literal, select
from sqlalchemy.engine import make_url
from sqlalchemy.sql import ClauseElement

import course

LONGEST = 4096
"""``MAX_CACHED_STATEMENT_LENGTH`` of psycopg, in bytes: a longer one costs a launch half as much again."""


def built_once() -> Iterator[tuple[str, ClauseElement]]:
    """Yield every statement that stands at the top of a module, with its name."""
    for module in pkgutil.walk_packages(course.__path__, "course."):
        if module.name.endswith("__main__"):
            continue
        for name, value in vars(import_module(module.name)).items():
            if isinstance(value, Select | Insert | Update | Delete):
                yield f"{module.name}.{name}", value


def length(statement: ClauseElement) -> int:
    return len(str(statement.compile(dialect=make_url("postgresql+psycopg://").get_dialect()())).encode())


def test_psycopg_takes_no_statement_apart_at_each_run() -> None:
    found = {name: length(statement) for name, statement in built_once()}
    assert "course.platforms.queries.landing._KNOWN" in found
    assert {name: size for name, size in found.items() if size > LONGEST} == {}


def test_a_long_one_would_be_found() -> None:
    assert length(select(*(literal(number).label(f"a_column_with_a_name_{number}") for number in range(100)))) > LONGEST
