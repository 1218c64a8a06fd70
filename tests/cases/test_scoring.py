"""What a play is worth: fair to what was open, and honest about where it turned."""

from fractions import Fraction

import pytest

from course.cases.engine import Case, Choose, compile_case
from course.cases.scoring import Chance, Tally, score, tallies, turning_point
from tests.cases.cases import choice, decision, ending, scenario, whole

CASE = compile_case(scenario())
GOOD = [Choose("one", "ask"), Choose("two", "bring")]
POOR = [Choose("one", "tell"), Choose("two", "send")]


def test_chances_are_counted_among_open_options() -> None:
    assert [step.chances for step in score(CASE, GOOD)] == [
        (Chance("objective", 2, 0, 2), Chance("delivery", 0, 0, 1)),
        (Chance("objective", 2, 0, 2), Chance("delivery", 1, 0, 1)),
    ]
    # After `tell`, `bring` is closed: nothing differs in delivery, and `wait` is the best of objective.
    assert [step.chances for step in score(CASE, POOR)] == [
        (Chance("objective", 0, 0, 2), Chance("delivery", 1, 0, 1)),
        (Chance("objective", 0, 0, 1),),
    ]


def test_tallies_name_every_competency() -> None:
    assert tallies(CASE, score(CASE, GOOD)) == (
        Tally("objective", 2, 2, Fraction(1)),
        Tally("delivery", 1, 2, Fraction(1, 2)),
    )
    assert tallies(CASE, score(CASE, POOR)) == (
        Tally("objective", 0, 2, Fraction()),
        Tally("delivery", 1, 1, Fraction(1)),
    )
    assert tallies(CASE, score(CASE, [])) == (Tally("objective", 0, 0, None), Tally("delivery", 0, 0, None))


@pytest.mark.parametrize(
    ("chosen", "worst", "best", "taken"),
    [(2, 0, 2, True), (1, 0, 2, True), (1, 0, 3, False), (2, 0, 3, True), (-1, -3, 1, True), (-2, -3, 1, False)],
)
def test_a_chance_is_taken_from_half_of_the_span_on(*, chosen: int, worst: int, best: int, taken: bool) -> None:
    assert Chance("objective", chosen, worst, best).taken is taken


def line(*changes: int) -> tuple[Case, list[Choose]]:
    """Write a case that moves the pivot by these changes, and the play that goes through."""
    scenes = [
        decision(f"s{n}", choice("go", f"s{n + 1}", do={"trust": by, "slack": -2}), choice("stay", f"s{n + 1}"))
        for n, by in enumerate(changes)
    ]
    wide = [{"id": "trust", "start": 0, "min": -9, "max": 5}, {"id": "slack", "start": 0, "min": -9, "max": 9}]
    scenes += [ending(f"s{len(changes)}", 1), ending("unused", 2)]
    case = compile_case(scenario(whole(scenes=scenes, start="s0", variables=wide)))
    return case, [Choose(f"s{n}", "go") for n in range(len(changes))]


@pytest.mark.parametrize(
    ("changes", "turning"),
    [
        ((1, -2, 3), 1),
        ((1, -2, 3, -4, -4), 3),
        ((1, -1, 3), 2),
        ((3, 1, 3), 0),
        ((0, -1, 0), None),
        ((5, 4), 0),
        ((0, 0), None),
    ],
)
def test_where_the_pivot_turned(changes: tuple[int, ...], turning: int | None) -> None:
    assert turning_point(*line(*changes)) == turning


def test_a_change_that_the_range_stopped_is_no_turn() -> None:
    case, actions = line(5, 9, -1)
    assert [step.pivot_change for step in score(case, actions)] == [5, 0, -1]
