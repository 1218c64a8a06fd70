"""Courses of platforms as a manager sees them: which group each is, which modules it asks for, who waits."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from course.cohorts.models import Cohort, Day, Run, Seat
from course.library.models import Live, Version
from course.people.models import Organisation, Person
from course.platforms.models import Context, Deployment, Participant, Platform, ResourceLink
from course.platforms.queries.dates import nearest
from course.platforms.rules import State

MOST = 50
"""Lines on the manager's first page, and names of those who wait."""

ORGANISATION = func.coalesce(Deployment.organisation_id, Platform.organisation_id)
"""Whose people come by a deployment."""


@dataclass(frozen=True)
class Course:
    """A course of a platform, and the group that a manager chose for it."""

    context_id: int
    title: str
    label: str
    platform_id: int
    platform: str
    organisation_id: int
    organisation: str
    cohort_id: int | None
    cohort: str
    copied_from: str
    """The course it is a copy of, where the platform tells."""
    has_roster: bool
    """Whether the platform lets us read who is in it."""
    follows_roster: bool
    roster_read_at: datetime | None
    """When the roster was last read, or tried."""
    roster_error: str
    """Why that failed, as ``course.web.rosters`` puts into words; empty when it did not."""


@dataclass(frozen=True)
class HeldRun:
    run_id: int
    date: date
    zone: str
    place: str


@dataclass(frozen=True)
class Asked:
    """A module that a course's links open, with the run that a launch means, and how many learners have no seat."""

    module: str
    title: str
    run: HeldRun | None
    waiting: int


@dataclass(frozen=True)
class Item:
    """Something for a manager to decide: a course without a group, or a module without a date."""

    context_id: int
    title: str
    platform: str
    organisation_id: int
    cohort_id: int | None
    cohort: str
    modules: tuple[str, ...]
    """Titles."""
    waiting: int


def enrolled(participant: type[Participant] = Participant) -> ColumnElement[bool]:
    """Return the clause for learners who are in the course, by a launch or by its roster; test users never count."""
    return and_(participant.learner, ~participant.teacher, participant.active, ~participant.test)


def came(participant: type[Participant] = Participant) -> ColumnElement[bool]:
    """Return the clause for those of them who came by themselves."""
    return and_(enrolled(participant), participant.launched_at.is_not(None))


def seated(module: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Return the clause for participants with a place in a run of a module that the course's group has."""
    return exists().where(
        Seat.person_id == Participant.person_id,
        Seat.cancelled_at.is_(None),
        Run.id == Seat.run_id,
        Run.cancelled_at.is_(None),
        Run.module == module,
        Run.cohort_id == Context.cohort_id,
    )


_origin = aliased(Context)
_COURSES: Select[*tuple[Any, ...]] = (
    select(
        Context.id,
        Context.title,
        Context.label,
        Context.name,
        Platform.id.label("platform_id"),
        Platform.name.label("platform"),
        ORGANISATION.label("organisation_id"),
        Organisation.name.label("organisation"),
        Cohort.id.label("cohort_id"),
        Cohort.name.label("cohort"),
        _origin.title.label("origin"),
        Context.memberships_url,
        Context.follows_roster,
        Context.roster_read_at,
        Context.roster_error,
    )
    .join(Deployment, Deployment.id == Context.deployment_id)
    .join(Platform, Platform.id == Deployment.platform_id)
    .join(Organisation, Organisation.id == ORGANISATION)
    # A group of another organisation is none: the deployment may have been given to somebody else since.
    .outerjoin(Cohort, (Cohort.id == Context.cohort_id) & (Cohort.organisation_id == ORGANISATION))
    .outerjoin(_origin, _origin.id == Context.copied_from_id)
    .order_by(Organisation.name, Context.title, Context.id)
)


def course(session: Session, organisation_ids: Collection[int], context_id: int) -> Course | None:
    """Return one course of these organisations' platforms; None for everybody else's."""
    row = session.execute(
        _COURSES.where(Context.id == context_id, ORGANISATION.in_(list(organisation_ids)))
    ).one_or_none()
    return _course(row) if row is not None else None


def courses(session: Session, organisation_ids: Collection[int]) -> tuple[Course, ...]:
    """Return all courses of these organisations' platforms, by organisation and title."""
    return tuple(_course(row) for row in session.execute(_COURSES.where(ORGANISATION.in_(list(organisation_ids)))))


def any_course() -> ColumnElement[bool]:
    """Return the clause for organisations of whose courses a platform has told."""
    return exists().where(
        Deployment.id == Context.deployment_id, Platform.id == Deployment.platform_id, Organisation.id == ORGANISATION
    )


def of_cohort(session: Session, cohort_id: int) -> tuple[Course, ...]:
    """Return the courses that are this group, by title."""
    return tuple(_course(row) for row in session.execute(_COURSES.where(Cohort.id == cohort_id)))


def modules(session: Session, context_id: int) -> dict[str, str]:
    """Return the modules that a course's links open and that are published here: titles by slug, by title."""
    rows = session.execute(
        select(Live.slug, Version.title)
        .join(Version, Version.hash == Live.version_hash)
        .where(Live.slug.in_(select(ResourceLink.module).where(ResourceLink.context_id == context_id)))
        .order_by(Version.title)
    )
    return dict(rows.all())


def asked(session: Session, found: Course) -> tuple[Asked, ...]:
    """Return each module that a course asks for: three statements for any number of them."""
    titles = modules(session, found.context_id)
    held: dict[str, list[HeldRun]] = {}
    for row in session.execute(
        select(Run.module, Run.id, Day.date, Day.zone, Day.place)
        .join(Day, Day.id == Run.day_id)
        .where(Run.cohort_id == found.cohort_id, Run.module.in_(list(titles)), Run.cancelled_at.is_(None))
    ):
        held.setdefault(row.module, []).append(HeldRun(row.id, row.date, row.zone, row.place))
    waiting = session.execute(
        select(ResourceLink.module, func.count(Participant.id.distinct()))
        .join(Context, Context.id == ResourceLink.context_id)
        .join(Participant, Participant.context_id == Context.id)
        .where(Context.id == found.context_id, came(), ~seated(ResourceLink.module))
        .group_by(ResourceLink.module)
    )
    counts = dict(waiting.all())
    return tuple(
        Asked(slug, title, next(iter(nearest(held.get(slug, []))), None), counts.get(slug, 0))
        for slug, title in titles.items()
    )


def waiting(session: Session, context_id: int) -> tuple[tuple[tuple[int, str], ...], int]:
    """Return who came to a course and has no seat for one of its modules yet: some of them by name, and how many."""
    rows = session.execute(
        select(Person.id, Person.name, func.count().over().label("whole"))
        .join(Participant, Participant.person_id == Person.id)
        .join(Context, Context.id == Participant.context_id)
        .where(
            Context.id == context_id,
            came(),
            exists().where(
                ResourceLink.context_id == Context.id,
                Live.slug == ResourceLink.module,
                ~seated(ResourceLink.module),
            ),
        )
        .order_by(func.lower(Person.name), Person.id)
        .limit(MOST)
    ).all()
    return tuple((row.id, row.name) for row in rows), rows[0].whole if rows else 0


def undecided(session: Session, organisation_ids: Collection[int]) -> tuple[Item, ...]:
    """Return what a manager has to decide: one statement. Platforms that are pending or stopped wait for an admin."""
    held = exists().where(Run.cohort_id == Cohort.id, Run.module == ResourceLink.module, Run.cancelled_at.is_(None))
    unseated = (
        select(func.count())
        .select_from(Participant)
        .where(Participant.context_id == Context.id, came(), ~seated(ResourceLink.module))
        .correlate(Context, ResourceLink)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Context.id,
            Context.title,
            Context.label,
            Context.name,
            Platform.name.label("platform"),
            ORGANISATION.label("organisation_id"),
            Cohort.id.label("cohort_id"),
            Cohort.name.label("cohort"),
            Version.title.label("module"),
            unseated.label("waiting"),
        )
        .join(Deployment, Deployment.id == Context.deployment_id)
        .join(Platform, Platform.id == Deployment.platform_id)
        .join(ResourceLink, ResourceLink.context_id == Context.id)
        .join(Live, Live.slug == ResourceLink.module)
        .join(Version, Version.hash == Live.version_hash)
        .outerjoin(Cohort, (Cohort.id == Context.cohort_id) & (Cohort.organisation_id == ORGANISATION))
        .where(
            ORGANISATION.in_(list(organisation_ids)),
            Platform.state == State.ACTIVE,
            Deployment.state == State.ACTIVE,
            or_(Cohort.id.is_(None), ~held),
        )
        .order_by(Context.id.desc(), Version.title)
        .limit(MOST)
    ).all()
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.id, []).append(row)
    return tuple(_item(lines) for lines in found.values())


def _item(lines: Sequence[Any]) -> Item:
    first = lines[0]
    return Item(
        context_id=first.id,
        title=first.title or first.label or first.name,
        platform=first.platform,
        organisation_id=first.organisation_id,
        cohort_id=first.cohort_id,
        cohort=first.cohort or "",
        # Two links may open the same module.
        modules=tuple(dict.fromkeys(line.module for line in lines)),
        waiting=max(line.waiting for line in lines),
    )


def _course(row: Any) -> Course:  # noqa: ANN401 - A row of fifteen columns has no type worth writing.
    return Course(
        context_id=row.id,
        title=row.title or row.label or row.name,
        label=row.label,
        platform_id=row.platform_id,
        platform=row.platform,
        organisation_id=row.organisation_id,
        organisation=row.organisation,
        cohort_id=row.cohort_id,
        cohort=row.cohort or "",
        copied_from=row.origin or "",
        has_roster=bool(row.memberships_url),
        follows_roster=row.follows_roster,
        roster_read_at=row.roster_read_at,
        roster_error=row.roster_error,
    )
