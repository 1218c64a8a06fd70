"""Figures over all states agree with playing every path of a case, one after the other."""

from collections import defaultdict
from fractions import Fraction

from hypothesis import given, settings

from course.cases.case import compile_case
from course.cases.engine import State
from course.cases.graph import explore, ordered
from course.cases.measures import Measures, measure
from course.content.schema import Decision, RankScene, Scenario, VoteScene
from tests.cases.cases import changed, scenario
from tests.cases.generated import Play, Taken, cases, plays


def measured(case_data: Scenario) -> Measures:
    graph = explore(compile_case(case_data))
    return measure(graph, ordered(graph))


def test_the_figures_of_the_whole_case() -> None:
    odds = measured(scenario())
    # ask (of 2), then bring, send or wait (of 3): all good. tell, then send or wait: both bad.
    assert odds.visits == {"one": 1, "two": 1, "good": Fraction(1, 2), "bad": Fraction(1, 2)}
    assert odds.taken == {
        ("one", "ask"): Fraction(1, 2),
        ("one", "tell"): Fraction(1, 2),
        ("two", "bring"): Fraction(1, 6),
        ("two", "send"): Fraction(1, 6) + Fraction(1, 4),
        ("two", "wait"): Fraction(1, 6) + Fraction(1, 4),
    }
    assert odds.leverage == {"one": 100, "two": 0}
    assert odds.lost == {("one", "tell"): 1}
    assert odds.lost_states == 1


def test_leverage_is_weighted_by_visits() -> None:
    # After `ask` (half of all plays) trust is 2: `bring` alone leads to the good ending.
    data = changed("scenes", 0, "choices", 0, "do", to={})
    odds = measured(scenario(data))
    assert odds.leverage == {"one": Fraction(100, 3), "two": 50}
    # `send` and `wait` end the play, so nothing is left to be lost while it goes on; `tell` loses it before.
    assert odds.lost == {("one", "tell"): 1}


def test_what_is_lost_only_at_the_end_is_no_point_of_no_return() -> None:
    odds = measured(scenario(changed("scenes", 0, "choices", 1, "do", to={"trust": 3})))
    assert odds.lost == {}
    assert odds.lost_states == 0


def test_dominated_answers_are_named_with_the_better_ones() -> None:
    # `wait` is the best there is after `tell`; `send` never is.
    assert measured(scenario()).dominated == {("two", "send"): ("bring", "wait")}
    assert measured(scenario(changed("scenes", 1, "choices", 1, "key", to={"delivery": 2}))).dominated == {}


def by_state(all_plays: list[Play]) -> tuple[dict[State, int], dict[State, int], dict[State, Fraction], set[State]]:
    """For each state the best total to come, the best rank, the chance of rank 1, and which are in the middle."""
    ranks = {"good": 1, "mid": 2, "bad": 3}
    totals: dict[State, int] = {}
    best: dict[State, int] = {}
    won: dict[State, Fraction] = defaultdict(Fraction)
    all_of: dict[State, Fraction] = defaultdict(Fraction)
    for play in all_plays:
        states = [*(step.before for step in play.steps), play.steps[-1].after]
        points = [step.points for step in play.steps]
        for place, state in enumerate(states):
            totals[state] = max(totals.get(state, -999), sum(points[place:]))
            best[state] = min(best.get(state, 9), ranks[play.ending])
            won[state] += play.chance * (play.ending == "good")
            all_of[state] += play.chance
    return totals, best, {state: won[state] / share for state, share in all_of.items()}, set(all_of)


@settings(deadline=None)
@given(cases())
def test_odds_agree_with_playing_every_path(case_data: Scenario) -> None:
    measures = measured(case_data)
    all_plays = list(plays(compile_case(case_data)))
    shares: dict[str, Fraction] = defaultdict(Fraction)
    visits: dict[str, Fraction] = defaultdict(Fraction)
    taken: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for play in all_plays:
        shares[play.ending] += play.chance
        visits[play.ending] += play.chance
        for step in play.steps:
            visits[step.before.scene] += play.chance
            taken[step.before.scene, step.answer] += play.chance
    assert measures.paths == len(all_plays)
    assert {scene: share for scene, share in measures.shares.items() if share} == shares
    assert {scene: share for scene, share in measures.visits.items() if share} == visits
    assert {answer: share for answer, share in measures.taken.items() if share} == taken
    assert sum(shares.values()) == 1


@settings(deadline=None)
@given(cases())
def test_what_is_at_stake_agrees_with_playing_every_path(case_data: Scenario) -> None:
    measures = measured(case_data)
    all_plays = list(plays(compile_case(case_data)))
    _totals, _best, wins, states = by_state(all_plays)
    weight: dict[State, Fraction] = defaultdict(Fraction)
    leads: dict[State, dict[str, State]] = defaultdict(dict)
    for play in all_plays:
        for step in play.steps:
            weight[step.before] += play.chance
            leads[step.before][step.answer] = step.after
    stake: dict[str, Fraction] = defaultdict(Fraction)
    whole: dict[str, Fraction] = defaultdict(Fraction)
    opened: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    losing: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for state, after in leads.items():
        chances = [wins[each] for each in after.values()]
        stake[state.scene] += weight[state] * (max(chances) - min(chances))
        whole[state.scene] += weight[state]
        for answer, each in after.items():
            if wins[state]:
                opened[state.scene, answer] += weight[state]
                losing[state.scene, answer] += weight[state] * (not wins[each] and each in leads)
    assert measures.leverage == {
        scene.id: 100 * stake[scene.id] / whole[scene.id] if whole[scene.id] else 0
        for scene in case_data.scenes
        if isinstance(scene, Decision) and not isinstance(scene, VoteScene)
    }
    assert measures.lost == {answer: share / opened[answer] for answer, share in losing.items() if share}
    assert measures.lost_states == sum(not wins[state] for state in states & set(leads))


@settings(deadline=None)
@given(cases())
def test_the_best_of_every_state_agrees_with_playing_every_path(case_data: Scenario) -> None:
    measures = measured(case_data)
    case = compile_case(case_data)
    all_plays = list(plays(case))
    totals, best, _wins, _states = by_state(all_plays)
    assert measures.best_total_from == totals
    names = [competency.id for competency in case_data.competencies]
    never_better: dict[tuple[str, str], bool] = {}
    better: dict[tuple[str, str], set[str]] = defaultdict(set)
    after = {(step.before, step.answer): step for play in all_plays for step in play.steps}
    for (state, answer), step in after.items():
        scene = case.nodes[state.scene].scene
        if isinstance(scene, RankScene):
            continue
        assert isinstance(scene, Decision)
        keys = {each.id: [each.key.get(name, 0) for name in names] for each in scene.answers}

        def worth(other: Taken, keys: dict[str, list[int]] = keys) -> list[int]:
            return [*keys[other.answer], -best[other.after], other.points + totals[other.after]]

        own = worth(step)
        rivals = [worth(after[state, rival]) for rival in step.open if rival != answer]
        over = [rival for rival in step.open if rival != answer]
        beaten = [
            (name, theirs != own)
            for name, theirs in zip(over, rivals, strict=True)
            if all(more >= less for more, less in zip(theirs, own, strict=True))
        ]
        never_better[state.scene, answer] = never_better.get((state.scene, answer), True) and bool(beaten)
        better[state.scene, answer] |= {name for name, strictly in beaten if strictly}
    assert {answer: set(names) for answer, names in measures.dominated.items()} == {
        answer: better[answer] for answer, never in never_better.items() if never and better[answer]
    }
