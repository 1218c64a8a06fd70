"""Linking a platform's user to the account they had here before: a code here, a sign-in and a confirmation there.

The frame never asks for a password, and no launch and no GET links anything.
"""

from datetime import timedelta

from flask import Response, abort, current_app, g, make_response, redirect, render_template, request, url_for
from flask import session as form_memory
from werkzeug.wrappers import Response as AnyResponse

from course.lti.forms import CodeForm
from course.lti.views.door import blueprint
from course.people import queries as people_queries
from course.people.rules import throttle_key
from course.people.throttle import tried
from course.platforms.rules import WAY
from course.platforms.service import linking
from course.platforms.service.linking import Guest, Refusal
from course.settings import Settings
from course.web import address, embedded, transaction
from course.web.access import Who, enter, found, viewer
from course.web.application import COOKIE
from course.web.carry import local_path
from course.web.forms import read
from course.web.texts import _
from course.web.viewer import DOOR, Viewer, read_viewer

TRIES, WINDOW_MINUTES = 10, 60
"""How often one person may type a code in an hour or two."""
_CODE = "join_code"
"""Where the frame remembers its code until it is used."""


@blueprint.get("/lti/before")
@enter(Who.SIGNED_IN)
def before() -> AnyResponse:
    """Ask somebody who came by a platform for the first time whether they were here before."""
    me, session = _launched(), transaction.session()
    then = local_path(request.args.get("then"))
    code = str(form_memory.get(_CODE, ""))
    open_link = people_queries.open_link(session, token=code, purpose="join") if code else None
    body = render_template(
        "lti/before.html",
        then=then,
        code=linking.show_code(code) if open_link is not None and open_link.person_id == me.person_id else "",
        join=address.base_url() + url_for("lti.join"),
        platform=embedded.platform() or _("your learning platform"),
    )
    return make_response(body)


@blueprint.post("/lti/before/code")
@enter(Who.SIGNED_IN)
def make_code() -> AnyResponse:
    """Show the code that proves, in another window, that this frame is theirs."""
    me = _launched()
    form_memory[_CODE] = linking.new_code(transaction.session(), person_id=me.person_id)
    then = local_path(request.form.get("then"))
    return redirect(url_for("lti.before", then=then), 303)


@blueprint.get("/lti/join")
@enter(Who.SIGNED_IN)
def join() -> AnyResponse:
    """Ask for the code, in a window of its own, whoever is signed in there with an account of their own."""
    owner = _owner()
    if owner is None:
        return _sign_in_first()
    return _page(read(CodeForm), 200)


@blueprint.post("/lti/join")
@enter(Who.SIGNED_IN)
def look_at_code() -> AnyResponse:
    """Say whose code it is, before anything is linked."""
    owner, session, form = _owner(), transaction.session(), read(CodeForm)
    if owner is None:
        return _sign_in_first()
    if not form.validate():
        return _page(form, 422)
    if _too_often(owner):
        form.refuse("code", _("That was tried too often. Wait an hour, then begin again on your learning platform."))
        return _page(form, 429)
    code = linking.read_code(form.code.data or "")
    guest = linking.guest(session, code=code)
    refusal = linking.refusal_of(session, guest, person_id=owner.person_id) if guest is not None else Refusal.GONE
    if refusal is not None:
        form.refuse("code", _why(refusal))
        return _page(form, 422)
    return _page(form, 200, guest=guest, code=code)


@blueprint.post("/lti/join/confirm")
@enter(Who.SIGNED_IN)
def confirm() -> AnyResponse:
    """Link the two, once the owner of the account has read whom."""
    owner, form = _owner(), read(CodeForm)
    if owner is None:
        return _sign_in_first()
    code = linking.read_code(form.code.data or "")
    linked: Guest | Refusal = Refusal.GONE
    if not _too_often(owner):
        linked = linking.link(transaction.session(), code=code, person_id=owner.person_id)
    if isinstance(linked, Refusal):
        form.refuse("code", _why(linked))
        return _page(form, 422)
    return make_response(render_template("lti/joined.html", guest=linked))


def _launched() -> Viewer:
    """Return the viewer, if a launch let them in; 404 for everybody else."""
    me = viewer()
    return found(me if me.way == WAY else None)


def _owner() -> Viewer | None:
    """Return who is signed in at the portal, whatever session of a launch arrives beside it.

    A frame is no place for it: another site's page could lie over the buttons. A picked name proves too little.
    """
    if embedded.in_frame():
        abort(403)
    present = read_viewer(transaction.session(), request.cookies.get(COOKIE))
    owner = present if present is not None and present.way not in {WAY, DOOR} else None
    g.viewer = owner
    return owner


def _sign_in_first() -> AnyResponse:
    return redirect(url_for("signin.sign_in", next=url_for("lti.join")), 303)


def _too_often(owner: Viewer) -> bool:
    settings: Settings = current_app.extensions["oneday-settings"]
    key = throttle_key(settings.secret_key, "join code", str(owner.person_id))
    return tried(transaction.session(), key=key, window=timedelta(minutes=WINDOW_MINUTES), limit=TRIES)


def _why(refusal: Refusal) -> str:
    return {
        Refusal.GONE: _("This code is not good, or not any more. Make a new one on your learning platform."),
        Refusal.ADDRESS: _(
            "Your learning platform tells another e-mail address than the one you sign in with. Ask your training "
            "manager to correct one of them, then make a new code."
        ),
        Refusal.WORK: _(
            "Work was begun under the new account, so the two stay apart and nothing is lost. Ask your training "
            "manager which one to go on with."
        ),
        Refusal.ROLE: _("Accounts of training managers, admins and other organisations are not linked. Go on as new."),
        Refusal.TWICE: _("Your account is in that course already, as somebody else. Ask your training manager."),
    }[refusal]


def _page(form: CodeForm, status: int, *, guest: Guest | None = None, code: str = "") -> Response:
    response = make_response(render_template("lti/join.html", form=form, guest=guest, code=code), status)
    response.headers["Cache-Control"] = "no-store"
    return response
