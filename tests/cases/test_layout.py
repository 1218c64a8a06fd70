"""The picture of a case: no box on another, no line through a box, and every way is drawn."""

from itertools import combinations

import pytest
from hypothesis import given, settings

from course.cases.layout import GAP, HEIGHT, Box, Line, Picture, picture
from course.content.schema import Decision, Ending, Gate, Scenario
from tests.cases.cases import choice, decision, ending, scenario, whole
from tests.cases.generated import cases
from tests.cases.shipped import SHIPPED, shipped


def crowded(one: Box, two: Box) -> bool:
    return abs(one.x - two.x) < (one.width + two.width) / 2 + GAP / 2 and abs(one.y - two.y) < HEIGHT


def through(line: Line, box: Box) -> bool:
    """Whether a line passes a row where a box of the row stands."""
    if line.back or box.scene.id in {line.start, line.to}:
        return False
    return any(abs(y - box.y) <= HEIGHT / 2 and abs(x - box.x) < box.width / 2 for x, y in line.points)


def ways(case: Scenario) -> set[tuple[str, str]]:
    found = set()
    for scene in case.scenes:
        if isinstance(scene, Decision):
            found |= {(scene.id, answer.to) for answer in scene.answers}
        elif isinstance(scene, Gate):
            found |= {(scene.id, route.to) for route in scene.routes}
    return found


def assert_drawn_well(case: Scenario) -> Picture:
    drawn = picture(case)
    assert [box.scene for box in drawn.boxes] == list(case.scenes)
    assert sorted((line.start, line.to) for line in drawn.lines) == sorted(ways(case))
    assert [(one.scene.id, two.scene.id) for one, two in combinations(drawn.boxes, 2) if crowded(one, two)] == []
    assert [
        (line.start, line.to, box.scene.id) for line in drawn.lines for box in drawn.boxes if through(line, box)
    ] == []
    for box in drawn.boxes:
        assert box.width / 2 <= box.x + 0.001
        assert box.x + box.width / 2 <= drawn.width + 0.001
        assert HEIGHT / 2 <= box.y <= drawn.height - HEIGHT / 2
    return drawn


@pytest.mark.parametrize("case_id", SHIPPED)
def test_shipped_cases_are_drawn_well(case_id: str) -> None:
    case = shipped(case_id)
    drawn = assert_drawn_well(case)
    rows = {box.scene.id: box.row for box in drawn.boxes}
    assert rows[case.start] == 0
    assert all(rows[line.start] < rows[line.to] for line in drawn.lines if not line.back)
    # The endings stand in the last row, the best one at the left.
    last = sorted((box for box in drawn.boxes if isinstance(box.scene, Ending)), key=lambda box: box.x)
    assert {box.row for box in last} == {max(rows.values())}
    assert [box.scene.rank for box in last if isinstance(box.scene, Ending)] == sorted(
        scene.rank for scene in case.scenes if isinstance(scene, Ending)
    )
    assert picture(case) == drawn


@settings(deadline=None)
@given(cases())
def test_any_case_is_drawn_well(case: Scenario) -> None:
    assert_drawn_well(case)


def test_a_crowd_would_be_noticed() -> None:
    one, two, *_ = picture(scenario()).boxes
    assert crowded(one, one)
    assert not crowded(one, two)
    line = Line("a", "b", ((one.x, one.y - 60), (one.x + 1, one.y), (one.x, one.y + 60)), back=False)
    assert through(line, one)
    assert not through(line, two)


def test_a_way_back_goes_round_the_side() -> None:
    data = whole()
    data["scenes"][1]["choices"].append(choice("back", "one", do={"slack": 1}, if_="slack < 2"))
    data["scenes"][0]["choices"].append(choice("stay", "one", do={"slack": 1}, if_="slack < 2"))
    drawn = assert_drawn_well(scenario(data))
    back = [line for line in drawn.lines if line.back]
    assert [(line.start, line.to) for line in back] == [("one", "one"), ("two", "one")]
    right = max(box.x + box.width / 2 for box in drawn.boxes)
    assert all(line.points[1][0] > right for line in back)


def test_sixty_scenes_are_drawn() -> None:
    names = [f"a_scene_with_a_long_name_{number:02}" for number in range(58)]
    scenes = [
        decision(name, *(choice(f"c{step}", [*names, "good", "bad"][number + step]) for step in (1, 2)))
        for number, name in enumerate(names)
    ]
    data = whole(scenes=[*scenes, ending("good", 1), ending("bad", 2)], start=names[0], size="full")
    assert_drawn_well(scenario(data))
