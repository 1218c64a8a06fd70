"""The one next thing, and what state each block is in."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from course import clock
from course.learner.rules import Next, NextThing, Seated, Sent, State, most_urgent, next_thing, states
from tests.make import small_module

ON = date(2026, 11, 27)
ZONE = "America/New_York"
SEATED = Seated(small_module(), ON, 540, ZONE, opens_days=7, due_days=7)
"""Hello 9:00, two jobs 9:20, the lift 9:45, lunch 11:45, the page 12:45 to 16:00."""
GREETED = replace(SEATED, welcomed=True)
PLAYED = replace(GREETED, finished=frozenset({"lift"}))
WRITTEN = replace(PLAYED, pages={"first-minute": 1})
SENT = Sent(number=1, revise=False, read=False, at=datetime(2026, 12, 4, 18, tzinfo=UTC))


def wall(hours: int, minutes: int = 0, *, days: int = 0) -> datetime:
    return clock.at(ON + timedelta(days=days), hours * 60 + minutes, ZONE)


def told(seated: Seated, now: datetime) -> tuple[Next, str | None]:
    thing = next_thing(seated, now)
    return thing.kind, thing.block.id if thing.block is not None else None


@pytest.mark.parametrize(
    ("seated", "now", "thing"),
    [
        (SEATED, wall(23, 59, days=-8), (Next.OPENS, None)),
        (SEATED, wall(0, 0, days=-7), (Next.WELCOME, None)),
        (SEATED, wall(15, 59), (Next.WELCOME, None)),
        (GREETED, wall(8, 59), (Next.WAIT, None)),
        (GREETED, wall(9), (Next.NOW, "hello")),
        (GREETED, wall(9, 20), (Next.NOW, "two-jobs")),
        (PLAYED, wall(12), (Next.NOW, "lunch")),
        (GREETED, wall(15, 59), (Next.NOW, "your-page")),
        (GREETED, wall(16), (Next.CASE, "the-lift")),
        (SEATED, wall(16), (Next.CASE, "the-lift")),
        (PLAYED, wall(16), (Next.PAGE, "your-page")),
        (WRITTEN, wall(16), (Next.SENT, None)),
        (replace(WRITTEN, finished=frozenset()), wall(16), (Next.CASE, "the-lift")),
        (replace(WRITTEN, feedback={"first-minute": SENT}), wall(9, days=8), (Next.FEEDBACK, "your-page")),
        (
            replace(WRITTEN, feedback={"first-minute": replace(SENT, revise=True)}),
            wall(9, days=8),
            (Next.FEEDBACK, "your-page"),
        ),
        (
            replace(WRITTEN, feedback={"first-minute": replace(SENT, revise=True, read=True)}),
            wall(9, days=8),
            (Next.REVISE, "your-page"),
        ),
        (
            replace(
                WRITTEN, pages={"first-minute": 2}, feedback={"first-minute": replace(SENT, revise=True, read=True)}
            ),
            wall(9, days=8),
            (Next.SENT, None),
        ),
        (replace(WRITTEN, feedback={"first-minute": replace(SENT, read=True)}), wall(9, days=8), (Next.DONE, None)),
    ],
)
def test_next_thing(seated: Seated, now: datetime, thing: tuple[Next, str | None]) -> None:
    assert told(seated, now) == thing


def test_states_follow_the_clock_and_what_was_done() -> None:
    seated = replace(PLAYED, ticked=frozenset({"hello"}))
    before = [state for _, state in states(seated, wall(9, 30))]
    assert before == [State.DONE, State.NOW, State.DONE, State.OPEN, State.CLOSED]
    after = [state for _, state in states(replace(seated, pages={"first-minute": 1}), wall(17))]
    assert after == [State.DONE, State.OPEN, State.DONE, State.OPEN, State.DONE]


def test_the_page_opens_with_its_block_and_a_revision_opens_it_again() -> None:
    block = SEATED.module.blocks[4]
    assert SEATED.page_opens(block) == wall(12, 45)
    revise = replace(WRITTEN, feedback={"first-minute": replace(SENT, revise=True)})
    assert [each.page_number("first-minute") for each in (SEATED, WRITTEN, revise)] == [1, None, 2]
    assert [each.done(block) for each in (SEATED, WRITTEN, revise)] == [False, True, False]


def test_a_revision_has_as_many_days_again() -> None:
    assert WRITTEN.page_due("first-minute") == wall(23, 59, days=7)
    revise = replace(WRITTEN, feedback={"first-minute": replace(SENT, revise=True)})
    assert revise.page_due("first-minute") == wall(23, 59, days=14)
    early = replace(revise, feedback={"first-minute": replace(SENT, revise=True, at=wall(9, days=-3))})
    assert early.page_due("first-minute") == wall(23, 59, days=7)


def test_most_urgent_is_the_nearest_of_the_most_urgent_kind() -> None:
    later = replace(SEATED, on=ON + timedelta(days=28)).window
    entries = [
        (NextThing(Next.DONE), SEATED.window),
        (NextThing(Next.OPENS), later),
        (NextThing(Next.OPENS), SEATED.window),
    ]
    assert most_urgent(entries) == 2
    assert most_urgent([*entries, (NextThing(Next.PAGE), later), (NextThing(Next.PAGE), SEATED.window)]) == 4
    assert most_urgent([(NextThing(Next.DONE), SEATED.window), (NextThing(Next.DONE), later)]) == 1
