"""The debrief plan of a room, on one or two sheets."""

from dataclasses import dataclass

from flask import render_template

from course.cases.engine import compile_case
from course.cases.splits import Split
from course.content.markdown import to_line
from course.content.schema import Decision, RankScene, SayScene, VoteScene
from course.debrief.queries import room
from course.debrief.queries.room import Talk
from course.facilitator.views.desk import blueprint
from course.facilitator.views.live import of_room
from course.facilitator.views.questions import best_answer, questions
from course.web.access import Who, enter
from course.web.transaction import session

MOST_TALKS = 3
"""As many as a good hour holds, and as two sheets do."""
PERCENT = 100


@dataclass(frozen=True)
class Line:
    """One answer of a split."""

    text: str
    count: int
    percent: int
    best: bool


@dataclass(frozen=True)
class Item:
    """A decision as the sheet shows it."""

    scene: Decision
    answered: int
    lines: tuple[Line, ...]
    apart: int
    """How far the room disagreed, in percent."""
    leverage: int
    questions: tuple[str, str, str]
    listen: tuple[str, ...]
    good: tuple[str, ...]
    poor: tuple[str, ...]


@blueprint.get("/runs/<int:run_id>/live/<scenario_id>/plan/")
@enter(Who.FACILITATOR)
def room_plan(run_id: int, scenario_id: str) -> str:
    run, case = of_room(run_id, scenario_id)
    made = room.plan(session(), run_id=run.id, case=compile_case(case))
    items = [_item(talk, turn) for turn, talk in enumerate(made.talks[:MOST_TALKS])]
    return render_template(
        "facilitator/room_plan.html",
        run=run,
        case=case,
        plan=made,
        items=items,
        heard=any(item.good or item.poor for item in items),
        asks=any(isinstance(scene, SayScene) for scene in case.scenes),
        later=[talk.weighed.split.scene for talk in made.talks[MOST_TALKS:]],
    )


def _item(talk: Talk, turn: int) -> Item:
    split = talk.weighed.split
    best = best_answer(split.scene)
    return Item(
        scene=split.scene,
        answered=split.answered,
        lines=tuple(
            Line(to_line(part.text), part.count, round(PERCENT * part.count / split.answered), part.id == best)
            for part in split.parts
        ),
        apart=round(PERCENT * split.disagreement),
        leverage=round(talk.weighed.leverage),
        questions=questions(split, turn),
        listen=_listen(split, best),
        good=talk.good,
        poor=talk.poor,
    )


def _listen(split: Split, best: str | None) -> tuple[str, ...]:
    """Return what the author would have the room see: about the best answer, and about the most frequent other one."""
    scene = split.scene
    if isinstance(scene, VoteScene | RankScene):
        coached = [scene.answers[0].coach, scene.answers[-1].coach]
    else:
        coach = {answer.id: answer.coach for answer in scene.answers}
        often = sorted(split.parts, key=lambda part: -part.count)
        other = next((part.id for part in often if part.id != best), None)
        coached = [coach[name] for name in (best, other) if name is not None]
    return tuple(dict.fromkeys(to_line(text) for text in coached))
