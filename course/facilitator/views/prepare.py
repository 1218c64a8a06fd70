"""Preparing a run in 45 minutes: the list with its ticks, the opening to rehearse, sample pages, the projector."""

from dataclasses import dataclass
from datetime import datetime

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from course.cohorts.queries.runs import HeldRun
from course.cohorts.rules.door import show_code
from course.content.schema import Benchmark, Criterion, Module, Scenario
from course.facilitator.queries.day import guide
from course.facilitator.views.desk import blueprint, own_run
from course.library import queries as library
from course.preparing import queries, service
from course.preparing.rules import MINUTES, Step, minutes_left, minutes_to_read, minutes_to_say, musts, opening
from course.web.access import Who, enter, found, viewer
from course.web.texts import _
from course.web.transaction import session

SAMPLE = "ABC234"
"""As long as the code of a door, and plainly none."""


@dataclass(frozen=True)
class Line:
    """One step of the list, with when its viewer ticked it."""

    step: Step
    title: str
    minutes: int
    done_at: datetime | None
    done_url: str
    undo_url: str


@dataclass(frozen=True)
class Mark:
    """What a sample page was given for one criterion, and why."""

    title: str
    level: int
    text: str
    quotes: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Sample:
    """A page that somebody with experience has graded."""

    task: str
    text: str
    marks: list[Mark]


@blueprint.get("/runs/<int:run_id>/prepare/")
@enter(Who.FACILITATOR)
def prepare(run_id: int) -> str:
    held = own_run(run_id)
    module = library.module(session(), held.version_hash)
    ticked = queries.ticks(session(), person_id=viewer().person_id, run_id=run_id)
    first = opening(module)
    return render_template(
        "facilitator/prepare.html",
        run=held,
        module=module,
        lines=[_line(held, step, ticked.get(step)) for step in Step],
        left=minutes_left(ticked),
        whole=sum(MINUTES.values()),
        cases=_played(module),
        musts=[(block, minutes_to_read(block)) for block in musts(module)],
        first=first,
        first_minutes=minutes_to_say(first) if first is not None else 0,
        samples=len(_samples(module)),
    )


@blueprint.post("/runs/<int:run_id>/prepare/<step>/done")
@enter(Who.FACILITATOR)
def tick(run_id: int, step: str) -> ResponseReturnValue:
    held, wanted = own_run(run_id), found(_step(step))
    service.tick(session(), person_id=viewer().person_id, run_id=held.id, step=wanted)
    return _back(held, wanted)


@blueprint.post("/runs/<int:run_id>/prepare/<step>/undo")
@enter(Who.FACILITATOR)
def untick(run_id: int, step: str) -> ResponseReturnValue:
    held, wanted = own_run(run_id), found(_step(step))
    service.untick(session(), person_id=viewer().person_id, run_id=held.id, step=wanted)
    return _back(held, wanted)


@blueprint.get("/runs/<int:run_id>/prepare/opening/")
@enter(Who.FACILITATOR)
def rehearse(run_id: int) -> str:
    """Show what is said first, large enough to be read standing."""
    held = own_run(run_id)
    module = library.module(session(), held.version_hash)
    first = found(opening(module))
    told = next(
        each
        for each in guide(session(), version_hash=held.version_hash, starts=held.starts)
        if each.block.id == first.id
    )
    return render_template(
        "facilitator/rehearse.html",
        run=held,
        module=module,
        told=told,
        say=Markup(told.say),  # noqa: S704 - nh3 has cleaned it.
        minutes=minutes_to_say(first),
    )


@blueprint.get("/runs/<int:run_id>/prepare/samples/")
@enter(Who.FACILITATOR)
def samples(run_id: int) -> str:
    """Show the module's sample pages, so that its facilitator can try their eye before they grade."""
    held = own_run(run_id)
    module = library.module(session(), held.version_hash)
    return render_template("facilitator/samples.html", run=held, module=module, samples=found(_samples(module) or None))


@blueprint.get("/runs/<int:run_id>/prepare/projector")
@enter(Who.FACILITATOR)
def try_projector(run_id: int) -> str:
    """Show big letters and a mark in each corner, so that the wall can be looked at from the last row."""
    return render_template("facilitator/try_projector.html", run=own_run(run_id), sample=show_code(SAMPLE))


def _step(name: str) -> Step | None:
    return next((step for step in Step if step.value == name), None)


def _back(held: HeldRun, step: Step) -> ResponseReturnValue:
    return redirect(url_for("facilitator.prepare", run_id=held.id, _anchor=step.value), 303)


def _played(module: Module) -> list[Scenario]:
    """Return the cases that the day plays, in its order."""
    cases = dict.fromkeys(block.scenario for block in module.blocks if block.scenario)
    return [case for case in (module.scenario(each) for each in cases) if case is not None]


def _samples(module: Module) -> list[Sample]:
    return [
        Sample(page.title, _unwrapped(each.text), [_mark(criterion, each) for criterion in page.criteria])
        for page in module.reflections
        for each in page.benchmarks
    ]


def _mark(criterion: Criterion, sample: Benchmark) -> Mark:
    level = sample.levels[criterion.id]
    text = next(each.text for each in criterion.levels if each.level == level)
    quotes = tuple(_unwrapped(quote) for quote in sample.quotes.get(criterion.id, ()))
    return Mark(criterion.title, level, text, quotes, sample.reasons[criterion.id])


def _unwrapped(text: str) -> str:
    """Return a text without the line breaks of its file; paragraphs stay apart."""
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))


def _line(held: HeldRun, step: Step, done_at: datetime | None) -> Line:
    titles = {
        Step.CASE: _("Play the case"),
        Step.MUSTS: _("Read the musts"),
        Step.KIT: _("Print the kit"),
        Step.OPENING: _("Rehearse the opening"),
        Step.PROJECTOR: _("Try the projector"),
    }
    here = f"/facilitate/runs/{held.id}/prepare/{step.value}"
    return Line(step, titles[step], MINUTES[step], done_at, f"{here}/done", f"{here}/undo")
