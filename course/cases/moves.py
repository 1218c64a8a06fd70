"""What comes of an answer as it was given, and a legal move of a play by chance."""

from random import Random

from course.cases.case import band, distance, says
from course.cases.engine import Action, Case, Choose, Said, State, has_said, open_choices
from course.content.schema import Consequence, Decision, RankScene


def by_chance(case: Case, state: State, dice: Random) -> Action:
    """Return one of the moves of a play that has not ended: each open answer, of an order each order, as likely."""
    node = case.nodes[state.scene]
    if says(node) and not has_said(case, state):
        return Said(state.scene)
    if isinstance(node.scene, RankScene):
        items = [item.id for item in node.scene.items]
        return Choose(state.scene, ",".join(dice.sample(items, len(items))))
    return Choose(state.scene, dice.choice(open_choices(case, state)).id)


def came_to(scene: Decision, given: str) -> Consequence:
    """Return what an answer came to: the choice of this id, or the band of an order."""
    if isinstance(scene, RankScene):
        return scene.bands[band(scene, distance(scene, given.split(",")))]
    return next(answer for answer in scene.answers if answer.id == given)
