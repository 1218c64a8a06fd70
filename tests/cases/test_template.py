"""The case that a new module begins with: each kind of player ends where its author meant them to."""

import pytest

from course import paths
from course.cases import engine
from course.cases.checker import check_case
from course.cases.lints.whole import advise
from course.content import yamltree
from course.content.schema import Scenario
from tests.cases.walks import best_places, end_of

FILE = paths.MODULES / "_template" / "scenarios" / "first-case.yaml"
SCENARIO = Scenario.model_validate(yamltree.parse(FILE.read_text(encoding="utf-8"), FILE.name).data)
CASE = engine.compile_case(SCENARIO)

ROADS = {
    # The plan, the tests and the figures: right every time.
    "live": "the_call.reassure the_evening.test_again fourteen_cars.the_mail one_line.all_well",
    # Yes to everybody.
    "so_helpful": "the_call.keep_both the_evening.old_codes fourteen_cars.let_them_on one_line.more_soon",
    # Both jobs.
    "asked_back": "the_call.ask the_evening.stand_beside fourteen_cars.who_first one_line.both_halves",
}


@pytest.mark.parametrize("ending", ROADS)
def test_each_road_leads_where_it_should(ending: str) -> None:
    assert end_of(CASE, ROADS[ending]) == ending


def test_proved() -> None:
    report = check_case(SCENARIO)
    assert [str(finding) for finding in advise(report)] == []
    assert (SCENARIO.size, len(SCENARIO.scenes)) == ("short", 8)
    assert report.measures is not None
    assert report.measures.best_endings == {"asked_back"}
    assert report.measures.opportunities == {"objective": 4, "delivery": 4}
    assert {name: round(float(share), 3) for name, share in report.shares.items()} == {
        "asked_back": 0.276,
        "live": 0.635,
        "so_helpful": 0.089,
    }


def test_the_best_option_has_no_place_and_no_length_of_its_own() -> None:
    places, longest = best_places(SCENARIO)
    assert sorted(places) == [0, 1, 2, 3]
    assert longest <= len(places) / 2
