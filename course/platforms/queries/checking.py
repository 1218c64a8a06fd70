"""What is known of a connection without asking the platform, and what the check asks about."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session, aliased

from course import clock
from course.people.models import Identity, IdentityKind, Link
from course.platforms.models import AccessToken, Context, Deployment, KeySet, Login, Participant, Platform
from course.platforms.rules import State

LATELY = timedelta(hours=1)
"""How far back launches that began are looked at; longer they are not kept."""


@dataclass(frozen=True)
class Course:
    """A course of the platform, as its last launch told of it."""

    context_id: int
    title: str
    memberships_url: str
    lineitems_url: str
    grade_scopes: tuple[str, ...]
    tester: str = ""
    """A test user of it, to whom a score may go."""


@dataclass(frozen=True)
class Seen:
    """What launches and earlier requests have shown."""

    keys: int
    keys_at: datetime | None
    token_until: datetime | None
    """Until when the access token lives that the platform gave us last."""
    launched_at: datetime | None
    began: int
    """Launches that began within the last hour and have had time to come back."""
    returned: int
    windows: int
    """How many of its people went on in a window of their own."""
    course: Course | None


def seen(session: Session, platform_id: int) -> Seen:
    since = clock.now() - LATELY
    recent = (Login.platform_id == platform_id, Login.expires_at > since)
    windows = (
        select(func.count())
        .select_from(Link)
        .join(Identity, (Identity.person_id == Link.person_id) & (Identity.kind == IdentityKind.LTI))
        .where(Link.purpose == "window", Link.created_at > since, Identity.issuer == str(platform_id))
    )
    row = session.execute(
        select(
            KeySet.keys,
            KeySet.fetched_at,
            select(func.max(AccessToken.expires_at))
            .where(AccessToken.platform_id == platform_id)
            .scalar_subquery()
            .label("token_until"),
            select(func.count()).select_from(Login).where(*recent).scalar_subquery().label("began"),
            select(func.count(Login.spent_at)).where(*recent).scalar_subquery().label("returned"),
            windows.scalar_subquery().label("windows"),
        )
        .select_from(Platform)
        .outerjoin(KeySet, KeySet.platform_id == Platform.id)
        .where(Platform.id == platform_id)
    ).one()
    course, launched_at = _last_course(session, platform_id)
    return Seen(
        keys=len(row.keys or ()),
        keys_at=row.fetched_at,
        token_until=row.token_until,
        launched_at=launched_at,
        began=row.began,
        returned=row.returned,
        windows=row.windows,
        course=course,
    )


def _last_course(session: Session, platform_id: int) -> tuple[Course | None, datetime | None]:
    """Return the course from which somebody came last, and when."""
    testers = aliased(Participant)
    tester = select(func.min(testers.subject)).where(
        testers.context_id == Context.id,
        testers.test == true(),
        testers.learner == true(),
        testers.active == true(),
    )
    row = session.execute(
        select(
            Context.id,
            func.coalesce(func.nullif(Context.title, ""), func.nullif(Context.label, ""), Context.name),
            Context.memberships_url,
            Context.lineitems_url,
            Context.grade_scopes,
            func.coalesce(tester.correlate(Context).scalar_subquery(), ""),
            Participant.launched_at,
        )
        .join(Participant, Participant.context_id == Context.id)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .where(
            Deployment.platform_id == platform_id,
            Deployment.state == State.ACTIVE,
            Participant.launched_at.is_not(None),
        )
        .order_by(Participant.launched_at.desc(), Context.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None, None
    context_id, title, memberships, lineitems, scopes, subject, launched_at = row
    told = tuple(scope for scope in scopes if isinstance(scope, str))
    return Course(context_id, title, memberships, lineitems, told, subject), launched_at
