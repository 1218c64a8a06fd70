"""Deployments: noticed, confirmed for an organisation, stopped."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from course import clock
from course.cohorts.models import Cohort
from course.people.models import Session as SignIn
from course.platforms.models import Context, Deployment, Participant
from course.platforms.rules import WAY, State
from course.statements import insert_once


class CoursesElsewhere(Exception):  # noqa: N818 - It is what the admin is told, not a fault of the program.
    """Courses of this deployment belong to groups of another organisation."""


def notice(session: Session, *, platform_id: int, name: str) -> Deployment:
    """Return a platform's deployment, which waits for an admin when it is seen for the first time."""
    session.execute(
        insert_once(Deployment),
        {"platform_id": platform_id, "name": name, "state": State.PENDING, "created_at": clock.now()},
    )
    return session.execute(
        select(Deployment).where(Deployment.platform_id == platform_id, Deployment.name == name)
    ).scalar_one()


def confirm(session: Session, *, deployment_id: int, organisation_id: int) -> None:
    """Let people in by a deployment, into one organisation.

    Raises CoursesElsewhere when groups of another organisation hang on it.
    """
    elsewhere = (
        select(Context.id)
        .join(Cohort, Cohort.id == Context.cohort_id)
        .where(Context.deployment_id == deployment_id, Cohort.organisation_id != organisation_id)
        .limit(1)
    )
    if session.execute(elsewhere).first() is not None:
        raise CoursesElsewhere
    deployment = session.get_one(Deployment, deployment_id)
    deployment.state = State.ACTIVE
    deployment.confirmed_at = clock.now()
    deployment.organisation_id = organisation_id
    session.flush()


def stop(session: Session, *, deployment_id: int) -> None:
    """Let nobody in by a deployment any more; whoever is inside by an LMS and came by it is signed out."""
    session.get_one(Deployment, deployment_id).state = State.STOPPED
    theirs = (
        select(Participant.person_id)
        .join(Context, Context.id == Participant.context_id)
        .where(Context.deployment_id == deployment_id)
    )
    session.execute(
        update(SignIn)
        .where(SignIn.way == WAY, SignIn.ended_at.is_(None), SignIn.person_id.in_(theirs))
        .values(ended_at=clock.now())
    )
