"""The roster of a platform's course: read, looked at, taken into a group; and whether it is read every day."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from flask import Response, current_app, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from course.cohorts.models import Role
from course.cohorts.rules.calendar import NameTaken
from course.lti.forms import NewGroupForm
from course.lti.rules.joining import Answer, Fate, Line
from course.lti.service import roster as service
from course.lti.service.outside import Outside
from course.lti.service.roster import Failed, Kept
from course.lti.views.door import blueprint
from course.platforms.queries import contexts
from course.platforms.queries import roster as queries
from course.platforms.queries.contexts import Course
from course.platforms.queries.roster import Source
from course.platforms.service import contexts as groups
from course.platforms.service import roster as rows
from course.platforms.service.roster import Meanwhile, Taking
from course.platforms.service.rows import neutral_name
from course.web import rosters, transaction
from course.web.access import Unit, Who, enter, found, viewer
from course.web.forms import read as read_form
from course.web.texts import _, ngettext

SHOWN_APART = (Fate.TEACHER, Fate.TEST, Fate.NO_ROLE, Fate.INACTIVE)


@dataclass(frozen=True)
class Row:
    """One member as the page shows them."""

    name: str
    email: str
    fate: str
    tone: str
    why: str


@dataclass(frozen=True)
class Ask:
    """A member of whom the manager says who it is."""

    name: str
    """Of the field."""
    label: str
    options: tuple[tuple[str, str], ...]


@blueprint.get("/manage/platforms/contexts/<int:context_id>/roster/")
@enter(Who.MANAGER)
def roster(context_id: int) -> Response:
    return _page(HTTPStatus.OK, _own(context_id), read_form(NewGroupForm))


@blueprint.post("/manage/platforms/contexts/<int:context_id>/roster/read")
@enter(Who.MANAGER, Unit.OWN)
def read_roster(context_id: int) -> AnyResponse:
    """Ask the platform who is in the course, and keep the answer for the preview."""
    with transaction.unit(write=False):
        course = _own(context_id)
        source = found(queries.source(transaction.session(), context_id))
    outside: Outside = current_app.extensions["oneday-outside"]
    try:
        members = service.read(transaction.unit, outside, source)
    except Failed:
        # It stands on the page, with its time.
        return _back(course)
    with transaction.unit(write=True) as session:
        service.keep(session, source, members)
    return _back(course)


@blueprint.post("/manage/platforms/contexts/<int:context_id>/roster/take")
@enter(Who.MANAGER, Unit.OWN)
def take_roster(context_id: int) -> AnyResponse:
    """Take in the roster that was looked at, with what was said of those whose address is here already."""
    form = read_form(NewGroupForm)
    try:
        with transaction.unit(write=True) as session:
            course = _own(context_id)
            taken = _take(session, course, form)
    except Meanwhile:
        flash(_("Somebody came or was added since you looked. Please look at the list once more."), "attention")
        return redirect(url_for("lti.roster", context_id=context_id), 303)
    except NameTaken:
        form.refuse("name", _("Another group has this name."))
        taken = None
    if taken is None:
        with transaction.unit(write=False):
            return _page(HTTPStatus.UNPROCESSABLE_ENTITY, _own(context_id), form)
    cohort_id, import_id = taken
    return redirect(url_for("manager.roster_import", cohort_id=cohort_id, import_id=import_id), 303)


@blueprint.post("/manage/platforms/contexts/<int:context_id>/roster/follow")
@enter(Who.MANAGER)
def follow_roster(context_id: int) -> AnyResponse:
    """Read the roster every day from now on, or no longer."""
    course = _own(context_id)
    session = transaction.session()
    follows = request.form.get("follows") == "yes" and course.cohort_id is not None
    rows.follow(session, context_id=context_id, follows=follows)
    if follows:
        service.schedule(session, context_id=context_id, by_id=viewer().person_id)
        flash(_("The roster is read every day from now on."), "good")
    else:
        flash(_("The roster is read by the button alone."), "good")
    return _back(course)


def _own(context_id: int) -> Course:
    places = viewer().organisations(Role.MANAGER)
    return found(contexts.course(transaction.session(), places, context_id))


def _back(course: Course) -> AnyResponse:
    return redirect(url_for("lti.roster", context_id=course.context_id), 303)


def _take(session: Session, course: Course, form: NewGroupForm) -> tuple[int, int] | None:
    """Return the group and the import; None when the form lacks a name. Raises Meanwhile and NameTaken."""
    # Of two who take it in at once, the second finds nothing left to take.
    rows.lock(session, context_id=course.context_id)
    source = found(queries.source(session, course.context_id))
    kept = service.kept(session, source)
    if not kept.lines or request.form.get("stamp") != _stamp(kept):
        raise Meanwhile
    takings = _takings(kept.lines, request.form)
    gone = [line.member.subject for line in kept.lines if line.fate is Fate.GONE]
    if not takings and not gone:
        raise Meanwhile
    cohort_id = source.cohort_id
    if cohort_id is None:
        if not form.validate():
            return None
        cohort_id, _seated = groups.new_group(session, course=course, name=form.name.data or "")
    taken = rows.take_in(
        session, source=source, cohort_id=cohort_id, takings=takings, gone=gone, by_id=viewer().person_id
    )
    return cohort_id, taken.id


def _takings(lines: Sequence[Line], answers: Mapping[str, str]) -> list[Taking]:
    """Return who is taken in. Of whom nothing was said is left out, and so is a second one for the same person."""
    takings: list[Taking] = []
    claimed: set[int] = set()
    for number, line in enumerate(lines):
        if line.fate in {Fate.NEW, Fate.JOIN, Fate.SAME}:
            takings.append(service.taking(line.member))
        elif line.fate is Fate.ASK:
            answer = answers.get(f"answer-{number}") or answers.get("rest", "")
            person_id = _meant(line, answer)
            if answer == Answer.ADD:
                takings.append(service.taking(line.member))
            elif person_id is not None and person_id not in claimed:
                claimed.add(person_id)
                takings.append(service.taking(line.member, link=person_id))
    return takings


def _meant(line: Line, answer: str) -> int | None:
    """Return whom an answer means: one of those with the same address, by id, or the only one."""
    kind, _colon, person_id = answer.partition(":")
    if kind != Answer.LINK:
        return None
    ids = [person.person_id for person in line.doubles]
    if not person_id:
        return ids[0] if len(ids) == 1 else None
    return next((each for each in ids if str(each) == person_id), None)


def _page(status: int, course: Course, form: NewGroupForm) -> Response:
    session = transaction.session()
    source = found(queries.source(session, course.context_id))
    kept = service.kept(session, source)
    if request.method == "GET":
        form.name.data = course.title
    fates = Counter(line.fate for line in kept.lines)
    shown = [(line.fate in SHOWN_APART, _row(source, line)) for line in kept.lines]
    body = render_template(
        "lti/roster.html",
        course=course,
        form=form,
        at=kept.at,
        stamp=_stamp(kept),
        trouble=rosters.trouble(kept.error, platform=course.platform) if kept.error else None,
        rows=[row for apart, row in shown if not apart],
        apart=[row for apart, row in shown if apart],
        counts=[(*_word(fate), fates[fate]) for fate in Fate if fates[fate]],
        asks=[_ask(number, line) for number, line in enumerate(kept.lines) if line.fate is Fate.ASK],
        rest=(
            (Answer.LEAVE.value, _("left out for now")),
            (Answer.LINK.value, _("the same people")),
            (Answer.ADD.value, _("somebody new")),
        ),
        said=request.form,
        button=_button(course, fates),
    )
    return make_response(body, status)


def _button(course: Course, fates: Mapping[Fate, int]) -> str:
    """Return what taking the roster in is called; empty when there is nothing to take in."""
    adds = fates.get(Fate.NEW, 0) + fates.get(Fate.JOIN, 0)
    if fates.get(Fate.ASK):
        return _("Take them in as said") if course.cohort_id else _("Make the group as said")
    if adds and course.cohort_id is None:
        return ngettext("Make the group with this 1 person", "Make the group with these %(num)s", adds) % {"num": adds}
    if adds:
        return ngettext("Add this 1 person", "Add these %(num)s", adds) % {"num": adds}
    if fates.get(Fate.GONE) and course.cohort_id is not None:
        return _("Note who left")
    return ""


def _row(source: Source, line: Line) -> Row:
    word, tone = _word(line.fate)
    name = line.member.name or neutral_name(source.platform_id, line.member.subject)
    known = line.person.name if line.person is not None else ""
    why = _("here as %(name)s", name=known) if known and known != name else ""
    return Row(name, line.member.email, word, tone, why)


def _ask(number: int, line: Line) -> Ask:
    """Return what is asked of a member, known by the place in the roster as it was read."""
    same = ((f"{Answer.LINK}:{person.person_id}", person.name) for person in line.doubles)
    return Ask(
        f"answer-{number}",
        ", ".join(filter(None, (line.member.name, line.member.email))),
        (
            ("", _("as chosen above")),
            *((value, _("the same person as %(name)s", name=name)) for value, name in same),
            (Answer.ADD.value, _("somebody new")),
            (Answer.LEAVE.value, _("left out for now")),
        ),
    )


def _word(fate: Fate) -> tuple[str, str]:
    """Return the word for what becomes of a member, with the tone of its badge."""
    return {
        Fate.NEW: (_("new"), "good"),
        Fate.JOIN: (_("joins the group"), "good"),
        Fate.SAME: (_("already there"), "neutral"),
        Fate.ASK: (_("to decide"), "attention"),
        Fate.TEACHER: (_("teacher"), "neutral"),
        Fate.TEST: (_("test user"), "neutral"),
        Fate.NO_ROLE: (_("no role here"), "neutral"),
        Fate.INACTIVE: (_("inactive there"), "neutral"),
        Fate.GONE: (_("left the course"), "late"),
    }[fate]


def _stamp(kept: Kept) -> str:
    return kept.at.isoformat() if kept.at is not None else ""
