"""Notes are saved once, two tabs lose nothing, a note is one person's; ticks come and go."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from course.database import Engines, unit_of_work
from course.preparing import queries, service
from course.preparing.models import NoteEvent
from course.preparing.rules import LONGEST, NoteTooLong, Step
from tests.make import Cast

MODULE, BLOCK = "small-talk", "welcome"


def save(
    session: Session,
    cast: Cast,
    text: str,
    base: int,
    operation: str = "",
    *,
    person: int = 0,
    module: str = MODULE,
    block: str = BLOCK,
    title: str = "Welcome",
) -> service.NoteResult:
    return service.save_note(
        session,
        person_id=person or cast.farid,
        module=module,
        block=block,
        title=title,
        text=text,
        base_version=base,
        operation_id=operation or str(uuid4()),
    )


def told(result: service.NoteResult) -> tuple[str, int, str]:
    return result.kind, result.version, result.text


def events(session: Session) -> list[tuple[int | None, str]]:
    rows = session.execute(select(NoteEvent.version, NoteEvent.text).order_by(NoteEvent.id))
    return [(row.version, row.text) for row in rows]


def texts(session: Session, person_id: int, module: str = MODULE) -> dict[str, str]:
    return {block: note.text for block, note in queries.notes(session, person_id=person_id, module=module).items()}


def test_saves_follow_each_other(cast: Cast, session: Session) -> None:
    assert told(save(session, cast, "one\r\n", 0)) == ("saved", 1, "one\n")
    assert told(save(session, cast, "two", 1, title="Welcome, all")) == ("saved", 2, "two")
    note = queries.notes(session, person_id=cast.farid, module=MODULE)[BLOCK]
    assert (note.title, note.text, note.version) == ("Welcome, all", "two", 2)
    assert events(session) == [(1, "one\n"), (2, "two")]


def test_a_note_is_one_persons_on_one_block_of_one_module(cast: Cast, session: Session) -> None:
    save(session, cast, "mine", 0)
    save(session, cast, "on another block", 0, block="case")
    save(session, cast, "on another module", 0, module="other")
    save(session, cast, "somebody else's", 0, person=cast.otto_facilitator)
    assert texts(session, cast.farid) == {BLOCK: "mine", "case": "on another block"}
    assert texts(session, cast.farid, "other") == {BLOCK: "on another module"}
    assert texts(session, cast.otto_facilitator) == {BLOCK: "somebody else's"}
    assert texts(session, cast.mona) == {}


def test_a_repeated_save_answers_as_the_first_time(cast: Cast, session: Session) -> None:
    save(session, cast, "one", 0, "a")
    assert told(save(session, cast, "one", 0, "a")) == ("saved", 1, "one")
    save(session, cast, "two", 1, "b")
    assert told(save(session, cast, "one", 0, "a")) == ("saved", 1, "one")
    assert events(session) == [(1, "one"), (2, "two")]


def test_two_tabs_keep_both_texts(cast: Cast, session: Session) -> None:
    save(session, cast, "one", 0)
    assert told(save(session, cast, "other tab", 0, "b")) == ("conflict", 1, "one")
    assert told(save(session, cast, "other tab", 0, "b")) == ("conflict", 1, "one")
    assert events(session) == [(1, "one"), (None, "other tab")]
    assert told(save(session, cast, "other tab", 1)) == ("saved", 2, "other tab")


def test_an_operation_known_with_another_text_loses_nothing(cast: Cast, session: Session) -> None:
    save(session, cast, "one", 0, "a")
    assert told(save(session, cast, "from the back button", 0, "a")) == ("conflict", 1, "one")
    assert events(session) == [(1, "one"), (None, "from the back button")]


def test_the_same_text_from_another_tab_is_no_conflict(cast: Cast, session: Session) -> None:
    save(session, cast, "one", 0)
    assert told(save(session, cast, "one", 0, "b")) == ("saved", 1, "one")
    assert events(session) == [(1, "one"), (None, "one")]


def test_too_long_is_refused_and_nothing_is_stored(cast: Cast, session: Session) -> None:
    with pytest.raises(NoteTooLong):
        save(session, cast, "x" * (LONGEST + 1), 0)
    assert (events(session), texts(session, cast.farid)) == ([], {})
    assert save(session, cast, "x" * LONGEST, 0).kind == "saved"


SENT = st.lists(
    st.tuples(st.sampled_from(["one", "two", "three"]), st.integers(0, 4), st.sampled_from("abcdef")), max_size=20
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=SENT)
def test_whatever_is_sent_no_text_disappears(cast: Cast, session: Session, sent: list[tuple[str, int, str]]) -> None:
    example = session.begin_nested()
    for text, base, operation in sent:
        result = save(session, cast, text, base, operation)
        assert (result.kind == "saved") is (result.text == text)
    stored = events(session)
    assert {text for _, text in stored} == {text for text, _, _ in sent}
    accepted = [(version, text) for version, text in stored if version is not None]
    assert [version for version, _ in accepted] == list(range(1, len(accepted) + 1))
    note = queries.notes(session, person_id=cast.farid, module=MODULE).get(BLOCK)
    assert (note is None) is (not sent)
    if note is not None:
        assert (note.version, note.text) == (accepted[-1] if accepted else (0, ""))
    example.rollback()
    session.expunge_all()


def test_racing_saves_store_exactly_one(engines: Engines, cast: Cast) -> None:
    ready = Barrier(4)

    def one(turn: int) -> str:
        ready.wait(timeout=10)
        with unit_of_work(engines, write=True) as session:
            return save(session, cast, f"text {turn}", 0).kind

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(one, range(4))) == ["conflict", "conflict", "conflict", "saved"]
    with unit_of_work(engines, write=False) as session:
        stored = events(session)
        assert sorted(text for _, text in stored) == [f"text {turn}" for turn in range(4)]
        assert [version for version, _ in stored if version is not None] == [1]


def test_a_tick_keeps_its_first_moment_and_can_be_taken_back(cast: Cast, session: Session) -> None:
    def ticked(person_id: int = 0, run_id: int = 0) -> list[Step]:
        return list(queries.ticks(session, person_id=person_id or cast.farid, run_id=run_id or cast.run))

    service.tick(session, person_id=cast.farid, run_id=cast.run, step=Step.PROJECTOR)
    service.tick(session, person_id=cast.farid, run_id=cast.run, step=Step.CASE)
    first = queries.ticks(session, person_id=cast.farid, run_id=cast.run)
    assert list(first) == [Step.CASE, Step.PROJECTOR]
    service.tick(session, person_id=cast.farid, run_id=cast.run, step=Step.CASE)
    assert queries.ticks(session, person_id=cast.farid, run_id=cast.run) == first
    assert ticked(person_id=cast.otto_facilitator) == []
    assert ticked(run_id=cast.other_run) == []
    service.untick(session, person_id=cast.otto_facilitator, run_id=cast.run, step=Step.CASE)
    service.untick(session, person_id=cast.farid, run_id=cast.other_run, step=Step.CASE)
    assert ticked() == [Step.CASE, Step.PROJECTOR]
    service.untick(session, person_id=cast.farid, run_id=cast.run, step=Step.CASE)
    service.untick(session, person_id=cast.farid, run_id=cast.run, step=Step.CASE)
    assert ticked() == [Step.PROJECTOR]
