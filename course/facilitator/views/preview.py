"""A case as its facilitator tries it: the choices stand in the address, and nothing of the play is kept."""

import re
from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from course.cases.debrief import debrief
from course.cases.engine import Case, Choose, IllegalStep, State, begin, compile_case, open_choices, scene, step
from course.cohorts.queries.runs import HeldRun
from course.content.markdown import to_html, to_line
from course.content.schema import Choice, Decision, Ending
from course.facilitator.views.desk import blueprint, own_run
from course.library import queries as library
from course.web.access import Who, enter, found
from course.web.transaction import session

PATH = re.compile(r"[a-z][a-z0-9_]{0,39}(?:\.[a-z][a-z0-9_]{0,39}){0,99}")
"""Choices one after the other; a hundred of them are more than any case has."""


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
    choice = request.args.get("choice", "")
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


def _walk(case: Case, path: str) -> tuple[State, list[Choose]] | None:
    """Return where a path leads and its steps, or None when it cannot be walked."""
    state, _events = begin(case)
    taken: list[Choose] = []
    if path and not PATH.fullmatch(path):
        return None
    for name in path.split(".") if path else ():
        action = Choose(state.scene, name)
        try:
            state, _events = step(case, state, action)
        except IllegalStep:
            return None
        taken.append(action)
    return state, taken


def _page(held: HeldRun, case: Case, path: str, state: State, taken: list[Choose]) -> str:
    here = scene(case, state)
    last = _taken(case, taken[-1]) if taken else None
    return render_template(
        "facilitator/preview.html",
        run=held,
        case=case.scenario,
        intro=_html(case.scenario.intro) if last is None else "",
        last=last,
        chosen=to_line(last.text) if last is not None else "",
        then=_html(last.then) if last is not None else "",
        coach=to_line(last.coach) if last is not None and case.scenario.coaching == "now" else None,
        scene=here,
        body=_html(here.body),
        answers=[
            {"id": choice.id, "text": to_line(choice.text)}
            for choice in open_choices(case, state)
            if isinstance(choice, Choice)
        ],
        path=path,
        back=_url(held, case, path.rpartition(".")[0]) if taken else "",
        again=_url(held, case, ""),
        ended=_ended(case, taken) if isinstance(here, Ending) else None,
    )


def _ended(case: Case, taken: list[Choose]) -> Ended:
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


def _taken(case: Case, action: Choose) -> Choice:
    decision = case.nodes[action.scene].scene
    if not isinstance(decision, Decision):
        raise TypeError(f"A step was taken at {action.scene}, where nothing can be chosen.")
    return next(answer for answer in decision.answers if isinstance(answer, Choice) and answer.id == action.choice)


def _html(text: str) -> Markup:
    return Markup(to_html(text, shift=2))  # noqa: S704 - nh3 has cleaned it.
