"""A day made in one form: its date and place, a course on it, and seats for the group."""

from datetime import date, time

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from course.cohorts.rules.calendar import DayFull, tidy, zones
from course.cohorts.service import calendar
from course.cohorts.service.calendar import Seated
from course.library.queries import live_modules
from course.manager.forms.days import DayForm
from course.manager.queries import cohorts, people, runs
from course.manager.views.desk import blueprint
from course.manager.views.platforms import say_taken
from course.manager.views.scope import own_run, places
from course.platforms.service import contexts
from course.web import transaction
from course.web.access import Who, enter
from course.web.fields import choices
from course.web.forms import read
from course.web.ids import row_id
from course.web.texts import _, ngettext

NOBODY = 0
MINUTES_AN_HOUR = 60


@blueprint.get("/days/new")
@enter(Who.MANAGER)
def new_day() -> Response:
    return _page(200, _form(transaction.session()))


@blueprint.post("/days/new")
@enter(Who.MANAGER)
def add_day() -> AnyResponse:
    session = transaction.session()
    form = _form(session)
    if not form.validate():
        return _page(422, form)
    groups = {row[0]: row[2] for row in people.cohorts(session, places())}
    organisation_id = groups[form.cohort.data]
    _require_fit(session, form, organisation_id)
    if form.errors:
        return _page(422, form)
    try:
        with session.begin_nested():
            run_id, seated = _make(session, form, organisation_id)
    except DayFull:
        form.refuse("date", _("Three courses are held on this day already, and no more fit beside them."))
        return _page(422, form)
    say_seated(session, seated)
    say_taken(session, contexts.seat_those_who_wait(session, cohort_id=form.cohort.data))
    return redirect(url_for("manager.run", run_id=run_id), 303)


def say_seated(session: Session, seated: Seated | None) -> None:
    """Tell who got a seat, and by name who did not."""
    if seated is None:
        return
    if seated.added:
        count = len(seated.added)
        flash(ngettext("One seat was given.", "%(count)s seats were given.", count) % {"count": count}, "good")
    if seated.elsewhere:
        names = runs.names(session, seated.elsewhere)
        flash(
            ngettext(
                "%(names)s has a seat in another course on this day, and keeps that one.",
                "%(names)s have seats in another course on this day, and keep those.",
                len(names),
            )
            % {"names": ", ".join(names)},
            "attention",
        )


def minutes(at: time) -> int:
    return at.hour * MINUTES_AN_HOUR + at.minute


def at_minutes(starts: int) -> time:
    return time(starts // MINUTES_AN_HOUR, starts % MINUTES_AN_HOUR)


def facilitator_choices(session: Session, organisations: frozenset[int]) -> list[tuple[int, str]]:
    led: dict[int, str] = {row[0]: row[1] for row in people.facilitators(session, organisations)}
    return [(NOBODY, _("Nobody yet")), *led.items()]


def _require_fit(session: Session, form: DayForm, organisation_id: int) -> None:
    """Refuse a facilitator of another organisation, and the same course a second time."""
    able = {row[0] for row in people.facilitators(session, [organisation_id])}
    if form.facilitator.data and form.facilitator.data not in able:
        form.refuse("facilitator", _("This facilitator does not belong to the group's organisation."))
    on: date = form.date.data or date.min
    if runs.already_held(session, cohort_id=form.cohort.data, module=form.module.data, date=on):
        form.refuse("module", _("The group has this course on this date already."))


def _make(session: Session, form: DayForm, organisation_id: int) -> tuple[int, Seated | None]:
    place = tidy(form.place.data or "")
    zone = form.zone.data or ""
    on: date = form.date.data or date.min
    starts = minutes(form.starts.data or time())
    day_id = runs.same_day(session, organisation_id=organisation_id, date=on, starts=starts, zone=zone, place=place)
    if day_id is None:
        day_id = calendar.add_day(
            session, organisation_id=organisation_id, date=on, starts=starts, zone=zone, place=place
        ).id
    run = calendar.add_run(
        session,
        day_id=day_id,
        cohort_id=form.cohort.data,
        module=form.module.data,
        facilitator_id=form.facilitator.data or None,
        opens_days=form.opens_days.data or 0,
        due_days=form.due_days.data or 0,
    )
    if not form.seats.data:
        return run.id, None
    members = cohorts.member_ids(session, form.cohort.data)
    return run.id, calendar.add_seats(session, run_id=run.id, person_ids=members)


def _form(session: Session) -> DayForm:
    beside = request.args.get("beside", type=row_id)
    form = read(DayForm, **_defaults(session, beside))
    groups = people.cohorts(session, places())
    several = len({row[2] for row in groups}) > 1
    form.cohort.choices = choices((row[0], f"{row[1]}, {row[3]}" if several else row[1]) for row in groups)
    form.module.choices = choices((module.slug, module.title) for module in live_modules(session))
    form.facilitator.choices = choices(facilitator_choices(session, places()))
    return form


def _defaults(session: Session, beside: int | None) -> dict[str, object]:
    """Return what a new day most likely has: the day it stands beside, or the place and zone of the last one."""
    chosen: dict[str, object] = {"cohort": request.args.get("cohort", type=row_id), "opens_days": 7, "due_days": 7}
    chosen["seats"] = True
    chosen["module"] = request.args.get("module")
    if request.method == "POST":
        return chosen
    if beside is not None:
        held = own_run(beside)
        return chosen | {
            "date": held.date,
            "starts": at_minutes(held.starts),
            "zone": held.zone,
            "place": held.place,
            "cohort": chosen["cohort"] or held.cohort_id,
        }
    last = runs.last_day(session, places())
    if last is None:
        return chosen | {"starts": time(9)}
    return chosen | {"starts": at_minutes(last.starts), "zone": last.zone, "place": last.place}


def _page(status: int, form: DayForm) -> Response:
    return make_response(render_template("manager/day_new.html", form=form, zones=zones()), status)
