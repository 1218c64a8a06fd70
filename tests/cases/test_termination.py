"""Whether every play ends, told from the text alone: counters of every kind, and their broken twins."""

from typing import Any

import pytest
from hypothesis import given, settings

from course.cases.case import compile_case
from course.cases.graph import explore, ordered
from course.cases.termination import circle_in
from course.content.schema import Scenario
from tests.cases.cases import Data, choice, decision, ending, gate, scenario, whole
from tests.cases.generated import cases


def loop(*choices: Data, extra: tuple[Data, ...] = (), **more: Any) -> Scenario:
    """Write a case of one scene that leads on or back, with the scenes given."""
    scenes = [decision("one", choice("on", "good"), choice("off", "bad"), *choices), *extra]
    return scenario(whole(start="one", scenes=[*scenes, ending("good", 1), ending("bad", 2)], **more))


def test_without_a_way_back_every_play_ends() -> None:
    assert circle_in(scenario()) == []


@pytest.mark.parametrize(
    ("guard", "effect", "ends"),
    [
        ("slack < 2", {"do": {"slack": 1}}, True),
        ("slack <= 1", {"do": {"slack": 1}}, True),
        ("slack > -2", {"do": {"slack": -1}}, True),
        ("2 > slack", {"do": {"slack": 1}}, True),
        ("-2 <= slack < 2 and not met", {"do": {"slack": 1}}, True),
        ("slack == 1", {"do": {"slack": 1}}, True),
        ("not met", {"set": ["met"]}, True),
        ('not chose("one.back")', {}, True),
        # At the end of its range a variable stands still, and the way stays open.
        ("slack <= 2", {"do": {"slack": 1}}, False),
        ("slack < 9", {"do": {"slack": 1}}, False),
        ("slack < 2", {"do": {"slack": -1}}, False),
        ("slack < 2", {"do": {"trust": 1}}, False),
        ("slack < 2 or met", {"do": {"slack": 1}}, False),
        ("not slack >= 2", {"do": {"slack": 1}}, False),
        ("met", {"set": ["met"]}, False),
        ("slack < trust", {"do": {"slack": 1}}, False),
        (None, {"do": {"slack": 1}}, False),
    ],
)
def test_a_way_back_needs_a_counter(guard: str | None, effect: dict[str, Any], ends: bool) -> None:
    back = choice("back", "one", **effect, **({"if_": guard} if guard else {}))
    assert circle_in(loop(back)) == ([] if ends else ["one"])


def test_what_takes_the_counter_back_breaks_it() -> None:
    back = choice("back", "two", do={"slack": 1}, if_="slack < 2")
    two = decision("two", choice("again", "one"), choice("so", "good"))
    assert circle_in(loop(back, extra=(two,))) == []
    two = decision("two", choice("again", "one", do={"slack": -1}), choice("so", "good"))
    assert circle_in(loop(back, extra=(two,))) == ["one", "two"]
    two = decision("two", choice("again", "one", clear=["met"]), choice("so", "good"))
    assert circle_in(loop(choice("back", "two", set=["met"], if_="not met"), extra=(two,))) == ["one", "two"]


def test_a_gate_may_ask_for_the_counter() -> None:
    back = choice("back", "door", do={"slack": 1})
    assert circle_in(loop(back, extra=(gate("door", ("slack < 2", "one"), (None, "good")),))) == []
    # Another way round that does not count keeps the gate open.
    free = choice("free", "door")
    assert circle_in(loop(back, free, extra=(gate("door", ("slack < 2", "one"), (None, "good")),))) == ["one", "door"]
    seen = gate("door", ('not visited("two")', "two"), (None, "good"))
    two = decision("two", choice("again", "one"), choice("so", "good"))
    assert circle_in(loop(choice("back", "door"), extra=(seen, two))) == []


def test_circles_within_circles_are_taken_one_after_the_other() -> None:
    outer = choice("outer", "two", do={"slack": 1}, if_="slack < 2")
    two = decision(
        "two",
        choice("inner", "two", do={"trust": 1}, if_="trust < 4"),
        # It takes the inner counter back, which only the outer one may do.
        choice("again", "one", do={"trust": -4}),
    )
    assert circle_in(loop(outer, extra=(two,))) == []
    outer = choice("outer", "two", do={"slack": 1})
    assert circle_in(loop(outer, extra=(two,))) == ["one", "two"]


@settings(deadline=None)
@given(cases())
def test_what_is_proved_to_end_has_no_circle_among_its_states(case_data: Scenario) -> None:
    graph = explore(compile_case(case_data))
    assert circle_in(case_data) == []
    assert len(ordered(graph)) == len(graph.states)
