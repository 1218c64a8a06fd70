"""What a decision cost: never below nothing, and over a whole play the distance from the best one."""

import copy
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from course.cases.case import compile_case
from course.cases.engine import Choose, Said
from course.cases.regret import regrets
from course.cases.scoring import score
from course.content.schema import Scenario
from tests.cases.cases import changed, choice, scenario, whole
from tests.cases.generated import cases, given_actions, plays


def costs(case_data: Scenario, *answers: str) -> tuple[int, ...] | None:
    case = compile_case(case_data)
    steps = score(case, [Choose(*answer.split(".")) for answer in answers])
    return regrets(case, steps)


def test_the_best_play_cost_nothing_and_a_poor_one_what_it_gave_away() -> None:
    case_data = scenario()
    # Best of all: ask (2), then bring (3). After `tell` (1) the best is wait (1).
    assert costs(case_data, "one.ask", "two.bring") == (0, 0)
    assert costs(case_data, "one.tell", "two.wait") == (3, 0)
    assert costs(case_data, "one.tell", "two.send") == (3, 1)
    assert costs(case_data, "one.ask", "two.send") == (0, 3)
    assert costs(case_data) == ()


def test_other_words_of_the_same_case_cost_the_same() -> None:
    data = copy.deepcopy(whole())
    data["title"] = "In other words"
    data["scenes"][0]["choices"][0]["text"] = "Another text."
    assert costs(scenario(data), "one.tell", "two.wait") == (3, 0)
    # A different key is a different case.
    keyed = changed("scenes", 0, "choices", 1, "key", to={"delivery": 4})
    assert costs(scenario(keyed), "one.tell", "two.wait") == (0, 0)


def test_nothing_is_said_of_a_case_that_goes_round() -> None:
    data = whole()
    data["scenes"][1]["choices"].append(choice("round", "one"))
    assert costs(scenario(data), "one.tell", "two.wait") is None


def test_a_sentence_changes_nothing_in_what_an_answer_cost() -> None:
    data = whole()
    data["scenes"][1].update(kind="say", prompt="Say it.", poor="Poor.", good="Good.")
    case = compile_case(scenario(data))
    steps = score(case, [Choose("one", "tell"), Said("two"), Choose("two", "send")])
    assert regrets(case, steps) == (3, 1)


@settings(deadline=None)
@given(cases(), st.randoms(use_true_random=False))
def test_costs_add_up_to_what_was_given_away(case_data: Scenario, dice: random.Random) -> None:
    case = compile_case(case_data)
    all_plays = list(plays(case))
    best = max(play.total for play in all_plays)
    play = dice.choice(all_plays)
    found = regrets(case, score(case, given_actions(case, play)))
    assert found is not None
    assert min(found) >= 0
    assert sum(found) == best - play.total
