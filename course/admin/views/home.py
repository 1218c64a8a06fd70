"""What the desk shows first: the organisations, and the first steps of a new installation."""

from flask import Response, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from course.admin import queries
from course.admin.forms import OrganisationForm
from course.admin.views.desk import blueprint
from course.cohorts.rules.calendar import NameTaken
from course.cohorts.service import membership
from course.library.queries import live_modules
from course.platforms.queries import platforms
from course.web import transaction
from course.web.access import Who, enter
from course.web.forms import read
from course.web.invitations import mails_links
from course.web.texts import _


@blueprint.get("/")
@enter(Who.ADMIN)
def home() -> Response:
    return _page(200, OrganisationForm())


@blueprint.post("/organisations/")
@enter(Who.ADMIN)
def add_organisation() -> AnyResponse:
    form = read(OrganisationForm)
    if form.validate():
        try:
            made = membership.add_organisation(transaction.session(), name=form.name.data or "")
        except NameTaken:
            form.refuse("name", _("Another organisation has this name."))
        else:
            flash(_("%(name)s is here. Now add its training manager.", name=made.name), "good")
            return redirect(url_for("admin.organisation", organisation_id=made.id), 303)
    return _page(422, form)


def _page(status: int, form: OrganisationForm) -> Response:
    session = transaction.session()
    body = render_template(
        "admin/home.html",
        form=form,
        places=queries.places(session),
        modules=live_modules(session),
        waiting=queries.waiting_mails(session),
        unconfirmed=platforms.waiting(session),
        mails=mails_links(),
    )
    return make_response(body, status)
