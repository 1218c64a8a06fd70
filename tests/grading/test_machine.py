"""Two tabs of one grader, writing in any order on any version: no accepted text is lost, no conflict is invented."""

from contextlib import ExitStack
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.orm import Session

from course.database import Engines, unit_of_work
from course.grading import queries, rules, service
from course.grading.rules import READY, Refusal, Write, missing
from course.grading.service import Kind
from tests.grading.build import CRITERIA, accepted, entered, events_of, operation
from tests.make import Cast

FIELDS = rules.fields_of(CRITERIA)
TABS = ("left", "right")


def value_of(field: str) -> st.SearchStrategy[Any]:
    if field.startswith("level."):
        return st.sampled_from((None, 1, 2, 3, 4))
    return st.booleans() if field == "revise" else st.sampled_from(("", "Ask A.", "Say it aloud.", "Two\nlines"))


WISHES = st.sampled_from(FIELDS).flatmap(lambda field: st.tuples(st.just(field), value_of(field)))


class Grading(RuleBasedStateMachine):
    """The model is the list of writes that were answered as saved."""

    def __init__(self, engines: Engines, cast: Cast) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.engines, self.cast = engines, cast
        self.saved: list[tuple[str, Any]] = []
        self.lost: list[tuple[str, Any]] = []
        self.sent: list[tuple[str, Any, int, str, service.WriteResult]] = []
        self.seen = dict.fromkeys(TABS, 0)
        self.released: int | None = None

    @initialize()
    def hand_in(self) -> None:
        self.session: Session = self.stack.enter_context(unit_of_work(self.engines, write=True))
        self.grade_id = entered(self.session, self.cast.lena_seat).id

    def teardown(self) -> None:
        # The session is closed without a commit, so the next example starts from the same cast.
        self.session.rollback()
        self.stack.close()

    def send(self, field: str, value: object, base: int, name: str) -> service.WriteResult:
        return service.write(
            self.session,
            grade_id=self.grade_id,
            field=field,
            value=value,
            base_version=base,
            operation_id=name,
            by_id=self.cast.farid,
        )

    @rule(tab=st.sampled_from(TABS), wish=WISHES)
    def write(self, tab: str, wish: tuple[str, Any]) -> None:
        field, value = wish
        base, name = self.seen[tab], operation()
        since = [kept for at, kept in self.saved[base:] if at == field]
        result = self.send(field, value, base, name)
        if self.released is not None:
            assert (result.kind, result.refusal) == (Kind.REFUSED, Refusal.RELEASED)
            return
        conflict = bool(since) and since[-1] != value
        assert result.kind is (Kind.CONFLICT if conflict else Kind.SAVED)
        if conflict:
            assert result.theirs == since[-1]
            self.lost.append((field, value))
        else:
            self.saved.append((field, value))
        self.seen[tab] = result.version
        self.sent.append((field, value, base, name, result))

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def replay(self, data: st.DataObject) -> None:
        field, value, base, name, first = data.draw(st.sampled_from(self.sent))
        again = self.send(field, value, base, name)
        assert again.kind is (Kind.CONFLICT if first.kind is Kind.CONFLICT else Kind.REPEATED)
        assert again.saved_at == first.saved_at

    @rule(tab=st.sampled_from(TABS))
    def look(self, tab: str) -> None:
        self.seen[tab] = len(self.saved)

    @rule()
    def done(self) -> None:
        head = queries.head(self.session, grade_id=self.grade_id)
        result = service.set_ready(
            self.session,
            grade_id=self.grade_id,
            base_version=0,
            operation_id=operation(),
            by_id=self.cast.farid,
        )
        lacking = missing(head.state, CRITERIA)
        if lacking:
            assert (result.kind, result.refusal, result.missing) == (Kind.REFUSED, Refusal.MISSING, lacking)
        elif head.state.ready_at is not None:
            assert result.kind is Kind.REPEATED
        else:
            assert result.kind is Kind.SAVED
            self.saved.append((READY, True))

    @rule()
    def fill(self) -> None:
        for field in (*(f"level.{each}" for each in CRITERIA), "next_step"):
            self.look("left")
            self.write("left", (field, "Ask A." if field == "next_step" else 3))

    @precondition(lambda self: self.released is None)
    @rule()
    def release(self) -> None:
        was_ready = queries.head(self.session, grade_id=self.grade_id).state.ready_at is not None
        result = service.release_run(self.session, run_id=self.cast.run, by_id=self.cast.farid)
        assert result.count == int(was_ready)
        self.released = result.release_id

    @precondition(lambda self: self.released is not None)
    @rule()
    def recall(self) -> None:
        assert self.released is not None
        result = service.recall_release(
            self.session, run_id=self.cast.run, release_id=self.released, by_id=self.cast.farid
        )
        assert result.count == 1
        self.released = None

    @invariant()
    def nothing_is_lost(self) -> None:
        events = events_of(self.session, self.grade_id)
        kept = sorted((event for event in events if event.version is not None), key=lambda event: event.version or 0)
        assert [(event.field, event.value) for event in kept] == self.saved
        assert [(event.field, event.value) for event in events if event.version is None] == self.lost

    @invariant()
    def the_row_is_the_fold(self) -> None:
        writes: list[Write] = accepted(self.session, self.grade_id)
        assert queries.head(self.session, grade_id=self.grade_id).state == rules.fold(writes, CRITERIA)


def test_any_order_of_writes(engines: Engines, cast: Cast) -> None:
    class Here(Grading):
        def __init__(self) -> None:
            super().__init__(engines, cast)

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=60,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
