"""How a group stands: people by modules, who is behind and why, and the same as CSV."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flask import Response, current_app, redirect, render_template, request, stream_with_context, url_for
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from course import clock
from course.cohorts.models import Cohort, Role, Run, Seat
from course.completions import service
from course.completions.queries import documents, groups
from course.completions.queries.groups import Cell, Held, Show
from course.library.queries import module as read_module
from course.manager.views.desk import blueprint
from course.manager.views.told import counted
from course.platforms.queries.scores import refused_of_cohort
from course.statements import columns
from course.web import access, transaction
from course.web.access import Unit, Who, enter
from course.web.documents import certificate_response
from course.web.ids import row_id
from course.web.reasons import for_manager
from course.web.texts import _

_GROUP = select(Cohort.id, Cohort.name, Cohort.organisation_id).where(
    Cohort.id == bindparam("cohort_id"), Cohort.organisation_id.in_(bindparam("places", expanding=True))
)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Group:
    id: int
    name: str
    organisation_id: int


@dataclass(frozen=True)
class Column:
    run_id: int
    title: str
    held: Held


@dataclass(frozen=True)
class Box:
    """What one person's cell says: a tone, a word, and the sentences behind it."""

    tone: str
    word: str
    reasons: tuple[str, ...]
    certificate: bool
    seat_id: int


@blueprint.get("/cohorts/<int:cohort_id>/")
@enter(Who.MANAGER)
def cohort(cohort_id: int) -> str:
    session = transaction.session()
    group = _group(session, cohort_id)
    show = Show(request.args.get("show", "all")) if request.args.get("show") in set(Show) else Show.ALL
    run_id = request.args.get("run", type=row_id)
    search = request.args.get("q", "").strip()[:80]
    heads = _columns(session, group)
    after_id = request.args.get("after", type=row_id)
    after = (request.args.get("name", ""), after_id) if after_id is not None else None
    # Nobody is behind before the day is over everywhere.
    today = clock.earliest_date()
    lines, more = groups.page(session, group.id, show=show, run_id=run_id, search=search, after=after, today=today)
    standing = groups.standing(session, group.id, today=today)
    return render_template(
        "manager/cohort_completions.html",
        group=group,
        # Asked only where an LMS is told of anybody.
        refused=counted(refused_of_cohort(session, group.id)) if standing.reported else {},
        columns=heads,
        rows=[
            (line, [_box(session, column.held, line.cells.get(column.run_id), today) for column in heads])
            for line in lines
        ],
        standing=standing,
        show=show,
        run_id=run_id,
        search=search,
        next_page=url_for(
            "manager.cohort",
            cohort_id=group.id,
            show=show,
            run=run_id,
            q=search or None,
            name=lines[-1].name,
            after=lines[-1].person_id,
        )
        if more
        else None,
        first_page=after is None,
    )


@blueprint.get("/cohorts/<int:cohort_id>/completions.csv")
@enter(Who.MANAGER)
def cohort_csv(cohort_id: int) -> Response:
    """Stream the group's results, on a reading session of its own that outlives this request's."""
    group = _group(transaction.session(), cohort_id)
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's documented way.

    def lines() -> Iterator[str]:
        with app.app_context(), transaction.unit(write=False) as session:
            yield "\ufeff" + _csv_line(_heading())
            for line in groups.export(session, group.id, group.organisation_id):
                yield _csv_line(_export_line(session, line))

    response = Response(stream_with_context(lines()), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="completions.csv"'
    return response


@blueprint.get("/seats/<int:seat_id>/certificate.pdf")
@enter(Who.MANAGER, Unit.OWN)
def seat_certificate(seat_id: int) -> Response:
    with transaction.unit(write=False) as session:
        _own_seat(session, seat_id)
        document = access.found(documents.certificate_of_seat(session, seat_id))
    return certificate_response(document)


@blueprint.post("/seats/<int:seat_id>/certificate")
@enter(Who.MANAGER)
def reissue(seat_id: int) -> AnyResponse:
    """Issue a certificate again, for instance with a corrected name; the old one is superseded."""
    cohort_id = _own_seat(transaction.session(), seat_id)
    if not service.reissue(transaction.session(), seat_id=seat_id):
        access.found(None)
    return redirect(url_for("manager.cohort", cohort_id=cohort_id), 303)


def _group(session: Session, cohort_id: int) -> Group:
    places = access.viewer().organisations(Role.MANAGER)
    row = columns(session, _GROUP, {"cohort_id": cohort_id, "places": list(places)}).first()
    return Group(*access.found(row))


def _own_seat(session: Session, seat_id: int) -> int:
    places = access.viewer().organisations(Role.MANAGER)
    return access.found(
        session.execute(
            select(Cohort.id)
            .join(Run, Run.cohort_id == Cohort.id)
            .join(Seat, Seat.run_id == Run.id)
            .where(Seat.id == seat_id, Cohort.organisation_id.in_(places))
        ).scalar_one_or_none()
    )


def _columns(session: Session, group: Group) -> list[Column]:
    return [
        Column(held.run_id, read_module(session, held.version_hash).title, held)
        for held in groups.runs_of(session, group.id)
    ]


def _box(session: Session, held: Held, cell: Cell | None, today: date) -> Box | None:
    if cell is None:
        return None
    if cell.completed:
        return Box("good", _("Completed"), (), cell.certificate is not None, cell.seat_id)
    if held.date >= today and not cell.attended:
        return Box("neutral", _("Coming"), (), certificate=False, seat_id=cell.seat_id)
    module = read_module(session, held.version_hash)
    reasons = tuple(for_manager(module, reason) for reason in cell.reasons)
    if not reasons:
        # Nothing has happened on this seat yet, so no result was ever settled.
        reasons = (_("Nothing is noted yet: ask the facilitator whether they were there."),)
    if cell.waits:
        return Box("wait", _("With the facilitator"), reasons, certificate=False, seat_id=cell.seat_id)
    codes = {str(reason["code"]) for reason in cell.reasons}
    if codes and codes <= {"page_revise"}:
        return Box("wait", _("Being revised"), reasons, certificate=False, seat_id=cell.seat_id)
    word = _("Attended, not completed") if cell.attended else _("Not yet")
    return Box("attention", word, reasons, certificate=False, seat_id=cell.seat_id)


def _heading() -> list[str]:
    return [
        _("Name"),
        _("E-mail"),
        _("Employee id"),
        _("Module"),
        _("Date"),
        _("Minutes present"),
        _("Attended"),
        _("Completed"),
        _("Certificate"),
        _("What is missing"),
    ]


def _export_line(session: Session, line: groups.ExportLine) -> list[str]:
    module = read_module(session, line.version_hash)
    return [
        line.name,
        line.email or "",
        line.employee_id or "",
        module.title,
        line.date.isoformat(),
        "" if line.minutes is None else str(line.minutes),
        _("yes") if line.attended else _("no"),
        _("yes") if line.completed else _("no"),
        line.certificate or "",
        " ".join(for_manager(module, reason) for reason in line.reasons),
    ]


def _csv_line(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([neutral(cell) for cell in cells])
    return out.getvalue()


def neutral(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
