"""The desk's blueprint, which every file of its pages adds to, and what they all ask first: whose run it is."""

from flask import Blueprint

from course import clock
from course.cohorts.models import Role
from course.cohorts.queries.runs import HeldRun, run_of_facilitator
from course.web.access import found, viewer
from course.web.transaction import session

blueprint = Blueprint("facilitator", __name__, url_prefix="/facilitate")


def organisations() -> frozenset[int]:
    """Return the organisations in which the viewer is a facilitator."""
    return viewer().organisations(Role.FACILITATOR)


def own_run(run_id: int) -> HeldRun:
    """Return a run that the viewer holds; 404 for everybody else's."""
    return found(
        run_of_facilitator(session(), run_id=run_id, facilitator_id=viewer().person_id, organisations=organisations())
    )


def to_come(run: HeldRun) -> bool:
    """Whether the day of a run has not begun, so that there is something to prepare."""
    return clock.now() < clock.at(run.date, run.starts, run.zone)
