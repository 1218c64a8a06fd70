"""What a teacher of a platform's course reads about it: the group, the runs, who facilitates, who decides."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from course.cohorts.models import Cohort, Day, Membership, Role, Run
from course.library.models import Live, Version
from course.people.models import Organisation, Person
from course.platforms.models import Context, Deployment, Participant, Platform, ResourceLink
from course.platforms.queries.contexts import ORGANISATION, HeldRun
from course.platforms.queries.dates import nearest

FEW = 3


@dataclass(frozen=True)
class LedRun(HeldRun):
    facilitator_id: int | None
    facilitator: str


@dataclass(frozen=True)
class Link:
    """A place in a course that opens a module, as a teacher of the course sees it."""

    link_id: int
    context_id: int
    course: str
    platform: str
    organisation_id: int
    organisation: str
    cohort: str
    module: str
    title: str
    runs: tuple[LedRun, ...]
    """The nearest one first."""


_LINK: Select[*tuple[Any, ...]] = (
    select(
        Context.id.label("context_id"),
        Context.title,
        Context.label,
        Context.name,
        Platform.name.label("platform"),
        ORGANISATION.label("organisation_id"),
        Organisation.name.label("organisation"),
        Cohort.name.label("cohort"),
        ResourceLink.module,
        Version.title.label("module_title"),
        Run.id.label("run_id"),
        Day.date,
        Day.zone,
        Day.place,
        Run.facilitator_id,
        Person.name.label("facilitator"),
    )
    .join(Deployment, Deployment.id == Context.deployment_id)
    .join(Platform, Platform.id == Deployment.platform_id)
    .join(Organisation, Organisation.id == ORGANISATION)
    .join(ResourceLink, ResourceLink.context_id == Context.id)
    .join(Live, Live.slug == ResourceLink.module)
    .join(Version, Version.hash == Live.version_hash)
    .join(Participant, (Participant.context_id == Context.id) & Participant.teacher & Participant.active)
    .outerjoin(Cohort, (Cohort.id == Context.cohort_id) & (Cohort.organisation_id == ORGANISATION))
    .outerjoin(Run, (Run.cohort_id == Cohort.id) & (Run.module == ResourceLink.module) & Run.cancelled_at.is_(None))
    .outerjoin(Day, Day.id == Run.day_id)
    .outerjoin(Person, Person.id == Run.facilitator_id)
)


def link_of_teacher(session: Session, *, link_id: int, person_id: int) -> Link | None:
    """Return a link with the runs it may mean, for a teacher of its course; None for everybody else."""
    rows = session.execute(_LINK.where(ResourceLink.id == link_id, Participant.person_id == person_id)).all()
    if not rows:
        return None
    runs = [
        LedRun(row.run_id, row.date, row.zone, row.place, row.facilitator_id, row.facilitator or "")
        for row in rows
        if row.run_id is not None
    ]
    first = rows[0]
    return Link(
        link_id=link_id,
        context_id=first.context_id,
        course=first.title or first.label or first.name,
        platform=first.platform,
        organisation_id=first.organisation_id,
        organisation=first.organisation,
        cohort=first.cohort or "",
        module=first.module,
        title=first.module_title,
        runs=tuple(nearest(runs)),
    )


def managers(session: Session, organisation_id: int) -> tuple[str, ...]:
    """Return who decides in an organisation, by name; of many, the first few."""
    rows = session.execute(
        select(Person.name)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.role == Role.MANAGER.value,
            Membership.ended_at.is_(None),
        )
        .order_by(func.lower(Person.name))
        .limit(FEW)
    )
    return tuple(rows.scalars())
