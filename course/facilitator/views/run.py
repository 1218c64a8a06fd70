"""A run: its day, how far the group has come, when the module opens and is due."""

from flask import flash, get_template_attribute, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from course.cohorts.queries.runs import HeldRun
from course.cohorts.rules.timetable import window
from course.cohorts.service.calendar import set_window
from course.facilitator.forms.window import WindowForm
from course.facilitator.queries.day import finished_cases, guide, progress
from course.facilitator.queries.grading import QueueCount, queue_counts
from course.facilitator.views.desk import blueprint, own_run, to_come
from course.facilitator.views.drawn import Drawn
from course.library import queries as library
from course.web.access import Who, enter, viewer
from course.web.forms import read
from course.web.texts import _
from course.web.transaction import session

DAYS = Drawn(100)


@blueprint.get("/runs/<int:run_id>/")
@enter(Who.FACILITATOR)
def run(run_id: int) -> str:
    held = own_run(run_id)
    return _page(held, read(WindowForm, opens_days=held.opens_days, due_days=held.due_days))


@blueprint.post("/runs/<int:run_id>/window")
@enter(Who.FACILITATOR)
def set_run_window(run_id: int) -> ResponseReturnValue:
    held = own_run(run_id)
    form = read(WindowForm)
    if not form.validate():
        return make_response(_page(held, form), 422)
    set_window(session(), run_id=run_id, opens_days=form.opens_days.data or 0, due_days=form.due_days.data or 0)
    flash(_("Saved. Learners see the new dates at once."), "good")
    return redirect(url_for("facilitator.run", run_id=run_id), 303)


def _day(held: HeldRun) -> Markup:
    """Return the day as the page shows it, drawn once for a version and a start."""

    def draw() -> Markup:
        blocks = guide(session(), version_hash=held.version_hash, starts=held.starts)
        return Markup(get_template_attribute("facilitator/parts.html", "day")(blocks))  # noqa: S704 - A template's own.

    return DAYS.piece((held.version_hash, held.starts), draw)


def _page(held: HeldRun, form: WindowForm) -> str:
    module = library.module(session(), held.version_hash)
    finished = finished_cases(session(), run_id=held.id)
    pages = queue_counts(session(), run_ids=[held.id], viewer_id=viewer().person_id)
    return render_template(
        "facilitator/run.html",
        run=held,
        module=module,
        day=_day(held),
        progress=progress(session(), run_id=held.id),
        cases=[(case.id, case.title, finished.get(case.id, 0)) for case in module.day_cases],
        pages=pages.get(held.id, QueueCount(0, 0, 0, None)),
        window=window(
            module,
            on=held.date,
            starts=held.starts,
            zone=held.zone,
            opens_days=held.opens_days,
            due_days=held.due_days,
        ),
        form=form,
        to_come=to_come(held),
    )
