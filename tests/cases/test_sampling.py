"""Random plays: the same for the same seed, true to the exact figures, and never called a proof."""

import random
from collections import Counter
from fractions import Fraction
from math import sqrt
from statistics import correlation

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.cases import engine
from course.cases.case import compile_case
from course.cases.checker import check_case
from course.cases.graph import explore, ordered
from course.cases.measures import measure
from course.cases.moves import by_chance
from course.cases.sampling import PLAYS, agreement, sample, scores
from course.content.schema import Scenario
from tests.cases.cases import Data, changed, choice, decision, scenario, whole
from tests.cases.generated import cases
from tests.cases.shipped import SHIPPED, enumerated

Told = list[tuple[str, str | None, str]]


def told(data: Data, budget: int) -> Told:
    """Check a case with a budget and return what it says, but that it was sampled."""
    findings = check_case(scenario(data), budget=budget).findings
    return [(each.code, each.scene, each.severity) for each in findings if each.code != "sampled"]


@pytest.mark.parametrize("case_id", SHIPPED)
def test_ten_thousand_plays_of_a_shipped_case_stay_within_its_states(case_id: str) -> None:
    graph = enumerated(case_id)
    case = graph.case
    known = {state: bool(leads) for state, leads in zip(graph.states, graph.edges, strict=True)}
    dice = random.Random(case_id)  # noqa: S311 - Chance for a test.
    ends: set[str] = set()
    for _play in range(PLAYS):
        state = engine.begin(case)[0]
        while known[state]:
            move = by_chance(case, state, dice)
            state = engine.step(case, state, move)[0]
            if isinstance(move, engine.Said):
                state = engine.step(case, state, by_chance(case, state, dice))[0]
        assert engine.ending(case, state) is not None
        ends.add(state.scene)
    exact = measure(graph, ordered(graph)).shares
    assert ends == {ending for ending, share in exact.items() if share}


@pytest.mark.parametrize("case_id", SHIPPED)
def test_sampled_shares_lie_within_three_sigma_of_the_exact_ones(case_id: str) -> None:
    found = sample(enumerated(case_id).case)
    assert found.plays == found.endings.total() == PLAYS
    assert_within_three_sigma(found.endings, case_id)


def assert_within_three_sigma(ends: Counter[str], case_id: str) -> None:
    graph = enumerated(case_id)
    for ending, share in measure(graph, ordered(graph)).shares.items():
        sigma = sqrt(share * (1 - share) / PLAYS)
        assert abs(ends[ending] / PLAYS - share) <= 3 * sigma, ending


def test_a_wrong_share_would_be_noticed() -> None:
    found = sample(enumerated("lift").case).endings
    assert_within_three_sigma(found, "lift")
    with pytest.raises(AssertionError, match="together"):
        assert_within_three_sigma(Counter(apart=found["apart"], together=found["together"] - 200), "lift")


@settings(deadline=None, max_examples=50)
@given(cases(), st.integers(0, 99))
def test_walking_the_states_gives_the_plays_that_the_engine_gives(case_data: Scenario, seed: int) -> None:
    case = compile_case(case_data)
    played = sample(case, plays=200, seed=seed)
    assert scores(explore(case), plays=200, seed=seed) == played.scores
    assert sample(case, plays=200, seed=seed) == played
    assert played.endless == ()


@settings(deadline=None, max_examples=50)
@given(cases())
def test_a_sample_never_meets_what_is_not_there(case_data: Scenario) -> None:
    graph = explore(compile_case(case_data))
    measures = measure(graph, ordered(graph))
    found = sample(graph.case, plays=300)
    assert found.fewest_decisions >= measures.fewest_decisions
    assert found.most_decisions <= measures.most_decisions
    assert max(total for total, _ in found.scores) <= measures.best_total
    assert all(met >= measures.opportunities[name] for name, met in found.opportunities.items())
    assert all(found.visits[scene] == 300 for scene in measures.always_met)
    assert set(found.endings) <= {scene for scene, share in measures.shares.items() if share}


@pytest.mark.parametrize(
    ("pairs", "rho"),
    [
        # The better the total, the better (lower) the rank.
        ([(1, 3), (2, 2), (3, 1)], 1.0),
        ([(1, 1), (2, 2), (3, 3)], -1.0),
        # Ten people's IQ and hours of television, the worked example of many textbooks: -29/165, the signs turned.
        (
            [(86, 0), (97, 20), (99, 28), (100, 27), (101, 50), (103, 29), (106, 7), (110, 17), (112, 6), (113, 12)],
            29 / 165,
        ),
        ([(1, 1), (2, 1)], None),
        ([(1, 1), (1, 2)], None),
        ([], None),
    ],
)
def test_spearman_of_known_examples(pairs: list[tuple[int, int]], rho: float | None) -> None:
    found = agreement(Counter(pairs))
    assert found == (rho if rho is None else pytest.approx(rho))


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(1, 4)), min_size=2, max_size=40))
def test_spearman_is_the_correlation_of_the_mean_places(pairs: list[tuple[int, int]]) -> None:
    def places(values: list[int]) -> list[float]:
        return [sum(other < one for other in values) + (values.count(one) + 1) / 2 for one in values]

    totals, endings = places([total for total, _ in pairs]), places([-rank for _, rank in pairs])
    if len(set(totals)) > 1 and len(set(endings)) > 1:
        assert agreement(Counter(pairs)) == pytest.approx(correlation(totals, endings))
    else:
        assert agreement(Counter(pairs)) is None


def test_what_a_sample_does_not_meet_is_advice_and_what_it_meets_is_a_fault() -> None:
    orphan = whole()
    orphan["scenes"].append(decision("orphan", choice("a", "good"), choice("b", "bad")))
    assert told(orphan, 250_000) == [("unreachable", "orphan", "error")]
    assert told(orphan, 3) == [("unreachable", "orphan", "warning")]
    report = check_case(scenario(orphan), budget=3)
    assert [finding.message for finding in report.findings] == [
        (
            "There are more than 3 states, so nothing is proved: 10,000 random plays (seed 2026) were looked at."
            " Make ranges smaller, or use fewer variables and flags."
        ),
        "Sampled, not proved: no play ever reaches the scene `orphan`.",
    ]
    assert report.measures is None
    assert report.graph is None
    assert report.ok is True
    # A play that gets stuck is a proof, however it was found.
    stuck = changed("scenes", 1, "choices", 1, "if", to="trust > 0")
    stuck["scenes"][1]["choices"][2]["if"] = "trust > 0"
    for budget in (3, 250_000):
        assert [each for each in told(stuck, budget) if each[2] == "error"][-1:] == [("dead-end", "two", "error")]


@pytest.mark.parametrize(
    ("path", "to", "expected"),
    [
        (("scenes", 0, "choices", 1, "to"), "sorting", [("must-meet", "two", "error")]),
        (("scenes", 1, "choices", 0, "if"), "trust > 4", [("never-open", "two", "warning")]),
        (("scenes", 1, "choices", 1, "if"), "met", [("one-choice", "two", "error")]),
        (
            ("scenes", 0, "choices", 1, "key"),
            {"delivery": 9},
            [("best-ending", "good", "warning"), ("score-ending", None, "warning")],
        ),
    ],
)
def test_a_sample_finds_the_faults_of_plays(path: tuple[str | int, ...], to: object, expected: Told) -> None:
    assert told(changed(*path, to=to), 3) == expected
    assert told(whole(), 3) == []


def test_the_report_gives_sampled_shares_as_such() -> None:
    exact, sampled = check_case(scenario()), check_case(scenario(), budget=3)
    assert sampled.sample is not None
    assert exact.sample is None
    assert sampled.shares == {ending: Fraction(sampled.sample.endings[ending], PLAYS) for ending in exact.shares}
    assert sampled.shares["good"] == pytest.approx(0.5, abs=0.015)


def going_round(**guard: str) -> Data:
    """Write a case with a way back, and a number that makes it too large for a budget of 20."""
    data = whole()
    data["scenes"][1]["choices"].append(choice("back", "one", do={"slack": 1}, **guard))
    data["variables"].append({"id": "many", "start": 0, "min": 0, "max": 90})
    data["scenes"][0]["choices"][0]["do"] = {"trust": 3}
    data["scenes"][0]["choices"].append(choice("more", "two", do={"many": 1}, key={"objective": 1}))
    return data


def test_before_sampling_it_is_known_that_plays_end() -> None:
    counted = going_round(if_="slack < 2")
    assert told(counted, 20) == []
    found = check_case(scenario(going_round()), budget=20)
    assert [(each.code, each.scene, each.severity) for each in found.findings] == [("circle", "one", "error")]
    assert found.findings[0].message == (
        "A play may go round for ever at one, two: no counter was found that ends it, and there are more than 20 states"
        " to look for one."
    )
    assert found.sample is None


def turning(times: int) -> Data:
    """Write a case in which a page is turned so many times before it goes on."""
    data = whole()
    data["variables"].append({"id": "turns", "start": 0, "min": 0, "max": times})
    back = [choice(name, "turn", do={"turns": 1}, if_=f"turns < {times}") for name in ("b", "c")]
    on = [choice(name, "one", if_=f"turns >= {times}") for name in ("d", "e")]
    data["scenes"].insert(0, decision("turn", *back, *on))
    data["start"] = "turn"
    return data


def test_a_play_that_nobody_plays_to_its_end_is_refused_at_once() -> None:
    """A counter up to a million is a counter, but the chances of its plays would be numbers of a million digits."""
    assert [each.code for each in check_case(scenario(turning(97))).findings] == ["decisions"]
    assert [(each.code, each.message) for each in check_case(scenario(turning(98))).findings] == [
        ("too-long", "A play can take 101 answers; nobody plays more than 100.")
    ]
    sampled = check_case(scenario(turning(10**9)), budget=1000)
    assert [each.message for each in sampled.findings if each.severity == "error"] == [
        f"A random play took more: … → {' → '.join(['turn'] * 6)}; nobody plays more than 100."
    ]
