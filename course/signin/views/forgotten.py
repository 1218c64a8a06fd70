"""A forgotten password: always the same answer, whether the address is known or not."""

from flask import Response, current_app, make_response, redirect, render_template, request, url_for

from course.people import service as people
from course.people.rules import fold_address
from course.settings import Settings
from course.signin import limits
from course.signin.forms import ForgottenForm
from course.signin.views.desk import blueprint
from course.web import address, transaction
from course.web.access import Who, enter
from course.web.forms import read
from course.web.texts import _


@blueprint.route("/sign-in/forgot", methods=["GET", "POST"])
@enter(Who.ANYBODY)
def forgot() -> Response:
    form = read(ForgottenForm)
    if request.method != "POST":
        return _page(form, 200)
    if not form.validate():
        return _page(form, 422)
    session = transaction.session()
    if limits.too_often(session, limits.FORGOTTEN_CLIENT, address.client()):
        form.refuse("address", _("That was tried too often. Wait an hour, or ask your training manager for a link."))
        return _page(form, 429)
    subject = fold_address(form.address.data or "")
    # Past its limit an address gets no more mails, and the answer stays the same.
    enough = limits.too_often(session, limits.FORGOTTEN_ADDRESS, subject)
    if mails_links() and not enough:
        people.mail_password_link(session, address=subject, base_url=address.base_url())
    return make_response(redirect(url_for("signin.forgot", sent=1), 303))


def mails_links() -> bool:
    """Return whether a link can be mailed.

    Without a fixed address the link would carry whatever host the browser named, and anybody can name their own.
    """
    settings: Settings = current_app.extensions["oneday-settings"]
    return bool(settings.mail_url) and (bool(settings.base_url) or address.on_this_machine())


def _page(form: ForgottenForm, status: int) -> Response:
    body = render_template("signin/forgot.html", form=form, mails=mails_links(), sent="sent" in request.args)
    return make_response(body, status)
