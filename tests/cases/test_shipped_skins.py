"""The skins that come with Oneday: offered where they should be, and nothing of the first trade is left in them."""

import re

import pytest

from course.cases import engine
from course.cases.engine import Choose, Said
from course.content.checks.skins import texts_of
from course.content.schema import LAST, SayScene
from tests.make import shipped

MODULE = shipped("managing-the-client-relationship")
AGAIN, BOOSTER = "twenty-to-eight-again", "slash-peonies"
TRADES = {"IT analyst", "Web developer", "Infrastructure engineer"}
WORN = [(case_id, skin) for case_id, skin in MODULE.cases if skin]
FOREIGN = {
    AGAIN: r"payroll|payslip|wages?|balance sheet|tax|poster|plant managers?|the plants|charter|Tidewater|controller",
    BOOSTER: r"peon\w+|Tansy|shop|catalogue|picture|roses|page not found|basket|stock|merchandisers?|grower|clock",
}


def test_every_trade_is_offered_once_by_both() -> None:
    for case_id in (AGAIN, BOOSTER):
        case = MODULE.scenario(case_id)
        assert case is not None
        worn = [MODULE.scenario(case_id, skin) for skin in case.skins]
        trades = [case.trade, *(each.trade for each in worn if each is not None)]
        assert len(trades) == len(set(trades)) == len(case.skins) + 1
        assert set(trades) >= TRADES
    assert len(WORN) == 5


@pytest.mark.parametrize(("case_id", "skin"), WORN)
def test_no_word_of_the_first_trade_is_left(case_id: str, skin: str) -> None:
    foreign = re.compile(rf"\b(?:{FOREIGN[case_id]})\b", re.IGNORECASE)
    worn, plain = MODULE.scenario(case_id, skin), MODULE.scenario(case_id)
    assert worn is not None
    assert plain is not None
    left = {(said.path, word) for said in texts_of(worn) for word in foreign.findall(said.text)}
    assert left == set()
    # The same words are found where they belong.
    assert len({word for said in texts_of(plain) for word in foreign.findall(said.text)}) > 3


@pytest.mark.parametrize("skin", ["", *(skin for case_id, skin in WORN if case_id == AGAIN)])
def test_four_decisions_again_one_after_the_other(skin: str) -> None:
    scenario = MODULE.scenario(AGAIN, skin)
    assert scenario is not None
    case = engine.compile_case(scenario)
    state, _events = engine.begin(case)
    met = []
    while engine.ending(case, state) is None:
        met.append(state.scene)
        if isinstance(case.nodes[state.scene].scene, SayScene):
            state, _events = engine.step(case, state, Said(state.scene))
        answers = engine.open_choices(case, state)
        assert len(answers) == len(case.nodes[state.scene].options)
        state, _events = engine.step(case, state, Choose(state.scene, answers[-1].id))
    assert met == ["w4_door", "w4_night", "extra", "slip"]
    assert state.scene == LAST


def test_the_block_has_time_for_them() -> None:
    block = MODULE.block("decide-again")
    case = MODULE.scenario(AGAIN)
    assert block is not None
    assert case is not None
    assert (block.scenario, block.laptops) == (AGAIN, "open")
    assert case.minutes in {step.minutes for step in block.facilitator.do}
