"""In from the room: the code, one's name, and a link to go on elsewhere."""

from dataclasses import dataclass

from flask import Response, g, make_response, redirect, render_template, request, url_for
from flask import session as form_memory

from course.cohorts.queries import door as queries
from course.cohorts.queries.door import Name, OpenDoor
from course.cohorts.rules.door import Refusal, show_code
from course.cohorts.service import door as doors
from course.cohorts.service.door import Entered
from course.people import service as people
from course.signin import codes, limits
from course.signin.codes import Turned
from course.signin.forms import CodeForm, WalkInForm
from course.signin.views.account import ELSEWHERE, open_url
from course.signin.views.desk import blueprint
from course.web import address, browser, transaction
from course.web.access import Unit, Who, enter, viewer
from course.web.forms import read
from course.web.texts import _
from course.web.viewer import LTI


@dataclass(frozen=True)
class NamesPage:
    """The list at the door. ``query`` is what the list was searched for without JavaScript."""

    door: OpenDoor
    code: str
    names: tuple[Name, ...]
    total: int
    query: str
    facilitator: str


@blueprint.route("/in", methods=["GET", "POST"])
@enter(Who.ANYBODY, Unit.OWN)
def door() -> Response:
    form = read(CodeForm)
    if request.method != "POST":
        return _code_page(form, 200)
    if not form.validate():
        return _code_page(form, 422)
    return _opened(form, codes.by_code(form.code.data or ""))


@blueprint.get("/in/<code>")
@enter(Who.ANYBODY, Unit.OWN)
def door_names(code: str) -> Response:
    """Show the names; whoever is signed in as one of them goes straight in."""
    with transaction.unit(write=False) as session:
        found = codes.by_key(session, code, request.args.get("k", ""))
        names = queries.names(session, run_id=found.run_id) if found is not None else ()
    if found is None:
        return _opened(read(CodeForm, code=code), codes.by_code(code))
    # A launch's session sees one organisation, and this door may be another's: here it is nobody's.
    person_id = g.viewer.person_id if g.viewer is not None and g.viewer.way != LTI else None
    mine = next((name for name in names if name.person_id == person_id), None)
    if mine is None:
        return _names_page(found, names, read(WalkInForm), 200)
    if not mine.taken:
        with transaction.unit(write=True) as session:
            doors.note_arrival(session, door_id=found.id, seat_id=mine.seat_id, session_id=g.viewer.session_id)
    return make_response(redirect(url_for("learner.module", slug=found.module), 303))


@blueprint.post("/in/<code>")
@enter(Who.ANYBODY)
def take_name(code: str) -> Response:
    session = transaction.session()
    found = codes.by_key(session, code, request.form.get("k", ""))
    if found is None:
        return _closed(code)
    seat = request.form.get("seat", "")
    answer = (
        doors.come_in(session, door_id=found.id, seat_id=int(seat))
        if seat.isascii() and seat.isdecimal() and len(seat) < 10  # noqa: PLR2004 - An id has fewer digits.
        else Refusal.UNKNOWN
    )
    if isinstance(answer, Entered):
        return _in(answer)
    statuses = {Refusal.TAKEN: 409, Refusal.SIGN_IN: 403}
    return _names_page(
        found, queries.names(session, run_id=found.run_id), WalkInForm(), statuses.get(answer, 422), refusal=answer
    )


@blueprint.post("/in/<code>/walk-in")
@enter(Who.ANYBODY)
def walk_in(code: str) -> Response:
    session = transaction.session()
    found = codes.by_key(session, code, request.form.get("k", ""))
    if found is None:
        return _closed(code)
    form = read(WalkInForm)
    status = 422
    if form.validate():
        if limits.too_often(session, limits.WALK_INS, str(found.run_id)):
            status = 429
            form.refuse("name", _("Many new names came in just now. Ask %(name)s to add you.", name=_leader(found)))
        else:
            answer = doors.come_in_unlisted(session, door_id=found.id, name=form.name.data or "")
            if isinstance(answer, Entered):
                return _in(answer)
            form.refuse("name", _("This name is on the list. Pick it there, or tell %(name)s.", name=_leader(found)))
    return _names_page(found, queries.names(session, run_id=found.run_id), form, status)


@blueprint.get("/in/arrived")
@enter(Who.SIGNED_IN)
def arrived() -> Response:
    """Say under which name this browser is in, and offer the way on elsewhere."""
    session = transaction.session()
    place = queries.place_of(session, session_id=viewer().session_id)
    if place is None:
        return make_response(redirect("/", 303))
    url = open_url(session)
    return make_response(
        render_template(
            "signin/arrived.html",
            place=place,
            start=url_for("learner.module", slug=place.module),
            url=url,
            qr=address.qr(url, near=True) if url else None,
        )
    )


@blueprint.post("/in/not-me")
@enter(Who.SIGNED_IN)
def not_me() -> Response:
    """Give a name back that was picked in this browser by mistake."""
    session = transaction.session()
    place = queries.place_of(session, session_id=viewer().session_id)
    if place is not None:
        doors.undo_arrival(session, run_id=place.run_id, arrival_id=place.arrival_id)
    browser.forget_forms()
    return make_response(redirect(url_for("signin.door"), 303))


def _opened(form: CodeForm, answer: OpenDoor | Turned) -> Response:
    if isinstance(answer, OpenDoor):
        return make_response(redirect(url_for("signin.door_names", code=answer.code, k=answer.key), 303))
    form.refuse("code", answer.sentence)
    response = _code_page(form, answer.status)
    if answer.status == 429:  # noqa: PLR2004 - The status that promises a header.
        response.headers["Retry-After"] = "2"
    return response


def _closed(code: str) -> Response:
    """Answer a name that was picked after the door had closed or its code had changed."""
    form = CodeForm(data={"code": code})
    form.refuse("code", _("This code is no longer good. Look at the wall for the new one."))
    return _code_page(form, 422)


def _in(entered: Entered) -> Response:
    """Let the browser in, with a link in its memory for the person's other devices."""
    session = transaction.session()
    browser.leave(session)
    token = people.make_link(session, person_id=entered.person_id, purpose="sign_in", way=doors.WAY)
    browser.forget_forms()
    form_memory[ELSEWHERE] = token
    return browser.remember(make_response(redirect(url_for("signin.arrived"), 303)), entered.token)


def _leader(found: OpenDoor) -> str:
    return found.facilitator or _("your facilitator")


def _code_page(form: CodeForm, status: int) -> Response:
    return make_response(render_template("signin/door.html", form=form), status)


def _names_page(
    found: OpenDoor, names: tuple[Name, ...], form: WalkInForm, status: int, refusal: Refusal | None = None
) -> Response:
    query = request.args.get("q", "").strip()
    shown = tuple(name for name in names if query.casefold() in name.name.casefold())
    page = NamesPage(found, show_code(found.code), shown, len(names), query, _leader(found))
    return make_response(render_template("signin/names.html", page=page, form=form, refusal=refusal), status)
