from datetime import UTC, datetime
from itertools import pairwise

import pytest

from course.grading import rules
from course.grading.rules import NOTHING, Refusal, Write
from tests.grading.build import CRITERIA

AT = datetime(2026, 11, 27, 14, 2, tzinfo=UTC)


def written(*wishes: tuple[str, object]) -> rules.State:
    writes = (Write(version, field, value, AT) for version, (field, value) in enumerate(wishes, start=1))
    return rules.fold(writes, CRITERIA)


def test_nothing_written_misses_everything() -> None:
    assert rules.missing(NOTHING, CRITERIA) == ("level.person", "level.words", "level.when", "next_step")


def test_the_last_write_of_a_field_stands() -> None:
    state = written(("next_step", "One."), ("level.person", 2), ("next_step", "Two."), ("level.person", 4))
    assert (state.version, state.next_step, state.levels) == (4, "Two.", {"person": 4})


def test_a_level_and_a_comment_can_be_taken_away() -> None:
    state = written(("level.person", 2), ("comment.person", "x"), ("level.person", None), ("comment.person", ""))
    assert (state.levels, state.comments) == ({}, {})
    assert (state.value("level.person"), state.value("comment.person")) == (None, "")


def test_levels_stand_in_the_order_of_the_rubric() -> None:
    assert list(written(("level.when", 1), ("level.person", 2)).levels) == ["person", "when"]


def test_ready_lasts_until_something_changes() -> None:
    full = [*((f"level.{each}", 3) for each in CRITERIA), ("next_step", "Ask."), ("ready", True)]
    assert rules.missing(written(*full), CRITERIA) == ()
    assert written(*full).ready_at == AT
    assert written(*full, ("next_step", "Ask.")).ready_at == AT
    assert written(*full, ("next_step", "Ask A.")).ready_at is None


def test_a_blank_next_step_is_missing() -> None:
    levels = [(f"level.{each}", 3) for each in CRITERIA]
    assert rules.missing(written(*levels, ("next_step", " \n")), CRITERIA) == ("next_step",)
    assert rules.missing(written(*levels, ("next_step", "Ask.")), CRITERIA) == ()


@pytest.mark.parametrize(
    ("levels", "score"),
    [({}, None), ({"a": 1, "b": 1}, 25.0), ({"a": 4, "b": 4}, 100.0), ({"a": 3, "b": 2, "c": 4, "d": 3}, 75.0)],
)
def test_the_score_is_25_times_the_mean_level(levels: dict[str, int], score: float | None) -> None:
    assert rules.score(levels) == score


def test_line_ends_of_any_browser_are_the_same_text() -> None:
    assert rules.cleaned("next_step", "a\r\nb\rc", CRITERIA) == "a\nb\nc"
    assert rules.cleaned("next_step", "\r\n" * 600, CRITERIA) == "\n" * 600
    assert rules.cleaned("next_step", "\r\n" * 601, CRITERIA) is Refusal.TOO_LONG


def test_the_order_follows_from_the_salt_alone() -> None:
    places = [rules.position(run_id=1, rubric="page", salt=f"salt-{number}") for number in range(200)]
    assert places == [rules.position(run_id=1, rubric="page", salt=f"salt-{number}") for number in range(200)]
    assert len(set(places)) == 200
    assert all(0 <= place < 2**31 for place in places)
    # The order of arrival decides nothing: neighbours rise about as often as they fall.
    rising = sum(first < second for first, second in pairwise(places))
    assert 80 <= rising <= 119
    assert rules.position(run_id=2, rubric="page", salt="salt-0") != places[0]
