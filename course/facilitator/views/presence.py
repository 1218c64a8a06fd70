"""Presence: everybody was there the whole day, unless somebody says otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from course import clock
from course.cohorts.queries.presence import Attendance, attendance
from course.cohorts.queries.runs import HeldRun
from course.cohorts.rules.timetable import contact_minutes_between, timetable
from course.cohorts.service.presence import Said, say
from course.facilitator.forms.presence import TypedPresence, read_presence
from course.facilitator.views.desk import blueprint, own_run
from course.library import queries as library
from course.web.access import Who, enter, viewer
from course.web.filters import wall
from course.web.texts import _
from course.web.transaction import session


@dataclass(frozen=True)
class Line:
    """One person on the page, with what is in the boxes and what was said so far."""

    seat_id: int
    name: str
    walk_in: bool
    came: str
    left: str
    absent: bool
    minutes: int | None
    """Contact minutes as they were said; None while nobody has said anything."""
    version: int
    errors: Mapping[str, str]
    theirs: str
    """What somebody else said in the meantime; empty when nobody did."""


@blueprint.get("/runs/<int:run_id>/presence/")
@enter(Who.FACILITATOR)
def presence(run_id: int) -> str:
    held = own_run(run_id)
    ends = _ends(held)
    return _page(held, [_line(held, ends, seat) for seat in attendance(session(), run_id=run_id)])


@blueprint.post("/runs/<int:run_id>/presence/")
@enter(Who.FACILITATOR)
def save_presence(run_id: int) -> ResponseReturnValue:
    held = own_run(run_id)
    seats = {seat.seat_id: seat for seat in attendance(session(), run_id=run_id)}
    ends = _ends(held)
    if not _begun(held):
        return make_response(_page(held, [_line(held, ends, seat) for seat in seats.values()]), 422)
    typed = {row.seat_id: row for row in read_presence(request.form.to_dict(), seats, begins=held.starts)}
    conflicts = {seat_id: _say(held, seats[seat_id], row) for seat_id, row in typed.items() if not row.errors}
    conflicts = {seat_id: theirs for seat_id, theirs in conflicts.items() if theirs}
    wrong = any(row.errors for row in typed.values())
    if not wrong and not conflicts:
        flash(_("Presence is saved."), "good")
        return redirect(url_for("facilitator.presence", run_id=run_id), 303)
    lines = [
        _line(held, ends, seat, typed.get(seat.seat_id), conflicts.get(seat.seat_id, ""))
        for seat in attendance(session(), run_id=run_id)
    ]
    return make_response(_page(held, lines), 422 if wrong else 409)


def _say(held: HeldRun, seat: Attendance, row: TypedPresence) -> str:
    """Save one line if it says something new. Returns what somebody else said meanwhile, or nothing."""
    if row.came is None or row.left is None or (seat.version == row.version and _unchanged(seat, row)):
        return ""
    result = say(
        session(),
        held,
        seat_id=row.seat_id,
        came=row.came,
        left=row.left,
        base_version=row.version,
        by_id=viewer().person_id,
    )
    if result.kind is not Said.CONFLICT:
        return ""
    return _span(result.came or 0, result.left or 0)


def _unchanged(seat: Attendance, row: TypedPresence) -> bool:
    absent = seat.came is not None and seat.came == seat.left
    return absent if row.absent else (seat.came, seat.left) == (row.came, row.left)


def _span(came: int, left: int) -> str:
    return _("absent") if came == left else f"{wall(came)}–{wall(left)}"


def _ends(held: HeldRun) -> int:
    return timetable(library.module(session(), held.version_hash), held.starts)[-1].ends


def _line(held: HeldRun, ends: int, seat: Attendance, typed: TypedPresence | None = None, theirs: str = "") -> Line:
    came, left = (held.starts, ends) if seat.came is None or seat.left is None else (seat.came, seat.left)
    absent = seat.came is not None and came == left
    if absent:
        came, left = held.starts, ends
    keep = typed is not None and bool(typed.errors or theirs)
    return Line(
        seat.seat_id,
        seat.name,
        seat.way == "walk_in",
        typed.came_text if typed and keep else wall(came),
        typed.left_text if typed and keep else wall(left),
        typed.absent if typed and keep else absent,
        seat.minutes,
        seat.version,
        typed.errors if typed else {},
        theirs,
    )


def _begun(held: HeldRun) -> bool:
    return clock.now() >= clock.at(held.date, held.starts, held.zone)


def _page(held: HeldRun, lines: list[Line]) -> str:
    module = library.module(session(), held.version_hash)
    slots = timetable(module, held.starts)
    return render_template(
        "facilitator/presence.html",
        run=held,
        module=module,
        begun=_begun(held),
        ends=slots[-1].ends,
        whole=contact_minutes_between(slots, held.starts, slots[-1].ends),
        lines=lines,
    )
