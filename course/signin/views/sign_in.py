"""In by address and password, and out again."""

from dataclasses import dataclass

from flask import Response, abort, g, make_response, redirect, render_template, request, url_for

from course.people import passwords, queries
from course.people import service as people
from course.signin import limits
from course.signin.forms import SignInForm
from course.signin.views.desk import blueprint
from course.web import browser, carry, embedded, transaction
from course.web.access import Unit, Who, enter
from course.web.forms import read
from course.web.texts import _
from course.web.viewer import DOOR, LTI, read_viewer


@dataclass(frozen=True)
class Answer:
    """What a try at signing in came to: a token, or the status and the sentence of a refusal."""

    token: str | None
    status: int = 200
    sentence: str = ""


@blueprint.route("/sign-in", methods=["GET", "POST"])
@enter(Who.ANYBODY, Unit.OWN)
def sign_in() -> Response:
    if embedded.in_frame():
        # A password is never typed inside another site's page: the answer says where to come in again.
        abort(401)
    form = read(SignInForm, next=request.args.get("next", ""))
    if request.method != "POST":
        # Whoever picked a name, or came by an LMS, may have an account of their own besides.
        if g.viewer is not None and g.viewer.way not in {DOOR, LTI}:
            return make_response(redirect(_after(form), 303))
        return _page(form, 200)
    if not form.validate():
        return _page(form, 422)
    answer = _try(form.address.data or "", form.password.data or "")
    if answer.token is None:
        form.refuse("password", answer.sentence)
        return _page(form, answer.status)
    return _in(form, answer.token)


@blueprint.post("/sign-out")
@enter(Who.ANYBODY)
def sign_out() -> Response:
    if embedded.is_embedded():
        # Only what the launch opened ends: whoever is signed in here besides stays so.
        embedded.leave(transaction.session())
        g.viewer = None
        return embedded.forget(make_response(render_template("signin/left.html", platform=embedded.platform())))
    browser.leave(transaction.session())
    browser.forget_forms()
    g.viewer = None
    return browser.forget(make_response(redirect(url_for("signin.sign_in"), 303)))


def _try(address: str, password: str) -> Answer:
    """Check a password. The slow part stands between two short units, never inside one."""
    with transaction.unit(write=True) as session:
        too_often = limits.sign_in_too_often(session, address)
        known = queries.credentials_of(session, address)
    if too_often:
        return Answer(None, 429, _("That was tried too often. Wait twenty minutes, or ask for a new password."))
    kept = known.password_hash if known is not None else None
    if not passwords.verify(kept, password) or known is None or kept is None:
        return Answer(None, 422, _("This address and this password do not go together."))
    renewed = passwords.hash_password(password) if passwords.outdated(kept) else None
    with transaction.unit(write=True) as session:
        limits.sign_in_was_good(session, address)
        if renewed is not None:
            people.renew_hash(session, identity_id=known.identity_id, password_hash=renewed)
        return Answer(browser.let_in(session, person_id=known.person_id, way="password"))


def _in(form: SignInForm, token: str) -> Response:
    browser.forget_forms()
    carried = _carried()
    if carried is None:
        return browser.remember(make_response(redirect(_after(form), 303)), token)
    with transaction.unit(write=False) as session:
        g.viewer = read_viewer(session, token)
    return browser.remember(make_response(render_template("signin/carried.html", carried=carried)), token)


def _page(form: SignInForm, status: int) -> Response:
    response = make_response(render_template("signin/sign_in.html", form=form, carried=_carried()), status)
    if status == 429:  # noqa: PLR2004 - The status that promises a header.
        response.headers["Retry-After"] = str(int(limits.SIGN_IN_HERE.window.total_seconds()) * 2)
    return response


def _carried() -> carry.Carried | None:
    return carry.unpacked(request.form.get("carry_to"), request.form.get("carry"))


def _after(form: SignInForm) -> str:
    return carry.local_path(form.next.data) or "/"
