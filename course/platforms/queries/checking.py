"""What is known of a connection without asking the platform, and what the check asks about."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

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
    tester: str
    """A test user of that course, to whom a score may go."""


def seen(session: Session, platform: Platform) -> Seen:
    now = clock.now()
    kept = session.get(KeySet, platform.id)
    began, returned = session.execute(
        select(func.count(), func.count(Login.spent_at)).where(
            Login.platform_id == platform.id, Login.expires_at > now - LATELY
        )
    ).one()
    windows = session.execute(
        select(func.count())
        .select_from(Link)
        .join(Identity, (Identity.person_id == Link.person_id) & (Identity.kind == IdentityKind.LTI))
        .where(Link.purpose == "window", Link.created_at > now - LATELY, Identity.issuer == str(platform.id))
    ).scalar_one()
    token = session.execute(
        select(func.max(AccessToken.expires_at)).where(AccessToken.platform_id == platform.id)
    ).scalar_one()
    course, launched_at = _last_course(session, platform.id)
    return Seen(
        keys=len(kept.keys) if kept is not None else 0,
        keys_at=kept.fetched_at if kept is not None else None,
        token_until=token,
        launched_at=launched_at,
        began=began,
        returned=returned,
        windows=windows,
        course=course,
        tester=_tester(session, course) if course is not None else "",
    )


def _last_course(session: Session, platform_id: int) -> tuple[Course | None, datetime | None]:
    """Return the course from which somebody came last, and when."""
    row = session.execute(
        select(
            Context.id,
            Context.title,
            Context.label,
            Context.name,
            Context.memberships_url,
            Context.lineitems_url,
            Context.grade_scopes,
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
    scopes: list[Any] = row.grade_scopes
    title = row.title or row.label or row.name
    told = tuple(scope for scope in scopes if isinstance(scope, str))
    return Course(row.id, title, row.memberships_url, row.lineitems_url, told), row.launched_at


def _tester(session: Session, course: Course) -> str:
    found = session.execute(
        select(Participant.subject)
        .where(
            Participant.context_id == course.context_id,
            Participant.test == true(),
            Participant.learner == true(),
            Participant.active == true(),
        )
        .limit(1)
    ).scalar_one_or_none()
    return found or ""
