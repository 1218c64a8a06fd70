"""Roads through a case, written as `scene.answer` one after the other, and where the best answers of a case stand."""

from course.cases import engine
from course.cases.engine import Action, Case, Choose, Said
from course.content.schema import ChoiceScene, SayScene, Scenario


def actions(case: Case, road: str) -> list[Action]:
    """Take a road apart; where a scene asks for a sentence, one is said before the choice."""
    found: list[Action] = []
    for step in road.split():
        scene, answer = step.split(".")
        if isinstance(case.nodes[scene].scene, SayScene):
            found.append(Said(scene))
        found.append(Choose(scene, answer))
    return found


def end_of(case: Case, road: str) -> str | None:
    """Walk a road and give the ending it leads to, if it leads to one."""
    last, _events = engine.replay(case, actions(case, road))[-1]
    reached = engine.ending(case, last)
    return reached.id if reached is not None else None


def best_places(scenario: Scenario) -> tuple[list[int], int]:
    """Give the place of each choice's best option, and how many of these are the longest of their scene."""
    places, longest = [], 0
    for scene in scenario.scenes:
        if not isinstance(scene, ChoiceScene | SayScene):
            continue
        worth = [sum(choice.key.values()) for choice in scene.choices]
        best = worth.index(max(worth))
        places.append(best)
        longest += len(scene.choices[best].text) == max(len(choice.text) for choice in scene.choices)
    return places, longest


def assert_nothing_gives_the_best_away(scenario: Scenario) -> None:
    """The best option has no place and no length of its own."""
    places, longest = best_places(scenario)
    assert places != []
    assert max(places.count(place) for place in set(places)) <= len(places) / 2
    assert longest <= len(places) / 2
