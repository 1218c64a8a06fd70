"""A case as its facilitator tries it: the choices stand in the address, and nothing of the play is kept."""

import re
from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from course.cases.debrief import debrief
from course.cases.engine import (
    Action,
    Case,
    Choose,
    IllegalStep,
    Said,
    State,
    begin,
    compile_case,
    open_choices,
    scene,
    step,
)
from course.cases.moves import came_to
from course.cohorts.queries.runs import HeldRun
from course.content.markdown import to_html, to_line
from course.content.schema import Choice, Consequence, Decision, Ending, RankScene, SayScene
from course.facilitator.views.desk import blueprint, own_run
from course.library import queries as library
from course.web.access import Who, enter, found
from course.web.transaction import session

NAME = r"[a-z][a-z0-9_]{0,39}"
GIVEN = rf"{NAME}(?:,{NAME}){{0,4}}"
PATH = re.compile(rf"{GIVEN}(?:\.{GIVEN}){{0,99}}")
"""Answers one after the other, an order as its items; a hundred of them are more than any case has."""
PLACE = "place-"


@dataclass(frozen=True)
class Ended:
    """What a play that has ended is looked back on with: scene by scene, what was chosen and why it matters."""

    learned: Markup
    chances: list[dict[str, object]]
    steps: list[tuple[str, str, str]]


@blueprint.get("/runs/<int:run_id>/prepare/cases/<scenario_id>/")
@enter(Who.FACILITATOR)
def preview(run_id: int, scenario_id: str) -> ResponseReturnValue:
    """Show where a path leads. One that cannot be walked begins again."""
    held = own_run(run_id)
    module = library.module(session(), held.version_hash)
    case = compile_case(found(module.scenario(scenario_id)))
    path = request.args.get("path", "")
    choice = request.args.get("choice", "") or _order()
    if choice:
        onward = f"{path}.{choice}" if path else choice
        return redirect(_url(held, case, next((each for each in (onward, path) if _walk(case, each)), "")), 303)
    walked = _walk(case, path)
    if walked is None:
        return redirect(_url(held, case, ""), 303)
    return _page(held, case, path, *walked)


def _url(held: HeldRun, case: Case, path: str) -> str:
    here = url_for("facilitator.preview", run_id=held.id, scenario_id=case.scenario.id)
    return f"{here}?path={path}#play" if path else here


def _order() -> str:
    """Return the order that the form of a scene gave, by the places of its items; empty for anything else."""
    places = {name.removeprefix(PLACE): at for name, at in request.args.items() if name.startswith(PLACE)}
    whole = sorted(places.values()) == [str(place + 1) for place in range(len(places))]
    return ",".join(sorted(places, key=lambda name: places[name])) if whole else ""


def _walk(case: Case, path: str) -> tuple[State, list[Action]] | None:
    """Return where a path leads and its steps, or None when it cannot be walked.

    Where learners say a sentence of their own first, nothing needs to be said here.
    """
    state, _events = begin(case)
    taken: list[Action] = []
    if path and not PATH.fullmatch(path):
        return None
    for name in path.split(".") if path else ():
        said: list[Action] = [Said(state.scene)] if isinstance(scene(case, state), SayScene) else []
        for action in (*said, Choose(state.scene, name)):
            try:
                state, _events = step(case, state, action)
            except IllegalStep:
                return None
            taken.append(action)
    return state, taken


def _page(held: HeldRun, case: Case, path: str, state: State, taken: list[Action]) -> str:
    here = scene(case, state)
    chosen, last = _last(case, path, taken)
    return render_template(
        "facilitator/preview.html",
        run=held,
        case=case.scenario,
        intro=_html(case.scenario.intro) if last is None else "",
        last=last,
        chosen=chosen[0] if len(chosen) == 1 else "",
        chosen_order=chosen if len(chosen) > 1 else (),
        then=_html(last.then) if last is not None else "",
        coach=to_line(last.coach) if last is not None and case.scenario.coaching == "now" else None,
        scene=here,
        body=_html(here.body),
        answers=[
            {"id": choice.id, "text": to_line(choice.text)}
            for choice in open_choices(case, state)
            if isinstance(choice, Choice)
        ],
        items=sorted(
            ({"id": item.id, "text": to_line(item.text), "place": ""} for item in here.items),
            key=lambda item: item["text"],
        )
        if isinstance(here, RankScene)
        else (),
        said=here if isinstance(here, SayScene) else None,
        poor=_html(here.poor) if isinstance(here, SayScene) else "",
        good=_html(here.good) if isinstance(here, SayScene) else "",
        path=path,
        back=_url(held, case, path.rpartition(".")[0]) if taken else "",
        again=_url(held, case, ""),
        ended=_ended(case, taken) if isinstance(here, Ending) else None,
    )


def _ended(case: Case, taken: list[Action]) -> Ended:
    looked = debrief(case, taken)
    return Ended(
        learned=_html(looked.ending.learned),
        chances=[
            {
                "title": chance.title,
                "project": chance.project,
                "relationship": chance.relationship,
                "taken": chance.taken,
                "of": chance.met,
            }
            for chance in looked.chances
        ],
        steps=[
            (part.scene_title, to_line(part.chosen), to_line(part.coach))
            for month in looked.months
            for part in month.steps
        ],
    )


def _last(case: Case, path: str, taken: list[Action]) -> tuple[tuple[str, ...], Consequence | None]:
    """Return the last answer of a path in words, of an order line by line, with what it came to."""
    if not taken:
        return (), None
    given = path.rpartition(".")[2]
    decision = case.nodes[taken[-1].scene].scene
    if not isinstance(decision, Decision):
        raise TypeError(f"A step was taken at {taken[-1].scene}, where nothing can be chosen.")
    answer = came_to(decision, given)
    if isinstance(decision, RankScene):
        lines = {item.id: to_line(item.text) for item in decision.items}
        return tuple(lines[name] for name in given.split(",")), answer
    return (to_line(answer.text) if isinstance(answer, Choice) else "",), answer


def _html(text: str) -> Markup:
    return Markup(to_html(text, shift=2))  # noqa: S704 - nh3 has cleaned it.
