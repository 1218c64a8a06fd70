"""One's own account: the password, going on on another device, signing out elsewhere."""

from dataclasses import dataclass

from flask import Response, abort, flash, g, make_response, redirect, render_template, url_for
from flask import session as form_memory
from sqlalchemy.orm import Session

from course.people import passwords, queries
from course.people import service as people
from course.people.rules import weakness
from course.signin import limits
from course.signin.forms import ChangePasswordForm
from course.signin.views.desk import blueprint
from course.signin.words import weakness_word
from course.web import address, transaction
from course.web.access import Unit, Who, enter, viewer
from course.web.forms import read
from course.web.texts import _
from course.web.viewer import DOOR, LTI, Viewer

ELSEWHERE = "elsewhere"
"""Where the browser remembers the token of the link that was made for its person last."""


@dataclass(frozen=True)
class Account:
    """What the page shows. Without an address, or behind the door of a room, there is no password to set."""

    address: str | None
    has_password: bool
    elsewhere: int
    door: bool


def own() -> Viewer:
    """Return whoever is here; not from a launch, whose session may do nothing outside of its organisation."""
    me = viewer()
    if me.way == LTI:
        abort(403, _("You came in from your learning platform: your account is there, and here is only your course."))
    return me


@blueprint.get("/account")
@enter(Who.SIGNED_IN)
def account() -> Response:
    own()
    return _page(read(ChangePasswordForm), transaction.session(), 200)


@blueprint.post("/account/password")
@enter(Who.SIGNED_IN, Unit.OWN)
def change_password() -> Response:
    """Change the password, or set the first one. Whoever came by the door of a room proved too little for that."""
    me = own()
    form = read(ChangePasswordForm)
    with transaction.unit(write=True) as session:
        kept = queries.password_of(session, me.person_id)
        local = queries.local_address(session, me.person_id)
        too_often = limits.too_often(session, limits.PASSWORD_CHANGE, str(me.person_id))
    status = _refusal(form, kept=kept, local=local, too_often=too_often)
    if status:
        with transaction.unit(write=False) as session:
            return _page(form, session, status)
    password_hash = passwords.hash_password(form.password.data or "")
    with transaction.unit(write=True) as session:
        people.set_password(session, person_id=me.person_id, password_hash=password_hash, keep_session_id=me.session_id)
    flash(_("Your password is set. You are signed out on all other devices."), "good")
    return make_response(redirect(url_for("signin.account"), 303))


@blueprint.post("/account/link")
@enter(Who.SIGNED_IN)
def make_link() -> Response:
    """Make a personal link. It opens a session that may no more than this one may."""
    me = own()
    way = DOOR if me.way == DOOR else "link"
    form_memory[ELSEWHERE] = people.make_link(transaction.session(), person_id=me.person_id, purpose="sign_in", way=way)
    return make_response(redirect(url_for("signin.elsewhere"), 303))


@blueprint.get("/account/elsewhere")
@enter(Who.SIGNED_IN)
def elsewhere() -> Response:
    """Show the link that this browser made, as long as it works."""
    own()
    url = open_url(transaction.session())
    if url is None:
        return make_response(redirect(url_for("signin.account"), 303))
    return make_response(render_template("signin/elsewhere.html", url=url, qr=address.qr(url, near=True)))


@blueprint.post("/account/sign-out-elsewhere")
@enter(Who.SIGNED_IN)
def sign_out_elsewhere() -> Response:
    me = own()
    session = transaction.session()
    people.end_other_sessions(session, person_id=me.person_id, keep_session_id=me.session_id)
    people.kill_links(session, person_id=me.person_id, purposes=("sign_in",))
    flash(_("You are signed out on all other devices."), "good")
    return make_response(redirect(url_for("signin.account"), 303))


def open_url(session: Session) -> str | None:
    """Return the address of the link this browser made last, if it is its person's and still works."""
    token = form_memory.get(ELSEWHERE)
    if not token:
        return None
    link = queries.open_link(session, token=token, purpose="sign_in")
    if link is None or link.person_id != viewer().person_id:
        return None
    return address.base_url() + url_for("signin.link", token=token)


def _refusal(form: ChangePasswordForm, *, kept: str | None, local: str | None, too_often: bool) -> int:
    """Return the status of a refusal, said in the form, or 0."""
    if g.viewer.way == DOOR or local is None:
        form.refuse("password", _("Here you cannot set a password. Ask your training manager for a link."))
        return 403
    if too_often:
        form.refuse("current_password", _("That was tried too often. Wait twenty minutes."))
        return 429
    if not form.validate():
        return 422
    weak = weakness(form.password.data or "", address=local)
    if weak is not None:
        form.refuse("password", weakness_word(weak))
        return 422
    if kept is not None and not passwords.verify(kept, form.current_password.data or ""):
        form.refuse("current_password", _("This is not your password now."))
        return 422
    return 0


def _page(form: ChangePasswordForm, session: Session, status: int) -> Response:
    me = viewer()
    shown = Account(
        address=queries.local_address(session, me.person_id),
        has_password=queries.password_of(session, me.person_id) is not None,
        elsewhere=queries.other_sessions(session, person_id=me.person_id, session_id=me.session_id),
        door=me.way == DOOR,
    )
    # Only who has a password must type it; the label says so.
    form.current_password.flags.required = shown.has_password
    return make_response(render_template("signin/account.html", form=form, account=shown), status)
