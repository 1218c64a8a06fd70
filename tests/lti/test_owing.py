"""What is owed with a fact: its cost, what is taken back, and that a site without an LMS pays nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from course.app import settle
from course.cohorts.models import Role, Run
from course.completions import service as completions
from course.database import Engines, unit_of_work
from course.grading import service as grading
from course.grading.models import Release
from course.outbox import service as outbox
from course.outbox.models import Message
from course.people.models import Organisation
from course.platforms.models import Context, Score
from course.platforms.service.scores import ask_page
from tests import make
from tests.counterparts.double import Double
from tests.lti.told import MODULE, came_and_played, fact, graded, take_part, tie, waiting
from tests.make import Cast


@contextmanager
def counted(engines: Engines) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(*args: object) -> None:
        statements.append(str(args[2]))

    event.listen(engines.writer, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engines.writer, "before_cursor_execute", note)


def cost(engines: Engines, seats: list[int], *, whole: bool) -> int:
    """How many statements settling these seats costs; with ``whole``, what platforms are owed of them as well."""
    with unit_of_work(engines, write=True) as session:
        for seat_id in seats:
            outbox.note(session, seat_id=seat_id)
        session.execute(select(1))
        with counted(engines) as statements:
            (settle if whole else completions.settle)(session)
        session.rollback()
    return len(statements)


def ready(engines: Engines, cast: Cast, seats: list[int]) -> None:
    """All is done but the sending of the feedback."""

    def steps(session: Session) -> None:
        for seat_id in seats:
            came_and_played(session, seat_id, cast.farid)
            graded(session, seat_id, by_id=cast.farid)

    fact(engines, steps)


def more(engines: Engines, cast: Cast, context_id: int, count: int) -> list[int]:
    with unit_of_work(engines, write=True) as session:
        run, where = session.get_one(Run, cast.run), session.get_one(Organisation, cast.organisation)
        seats = []
        for number in range(count):
            who = make.person(session, f"Learner {number}")
            make.membership(session, who, Role.LEARNER, where)
            seats.append(make.seat(session, run, who).id)
            take_part(session, context_id, seats[-1], f"user-{number}")
        return seats


def test_without_an_lms_nothing_more_is_asked(engines: Engines, cast: Cast) -> None:
    seats = [cast.lena_seat, cast.leo_seat]
    ready(engines, cast, seats)
    fact(engines, lambda session: grading.release_run(session, run_id=cast.run, by_id=cast.farid))
    assert cost(engines, seats, whole=True) == cost(engines, seats, whole=False)


def test_the_cost_does_not_grow_with_the_group(engines: Engines, cast: Cast, double: Double) -> None:
    fact(engines, lambda session: tie(session, double, cast))
    with unit_of_work(engines, write=False) as session:
        context_id = session.scalars(select(Context.id)).one()
    seats = more(engines, cast, context_id, 40)
    ready(engines, cast, seats)
    with unit_of_work(engines, write=True) as session:
        grading.release_run(session, run_id=cast.run, by_id=cast.farid)
        outbox.take_notes(session)
    settled = cost(engines, seats, whole=False)
    few = cost(engines, seats[:2], whole=True) - cost(engines, seats[:2], whole=False)
    assert cost(engines, seats, whole=True) - settled == few
    assert few == 11


def test_the_same_fact_is_owed_once_and_a_new_one_takes_the_old_one_back(
    engines: Engines, cast: Cast, double: Double
) -> None:
    fact(engines, lambda session: tie(session, double, cast, page=False))
    ready(engines, cast, [cast.lena_seat])
    fact(engines, lambda session: grading.release_run(session, run_id=cast.run, by_id=cast.farid))
    (first,) = waiting(engines)
    assert first.payload["wish"] == 1
    for _time in range(2):
        fact(engines, lambda session: outbox.note(session, seat_id=cast.lena_seat))
    assert [one.id for one in waiting(engines)] == [first.id]

    def again(session: Session) -> None:
        release = session.scalars(select(Release.id)).one()
        grading.recall_release(session, run_id=cast.run, release_id=release, by_id=cast.farid)

    fact(engines, again)
    fact(engines, lambda session: grading.release_run(session, run_id=cast.run, by_id=cast.farid))
    (second,) = waiting(engines)
    assert (second.payload["score"], second.payload["wish"]) == (first.payload["score"], 2)
    assert second.due_at > first.due_at
    with unit_of_work(engines, write=False) as session:
        assert session.get_one(Message, first.id).recalled_at is not None


def test_rolled_back_with_its_cause(engines: Engines, cast: Cast, double: Double) -> None:
    fact(engines, lambda session: tie(session, double, cast))
    ready(engines, cast, [cast.lena_seat])
    with unit_of_work(engines, write=True) as session:
        grading.release_run(session, run_id=cast.run, by_id=cast.farid)
        settle(session)
        assert session.scalars(select(Score.wish)).all() == [1, 1]
        session.rollback()
    with unit_of_work(engines, write=False) as session:
        assert session.scalars(select(Score.id)).all() == []
    assert waiting(engines) == []


@pytest.mark.parametrize("same", [True, False])
def test_every_course_of_the_group_is_told_and_no_other(
    engines: Engines, cast: Cast, double: Double, same: bool
) -> None:
    def tie_both(session: Session) -> None:
        first = session.get_one(Context, tie(session, double, cast, page=False))
        second = Context(
            deployment_id=first.deployment_id,
            name="8",
            cohort_id=cast.cohort if same else cast.other_cohort,
            lineitems_url=first.lineitems_url,
            grade_scopes=first.grade_scopes,
            created_at=first.created_at,
        )
        session.add(second)
        session.flush()
        take_part(session, second.id, cast.lena_seat, "lena")

    fact(engines, tie_both)
    ready(engines, cast, [cast.lena_seat])
    fact(engines, lambda session: grading.release_run(session, run_id=cast.run, by_id=cast.farid))
    assert len(waiting(engines)) == (2 if same else 1)


def test_a_column_that_is_asked_for_later_gets_what_was_sent_before(
    engines: Engines, cast: Cast, double: Double
) -> None:
    fact(engines, lambda session: tie(session, double, cast, page=False))
    ready(engines, cast, [cast.lena_seat])
    fact(engines, lambda session: grading.release_run(session, run_id=cast.run, by_id=cast.farid))
    asked: list[bool] = []

    def ask(session: Session) -> None:
        context_id = session.scalars(select(Context.id)).one()
        asked.append(ask_page(session, context_id=context_id, module=MODULE.slug))

    assert len(waiting(engines)) == 1
    for _time in range(2):
        fact(engines, ask)
    assert asked == [True, False]
    assert len(waiting(engines)) == 2
