"""One course: who leads it, when and where, who has a seat, and taking it out of the calendar."""

from flask import Response, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from course.cohorts.rules.calendar import NotLive, RunCancelled, WorkExists, zones
from course.cohorts.service import calendar
from course.manager.forms.days import FacilitatorForm, PlaceForm, WindowForm
from course.manager.forms.people import ChosenForm
from course.manager.queries import cohorts
from course.manager.queries import runs as queries
from course.manager.queries.runs import HeldRun
from course.manager.views.days import NOBODY, at_minutes, facilitator_choices, minutes, say_seated
from course.manager.views.desk import blueprint
from course.manager.views.scope import own_run
from course.platforms.service import contexts
from course.web import access, transaction
from course.web.access import Who, enter
from course.web.fields import choices
from course.web.forms import read
from course.web.texts import _


@blueprint.get("/runs/<int:run_id>/")
@enter(Who.MANAGER)
def run(run_id: int) -> Response:
    return _page(200, own_run(run_id))


@blueprint.post("/runs/<int:run_id>/facilitator")
@enter(Who.MANAGER)
def change_facilitator(run_id: int) -> AnyResponse:
    held = _live_run(run_id)
    form = _facilitator_form(held)
    if not form.validate():
        return _page(422, held, facilitator=form)
    calendar.set_facilitator(transaction.session(), run_id=run_id, person_id=form.facilitator.data or None)
    return _saved(run_id)


@blueprint.post("/runs/<int:run_id>/day")
@enter(Who.MANAGER)
def change_day(run_id: int) -> AnyResponse:
    held = _live_run(run_id)
    form = read(PlaceForm)
    if not form.validate() or form.date.data is None or form.starts.data is None:
        return _page(422, held, place=form)
    calendar.change_day(
        transaction.session(),
        day_id=held.day_id,
        date=form.date.data,
        starts=minutes(form.starts.data),
        zone=form.zone.data or "",
        place=form.place.data or "",
    )
    return _saved(run_id)


@blueprint.post("/runs/<int:run_id>/window")
@enter(Who.MANAGER)
def change_window(run_id: int) -> AnyResponse:
    held = _live_run(run_id)
    form = read(WindowForm)
    if not form.validate():
        return _page(422, held, window=form)
    calendar.set_window(
        transaction.session(),
        run_id=run_id,
        opens_days=form.opens_days.data or 0,
        due_days=form.due_days.data or 0,
    )
    return _saved(run_id)


@blueprint.post("/runs/<int:run_id>/seats/")
@enter(Who.MANAGER)
def add_seats(run_id: int) -> AnyResponse:
    """Give seats to the ticked members of the group, or to all of them."""
    held = _live_run(run_id)
    session = transaction.session()
    form = read(ChosenForm)
    if not form.validate():
        return _page(422, held)
    if form.whole.data:
        chosen = cohorts.member_ids(session, held.cohort_id)
    else:
        chosen = queries.members_among(session, held.cohort_id, form.people.data or [])
        if len(chosen) != len(set(form.people.data or [])):
            access.found(None)
    try:
        seated = calendar.add_seats(session, run_id=run_id, person_ids=chosen)
    except RunCancelled:
        access.found(None)
        raise
    contexts.report_seats(session, cohort_id=held.cohort_id)
    say_seated(session, seated)
    return redirect(url_for("manager.run", run_id=run_id), 303)


@blueprint.post("/runs/<int:run_id>/seats/<int:seat_id>/cancel")
@enter(Who.MANAGER)
def cancel_seat(run_id: int, seat_id: int) -> AnyResponse:
    own_run(run_id)
    seat = access.found(queries.seat_of(transaction.session(), run_id, seat_id))
    calendar.cancel_seat(transaction.session(), seat_id=seat_id)
    flash(
        _("%(name)s has no seat any more. Given again, it comes back with everything done on it.", name=seat.name),
        "good",
    )
    return redirect(url_for("manager.run", run_id=run_id), 303)


@blueprint.post("/runs/<int:run_id>/cancel")
@enter(Who.MANAGER)
def cancel_run(run_id: int) -> AnyResponse:
    held = own_run(run_id)
    try:
        calendar.cancel_run(transaction.session(), run_id=run_id, has_work=queries.has_work)
    except WorkExists:
        flash(
            _("Somebody has begun to work in this course, so it cannot be taken out. Cancel single seats instead."),
            "attention",
        )
        return redirect(url_for("manager.run", run_id=run_id), 303)
    flash(_("%(title)s is out of the calendar, and its seats are free.", title=held.title), "good")
    return redirect(url_for("manager.cohort_setup", cohort_id=held.cohort_id), 303)


@blueprint.post("/runs/<int:run_id>/version")
@enter(Who.MANAGER)
def use_live_version(run_id: int) -> AnyResponse:
    _live_run(run_id)
    try:
        calendar.use_live_version(transaction.session(), run_id=run_id, has_work=queries.has_work)
    except WorkExists:
        flash(_("Somebody has begun in the meantime, so the course stays as it is."), "attention")
    except NotLive:
        flash(_("This module is no longer published, so the course stays as it is."), "attention")
    else:
        flash(_("The course uses the newest version now."), "good")
    return redirect(url_for("manager.run", run_id=run_id), 303)


def _live_run(run_id: int) -> HeldRun:
    held = own_run(run_id)
    return access.found(None if held.cancelled else held)


def _saved(run_id: int) -> AnyResponse:
    flash(_("Saved."), "good")
    return redirect(url_for("manager.run", run_id=run_id), 303)


def _facilitator_form(held: HeldRun) -> FacilitatorForm:
    session = transaction.session()
    form = read(FacilitatorForm, facilitator=held.facilitator_id or NOBODY)
    pairs = facilitator_choices(session, frozenset({held.organisation_id}))
    form.facilitator.choices = choices(pairs)
    return form


def _page(
    status: int,
    held: HeldRun,
    *,
    facilitator: FacilitatorForm | None = None,
    place: PlaceForm | None = None,
    window: WindowForm | None = None,
) -> Response:
    session = transaction.session()
    if facilitator is None:
        facilitator = FacilitatorForm(data={"facilitator": held.facilitator_id or NOBODY})
        facilitator.facilitator.choices = choices(facilitator_choices(session, frozenset({held.organisation_id})))
    unseated, waiting = queries.unseated(session, held)
    body = render_template(
        "manager/run.html",
        held=held,
        seats=queries.seats(session, held.run_id),
        unseated=unseated,
        waiting=waiting,
        zones=zones(),
        facilitator=facilitator,
        place=place
        or PlaceForm(
            data={
                "date": held.date,
                "starts": at_minutes(held.starts),
                "zone": held.zone,
                "place": held.place,
            }
        ),
        window=window or WindowForm(data={"opens_days": held.opens_days, "due_days": held.due_days}),
    )
    return make_response(body, status)
