"""The idea that cannot be funded: what the author meant each road to lead to."""

import pytest

from course.cases import engine
from course.cases.checker import check_case
from course.cases.debrief import debrief
from course.cases.lints.whole import advise
from course.content.schema import ChoiceScene, SayScene
from tests.cases.walks import actions, end_of
from tests.make import shipped

MODULE = shipped("a-no-that-opens-a-door")
SCENARIO = MODULE.scenarios[0]
CASE = engine.compile_case(SCENARIO)

BEST_ORDER = "decision,reasons,silence,what_for,next"
ROADS = {
    # Pass or fail, by mail, on the day; every question answered with the procedure.
    "end_empty": """
        board.template mail_echo.sheet vote.result talk.cushion quiet.explain page_seven.money his_step.september
        thirty_seven.stay ask_next.their_call teabags.go_on corridor.closed""",
    # A soft yes wherever one is to be had.
    "end_tin": """
        board.not_yet slip.silence,what_for,reasons,next,decision vote.all talk.side_with quiet.next_time
        page_seven.money his_step.build thirty_seven.go ask_next.chance read_only.password corridor.pilot""",
    # All for the one, and the others wait.
    "end_others": f"""
        board.tell_you slip.{BEST_ORDER} vote.names talk.straight quiet.winter page_seven.say_it his_step.thursday
        thirty_seven.go ask_next.two_summers graph_paper.he_shows corridor.ask_him""",
    # Open, orderly, and one question short.
    "end_decent": """
        board.tell_you slip.reasons,silence,decision,what_for,next vote.minutes talk.straight quiet.explain
        page_seven.outside his_step.one_ramp thirty_seven.form ask_next.two_summers graph_paper.file_it corridor.half
        bench.shorter_form""",
    # The no first, then the silence, then his own step, and somebody told the thirty-seven.
    "end_wedding": f"""
        board.ask_terms slip.{BEST_ORDER} vote.minutes talk.straight quiet.wait page_seven.both_logs his_step.thursday
        thirty_seven.wednesday ask_next.small graph_paper.he_shows corridor.ask_him bench.by_friday""",
}


@pytest.mark.parametrize("ending", ROADS)
def test_each_road_leads_where_it_should(ending: str) -> None:
    assert end_of(CASE, ROADS[ending]) == ending


def test_the_kind_silence_about_page_seven_closes_the_door() -> None:
    """Who spares him the sum cannot reach the best ending any more, whatever else is done well."""
    spared = ROADS["end_wedding"].replace("page_seven.both_logs", "page_seven.money")
    assert end_of(CASE, spared) == "end_decent"


def test_the_good_road_takes_every_chance_and_the_mail_only_delivers() -> None:
    best = debrief(CASE, actions(CASE, ROADS["end_wedding"]))
    mail = debrief(CASE, actions(CASE, ROADS["end_empty"]))
    assert {chance.title: chance.met - chance.taken for chance in best.chances} == {
        competency.title: 0 for competency in SCENARIO.competencies
    }
    taken = {chance.title: chance.taken for chance in mail.chances}
    delivery = SCENARIO.competencies[-1].title
    assert taken[delivery] > max(count for title, count in taken.items() if title != delivery)


def test_proved() -> None:
    report = check_case(SCENARIO)
    assert [str(finding) for finding in advise(report)] == []
    assert SCENARIO.waivers == ()
    assert report.states == 40_336
    assert report.measures is not None
    assert report.measures.paths == 4_516_848
    assert (report.measures.fewest_decisions, report.measures.most_decisions) == (10, 11)
    assert report.measures.opportunities == {"goal": 4, "reasons": 6, "step": 5, "link": 4, "delivery": 5}
    assert {name: round(float(share), 3) for name, share in report.shares.items()} == {
        "end_wedding": 0.102,
        "end_decent": 0.185,
        "end_others": 0.139,
        "end_tin": 0.248,
        "end_empty": 0.326,
    }


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
