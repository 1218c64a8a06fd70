"""One person's page, asked for from an LMS's gradebook: the queue says why it is not shown; opening it is noted."""

from dataclasses import dataclass

import structlog
from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from course.cohorts.queries.runs import HeldRun
from course.facilitator.queries.grading import SeatPage, pages_of_seat
from course.facilitator.views import sentences
from course.facilitator.views.desk import blueprint, own_run
from course.grading import service
from course.library import queries as library
from course.web import review
from course.web.access import Who, enter, found, viewer
from course.web.texts import _
from course.web.transaction import session

log = structlog.get_logger()


@dataclass(frozen=True)
class Asked:
    """Whose page the facilitator was sent to, without saying who it is."""

    token: str
    waits: bool
    """Whether there is one among those that show no name yet."""
    open: str
    """The handle of the page whose name is open already, or whose feedback was sent; else empty."""


def asked(run: HeldRun) -> Asked | None:
    """Return what the address of the queue asks for, if somebody came from outside."""
    token = request.args.get("page", "")
    seat_id = review.seat_of(token, person_id=viewer().person_id) if token else None
    if seat_id is None:
        return None
    waits, sent = _pages(run, seat_id)
    named = [page for page in waits if page.named]
    shown = next(iter([*named, *sent]), None)
    return Asked(token, bool(waits) and not named, shown.handle if shown is not None else "")


@blueprint.post("/runs/<int:run_id>/grading/name")
@enter(Who.FACILITATOR)
def open_page_with_name(run_id: int) -> ResponseReturnValue:
    """Open the page that was asked for, with its author's name. Who did it, and when, stays with the grade."""
    held = own_run(run_id)
    me = viewer().person_id
    seat_id = found(review.seat_of(request.form.get("page", ""), person_id=me))
    waits, _sent = _pages(held, seat_id)
    page = found(next(iter(waits), None))
    result = service.open_name(session(), grade_id=page.grade_id, by_id=me)
    if result.refusal is not None:
        flash(sentences.refusal(result.refusal), "attention")
        return redirect(url_for("facilitator.run_grading", run_id=run_id), 303)
    if result.kind is service.Kind.SAVED:
        log.info("grade not blind", grade=page.grade_id, run=run_id, by=me)
        flash(_("The name is open. It is noted that this page is not graded blind."), "info")
    return redirect(url_for("facilitator.grade", handle=page.handle), 303)


def _pages(run: HeldRun, seat_id: int) -> tuple[list[SeatPage], list[SeatPage]]:
    """Return the pages of a seat that wait and those that were sent; sentences of a play after pages."""
    module = library.module(session(), run.version_hash)
    pages = pages_of_seat(session(), run_id=run.id, seat_id=seat_id, viewer_id=viewer().person_id)
    ordered = sorted(pages, key=lambda page: page.rubric == module.sentences)
    return [page for page in ordered if not page.sent], [page for page in ordered if page.sent]
