"""Statements that are built once: what they write, when, and what of it is lost with a unit of work that fails."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import bindparam, event, insert, select, text, update
from sqlalchemy.orm import Session

from course import clock
from course.database import Base, Engines, unit_of_work
from course.people.models import Person, Site
from course.statements import columns, insert_later, insert_once, write_both, write_later, write_row
from tests.machine.wait import until

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


def test_a_new_row_brings_its_change_and_a_known_one_changes_nothing(engines: Engines) -> None:
    add, people = insert_once(Site), Base.metadata.tables[Person.__tablename__]
    rename = update(people).where(people.c.name == bindparam("before"))
    with unit_of_work(engines, write=True) as session:
        for name in ("Lena", "Leo"):
            write_later(session, PERSON, {"name": name, "email": None, "created_at": clock.now()})
    told = {"before": "Lena", "name": "Lena Brandt", "email": "lena@x.test"}
    with counted(engines) as inserts, unit_of_work(engines, write=True) as session:
        assert write_both(session, add, fact("first"), rename, told)
        again = {"before": "Leo", "name": "Nobody", "email": None}
        assert not write_both(session, add, fact("first", "other"), rename, again)
        assert write_both(session, add, fact("second"), rename, {"before": "Leo", "name": "Leo Marsh"})
        # What was written is there for the rest of the unit.
        assert facts(session) == ["first", "second"]
    assert len(inserts) == 3
    assert committed(engines) == (["first", "second"], [("Lena Brandt", "lena@x.test"), ("Leo Marsh", None)])


def test_a_row_that_another_unit_made_meanwhile_changes_nothing(engines: Engines) -> None:
    """On PostgreSQL two units are open at once, and the second one waits for the first; SQLite lets in one."""
    if engines.sqlite:
        with unit_of_work(engines, write=True) as session:
            assert take(session, "Lena")
        with unit_of_work(engines, write=True) as session:
            assert not take(session, "Leo")
    else:
        with ThreadPoolExecutor(1) as other:
            with unit_of_work(engines, write=True) as session:
                assert take(session, "Lena")
                late = other.submit(take_apart, engines, "Leo")
                until(lambda: waits(engines), what="the other unit waits for the row")
            assert not late.result()
    with unit_of_work(engines, write=False) as session:
        found = session.execute(select(Site.key, Site.value).order_by(Site.key))
        assert [tuple(row) for row in found] == [("taken", "yes"), ("who", "Lena")]


def take(session: Session, name: str) -> bool:
    """Write a fact that only one may write, and who it was."""
    write_row(session, insert_once(Site), fact("who", "nobody"))
    sites = Base.metadata.tables[Site.__tablename__]
    who = update(sites).where(sites.c.key == bindparam("which"))
    return write_both(session, insert_once(Site), fact("taken"), who, {"which": "who", "value": name})


def take_apart(engines: Engines, name: str) -> bool:
    with unit_of_work(engines, write=True) as session:
        return take(session, name)


def waits(engines: Engines) -> bool:
    with unit_of_work(engines, write=False) as session:
        asked = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND state = 'active'")
        return bool(session.execute(asked).scalar_one())
