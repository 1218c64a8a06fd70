"""The grading queue and the grading screen."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Any

from flask import abort, get_template_attribute, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from course import clock
from course.cohorts.queries.runs import HeldRun, runs_of_facilitator
from course.content.schema import Criterion
from course.facilitator.forms.grading import SentGrade, read_grade, read_operation
from course.facilitator.queries.grading import QueueCount, Sheet, earlier, place, queue_counts, recallable, sheet
from course.facilitator.views import sentences
from course.facilitator.views.desk import blueprint, organisations, own_run
from course.facilitator.views.drawn import Drawn
from course.grading import queries as grading_queries
from course.grading import service
from course.grading.rules import LEVELS, Refusal, cleaned, fields_of
from course.grading.service import Kind, WriteResult
from course.library import queries as library
from course.web.access import Who, enter, found, viewer
from course.web.transaction import session

CRITERIA = Drawn(2000)


@dataclass(frozen=True)
class QueueLine:
    """A run in the queue."""

    run: HeldRun
    count: QueueCount
    title: str

    @property
    def age(self) -> str:
        """How long the oldest page waits; empty when none does."""
        return sentences.age(self.count.oldest) if self.count.oldest is not None else ""


@dataclass
class Outcome:
    """What came of a form: for each field the sentence that refuses it, or the other text that was there first."""

    errors: dict[str, str] = field(default_factory=dict)
    theirs: dict[str, Any] = field(default_factory=dict)

    @property
    def status(self) -> int:
        if self.errors:
            return HTTPStatus.UNPROCESSABLE_ENTITY
        return HTTPStatus.CONFLICT if self.theirs else HTTPStatus.OK


@blueprint.get("/grading/")
@enter(Who.FACILITATOR)
def grading() -> str:
    runs = runs_of_facilitator(session(), facilitator_id=viewer().person_id, organisations=organisations())
    counts = queue_counts(session(), run_ids=[run.id for run in runs], viewer_id=viewer().person_id)
    lines = [
        QueueLine(run, counts[run.id], library.module(session(), run.version_hash).title)
        for run in runs
        if run.id in counts
    ]
    lines.sort(key=lambda line: line.count.oldest or clock.now())
    return render_template("facilitator/grading.html", lines=lines)


@blueprint.get("/runs/<int:run_id>/grading/next")
@enter(Who.FACILITATOR)
def start_grading(run_id: int) -> ResponseReturnValue:
    own_run(run_id)
    return _onward(run_id, None)


@blueprint.get("/grading/<handle>/next")
@enter(Who.FACILITATOR)
def skip_grade(handle: str) -> ResponseReturnValue:
    held = _own_sheet(handle)
    return _onward(held.run_id, (held.position, held.grade_id))


@blueprint.get("/grading/<handle>")
@enter(Who.FACILITATOR)
def grade(handle: str) -> str:
    return _screen(_own_sheet(handle))


@blueprint.post("/grading/<handle>")
@enter(Who.FACILITATOR)
def save_grade(handle: str) -> ResponseReturnValue:
    held = _own_sheet(handle)
    criteria = _criteria(held)
    sent = read_grade(request.form, criteria)
    if sent is None:
        abort(400)
    outcome, version = _write_all(held, sent, criteria)
    done = request.form.get("act") == "done"
    if done and not outcome.errors and not outcome.theirs:
        result = service.set_ready(
            session(),
            grade_id=held.grade_id,
            base_version=version,
            operation_id=sent.operation("ready", version),
            by_id=viewer().person_id,
        )
        if result.refusal is Refusal.MISSING:
            outcome.errors.update({name: sentences.missing(name) for name in result.missing})
        elif result.refusal is not None:
            outcome.errors[""] = sentences.refusal(result.refusal)
    if outcome.status != HTTPStatus.OK:
        return make_response(_screen(found(_sheet(handle)), sent.values, outcome), outcome.status)
    if done:
        return _onward(held.run_id, (held.position, held.grade_id))
    return redirect(url_for("facilitator.grade", handle=handle), 303)


@blueprint.post("/grading/<handle>/ops")
@enter(Who.FACILITATOR)
def write_grade(handle: str) -> ResponseReturnValue:
    held = _own_sheet(handle)
    wish = read_operation(request.get_json(silent=True))
    if wish is None:
        return jsonify(error=sentences.refusal(Refusal.BAD_VALUE)), 422
    result = service.write(
        session(),
        grade_id=held.grade_id,
        field=wish.field,
        value=wish.value,
        base_version=wish.base_version,
        operation_id=wish.operation_id,
        by_id=viewer().person_id,
    )
    if result.kind is Kind.CONFLICT:
        return jsonify(field=wish.field, version=result.version, theirs=result.theirs, yours=wish.value), 409
    if result.refusal is not None:
        return jsonify(error=sentences.refusal(result.refusal, wish.field), version=result.version), 422
    return jsonify(_saved(held, result))


def _saved(held: Sheet, result: WriteResult) -> dict[str, Any]:
    # The name opened with this very write: the page read before it does not have it yet.
    name = held.name if not result.named or held.name else found(_sheet(held.handle)).name
    at = result.saved_at.isoformat(timespec="seconds") if result.saved_at is not None else None
    return {"version": result.version, "saved_at": at, "missing": result.missing, "name": name}


def _sheet(handle: str) -> Sheet | None:
    return sheet(session(), handle=handle, viewer_id=viewer().person_id, organisations=organisations())


def _own_sheet(handle: str) -> Sheet:
    return found(_sheet(handle))


def _criteria(held: Sheet) -> tuple[str, ...]:
    found_criteria = grading_queries.criteria(session(), version_hash=held.version_hash, rubric=held.rubric)
    return tuple(criterion.id for criterion in found_criteria)


def _onward(run_id: int, after: tuple[int, int] | None) -> ResponseReturnValue:
    """Go to the next page that waits, or to the run's list when none does."""
    person_id = viewer().person_id
    handle = grading_queries.next_to_grade(session(), run_id=run_id, viewer_id=person_id, after=after)
    if handle is None:
        return redirect(url_for("facilitator.run_grading", run_id=run_id), 303)
    return redirect(url_for("facilitator.grade", handle=handle), 303)


def _write_all(held: Sheet, sent: SentGrade, criteria: tuple[str, ...]) -> tuple[Outcome, int]:
    """Write every field that the form changed, each on the version the form was made from."""
    outcome, version = Outcome(), held.state.version
    before = grading_queries.state_at(
        session(), grade_id=held.grade_id, version=min(sent.version, version), criteria=criteria
    )
    for name in fields_of(criteria):
        if name not in sent.values:
            continue
        value = cleaned(name, sent.values[name], criteria)
        if value in (before.value(name), held.state.value(name)) and not isinstance(value, Refusal):
            continue
        result = service.write(
            session(),
            grade_id=held.grade_id,
            field=name,
            value=sent.values[name],
            base_version=sent.version,
            operation_id=sent.operation(name, value),
            by_id=viewer().person_id,
        )
        version = result.version
        if result.refusal is not None:
            outcome.errors[name] = sentences.refusal(result.refusal, name)
        elif result.kind is Kind.CONFLICT:
            outcome.theirs[name] = result.theirs
    return outcome, version


def _plain(held: Sheet, criteria: tuple[Criterion, ...], values: Mapping[str, Any]) -> dict[str, Markup]:
    """Return the criteria without a comment, drawn once: they look the same on every page of a rubric."""
    draw = get_template_attribute("facilitator/criterion.html", "graded")
    drawn: dict[str, Markup] = {}
    for criterion in criteria:
        level = values[f"level.{criterion.id}"]
        if values[f"comment.{criterion.id}"] == "" and (level is None or level in LEVELS):
            key = (held.version_hash, held.rubric, criterion.id, level)
            drawn[criterion.id] = CRITERIA.piece(key, partial(draw, criterion, values, Outcome()))
    return drawn


def _screen(held: Sheet, typed: Mapping[str, Any] | None = None, outcome: Outcome | None = None) -> str:
    module = library.module(session(), held.version_hash)
    reflection = found(module.reflection(held.rubric))
    values = {name: held.state.value(name) for name in fields_of(tuple(each.id for each in reflection.criteria))}
    values |= typed or {}
    outcome = outcome or Outcome()
    person_id = viewer().person_id
    before = (
        earlier(session(), seat_id=held.seat_id, rubric=held.rubric, number=held.number) if held.number > 1 else None
    )
    return render_template(
        "facilitator/grade.html",
        sheet=held,
        path=f"/facilitate/grading/{held.handle}",
        module=module,
        reflection=reflection,
        values=values,
        outcome=outcome,
        plain=_plain(held, reflection.criteria, values) if outcome.status == HTTPStatus.OK else {},
        place=place(session(), run_id=held.run_id, viewer_id=person_id, position=held.position, grade_id=held.grade_id),
        earlier=before,
        back=recallable(session(), run_id=held.run_id) if held.released_at is not None else None,
        stamp=secrets.token_urlsafe(12),
    )
