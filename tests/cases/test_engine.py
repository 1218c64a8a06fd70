"""The engine: pure steps, the same whether played, replayed or revived."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.cases.engine import (
    CaseError,
    Choose,
    Chose,
    Ended,
    EndlessGatesError,
    Entered,
    Event,
    IllegalStep,
    Move,
    Passed,
    State,
    begin,
    compile_case,
    dump,
    ending,
    flags,
    open_choices,
    replay,
    revive,
    scene,
    step,
    values,
)
from tests.cases.cases import changed, choice, decision, gate, scenario, whole

CASE = compile_case(scenario())


def play(*picks: str) -> list[tuple[State, tuple[Event, ...]]]:
    """Play choices one after the other, each at the scene on the screen."""
    played = [begin(CASE)]
    for pick in picks:
        state = played[-1][0]
        played.append(step(CASE, state, Choose(state.scene, pick)))
    return played


def test_a_play_from_beginning_to_end() -> None:
    (first, opening), (second, asked), (last, brought) = play("ask", "bring")
    assert (first.scene, values(CASE, first), flags(CASE, first)) == ("one", {"trust": 2, "slack": 1}, frozenset())
    assert opening == (Entered("one"),)
    assert (second.scene, values(CASE, second), flags(CASE, second)) == (
        "two",
        {"trust": 4, "slack": 0},
        frozenset({"met"}),
    )
    assert asked == (Chose("one", "ask", (Move("trust", 2, 4), Move("slack", 1, 0))), Entered("two"))
    assert brought == (Chose("two", "bring", ()), Passed("sorting", "good"), Ended("good", 1))
    reached = ending(CASE, last)
    assert reached is scene(CASE, last)
    assert reached is not None
    assert reached.id == "good"
    assert ending(CASE, second) is None


def test_open_choices_follow_the_guards() -> None:
    assert [each.id for each in open_choices(CASE, play("ask")[-1][0])] == ["bring", "send", "wait"]
    assert [each.id for each in open_choices(CASE, play("tell")[-1][0])] == ["send", "wait"]
    assert open_choices(CASE, play("tell", "send")[-1][0]) == ()


def test_flags_are_cleared() -> None:
    assert flags(CASE, play("ask")[-1][0]) == {"met"}
    assert flags(CASE, play("ask", "wait")[-1][0]) == frozenset()


@pytest.mark.parametrize(
    ("picks", "action", "reason"),
    [
        (["ask"], Choose("one", "ask"), "elsewhere"),
        (["ask"], Choose("sorting", "good"), "elsewhere"),
        (["ask"], Choose("two", "ask"), "unknown"),
        (["tell"], Choose("two", "bring"), "closed"),
        (["tell", "send"], Choose("two", "send"), "ended"),
        (["tell", "send"], Choose("bad", "send"), "ended"),
    ],
)
def test_a_step_that_cannot_be_taken(picks: list[str], action: Choose, reason: str) -> None:
    with pytest.raises(IllegalStep) as caught:
        step(CASE, play(*picks)[-1][0], action)
    assert caught.value.reason == reason


def test_only_facts_that_a_guard_asks_for_are_kept() -> None:
    state = play("ask")[-1][0]
    assert dump(CASE, state) == {
        "scene": "two",
        "variables": {"trust": 4, "slack": 0},
        "flags": ["met"],
        "visited": ["two"],
        "chose": [],
    }
    asking = compile_case(scenario(changed("scenes", 2, "routes", 0, "if", to='chose("one.ask")')))
    first = step(asking, begin(asking)[0], Choose("one", "ask"))[0]
    assert dump(asking, first)["chose"] == ["one.ask"]
    assert step(asking, first, Choose("two", "send"))[1][1] == Passed("sorting", "good")


def test_a_case_may_begin_at_a_gate() -> None:
    data = whole(start="way")
    data["scenes"].append(gate("way", ("trust > 9", "two"), (None, "one")))
    case = compile_case(scenario(data))
    assert begin(case)[1] == (Passed("way", "one"), Entered("one"))


picks = st.lists(st.integers(0, 3), max_size=6)


def walk(numbers: list[int]) -> tuple[list[Choose], list[tuple[State, tuple[Event, ...]]]]:
    """Play open choices by number, as far as the play goes."""
    actions: list[Choose] = []
    played = [begin(CASE)]
    for number in numbers:
        state = played[-1][0]
        choices = open_choices(CASE, state)
        if not choices:
            break
        actions.append(Choose(state.scene, choices[number % len(choices)].id))
        played.append(step(CASE, state, actions[-1]))
    return actions, played


@given(picks)
def test_replay_is_the_play(numbers: list[int]) -> None:
    actions, played = walk(numbers)
    assert replay(CASE, actions) == played
    assert replay(compile_case(scenario()), actions) == played


@given(picks)
def test_dump_and_revive_are_exact(numbers: list[int]) -> None:
    for state, _ in walk(numbers)[1]:
        assert revive(CASE, json.loads(json.dumps(dump(CASE, state)))) == state


@given(st.lists(st.integers(-9, 9), min_size=1, max_size=8), st.integers(-3, 3))
def test_variables_stay_within_their_range(changes: list[int], start: int) -> None:
    scenes = [
        decision(f"s{n}", choice("go", f"s{n + 1}", do={"trust": by}), choice("stay", f"s{n + 1}"))
        for n, by in enumerate(changes)
    ]
    scenes.append({**whole()["scenes"][3], "id": f"s{len(changes)}"})
    trust = {"id": "trust", "start": start, "min": -3, "max": 3}
    case = compile_case(scenario(whole(start="s0", scenes=[*scenes, *whole()["scenes"][3:]], variables=[trust])))
    state, expected = begin(case)[0], start
    for number, by in enumerate(changes):
        before, expected = expected, max(-3, min(3, expected + by))
        state, events = step(case, state, Choose(state.scene, "go"))
        moves = (Move("trust", before, expected),) if before != expected else ()
        assert events[0] == Chose(f"s{number}", "go", moves)
        assert values(case, state) == {"trust": expected}


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"scene": "nowhere", "variables": {"trust": 1, "slack": 1}, "flags": [], "visited": [], "chose": []},
        {"scene": "sorting", "variables": {"trust": 1, "slack": 1}, "flags": [], "visited": [], "chose": []},
        {"scene": "two", "variables": {"trust": 1}, "flags": [], "visited": [], "chose": []},
        {"scene": "two", "variables": {"trust": 1, "slack": 1, "x": 1}, "flags": [], "visited": [], "chose": []},
        {"scene": "two", "variables": {"trust": 1, "slack": 1}, "flags": ["x"], "visited": [], "chose": []},
        {"scene": "two", "variables": {"trust": 1, "slack": 1}, "flags": [], "visited": ["one"], "chose": []},
    ],
)
def test_a_state_of_another_case_is_not_revived(data: dict[str, object]) -> None:
    good: dict[str, object] = {"variables": {"trust": 1, "slack": 1}, "flags": ["met"], "visited": ["two"]}
    assert revive(CASE, {"scene": "two", "chose": [], **good}).scene == "two"
    with pytest.raises(ValueError, match=r"^This state does not belong to a-case"):
        revive(CASE, data)


def test_a_case_is_made_ready_once() -> None:
    one, equal = scenario(), scenario()
    assert compile_case(one) is compile_case(one)
    assert compile_case(one) is not compile_case(equal)


@pytest.mark.parametrize(
    ("path", "to"),
    [
        (("scenes", 0, "choices", 0, "to"), "nowhere"),
        (("scenes", 0, "choices", 0, "do"), {"hope": 1}),
        (("scenes", 0, "choices", 0, "set"), ["hope"]),
        (("scenes", 1, "choices", 0, "if"), "hope > 1"),
        (("scenes", 1, "choices", 0, "if"), "open('x')"),
        (("start",), "nowhere"),
    ],
)
def test_a_case_with_an_unknown_name_is_not_played(path: tuple[str | int, ...], to: object) -> None:
    with pytest.raises(CaseError):
        compile_case(scenario(changed(*path, to=to)))


def test_gates_in_a_circle_end_with_an_error() -> None:
    data = changed("scenes", 2, "routes", 1, "to", to="back")
    data["scenes"].append(gate("back", ("trust > 9", "good"), (None, "sorting")))
    case = compile_case(scenario(data))
    state = step(case, begin(case)[0], Choose("one", "tell"))[0]
    with pytest.raises(EndlessGatesError) as caught:
        step(case, state, Choose("two", "send"))
    assert caught.value.gates == ("sorting", "back")
