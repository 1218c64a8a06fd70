"""Statements that are built once: what they write, when, and what of it is lost with a unit of work that fails."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import bindparam, event, insert, select
from sqlalchemy.orm import Session

from course import clock
from course.database import Base, Engines, unit_of_work
from course.people.models import Person, Site
from course.statements import columns, insert_later, write_later, write_row

FACT, PERSON = insert_later(Site), insert_later(Person)


def facts(session: Session) -> list[str]:
    return list(session.execute(select(Site.key).order_by(Site.key)).scalars())


def committed(engines: Engines) -> tuple[list[str], list[tuple[str, str | None]]]:
    with unit_of_work(engines, write=False) as session:
        people = session.execute(select(Person.name, Person.email).order_by(Person.name))
        return facts(session), [(row.name, row.email) for row in people]


def fact(key: str, value: str = "yes") -> dict[str, str]:
    return {"key": key, "value": value}


def test_what_is_written_past_the_orm_is_inside_the_savepoint_that_is_open(engines: Engines) -> None:
    add = insert(Base.metadata.tables["people_site"])
    read = select(Site.key).where(Site.value == bindparam("value")).order_by(Site.key)
    with unit_of_work(engines, write=True) as session:
        write_row(session, add, {"key": "before", "value": "yes"})
        taken_back = session.begin_nested()
        write_row(session, add, [{"key": "inside", "value": "yes"}, {"key": "too", "value": "yes"}])
        assert columns(session, read, {"value": "yes"}).scalars().all() == ["before", "inside", "too"]
        taken_back.rollback()
        write_row(session, add, {"key": "after", "value": "yes"})
        with session.begin_nested():
            write_row(session, add, {"key": "kept", "value": "yes"})
    assert committed(engines)[0] == ["after", "before", "kept"]


def test_one_statement_serves_different_columns_and_one_or_many_rows(engines: Engines) -> None:
    """What a statement was compiled to for one call is not taken for another's."""
    add = insert(Base.metadata.tables[Person.__tablename__])
    read = select(Person.name, Person.email).order_by(Person.name)
    now = clock.now()
    with unit_of_work(engines, write=True) as session:
        for turn in ("a", "b", "c"):
            write_row(session, add, {"name": f"{turn}1", "created_at": now})
            write_row(session, add, {"email": f"{turn}@x.test", "name": f"{turn}2", "created_at": now})
            rows = [{"name": f"{turn}{number}", "created_at": now} for number in (3, 4)]
            write_row(session, add, rows)
            write_row(session, add, [{**row, "name": f"{row['name']}+", "email": "many@x.test"} for row in rows])
        found = [tuple(row) for row in columns(session, read, {})]
    expected = [("1", None), ("2", "{}@x.test"), ("3", None), ("3+", "many@x.test"), ("4", None), ("4+", "many@x.test")]
    assert found == [(f"{turn}{name}", email and email.format(turn)) for turn in "abc" for name, email in expected]


@contextmanager
def counted(engines: Engines) -> Iterator[list[str]]:
    """Collect the INSERTs that run meanwhile."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "INSERT" in statement:
            found.append(statement)

    event.listen(engines.writer, "before_cursor_execute", note)
    yield found
    event.remove(engines.writer, "before_cursor_execute", note)


def test_rows_of_several_tables_wait_for_the_end_and_are_one_statement_where_that_is_cheaper(engines: Engines) -> None:
    now = clock.now()
    for turn in ("a", "b"):
        with counted(engines) as inserts, unit_of_work(engines, write=True) as session:
            write_later(session, FACT, fact(f"{turn}1"))
            write_later(session, PERSON, {"name": f"{turn}%(x)s; --", "email": None, "created_at": now})
            write_later(session, FACT, fact(f"{turn}2"))
            assert (facts(session), inserts) == ([] if turn == "a" else ["a1", "a2"], [])
        assert len(inserts) == (3 if engines.sqlite else 1)
    assert committed(engines) == (["a1", "a2", "b1", "b2"], [("a%(x)s; --", None), ("b%(x)s; --", None)])


def test_a_row_that_is_there_already_stays_and_the_others_are_written(engines: Engines) -> None:
    with unit_of_work(engines, write=True) as session:
        write_later(session, FACT, fact("first"))
    with unit_of_work(engines, write=True) as session:
        for key in ("first", "second", "second", "third"):
            write_later(session, FACT, fact(key, "again"))
    with unit_of_work(engines, write=False) as session:
        values = session.execute(select(Site.key, Site.value).order_by(Site.key)).all()
    assert [tuple(row) for row in values] == [("first", "yes"), ("second", "again"), ("third", "again")]


def test_what_is_settled_sees_what_waited_and_may_let_more_wait(engines: Engines) -> None:
    seen: list[list[str]] = []

    def settle(session: Session) -> None:
        seen.append(facts(session))
        write_later(session, FACT, fact("settled"))

    with unit_of_work(engines, write=True, before_commit=settle) as session:
        write_later(session, FACT, fact("waited"))
    assert (seen, committed(engines)[0]) == ([["waited"]], ["settled", "waited"])


def test_what_waited_is_gone_with_a_unit_that_fails(engines: Engines) -> None:
    def fail() -> None:
        with unit_of_work(engines, write=True) as session:
            write_later(session, FACT, fact("lost"))
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    with unit_of_work(engines, write=True) as session:
        write_later(session, FACT, fact("kept"))
    assert committed(engines)[0] == ["kept"]


def test_a_unit_that_only_reads_lets_nothing_wait(engines: Engines) -> None:
    with unit_of_work(engines, write=False) as session, pytest.raises(KeyError):
        write_later(session, FACT, fact("never"))
    assert committed(engines)[0] == []
