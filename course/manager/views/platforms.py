"""Courses of learning platforms: which group each is, and what is still to decide."""

from flask import Response, flash, make_response, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from course.cohorts.rules.calendar import NameTaken
from course.manager.forms.platforms import ExistingForm, NewForm
from course.manager.queries import people, runs
from course.manager.views.desk import blueprint
from course.manager.views.scope import own_course, places
from course.platforms.queries import contexts as queries
from course.platforms.queries.contexts import Course
from course.platforms.service import contexts
from course.platforms.service.contexts import Taken
from course.web import rosters, transaction
from course.web.access import Who, enter
from course.web.fields import choices
from course.web.forms import read
from course.web.texts import _, ngettext

LONGEST_NAME = 80
"""Of a group's name that is proposed from a course's title."""


@blueprint.get("/platforms/")
@enter(Who.MANAGER)
def platform_courses() -> str:
    session = transaction.session()
    return render_template(
        "manager/platform_courses.html",
        courses=queries.courses(session, places()),
        items=queries.undecided(session, places()),
    )


@blueprint.get("/platforms/contexts/<int:context_id>/")
@enter(Who.MANAGER)
def platform_course(context_id: int) -> Response:
    return _page(200, own_course(context_id))


@blueprint.post("/platforms/contexts/<int:context_id>/group")
@enter(Who.MANAGER)
def choose_group(context_id: int) -> AnyResponse:
    course, session = own_course(context_id), transaction.session()
    form = _existing(session, course)
    if not form.validate():
        return _page(422, course, existing=form)
    return _decided(course, contexts.choose_group(session, course=course, cohort_id=form.cohort.data))


@blueprint.post("/platforms/contexts/<int:context_id>/new-group")
@enter(Who.MANAGER)
def make_group(context_id: int) -> AnyResponse:
    course, session = own_course(context_id), transaction.session()
    form = read(NewForm)
    if form.validate():
        try:
            _cohort_id, taken = contexts.new_group(session, course=course, name=form.name.data or "")
        except NameTaken:
            form.refuse("name", _("Another group has this name. Choose it above, or give another name."))
        else:
            return _decided(course, taken)
    return _page(422, course, new=form)


def say_taken(session: Session, taken: Taken) -> None:
    """Tell how many of those who waited got a seat, and by name who did not."""
    if taken.seated:
        flash(
            ngettext(
                "One learner who waited has a seat now.", "%(count)s learners who waited have seats now.", taken.seated
            )
            % {"count": taken.seated},
            "good",
        )
    if taken.elsewhere:
        names = runs.names(session, taken.elsewhere)
        flash(
            ngettext(
                "%(names)s has a seat in another course on that day, and goes on waiting.",
                "%(names)s have seats in another course on that day, and go on waiting.",
                len(names),
            )
            % {"names": ", ".join(names)},
            "attention",
        )


def _decided(course: Course, taken: Taken) -> AnyResponse:
    flash(_("Saved."), "good")
    say_taken(transaction.session(), taken)
    return redirect(url_for("manager.platform_course", context_id=course.context_id), 303)


def _existing(session: Session, course: Course) -> ExistingForm:
    form = read(ExistingForm, cohort=course.cohort_id)
    groups = people.cohorts(session, [course.organisation_id])
    form.cohort.choices = choices((row[0], row[1]) for row in groups)
    return form


def _page(status: int, course: Course, *, existing: ExistingForm | None = None, new: NewForm | None = None) -> Response:
    session = transaction.session()
    waiting, whole = queries.waiting(session, course.context_id)
    body = render_template(
        "manager/platform_course.html",
        course=course,
        trouble=rosters.trouble(course.roster_error, platform=course.platform) if course.roster_error else None,
        asked=queries.asked(session, course),
        waiting=waiting,
        whole=whole,
        existing=existing or _existing(session, course),
        new=new or NewForm(data={"name": course.title[:LONGEST_NAME]}),
    )
    return make_response(body, status)
