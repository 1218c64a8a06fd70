"""What an admin sees of platforms, their deployments and the invitations that are out."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, select, union_all
from sqlalchemy.orm import Session

from course import clock
from course.people.models import Organisation
from course.people.rules import fingerprint
from course.platforms.models import Context, Deployment, Invitation, Participant, Platform
from course.platforms.rules import State


@dataclass(frozen=True)
class Listed:
    """A platform in the list of all."""

    platform_id: int
    name: str
    issuer: str
    family: str
    state: str
    organisation: str
    waiting: int
    """Deployments that wait to be confirmed."""
    active: int
    launched_at: datetime | None


@dataclass(frozen=True)
class Installed:
    """A deployment on its platform's page."""

    deployment_id: int
    name: str
    state: str
    organisation_id: int | None
    organisation: str
    created_at: datetime
    courses: int
    launched_at: datetime | None


@dataclass(frozen=True)
class Invited:
    """A registration link: whom it is for, and what came of it."""

    invitation_id: int
    organisation_id: int | None
    organisation: str
    expires_at: datetime
    open: bool
    platform_id: int | None
    platform: str
    issuer: str
    state: str


_LAUNCHED = func.max(Participant.launched_at)


_LAUNCHES = (
    select(Deployment.platform_id, _LAUNCHED.label("at"))
    .join(Context, Context.deployment_id == Deployment.id)
    .join(Participant, Participant.context_id == Context.id)
    .group_by(Deployment.platform_id)
    .subquery()
)
_COUNTS = (
    select(
        Deployment.platform_id,
        func.count(case((Deployment.state == State.PENDING, 1))).label("waiting"),
        func.count(case((Deployment.state == State.ACTIVE, 1))).label("active"),
    )
    .group_by(Deployment.platform_id)
    .subquery()
)


def platforms(session: Session) -> tuple[Listed, ...]:
    """Return every platform: what waits for the admin first, then by name."""
    rows = session.execute(
        select(
            Platform.id,
            Platform.name,
            Platform.issuer,
            Platform.family,
            Platform.state,
            func.coalesce(Organisation.name, ""),
            func.coalesce(_COUNTS.c.waiting, 0),
            func.coalesce(_COUNTS.c.active, 0),
            _LAUNCHES.c.at,
        )
        .outerjoin(Organisation, Organisation.id == Platform.organisation_id)
        .outerjoin(_COUNTS, _COUNTS.c.platform_id == Platform.id)
        .outerjoin(_LAUNCHES, _LAUNCHES.c.platform_id == Platform.id)
        .order_by(case((Platform.state == State.PENDING, 0), else_=1), func.lower(Platform.name), Platform.id)
    )
    return tuple(Listed(*row) for row in rows)


def waiting(session: Session) -> int:
    """Return how many platforms and deployments wait for an admin."""
    asked = select(func.count()).where(Platform.state == State.PENDING)
    installed = (
        select(func.count())
        .select_from(Deployment)
        .join(Platform, Platform.id == Deployment.platform_id)
        .where(Deployment.state == State.PENDING, Platform.state == State.ACTIVE)
    )
    rows = session.execute(union_all(asked, installed))
    return sum(count for (count,) in rows)


def platform(session: Session, platform_id: int) -> Platform | None:
    return session.get(Platform, platform_id)


def deployment(session: Session, platform_id: int, deployment_id: int) -> Deployment | None:
    """Return a deployment of this very platform."""
    return session.execute(
        select(Deployment).where(Deployment.id == deployment_id, Deployment.platform_id == platform_id)
    ).scalar_one_or_none()


def deployments(session: Session, platform_id: int) -> tuple[Installed, ...]:
    """Return a platform's deployments, those that wait first."""
    rows = session.execute(
        select(
            Deployment.id,
            Deployment.name,
            Deployment.state,
            Deployment.organisation_id,
            Deployment.created_at,
            Organisation.name.label("organisation"),
            func.count(Context.id.distinct()).label("courses"),
            _LAUNCHED.label("launched_at"),
        )
        .outerjoin(Organisation, Organisation.id == Deployment.organisation_id)
        .outerjoin(Context, Context.deployment_id == Deployment.id)
        .outerjoin(Participant, Participant.context_id == Context.id)
        .where(Deployment.platform_id == platform_id)
        .group_by(Deployment.id, Organisation.name)
        .order_by(case((Deployment.state == State.PENDING, 0), else_=1), Deployment.id)
    )
    return tuple(
        Installed(
            row.id,
            row.name,
            row.state,
            row.organisation_id,
            row.organisation or "",
            row.created_at,
            row.courses,
            row.launched_at,
        )
        for row in rows
    )


def invitation(session: Session, token: str) -> Invited | None:
    """Return the registration link with this token, whatever came of it."""
    found = _invited(session, Invitation.token_hash == fingerprint(token))
    return found[0] if found else None


def open_invitations(session: Session) -> tuple[Invited, ...]:
    """Return the registration links that still work, the oldest first."""
    return _invited(session, Invitation.used_at.is_(None), Invitation.expires_at > clock.now())


def _invited(session: Session, *where: ColumnElement[bool]) -> tuple[Invited, ...]:
    now = clock.now()
    rows = session.execute(
        select(
            Invitation.id,
            Invitation.organisation_id,
            Invitation.expires_at,
            Invitation.used_at,
            Organisation.name.label("organisation"),
            Platform.id.label("platform_id"),
            Platform.name.label("platform"),
            Platform.issuer,
            Platform.state,
        )
        .outerjoin(Organisation, Organisation.id == Invitation.organisation_id)
        .outerjoin(Platform, Platform.id == Invitation.platform_id)
        .where(*where)
        .order_by(Invitation.id)
    )
    return tuple(
        Invited(
            row.id,
            row.organisation_id,
            row.organisation or "",
            row.expires_at,
            row.used_at is None and row.expires_at > now,
            row.platform_id,
            row.platform or "",
            row.issuer or "",
            row.state or "",
        )
        for row in rows
    )
