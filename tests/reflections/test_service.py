"""Drafts are saved once, conflicts keep both texts, a page handed in never changes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from course import clock
from course.database import Engines, unit_of_work
from course.outbox.service import take_notes
from course.reflections import queries, service
from course.reflections.models import DraftEvent
from course.reflections.rules import LONGEST, EmptyPage, PageTooLong
from tests.make import Cast

PAGE = "first-minute"


def save(session: Session, cast: Cast, text: str, base: int, operation: str = "") -> service.DraftResult:
    return service.save_draft(
        session,
        seat_id=cast.lena_seat,
        reflection=PAGE,
        version_hash=cast.version_hash,
        text=text,
        base_version=base,
        operation_id=operation or str(uuid4()),
    )


def submit(
    session: Session, cast: Cast, text: str, operation: str = "", *, days: int = 7, number: int = 1
) -> service.Submitted:
    return service.submit(
        session,
        seat_id=cast.lena_seat,
        reflection=PAGE,
        version_hash=cast.version_hash,
        text=text,
        operation_id=operation or str(uuid4()),
        due=clock.now() + timedelta(days=days),
        number=number,
    )


def events(session: Session) -> list[tuple[int | None, str]]:
    rows = session.execute(select(DraftEvent.version, DraftEvent.text).order_by(DraftEvent.id))
    return [(row.version, row.text) for row in rows]


def told(result: service.DraftResult) -> tuple[str, int, str]:
    return result.kind, result.version, result.text


def test_saves_follow_each_other(cast: Cast, session: Session) -> None:
    assert told(save(session, cast, "one\r\n", 0)) == ("saved", 1, "one\n")
    assert told(save(session, cast, "two", 1)) == ("saved", 2, "two")
    draft = queries.written(session, seat_id=cast.lena_seat, reflection=PAGE).drafts.get(1)
    assert draft is not None
    assert (draft.text, draft.version) == ("two", 2)
    assert queries.written(session, seat_id=cast.leo_seat, reflection=PAGE) == queries.Written((), {})


def test_a_repeated_save_answers_as_the_first_time(cast: Cast, session: Session) -> None:
    save(session, cast, "one", 0, "a")
    assert told(save(session, cast, "one", 0, "a")) == ("repeated", 1, "one")
    save(session, cast, "two", 1, "b")
    assert told(save(session, cast, "one", 0, "a")) == ("repeated", 1, "one")
    assert events(session) == [(1, "one"), (2, "two")]


def test_a_conflict_keeps_both_texts(cast: Cast, session: Session) -> None:
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
    with pytest.raises(PageTooLong):
        save(session, cast, "x" * (LONGEST + 1), 0)
    assert events(session) == []
    assert save(session, cast, "x" * LONGEST, 0).kind == "saved"


def test_handing_in(cast: Cast, session: Session) -> None:
    save(session, cast, "Two", 0)
    page = submit(session, cast, "Two words.\r\n")
    assert (page.number, page.words, page.late, page.text) == (1, 2, False, "Two words.\n")
    assert take_notes(session) == {cast.lena_seat}
    assert submit(session, cast, "Two words.", days=-8, number=2).late is True
    read = queries.page_of(session, page.id)
    assert read is not None
    assert (read.text, read.words, read.number, read.previous) == ("Two words.\n", 2, 1, None)
    first, second = queries.pages(session, seat_id=cast.lena_seat, reflection=PAGE)
    assert second.previous == first
    written = queries.written(session, seat_id=cast.lena_seat, reflection=PAGE)
    assert (written.pages, [draft.text for draft in written.drafts.values()]) == ((first, second), ["Two"])
    assert queries.page_of(session, 0) is None


@pytest.mark.parametrize("text", ["", " \r\n ", "— …"])
def test_an_empty_page_is_refused(cast: Cast, session: Session, text: str) -> None:
    with pytest.raises(EmptyPage):
        submit(session, cast, text)


def test_a_page_is_handed_in_once(cast: Cast, session: Session) -> None:
    first = submit(session, cast, "My page", "a")
    assert submit(session, cast, "My page", "a").id == first.id
    assert submit(session, cast, "My page", "b").id == first.id
    assert events(session) == []
    assert submit(session, cast, "Another page", "c").id == first.id
    assert first.text == "My page"
    assert events(session) == [(None, "Another page")]


def test_a_draft_after_handing_in_is_kept_beside(cast: Cast, session: Session) -> None:
    save(session, cast, "My page", 0)
    submit(session, cast, "My page")
    assert told(save(session, cast, "Too late", 1)) == ("handed_in", 1, "My page")
    assert events(session) == [(1, "My page"), (None, "Too late")]


SENT = st.lists(
    st.tuples(st.sampled_from(["one", "two", "three"]), st.integers(0, 4), st.sampled_from("abcdef")), max_size=20
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=SENT)
def test_whatever_is_sent_no_text_disappears(cast: Cast, session: Session, sent: list[tuple[str, int, str]]) -> None:
    example = session.begin_nested()
    for text, base, operation in sent:
        result = save(session, cast, text, base, operation)
        assert (result.kind in {"saved", "repeated"}) is (result.text == text)
    stored = events(session)
    assert {text for _, text in stored} == {text for text, _, _ in sent}
    accepted = [(version, text) for version, text in stored if version is not None]
    assert [version for version, _ in accepted] == list(range(1, len(accepted) + 1))
    draft = queries.written(session, seat_id=cast.lena_seat, reflection=PAGE).drafts.get(1)
    assert (draft is None) is (not sent)
    if draft is not None:
        assert (draft.version, draft.text) == (accepted[-1] if accepted else (0, ""))
    example.rollback()
    session.expunge_all()


def test_racing_saves_and_pages_store_exactly_one(engines: Engines, cast: Cast) -> None:
    ready = Barrier(4)

    def one(turn: int) -> str:
        ready.wait(timeout=10)
        with unit_of_work(engines, write=True) as session:
            return save(session, cast, f"text {turn}", 0).kind

    def other(turn: int) -> int:
        ready.wait(timeout=10)
        with unit_of_work(engines, write=True) as session:
            return submit(session, cast, f"page {turn}").id

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(one, range(4))) == ["conflict", "conflict", "conflict", "saved"]
        assert len(set(threads.map(other, range(4)))) == 1
    with unit_of_work(engines, write=False) as session:
        stored = events(session)
        assert sorted(text for _, text in stored if text.startswith("text")) == [f"text {turn}" for turn in range(4)]
        assert [version for version, _ in stored if version is not None] == [1]
        assert sum(text.startswith("page") for _, text in stored) == 3
