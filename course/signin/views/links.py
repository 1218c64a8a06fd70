"""Links that let one person in: to set a password, to go on on another device, to look at the demo."""

from flask import Response, make_response, redirect, render_template, request

from course.people import passwords, queries
from course.people import service as people
from course.people.queries import OpenLink
from course.people.rules import weakness
from course.signin.forms import NewPasswordForm
from course.signin.views.desk import blueprint
from course.signin.words import weakness_word
from course.web import browser, transaction
from course.web.access import Unit, Who, enter
from course.web.address import on_this_machine
from course.web.forms import read


@blueprint.route("/sign-in/password/<token>", methods=["GET", "POST"])
@enter(Who.ANYBODY, Unit.OWN)
def password(token: str) -> Response:
    """Set a password. Opening the page does not use the link up: mail programs look at links too."""
    with transaction.unit(write=False) as session:
        link = queries.open_link(session, token=token, purpose="password")
    if link is None:
        return _gone()
    form = read(NewPasswordForm)
    if request.method != "POST":
        return _password_page(form, link, 200)
    chosen = form.password.data or ""
    if not form.validate():
        return _password_page(form, link, 422)
    weak = weakness(chosen, address=link.address)
    if weak is not None:
        form.refuse("password", weakness_word(weak))
        return _password_page(form, link, 422)
    password_hash = passwords.hash_password(chosen)
    with transaction.unit(write=True) as session:
        spent = people.spend_link(session, token=token, purpose="password")
        if spent is None:
            return _gone()
        people.set_password(session, person_id=spent.person_id, password_hash=password_hash)
        fresh = browser.let_in(session, person_id=spent.person_id, way=spent.way)
    browser.forget_forms()
    return browser.remember(make_response(redirect("/", 303)), fresh)


@blueprint.route("/sign-in/link/<token>", methods=["GET", "POST"])
@enter(Who.ANYBODY, Unit.OWN)
def link(token: str) -> Response:
    """Go in as the person whose link it is. Opening the page does not use it up; a demo link never runs short."""
    with transaction.unit(write=False) as session:
        known = queries.open_link(session, token=token, purpose="sign_in")
        demo = None
        if known is None and on_this_machine() and queries.is_demo(session):
            demo = queries.open_link(session, token=token, purpose="demo")
    if demo is not None:
        with transaction.unit(write=True) as session:
            return _in(browser.let_in(session, person_id=demo.person_id, way="demo"))
    if known is None:
        return _gone()
    if request.method != "POST":
        return make_response(render_template("signin/link.html", name=known.name, token=token))
    with transaction.unit(write=True) as session:
        spent = people.spend_link(session, token=token, purpose="sign_in")
        if spent is None:
            return _gone()
        fresh = browser.let_in(session, person_id=spent.person_id, way=spent.way)
    return _in(fresh)


def _in(token: str) -> Response:
    browser.forget_forms()
    return browser.remember(make_response(redirect("/", 303)), token)


def _gone() -> Response:
    return make_response(render_template("signin/gone.html"), 410)


def _password_page(form: NewPasswordForm, link: OpenLink, status: int) -> Response:
    return make_response(render_template("signin/password.html", form=form, link=link), status)
