"""The booster, played a month after the day: what the author meant each road to lead to."""

import pytest

from course.cases import engine
from course.cases.checker import check_case
from course.cases.lints.whole import advise
from tests.cases.walks import assert_nothing_gives_the_best_away, end_of
from tests.make import shipped

MODULE = shipped("managing-the-client-relationship")
SCENARIO = next(case for case in MODULE.scenarios if case.id == MODULE.booster)
CASE = engine.compile_case(SCENARIO)

ROADS = {
    # The freeze as it was signed, and everything else to those whose business it is.
    "end_not_found": "tue_call.board tue_list.reply_all wed_board.freeze fri_forty.not_mine wed_clock.after_sale",
    # Yes to everybody.
    "end_rolled_back": "tue_call.slot tue_list.ines_tonight wed_board.exception fri_forty.soften wed_clock.four_lines",
    # The address, and little more.
    "end_quiet": "tue_call.noon tue_list.ring wed_board.address fri_forty.in_the_note wed_clock.after_sale",
    # Both jobs.
    "end_earlier": "tue_call.what_if tue_list.paper wed_board.address fri_forty.ring_first wed_clock.whose_clock",
}


@pytest.mark.parametrize("ending", ROADS)
def test_each_road_leads_where_it_should(ending: str) -> None:
    assert end_of(CASE, ROADS[ending]) == ending


def test_proved() -> None:
    report = check_case(SCENARIO)
    assert [str(finding) for finding in advise(report)] == []
    assert SCENARIO.size == "short"
    assert report.measures is not None
    assert (report.measures.fewest_decisions, report.measures.most_decisions) == (5, 5)
    assert min(report.measures.opportunities.values()) == 2
    assert {name: round(float(share), 3) for name, share in report.shares.items()} == {
        "end_earlier": 0.063,
        "end_quiet": 0.298,
        "end_not_found": 0.402,
        "end_rolled_back": 0.236,
    }


def test_the_best_option_has_no_place_and_no_length_of_its_own() -> None:
    assert_nothing_gives_the_best_away(SCENARIO)
