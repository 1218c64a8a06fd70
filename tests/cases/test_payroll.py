"""The payroll interface case: what the author meant each road to lead to."""

import pytest

from course.cases import engine
from course.cases.checker import check_case
from course.cases.debrief import debrief
from course.cases.lints.whole import advise
from tests.cases.walks import actions, assert_nothing_gives_the_best_away, end_of
from tests.make import shipped

MODULE = shipped("managing-the-client-relationship")
SCENARIO = MODULE.scenarios[0]
CASE = engine.compile_case(SCENARIO)

OURS_FIRST = "steering.risks,percent,friday,decision,thirtieth"
MIXED = "steering.percent,friday,thirtieth,decision,risks"
THEIRS_FIRST = "steering.thirtieth,decision,friday,percent,risks"

ROADS = {
    # Everything by the plan, and every reproach answered with it.
    "end_removed": f"""
        w4_door.explain w4_night.work w4_morning.freeze_first office.plan design.alone {OURS_FIRST} extra.refuse
        slip.bare halfway.payroll m3_silent.carry_on parallel.fix_first m4_partner.numbers""",
    # Yes to everybody.
    "end_overrun": f"""
        w4_door.promise w4_night.write_down w4_morning.ruth_first office.walk design.clerk {MIXED} extra.agree
        slip.overtime halfway.calm m3_ally.with_ruth parallel.reasons m4_partner.own""",
    # Decent work, decent manners, and no conversation that would have been uncomfortable.
    "end_cold": f"""
        w4_door.ask w4_night.work w4_morning.template office.demo design.signoff {MIXED} extra.trade slip.bare
        halfway.unsure parallel.raw m4_partner.own m5_coffee.open_list""",
    # Both jobs.
    "end_repeat": f"""
        w4_door.ask w4_night.call_helen w4_morning.together office.draw design.backward {THEIRS_FIRST} extra.trade
        slip.options halfway.ruth m3_ally.with_ruth parallel.ruth_leads m4_partner.listen""",
}


@pytest.mark.parametrize("ending", ROADS)
def test_each_road_leads_where_it_should(ending: str) -> None:
    assert end_of(CASE, ROADS[ending]) == ending


def test_the_best_road_takes_every_chance_and_the_plan_alone_only_delivers() -> None:
    best = debrief(CASE, actions(CASE, ROADS["end_repeat"]))
    plan = debrief(CASE, actions(CASE, ROADS["end_removed"]))
    assert {chance.title: chance.met - chance.taken for chance in best.chances} == {
        competency.title: 0 for competency in SCENARIO.competencies
    }
    taken = {chance.title: chance.taken for chance in plan.chances}
    delivery = SCENARIO.competencies[-1].title
    assert taken[delivery] > max(count for title, count in taken.items() if title != delivery)


def test_proved() -> None:
    report = check_case(SCENARIO)
    assert [str(finding) for finding in advise(report)] == []
    assert report.states == 38_525
    assert report.measures is not None
    assert (report.measures.fewest_decisions, report.measures.most_decisions) == (10, 12)
    assert min(report.measures.opportunities.values()) == 3
    assert {name: round(float(share), 3) for name, share in report.shares.items()} == {
        "end_removed": 0.335,
        "end_cold": 0.308,
        "end_overrun": 0.212,
        "end_repeat": 0.145,
    }


def test_the_best_option_has_no_place_and_no_length_of_its_own() -> None:
    assert_nothing_gives_the_best_away(SCENARIO)
