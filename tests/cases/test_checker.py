"""The proof of a case: each thing it refuses, beside the whole case that it lets through."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.cases.bars import BARS
from course.cases.checker import check_case
from course.cases.engine import Choose, begin, compile_case, ending, open_choices, step
from course.content.schema import Scenario
from tests.cases.cases import Data, changed, choice, decision, gate, scenario, whole
from tests.cases.cases import ending as ending_data

Codes = list[tuple[str, str | None]]


def codes(data: Data, **options: Any) -> Codes:
    return [(finding.code, finding.scene) for finding in check_case(scenario(data), **options).findings]


def test_the_whole_case_has_no_finding() -> None:
    report = check_case(scenario())
    assert report.findings == ()
    assert report.ok is True
    assert report.states == 7


def test_the_figures_are_exact() -> None:
    report = check_case(scenario())
    measures = report.measures
    assert measures is not None
    # ask (of 2), then bring, send or wait (of 3): all at trust 3 or more; tell, then send or wait: below.
    assert measures.paths == 5
    assert report.shares == {"good": Fraction(1, 2), "bad": Fraction(1, 2)}
    assert (measures.fewest_decisions, measures.most_decisions) == (2, 2)
    assert measures.opportunities == {"objective": 2, "delivery": 1}
    assert measures.best_total == 5
    assert measures.best_endings == {"good"}
    assert measures.always_met == {"one", "two"}


@pytest.mark.parametrize(
    ("path", "to", "expected"),
    [
        (("pivot",), "hope", [("unknown-name", None)]),
        (("start",), "nowhere", [("unknown-name", None)]),
        (("variables", 0, "start"), 9, [("range", None)]),
        (("scenes", 0, "choices", 0, "to"), "nowhere", [("unknown-name", "one")]),
        (("scenes", 0, "choices", 0, "do"), {"hope": 1}, [("unknown-name", "one")]),
        (("scenes", 0, "choices", 0, "set"), ["hope"], [("unknown-name", "one")]),
        (("scenes", 0, "choices", 0, "clear"), ["met"], [("set-clear", "one")]),
        (("scenes", 0, "choices", 0, "key"), {"hope": 1}, [("unknown-name", "one")]),
        (("scenes", 0, "choices", 0, "id"), "tell", [("double-id", "one")]),
        (("scenes", 1, "choices", 0, "if"), "hope", [("guard", "two")]),
        (("scenes", 1, "choices", 0, "if"), "trust + 1 > 2", [("guard", "two")]),
        (("scenes", 1, "choices", 0, "if"), 'visited("nowhere")', [("unknown-name", "two")]),
        (("scenes", 1, "choices", 0, "if"), 'chose("one.shout")', [("unknown-name", "two")]),
        (("scenes", 2, "routes", 0, "to"), "nowhere", [("unknown-name", "sorting")]),
        (("scenes", 2, "routes", 1, "if"), "trust < 3", [("gate-last", "sorting")]),
        (("scenes", 2, "routes", 0, "if"), None, [("gate-open", "sorting")]),
        (("scenes", 3, "rank"), 3, [("ranks", None)]),
        (("scenes", 4, "id"), "good", [("double-id", None), ("unknown-name", "sorting")]),
        (("flags",), ["met", "trust"], [("double-id", None)]),
        (("scenes", 1, "choices", 0, "if"), "trust > 4", [("never-open", "two")]),
        (("scenes", 2, "routes", 0, "if"), "trust > 4", [("route-unused", "sorting"), ("unreachable", "good")]),
        (("scenes", 1, "choices", 1, "if"), "met", [("one-choice", "two")]),
        (("scenes", 0, "choices", 1, "to"), "sorting", [("must-meet", "two")]),
        (("scenes", 0, "choices", 0, "key"), {"delivery": 1}, [("opportunities", None), ("score-ending", None)]),
        (("scenes", 1, "choices", 2, "key"), {}, []),
    ],
)
def test_each_fault(path: tuple[str | int, ...], to: object, expected: Codes) -> None:
    assert codes(changed(*path, to=to)) == expected


def test_a_finding_leads_to_its_place() -> None:
    report = check_case(scenario(changed("scenes", 1, "choices", 0, "if", to="hope")))
    assert [(finding.path, finding.message) for finding in report.findings] == [
        (("scenes", 1, "choices", 0, "if"), "`hope` is no flag of this case.")
    ]


def test_a_dead_end_says_in_which_state() -> None:
    data = changed("scenes", 1, "choices", 1, "if", to="trust > 0")
    data["scenes"][1]["choices"][2]["if"] = "trust > 0"
    findings = check_case(scenario(data)).findings
    assert [finding.message for finding in findings if finding.code == "dead-end"] == [
        "A play can get stuck at `two`: no choice is open with trust 0, slack 1."
    ]


def test_an_orphan_is_found() -> None:
    data = whole()
    data["scenes"].append(decision("orphan", choice("a", "good"), choice("b", "bad")))
    assert codes(data) == [("unreachable", "orphan")]


def test_a_circle_is_named_and_a_counted_one_is_let_through() -> None:
    data = changed("scenes", 1, "choices", 2, "to", to="one")
    data["scenes"][1]["choices"][2].pop("clear")
    report = check_case(scenario(data))
    assert [(finding.code, finding.message) for finding in report.findings] == [
        ("circle", "A play can go round for ever: one → two → one.")
    ]
    assert report.measures is None
    again = choice("again", "two", do={"slack": 1}, if_="slack < 2")
    data["scenes"][1]["choices"][2] = again
    data["scenes"][1]["choices"].append(choice("wait", "sorting", key={"objective": 1}))
    assert codes(data) == []


def test_gates_in_a_circle_are_found() -> None:
    data = changed("scenes", 2, "routes", 1, "to", to="back")
    data["scenes"].append(gate("back", ("trust > 9", "bad"), (None, "sorting")))
    assert codes(data) == [("circle", "sorting")]


def test_too_many_states_are_sampled() -> None:
    assert codes(whole(), budget=7) == []
    assert codes(whole(), budget=6) == [("sampled", None)]


def test_opportunities_count_on_every_path_and_among_open_options_only() -> None:
    data = changed("scenes", 0, "choices", 1, "key", to={})
    data["scenes"][0]["choices"][0]["key"] = {}
    report = check_case(scenario(data))
    # Without `bring`, which is closed after `tell`, the rest of scene two does not differ in delivery.
    assert report.measures is not None
    assert report.measures.opportunities == {"objective": 1, "delivery": 0}
    assert [(finding.code, finding.path) for finding in report.findings] == [
        ("opportunities", ("competencies", 1)),
        ("score-ending", ("scenes",)),
    ]


def test_the_best_total_ends_in_the_best_ending() -> None:
    data = changed("scenes", 0, "choices", 1, "key", to={"delivery": 9})
    assert codes(data) == [("best-ending", "good"), ("score-ending", None)]
    data["scenes"][0]["choices"][1]["key"] = {"delivery": 4}
    report = check_case(scenario(data))
    assert [(finding.code, finding.severity) for finding in report.findings] == [
        ("best-ending-shared", "warning"),
        ("score-ending", "warning"),
    ]
    assert report.ok is True


def long(decisions: int, endings: int, size: str, variables: int = 1) -> Data:
    """Write a row of decisions with ranks at the end, each an opportunity for the one competency."""
    last = decisions - 1
    scenes = [
        decision(
            f"s{n}",
            choice("do", f"s{n + 1}" if n < last else "sorting", do={"trust": 1}, key={"objective": 1}),
            choice("leave", f"s{n + 1}" if n < last else "sorting", do={"trust": -1}),
        )
        for n in range(decisions)
    ]
    routes = [(f"trust >= {endings - 2 * rank}", f"e{rank}") for rank in range(1, endings)]
    scenes.append(gate("sorting", *routes, (None, f"e{endings}")))
    scenes += [ending_data(f"e{rank}", rank) for rank in range(1, endings + 1)]
    ranges = [{"id": "trust", "start": 0, "min": -15, "max": 15}]
    ranges += [{"id": f"v{n}", "start": 0, "min": 0, "max": 1} for n in range(1, variables)]
    one = whole()["competencies"][:1]
    return whole(scenes=scenes, start="s0", size=size, variables=ranges, flags=[], competencies=one)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (long(10, 4, "full"), []),
        (long(10, 4, "full", variables=4), []),
        (long(10, 4, "full", variables=5), [("variable-count", None)]),
        (long(9, 4, "full"), [("scene-count", None)]),
        (long(12, 3, "full"), [("ending-count", None)]),
        (long(13, 4, "full"), [("decisions", None)]),
        (long(3, 2, "short"), []),
        (long(2, 2, "short"), [("scene-count", None)]),
        (long(4, 2, "vignette"), [("scene-count", None)]),
    ],
)
def test_each_size_has_its_bar(data: Data, expected: Codes) -> None:
    assert codes(data) == expected


def test_a_full_case_gives_three_opportunities() -> None:
    data = long(10, 4, "full")
    for scene in data["scenes"][2:10]:
        scene["choices"][0].pop("key")
    found = check_case(scenario(data)).findings
    assert [finding.message for finding in found if finding.code == "opportunities"] == [
        "Some play meets only 2 opportunities for `objective`; a full case gives every play at least 3."
    ]
    assert BARS["full"].opportunities == 3


def _random_case(steps: list[tuple[int, int, int]], guard: str) -> Scenario:
    targets = [f"s{n + 1}" for n in range(len(steps))]
    scenes = []
    for n, ((left, right, points), to) in enumerate(zip(steps, targets, strict=True)):
        go = choice("go", to, do={"trust": left}, key={"objective": points}, set=["met"])
        jump = choice("jump", targets[-1] if n else to, if_=guard, do={"slack": left, "trust": right})
        scenes.append(decision(f"s{n}", go, choice("stay", to, do={"trust": right}), jump))
    scenes.append(gate(targets[-1], ("trust >= 3", "good"), (None, "bad")))
    scenes += [ending_data("good", 1), ending_data("bad", 2)]
    names = {f"s{n}" for n in range(len(steps))}
    if guard == 'visited("s1")' and "s1" not in names | {targets[-1]}:
        scenes[0]["choices"][2].pop("if")
    return scenario(whole(scenes=scenes, start="s0"))


random_cases = st.builds(
    _random_case,
    st.lists(st.tuples(st.integers(-2, 2), st.integers(-2, 2), st.integers(0, 2)), min_size=1, max_size=4),
    st.sampled_from(["trust >= 2", "not met", 'visited("s1")', 'chose("s0.go")', "trust > slack"]),
)


@settings(deadline=None)
@given(random_cases)
def test_the_figures_agree_with_playing_every_path(case_data: Scenario) -> None:
    measures = check_case(case_data).measures
    assert measures is not None
    case = compile_case(case_data)
    lengths: list[int] = []
    shares: dict[str, Fraction] = {}
    totals: list[tuple[int, str]] = []
    open_plays = [(begin(case)[0], 0, 0, Fraction(1))]
    while open_plays:
        state, length, total, share = open_plays.pop()
        reached = ending(case, state)
        if reached is not None:
            lengths.append(length)
            totals.append((total, reached.id))
            shares[reached.id] = shares.get(reached.id, Fraction(0)) + share
        choices = open_choices(case, state)
        for each in choices:
            after = step(case, state, Choose(state.scene, each.id))[0]
            open_plays.append((after, length + 1, total + sum(each.key.values()), share / len(choices)))
    assert measures.paths == len(lengths)
    assert (measures.fewest_decisions, measures.most_decisions) == (min(lengths), max(lengths))
    assert {scene: share for scene, share in measures.shares.items() if share} == shares
    assert measures.best_total == max(totals)[0]
    assert measures.best_endings == {scene for total, scene in totals if total == max(totals)[0]}
