"""A proved launch takes effect: who comes, into which course, to which seat."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from course.cohorts.models import Role
from course.database import Busy
from course.platforms.queries import landing as queries
from course.platforms.queries.dates import nearest
from course.platforms.queries.landing import Known, RunRow
from course.platforms.rules import Launch, Message, Roles
from course.platforms.service import contexts, rights, rows, seats
from course.platforms.service.rows import Here, LookAgain

TRIES = 5
"""How often a launch looks again after another launch made the same row first."""


class Goal(StrEnum):
    """Where a launch leads."""

    MODULE = "module"
    """A learner with a seat."""
    NO_DATE = "no date"
    """A learner whose course has no group yet, or whose group has no run of the module."""
    TEACHER_RUN = "teacher run"
    """Whoever facilitates the run."""
    TEACHER_COURSE = "teacher course"
    """Another teacher of the course."""
    PREVIEW = "preview"
    """A test user of the platform, or the facilitator who looks as a learner: nothing is kept of it."""
    NO_RIGHTS = "no rights"
    """Somebody whose roles say nothing here."""
    NO_MODULE = "no module"
    """The link names no module, or none that is known here."""


@dataclass(frozen=True, kw_only=True)
class Landing:
    """What a launch came to."""

    goal: Goal
    person_id: int | None = None
    """None when nothing is kept of whoever came."""
    context_id: int | None = None
    link_id: int | None = None
    module: str = ""
    seat_id: int | None = None
    run_id: int | None = None
    """With NO_DATE: a run that has a date, on which the learner has a place in another course."""
    is_new: bool = False
    """Whether this person never came by a platform before."""
    ask_link: bool = False
    """Whether somebody with this e-mail address signs in here already and might be the same person."""
    organisation_id: int
    platform: str
    """Its name."""
    course: str = ""
    """The title of the platform's course."""
    teacher: bool = False
    framed_by: tuple[str, ...] = ()
    """Addresses whose sites may frame what follows."""


def land(session: Session, launch: Launch, *, deployment_id: int, organisation_id: int) -> Landing:
    """Find or make all that a launch needs, and say where it leads. Only what changed is written.

    Raises Busy when other launches were faster again and again.
    """
    link = launch.link
    asked: dict[str, Any] = {
        "deployment_id": deployment_id,
        "organisation_id": organisation_id,
        "issuer": str(launch.platform_id),
        "subject": launch.subject,
        "email": launch.email,
        "context": launch.context.id if launch.context is not None else "",
        "link": link.id if link is not None else "",
        "module": link.module if link is not None else "",
    }
    for _try in range(TRIES):
        known = queries.known(session, asked)
        if link is not None and link.history and not (link.module or known.link_module or asked["module"]):
            asked["module"] = queries.module_before(session, deployment_id=deployment_id, history=link.history)
            known = queries.known(session, asked)
        here = Here(launch, known, deployment_id, organisation_id, asked["module"] or known.link_module or "")
        try:
            return _land(session, here)
        except LookAgain:
            continue
    raise Busy


def _land(session: Session, here: Here) -> Landing:
    launch, roles = here.launch, here.launch.roles
    if launch.context is None or roles.test or not (roles.learner or roles.teacher):
        return _outside(session, here)
    context_id = rows.context(session, here)
    link_id = rows.link(session, here, context_id)
    rows.line_items(session, here, context_id, link_id)
    person_id = rows.person(session, here)
    rows.participant(session, here, context_id, person_id)
    came = replace(
        _landing(here, Goal.NO_MODULE),
        person_id=person_id,
        context_id=context_id,
        link_id=link_id,
        is_new=not here.known.came_before,
        ask_link=here.known.double and here.known.lti_only and not here.known.came_before,
    )
    if here.known.untold and here.known.cohort_id is not None:
        # The course asks for this module: it is told of all who sit in it, however they came.
        contexts.report_seats(session, cohort_id=here.known.cohort_id)
    if launch.message is Message.DEEP_LINKING:
        return replace(came, goal=Goal.TEACHER_COURSE if roles.teacher else Goal.NO_RIGHTS)
    if not here.opens:
        return came
    if roles.teacher:
        return _teacher(session, here, came, person_id)
    if launch.message is not Message.RESOURCE:
        return replace(came, goal=Goal.NO_RIGHTS)
    return _learner(session, here, came, person_id)


def _landing(here: Here, goal: Goal) -> Landing:
    launch, known = here.launch, here.known
    context = launch.context
    return Landing(
        goal=goal,
        module=here.opens,
        organisation_id=here.organisation_id,
        platform=known.platform,
        course=(context.title or context.label or context.id) if context is not None else "",
        teacher=launch.roles.teacher,
        framed_by=(known.auth_url, launch.return_url, *known.frame_origins),
    )


def _outside(session: Session, here: Here) -> Landing:
    """Keep nothing of a test user or of somebody whose roles say nothing; who was more before is so no longer."""
    roles, known = here.launch.roles, here.known
    if known.participant_id is not None and known.person_id is not None:
        rows.change_participant(session, here, known.participant_id, known.person_id, Roles(test=roles.test))
    if not roles.test:
        return _landing(here, Goal.NO_RIGHTS)
    return _landing(here, Goal.PREVIEW if here.opens else Goal.NO_MODULE)


def _teacher(session: Session, here: Here, came: Landing, person_id: int) -> Landing:
    theirs = nearest([run for run in here.known.runs if run.facilitator_id == person_id])
    if not theirs:
        run = next(iter(nearest(here.known.runs)), None)
        return replace(came, goal=Goal.TEACHER_COURSE, run_id=run.run_id if run is not None else None)
    if not here.known.facilitates_here:
        rights.grant(session, person_ids=[person_id], organisation_id=here.organisation_id, role=Role.FACILITATOR)
    return replace(came, goal=Goal.TEACHER_RUN, run_id=theirs[0].run_id)


def _learner(session: Session, here: Here, came: Landing, person_id: int) -> Landing:
    known = here.known
    if any(run.facilitator_id == person_id for run in known.runs):
        return replace(came, goal=Goal.PREVIEW)
    found = _seat(session, known, person_id)
    if found is None:
        meant = next(iter(nearest(known.runs)), None)
        return replace(came, goal=Goal.NO_DATE, run_id=meant.run_id if meant is not None else None)
    run, seat_id = found
    if not known.learns_here:
        rights.grant_later(session, person_id=person_id, organisation_id=here.organisation_id, role=Role.LEARNER)
    return replace(came, goal=Goal.MODULE, run_id=run.run_id, seat_id=seat_id)


def _seat(session: Session, known: Known, person_id: int) -> tuple[RunRow, int] | None:
    """Return the run that a launch means with the seat in it: their own first, else the next or the latest one."""
    for run in nearest([run for run in known.runs if run.seat_id is not None]):
        if run.seat_id is not None:
            if not run.reported:
                seats.report(session, seat_ids=[run.seat_id])
            return run, run.seat_id
    for run in nearest(known.runs):
        seat_id = seats.give(session, run=run, person_id=person_id)
        if seat_id is not None and known.cohort_id is not None:
            rights.join_later(session, person_id=person_id, cohort_id=known.cohort_id)
            return run, seat_id
    return None
