"""The kit of a run: what is printed for the day, with its times, its names and its place."""

import io
import zipfile
from dataclasses import dataclass

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from course.cohorts.queries.presence import attendance
from course.cohorts.queries.runs import HeldRun
from course.content.schema import Module
from course.facilitator.views.desk import blueprint, own_run
from course.kit.catalogue import Document, documents, needed, printed
from course.kit.occasion import Occasion, Paper
from course.kit.press import TooMuch
from course.library import queries as library
from course.preparing import queries as preparing
from course.web import transaction
from course.web.access import Unit, Who, enter, found, viewer
from course.web.texts import _
from course.web.transaction import session

PACKED = (1980, 1, 1, 0, 0, 0)
"""The time a file has in the archive, so that the same kit is the same bytes."""


@dataclass(frozen=True)
class Row:
    """A document on the page: what it is for, and how many of it to print."""

    title: str
    purpose: str
    amount: str
    url: str


@blueprint.get("/runs/<int:run_id>/kit/")
@enter(Who.FACILITATOR)
def kit(run_id: int) -> str:
    held, module, day = _run(run_id)
    paper = _paper()
    return render_template(
        "facilitator/kit.html",
        run=held,
        module=module,
        people=len(day.names),
        rows=[_row(held, document, len(day.names), paper) for document in documents(module)],
        paper=paper.value,
        papers=[(each.value, _paper_name(each), url_for(".kit", run_id=run_id, paper=each.value)) for each in Paper],
        everything=url_for(".kit_archive", run_id=run_id, paper=paper.value),
    )


@blueprint.get("/runs/<int:run_id>/kit/<document>.pdf")
@enter(Who.FACILITATOR, Unit.OWN)
def kit_document(run_id: int, document: str) -> ResponseReturnValue:
    with transaction.unit(write=False):
        _held, module, day = _run(run_id)
    wanted = found(next((each for each in documents(module) if each.value == document), None))
    try:
        content = printed(wanted, module, day, _paper())
    except TooMuch:
        return _too_much(run_id)
    return _file(content, "application/pdf", f'inline; filename="{wanted.value}.pdf"')


@blueprint.get("/runs/<int:run_id>/kit/everything.zip")
@enter(Who.FACILITATOR, Unit.OWN)
def kit_archive(run_id: int) -> ResponseReturnValue:
    with transaction.unit(write=False):
        held, module, day = _run(run_id)
    packed = io.BytesIO()
    try:
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for document in documents(module):
                name = zipfile.ZipInfo(f"{module.slug}/{document.value}.pdf", PACKED)
                archive.writestr(name, printed(document, module, day, _paper()), zipfile.ZIP_DEFLATED)
    except TooMuch:
        return _too_much(run_id)
    name_of_all = f"{module.slug}-{held.date.isoformat()}.zip"
    return _file(packed.getvalue(), "application/zip", f'attachment; filename="{name_of_all}"')


def _run(run_id: int) -> tuple[HeldRun, Module, Occasion]:
    """Return a run of the viewer's with its module and what is printed of the day."""
    held = own_run(run_id)
    module = library.module(session(), held.version_hash)
    seats = attendance(session(), run_id=run_id)
    notes = preparing.notes(session(), person_id=viewer().person_id, module=held.module)
    day = Occasion(
        date=held.date,
        starts=held.starts,
        zone=held.zone,
        place=held.place,
        facilitator=viewer().name,
        group=held.cohort,
        names=tuple(seat.name for seat in seats),
        notes={block: note.text for block, note in notes.items()},
    )
    return held, module, day


def _paper() -> Paper:
    """Return the paper that the link asks for; A4 for whatever else it says."""
    return Paper.LETTER if request.args.get("paper") == Paper.LETTER else Paper.A4


def _paper_name(paper: Paper) -> str:
    return {Paper.A4: _("A4"), Paper.LETTER: _("Letter")}[paper]


def _file(content: bytes, kind: str, disposition: str) -> Response:
    response = Response(content, mimetype=kind)
    response.headers["Content-Disposition"] = disposition
    return response


def _too_much(run_id: int) -> ResponseReturnValue:
    flash(_("This module's texts are too long to be printed. Its author can shorten them."), "error")
    return redirect(url_for("facilitator.kit", run_id=run_id), 303)


def _row(held: HeldRun, document: Document, people: int, paper: Paper) -> Row:
    title, purpose = _about(document)
    url = url_for(".kit_document", run_id=held.id, document=document.value, paper=paper.value)
    return Row(title, purpose, _amount(document, needed(document, people)), url)


def _about(document: Document) -> tuple[str, str]:
    return {
        Document.GUIDE: (_("Facilitator guide"), _("What to say and do in every block, by the clock of this day.")),
        Document.ROLE_CARDS: (_("Role cards"), _("Who plays whom, for the role-plays in threes.")),
        Document.OBSERVER_CARDS: (_("Observer cards"), _("What the third person watches for, with ticks.")),
        Document.JOB_AID: (_("Job aid"), _("The day on one page, for the desk; it opens on a phone too.")),
        Document.POSTER: (_("Poster"), _("For the wall. It can be enlarged without a loss.")),
        Document.SIGN_IN_SHEET: (_("Sign-in sheet"), _("Everybody on the list, and a few empty lines.")),
        Document.NAME_TENTS: (_("Name tents"), _("A name on each side, and an empty one for whoever else comes.")),
        Document.MANAGER_BRIEF: (
            _("Brief for the line manager"),
            _("A talk before the day and one after it."),
        ),
    }[document]


def _amount(document: Document, number: int) -> str:
    words = {
        Document.ROLE_CARDS: _("A set for each three people, cut apart"),
        Document.OBSERVER_CARDS: _("A card for each person, cut apart"),
        Document.NAME_TENTS: _("Once, on thick paper; fold along the middle"),
        Document.POSTER: _("Once, on A3 if you can"),
        Document.JOB_AID: _("One for each person"),
        Document.MANAGER_BRIEF: _("One for each line manager, well before the day"),
    }.get(document, _("Once"))
    if document is Document.NAME_TENTS or number <= 1:
        return words
    return _("%(words)s: %(number)s", words=words, number=number)
