"""What a player may do where a play stands, and one such move by chance."""

from random import Random

from course.cases.case import says
from course.cases.engine import Action, Case, Choose, Said, State, has_said, open_choices
from course.content.schema import RankScene


def by_chance(case: Case, state: State, dice: Random) -> Action:
    """Return one of the moves of a play that has not ended: each open answer, of an order each order, as likely."""
    node = case.nodes[state.scene]
    if says(node) and not has_said(case, state):
        return Said(state.scene)
    if isinstance(node.scene, RankScene):
        items = [item.id for item in node.scene.items]
        return Choose(state.scene, ",".join(dice.sample(items, len(items))))
    return Choose(state.scene, dice.choice(open_choices(case, state)).id)
