"""The debrief of a finished play, part by part."""

from fractions import Fraction

import pytest

from course.cases.debrief import (
    ChancePart,
    Debrief,
    EndingPart,
    MonthPart,
    OrderPart,
    Result,
    SaidPart,
    Sentence,
    StepPart,
    Surety,
    UnfinishedPlayError,
    debrief,
    result_of,
    sureness,
)
from course.cases.engine import Action, Choose, Said, compile_case
from tests.cases.cases import changed, scenario
from tests.make import all_kinds

CASE = compile_case(scenario())
CRANE = compile_case(all_kinds().scenarios[0])
BEST = "ask_site,ground,rig,report"


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


def crane(call: str, words: str, order: str) -> list[Action]:
    spoken: list[Action] = [Choose("call", call), Said("words"), Choose("words", words)]
    return [*spoken, Choose("hands", "both"), Choose("order", order)]


def test_a_sentence_stands_beside_what_it_came_to() -> None:
    sentence = Sentence("It comes on Wednesday.", 90, "good")
    looked = debrief(CRANE, crane("ring", "blame", BEST), {2: sentence})
    said = [step.said for step in looked.steps]
    good = "The crane comes on Wednesday. What does that do to your Tuesday?"
    asked = "What is the first thing you say to her?"
    assert said == [None, SaidPart(asked, sentence, good, Surety.SURE, Result.COST), None, None]
    paid = debrief(CRANE, crane("ring", "date", BEST), {2: Sentence("It comes.", 10)}).steps[1].said
    assert paid is not None
    assert (paid.surety, paid.result) == (Surety.UNSURE, Result.PAID)
    assert debrief(CRANE, crane("ring", "date", BEST)).steps[1].said is None


def test_a_rewind_to_a_scene_begins_before_its_sentence() -> None:
    assert [step.taken_over for step in debrief(CRANE, crane("ring", "date", BEST)).steps] == [0, 1, 3, 4]


def test_an_order_stands_beside_the_right_one() -> None:
    right = ("Ask the site what changed overnight", "Look at the ground", "Rig the first beam", "Write the report")
    steps = debrief(CRANE, crane("ring", "date", "ground,ask_site,report,rig")).steps
    given = (right[1], right[0], right[3], right[2])
    assert [step.order for step in steps] == [None, None, None, OrderPart(given, right, wrong=2, pairs=6)]
    best = debrief(CRANE, crane("ring", "date", BEST)).steps[-1].order
    assert best == OrderPart(right, right, wrong=0, pairs=6)


def test_a_vote_is_told_from_a_choice() -> None:
    steps = debrief(CRANE, crane("ring", "date", BEST)).steps
    assert [(step.is_vote, step.chosen) for step in steps[2:3]] == [(True, "Ours, together.")]
    assert [step.is_vote for step in steps] == [False, False, True, False]


@pytest.mark.parametrize(
    ("confidence", "surety"),
    [(100, "sure"), (70, "sure"), (69, "half"), (31, "half"), (30, "unsure"), (0, "unsure")],
)
def test_a_hundred_in_three_words(confidence: int, surety: str) -> None:
    assert sureness(confidence) == surety


@pytest.mark.parametrize(
    ("gain", "result"),
    [
        (None, "even"),
        (Fraction(1), "paid"),
        (Fraction(1, 2), "paid"),
        (Fraction(49, 100), "cost"),
        (Fraction(), "cost"),
    ],
)
def test_what_an_answer_came_to(gain: Fraction | None, result: str) -> None:
    assert result_of(gain) == result
