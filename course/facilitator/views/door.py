"""The door of a room: the code on the wall, who came in, who is missing, and everything undone in one tap."""

import hashlib
from dataclasses import dataclass

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from markupsafe import Markup

from course import clock
from course.cohorts.queries import door as queries
from course.cohorts.queries.door import Room
from course.cohorts.queries.runs import HeldRun
from course.cohorts.rules.door import TooLate, good_until, show_code
from course.cohorts.service import door as doors
from course.cohorts.service.calendar import add_walk_in
from course.facilitator.forms.door import WalkInForm
from course.facilitator.views.desk import blueprint, own_run
from course.web import address, transaction
from course.web.access import Who, enter, found, viewer
from course.web.forms import read
from course.web.texts import _


@dataclass(frozen=True)
class DoorPage:
    """What the phone of the facilitator and the wall show of a door."""

    run: HeldRun
    room: Room
    address: str
    """Where people type the code, short enough to be typed."""
    code: str | None
    qr: Markup | None
    loopback: bool
    over: bool
    """The day of the run has ended, and its door with it."""
    mark: str
    """Changes with anything that is shown, so that a browser asks for news and mostly hears that there are none."""


@blueprint.get("/runs/<int:run_id>/door/")
@enter(Who.FACILITATOR)
def door(run_id: int) -> Response:
    return _page(own_run(run_id), read(WalkInForm), 200)


@blueprint.get("/runs/<int:run_id>/door/wall")
@enter(Who.FACILITATOR)
def door_wall(run_id: int) -> Response:
    return make_response(render_template("facilitator/door_wall.html", page=_shown(own_run(run_id))))


@blueprint.get("/runs/<int:run_id>/door/arrivals")
@enter(Who.FACILITATOR)
def door_arrivals(run_id: int) -> Response:
    """Return what changed on the facilitator's page since it asked last."""
    return _news("facilitator/door_arrivals.html", run_id)


@blueprint.get("/runs/<int:run_id>/door/wall/news")
@enter(Who.FACILITATOR)
def door_wall_news(run_id: int) -> Response:
    """Return what changed on the wall since it asked last."""
    return _news("facilitator/door_wall_news.html", run_id)


@blueprint.post("/runs/<int:run_id>/door/open")
@enter(Who.FACILITATOR)
def open_door(run_id: int) -> Response:
    run = own_run(run_id)
    try:
        doors.open_door(transaction.session(), run_id=run.id)
    except TooLate:
        return _too_late(run)
    return _back(run)


@blueprint.post("/runs/<int:run_id>/door/change")
@enter(Who.FACILITATOR)
def change_code(run_id: int) -> Response:
    run = own_run(run_id)
    try:
        doors.change_code(transaction.session(), run_id=run.id)
    except TooLate:
        return _too_late(run)
    flash(_("The code has changed. Those who are in stay in."), "good")
    return _back(run)


@blueprint.post("/runs/<int:run_id>/door/close")
@enter(Who.FACILITATOR)
def close_door(run_id: int) -> Response:
    run = own_run(run_id)
    doors.close_door(transaction.session(), run_id=run.id)
    return _back(run)


@blueprint.post("/runs/<int:run_id>/door/arrivals/<int:arrival_id>/undo")
@enter(Who.FACILITATOR)
def undo_arrival(run_id: int, arrival_id: int) -> Response:
    run = own_run(run_id)
    if doors.undo_arrival(transaction.session(), run_id=run.id, arrival_id=arrival_id):
        flash(_("Done: that device is signed out and the name is free again."), "good")
    return _back(run)


@blueprint.post("/runs/<int:run_id>/door/walk-ins/<int:seat_id>/remove")
@enter(Who.FACILITATOR)
def remove_walk_in(run_id: int, seat_id: int) -> Response:
    run = own_run(run_id)
    if doors.remove_walk_in(transaction.session(), run_id=run.id, seat_id=seat_id):
        flash(_("Done: the walk-in is off the list."), "good")
    return _back(run)


@blueprint.post("/runs/<int:run_id>/door/walk-ins")
@enter(Who.FACILITATOR)
def add_walk_in_by_name(run_id: int) -> Response:
    run = own_run(run_id)
    form = read(WalkInForm)
    if not form.validate():
        return _page(run, form, 422)
    seat = add_walk_in(transaction.session(), run_id=run.id, name=form.name.data or "")
    name = found(queries.name_at(transaction.session(), run_id=run.id, seat_id=seat.id)).name
    flash(_("%(name)s is on the list and can come in by the code now.", name=name), "good")
    return _back(run)


def _shown(run: HeldRun) -> DoorPage:
    room = queries.room(transaction.session(), run_id=run.id)
    base = address.base_url()
    qr = None
    if room.code is not None:
        qr = address.qr(base + url_for("signin.door_names", code=room.code, k=room.key))
    mark = hashlib.sha256(repr((room, base, viewer().session_id)).encode()).hexdigest()[:20]
    return DoorPage(
        run=run,
        room=room,
        address=address.short(base) + url_for("signin.door"),
        code=show_code(room.code) if room.code is not None else None,
        qr=qr,
        loopback=address.is_loopback(base),
        over=good_until(run.date, run.zone) <= clock.now(),
        mark=f'"{mark}"',
    )


def _news(template: str, run_id: int) -> Response:
    page = _shown(own_run(run_id))
    if request.headers.get("If-None-Match") == page.mark:
        response = Response(status=304)
    else:
        response = make_response(render_template(template, page=page))
    response.headers["ETag"] = page.mark
    return response


def _page(run: HeldRun, form: WalkInForm, status: int) -> Response:
    return make_response(render_template("facilitator/door.html", page=_shown(run), form=form), status)


def _too_late(run: HeldRun) -> Response:
    flash(_("The day of this course is over, so its door stays closed."), "attention")
    return _page(run, WalkInForm(), 409)


def _back(run: HeldRun) -> Response:
    return make_response(redirect(url_for("facilitator.door", run_id=run.id), 303))
