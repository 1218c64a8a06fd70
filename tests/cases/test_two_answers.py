"""The case of two answers: what the author meant each road to lead to."""

import pytest

from course.cases import engine
from course.cases.checker import check_case
from course.cases.debrief import debrief
from course.content.schema import ChoiceScene, SayScene
from tests.cases.walks import actions, end_of
from tests.make import shipped

MODULE = shipped("two-hats-one-voice")
SCENARIO = MODULE.scenarios[0]
CASE = engine.compile_case(SCENARIO)

ROADS = {
    # Nothing but the project: the date held, each half sent to its owner, and first through the door.
    "end_third": """
        m1_door.mine m1_gwen.to_me m1_call.connect m2_jonas.signed m2_lift.percent,weeks,mails,red,same
        m2_steering.doubt m3_scanners.closed m3_reports.better m4_saturday.tuesday m5_july.hold m5_bernard.alone""",
    # Yes to everybody, and yes for somebody else.
    "end_stretched": """
        m1_door.honour m1_gwen.peace m1_call.guess m2_jonas.torch m2_lift.weeks,same,red,percent,mails
        m2_steering.yes m3_scanners.reserve m3_portal.sketch m4_saturday.tell m5_july.move m5_bernard.yield""",
    # Fair, friendly, each to their own half, and little that was carried to the end.
    "end_wall": """
        m1_door.both_right m1_gwen.lists m1_call.wait_gwen m2_jonas.price m2_lift.weeks,same,red,percent,mails
        m2_steering.my_half m3_scanners.closed m4_saturday.marked m5_july.bridge m5_bernard.monday m6_number.on_call""",
    # Both halves.
    "end_once": """
        m1_door.ask m1_gwen.lists m1_call.carry m2_jonas.price m2_lift.same,red,weeks,percent,mails
        m2_steering.red_line m3_scanners.two_halves m3_portal.bring_gwen m4_saturday.marked m5_july.bridge
        m5_bernard.now_both m6_number.one_number""",
}


@pytest.mark.parametrize("ending", ROADS)
def test_each_road_leads_where_it_should(ending: str) -> None:
    assert end_of(CASE, ROADS[ending]) == ending


def test_the_best_road_takes_every_chance_and_the_plan_alone_only_delivers() -> None:
    best = debrief(CASE, actions(CASE, ROADS["end_once"]))
    plan = debrief(CASE, actions(CASE, ROADS["end_third"]))
    assert {chance.title: chance.met - chance.taken for chance in best.chances} == {
        competency.title: 0 for competency in SCENARIO.competencies
    }
    missed = {chance.title: chance.met - chance.taken for chance in plan.chances}
    delivery = SCENARIO.competencies[-1].title
    assert missed.pop(delivery) < min(missed.values())


def test_who_pleases_everybody_delivers_nothing() -> None:
    pleaser = debrief(CASE, actions(CASE, ROADS["end_stretched"]))
    assert pleaser.chances[-1].taken == 0


def test_proved() -> None:
    report = check_case(SCENARIO)
    assert [str(finding) for finding in report.findings] == []
    assert SCENARIO.waivers == ()
    assert report.states == 21_882
    assert report.measures is not None
    assert (report.measures.fewest_decisions, report.measures.most_decisions) == (9, 11)
    assert min(report.measures.opportunities.values()) == 3
    assert report.agreement is not None
    assert round(report.agreement, 2) == 0.68
    assert {name: round(float(share), 3) for name, share in report.shares.items()} == {
        "end_once": 0.131,
        "end_wall": 0.252,
        "end_third": 0.285,
        "end_stretched": 0.332,
    }


def test_the_two_jobs_pull_apart_where_they_should() -> None:
    for scene in SCENARIO.scenes:
        if isinstance(scene, ChoiceScene) and scene.id in {"m2_jonas", "m5_july"}:
            delivers = max(scene.choices, key=lambda choice: choice.key["delivery"])
            pleases = max(scene.choices, key=lambda choice: choice.do.get("trust", 0))
            best = max(scene.choices, key=lambda choice: sum(choice.key.values()))
            assert len({delivers.id, pleases.id, best.id}) == 3
            assert delivers.do["trust"] < 0
            assert pleases.key["delivery"] == 0


def test_the_best_option_has_no_place_and_no_length_of_its_own() -> None:
    places, longest = [], 0
    for scene in SCENARIO.scenes:
        if not isinstance(scene, ChoiceScene | SayScene):
            continue
        worth = [sum(choice.key.values()) for choice in scene.choices]
        best = worth.index(max(worth))
        places.append(best)
        longest += len(scene.choices[best].text) == max(len(choice.text) for choice in scene.choices)
    assert max(places.count(place) for place in set(places)) <= len(places) / 2
    assert longest <= len(places) / 2
