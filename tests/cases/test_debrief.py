"""The debrief of a finished play, part by part."""

import pytest

from course.cases.debrief import (
    ChancePart,
    Debrief,
    EndingPart,
    MonthPart,
    StepPart,
    UnfinishedPlayError,
    debrief,
)
from course.cases.engine import Choose, compile_case
from tests.cases.cases import changed, scenario

CASE = compile_case(scenario())


def part(scene: str, chosen: str, month: int, pivot_change: int, *, turning: bool, over: int = 0) -> StepPart:
    return StepPart(
        scene_title=f"Title of {scene}",
        when=f"Month {month}",
        chosen=f"Text of {chosen}.",
        then=f"After {chosen}.",
        coach=f"Why {chosen}.",
        pivot_change=pivot_change,
        is_turning_point=turning,
        taken_over=over,
    )


def test_a_finished_play() -> None:
    first = part("one", "tell", 1, -2, turning=True)
    assert debrief(CASE, [Choose("one", "tell"), Choose("two", "wait")]) == Debrief(
        months=(MonthPart(1, (first,)), MonthPart(2, (part("two", "wait", 2, 0, turning=False, over=1),))),
        chances=(
            ChancePart("objective", "Objective", "Done", "Glad", taken=1, met=2),
            ChancePart("delivery", "Delivery", "In time", "Agreed", taken=1, met=1),
        ),
        ending=EndingPart("Title of bad", "End.", "This.", rank=2, of=2),
        turning=first,
    )


def test_steps_of_one_month_stand_together() -> None:
    case = compile_case(scenario(changed("scenes", 1, "month", to=1)))
    parts = debrief(case, [Choose("one", "tell"), Choose("two", "wait")])
    assert [(month.month, len(month.steps)) for month in parts.months] == [(1, 2)]


@pytest.mark.parametrize("actions", [[], [Choose("one", "tell")]])
def test_before_the_end_there_is_no_debrief(actions: list[Choose]) -> None:
    with pytest.raises(UnfinishedPlayError):
        debrief(CASE, actions)
