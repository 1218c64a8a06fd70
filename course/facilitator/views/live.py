"""The room while it plays a case: where people are, where it is held, what it is shown; and the wall it looks at."""

import hashlib
from typing import cast

from flask import Response, current_app, flash, make_response, redirect, render_template, request, url_for
from itsdangerous import Signer

from course.cohorts.queries.runs import HeldRun
from course.content.schema import Decision, Scenario
from course.facilitator.forms.live import read_scene, read_sentence
from course.facilitator.queries import live as queries
from course.facilitator.views.desk import blueprint, own_run
from course.library import queries as library
from course.scenarios.queries import room
from course.scenarios.queries.room import Mark
from course.scenarios.service import room as service
from course.web.access import Who, enter, found, viewer
from course.web.texts import _
from course.web.transaction import session


@blueprint.get("/runs/<int:run_id>/live/<scenario_id>/")
@enter(Who.FACILITATOR)
def live(run_id: int, scenario_id: str) -> Response:
    run, case = of_room(run_id, scenario_id)
    mark = _live_mark(run_id, scenario_id)
    return _live("facilitator/live.html", run, case, mark)


@blueprint.get("/runs/<int:run_id>/live/<scenario_id>/news")
@enter(Who.FACILITATOR)
def live_news(run_id: int, scenario_id: str) -> Response:
    """Return what changed on the facilitator's page since it asked last."""
    mark = _live_mark(run_id, scenario_id)
    if _known(mark):
        return _nothing(mark)
    run, case = of_room(run_id, scenario_id)
    return _live("facilitator/live_parts.html", run, case, mark)


@blueprint.get("/runs/<int:run_id>/live/<scenario_id>/projector/")
@enter(Who.FACILITATOR)
def room_wall(run_id: int, scenario_id: str) -> Response:
    run, case = of_room(run_id, scenario_id)
    mark = _wall_mark(run_id, scenario_id)
    return _wall("facilitator/room_wall.html", run, case, mark)


@blueprint.get("/runs/<int:run_id>/live/<scenario_id>/projector/news")
@enter(Who.FACILITATOR)
def room_wall_news(run_id: int, scenario_id: str) -> Response:
    """Return what changed on the wall since it asked last."""
    mark = _wall_mark(run_id, scenario_id)
    if _known(mark):
        return _nothing(mark)
    run, case = of_room(run_id, scenario_id)
    return _wall("facilitator/room_wall_parts.html", run, case, mark)


@blueprint.post("/runs/<int:run_id>/live/<scenario_id>/stop")
@enter(Who.FACILITATOR)
def stop_room(run_id: int, scenario_id: str) -> Response:
    run, case = of_room(run_id, scenario_id)
    scene = _scene(case)
    service.stop(session(), run_id=run.id, scenario=case.id, scene=scene, by_id=viewer().person_id)
    return _back(run, case, f"at-{scene}")


@blueprint.post("/runs/<int:run_id>/live/<scenario_id>/lift")
@enter(Who.FACILITATOR)
def lift_stop(run_id: int, scenario_id: str) -> Response:
    run, case = of_room(run_id, scenario_id)
    scene = _scene(case)
    service.lift(session(), run_id=run.id, scenario=case.id, scene=scene)
    return _back(run, case, f"at-{scene}")


@blueprint.post("/runs/<int:run_id>/live/<scenario_id>/reveal")
@enter(Who.FACILITATOR)
def reveal_answers(run_id: int, scenario_id: str) -> Response:
    run, case = of_room(run_id, scenario_id)
    scene = _scene(case)
    service.reveal(session(), run_id=run.id, scenario=case.id, scene=scene, by_id=viewer().person_id)
    return _back(run, case, f"at-{scene}")


@blueprint.post("/runs/<int:run_id>/live/<scenario_id>/hide")
@enter(Who.FACILITATOR)
def hide_answers(run_id: int, scenario_id: str) -> Response:
    run, case = of_room(run_id, scenario_id)
    scene = _scene(case)
    service.hide(session(), run_id=run.id, scenario=case.id, scene=scene)
    return _back(run, case, f"at-{scene}")


@blueprint.post("/runs/<int:run_id>/live/<scenario_id>/pick")
@enter(Who.FACILITATOR)
def pick_sentence(run_id: int, scenario_id: str) -> Response:
    run, case = of_room(run_id, scenario_id)
    saying = found(read_sentence(request.form))
    if not service.pick(session(), run_id=run.id, scenario=case.id, saying_id=saying, by_id=viewer().person_id):
        flash(_("This sentence may not be shown any more."), "attention")
    return _back(run, case, "quotes")


@blueprint.post("/runs/<int:run_id>/live/<scenario_id>/take-down")
@enter(Who.FACILITATOR)
def take_down_sentence(run_id: int, scenario_id: str) -> Response:
    run, case = of_room(run_id, scenario_id)
    service.take_down(session(), run_id=run.id, saying_id=found(read_sentence(request.form)))
    return _back(run, case, "quotes")


def of_room(run_id: int, scenario_id: str) -> tuple[HeldRun, Scenario]:
    """Return a run that the viewer holds and a case of its module; 404 for anything else."""
    run = own_run(run_id)
    return run, found(library.module(session(), run.version_hash).scenario(scenario_id))


def _scene(case: Scenario) -> str:
    """Return the decision that was sent; 404 for any other word."""
    wanted = read_scene(request.form)
    return found(next((each.id for each in case.scenes if isinstance(each, Decision) and each.id == wanted), None))


def _live_mark(run_id: int, scenario_id: str) -> str:
    return _mark(run_id, scenario_id, room.live_mark(session(), run_id=run_id, scenario=scenario_id))


def _wall_mark(run_id: int, scenario_id: str) -> str:
    return _mark(run_id, scenario_id, room.wall_mark(session(), run_id=run_id, scenario=scenario_id))


def _mark(run_id: int, scenario_id: str, numbers: Mark) -> str:
    """Return the ETag of a room as it stands.

    Nobody can make one up: it is signed, for this session and this room. So whoever sends it was let in when they got
    it, and that nothing has changed since is all that they are told.
    """
    whole = (viewer().session_id, run_id, scenario_id, numbers)
    signer = Signer(cast(str, current_app.secret_key), salt="mark of a room", digest_method=hashlib.sha256)
    return f'"{signer.get_signature(repr(whole)).decode()}"'


def _known(mark: str) -> bool:
    return request.headers.get("If-None-Match") == mark


def _nothing(mark: str) -> Response:
    return _marked(Response(status=304), mark)


def _marked(response: Response, mark: str) -> Response:
    response.headers["ETag"] = mark
    return response


def _live(template: str, run: HeldRun, case: Scenario, mark: str) -> Response:
    shown = queries.live(session(), run_id=run.id, case=case)
    return _marked(make_response(render_template(template, run=run, case=case, room=shown, mark=mark)), mark)


def _wall(template: str, run: HeldRun, case: Scenario, mark: str) -> Response:
    shown = queries.wall(session(), run_id=run.id, case=case)
    return _marked(make_response(render_template(template, run=run, case=case, wall=shown, mark=mark)), mark)


def _back(run: HeldRun, case: Scenario, anchor: str) -> Response:
    url = url_for("facilitator.live", run_id=run.id, scenario_id=case.id, _anchor=anchor)
    return make_response(redirect(url, 303))
