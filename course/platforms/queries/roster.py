"""Whom a platform's roster is compared with: people who came by the platform, and people of the organisation."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, exists, func, select
from sqlalchemy.orm import Session, aliased

from course.cohorts.models import Cohort, CohortMember, Membership, Role
from course.people.models import Identity, IdentityKind, Person
from course.people.rules import fold_address
from course.platforms.models import Context, Deployment, Participant, Platform
from course.platforms.queries.contexts import ORGANISATION
from course.platforms.rules import State

CHUNK = 500
LINKABLE = (Role.LEARNER.value, Role.FACILITATOR.value)
"""Roles that a session of a platform can have."""


@dataclass(frozen=True)
class Source:
    """A platform's course as reading its roster needs it."""

    context_id: int
    title: str
    platform_id: int
    organisation_id: int
    cohort_id: int | None
    memberships_url: str
    follows: bool
    open: bool
    """Whether the platform and its deployment are confirmed and not stopped."""


@dataclass(frozen=True)
class Stored:
    """A roster as it was last read, or why it could not be."""

    lines: list[dict[str, Any]]
    at: datetime | None
    """When it was last read, or tried."""
    error: str


@dataclass(frozen=True)
class Found:
    """Somebody who is here."""

    person_id: int
    name: str
    email: str
    learner: bool = False
    """Whether they are a learner of the organisation."""
    in_cohort: bool = False


def source(session: Session, context_id: int) -> Source | None:
    row = session.execute(
        select(
            Context.id,
            Context.title,
            Context.label,
            Context.name,
            Platform.id.label("platform_id"),
            ORGANISATION.label("organisation_id"),
            Cohort.id.label("cohort_id"),
            Context.memberships_url,
            Context.follows_roster,
            Platform.state,
            Deployment.state.label("deployment_state"),
        )
        .join(Deployment, Deployment.id == Context.deployment_id)
        .join(Platform, Platform.id == Deployment.platform_id)
        .outerjoin(Cohort, (Cohort.id == Context.cohort_id) & (Cohort.organisation_id == ORGANISATION))
        .where(Context.id == context_id)
    ).one_or_none()
    if row is None or row.organisation_id is None:
        return None
    return Source(
        context_id=row.id,
        title=row.title or row.label or row.name,
        platform_id=row.platform_id,
        organisation_id=row.organisation_id,
        cohort_id=row.cohort_id,
        memberships_url=row.memberships_url,
        follows=row.follows_roster,
        open=row.state == row.deployment_state == State.ACTIVE,
    )


def stored(session: Session, context_id: int) -> Stored:
    row = session.execute(
        select(Context.roster, Context.roster_read_at, Context.roster_error).where(Context.id == context_id)
    ).one()
    return Stored(list(row.roster), row.roster_read_at, row.roster_error)


def known(
    session: Session, platform_id: int, organisation_id: int, cohort_id: int | None, *, subjects: Collection[str]
) -> dict[str, Found]:
    """Return who of these the platform's people are known, by what the platform calls them."""
    found: dict[str, Found] = {}
    learns = exists().where(
        Membership.person_id == Person.id,
        Membership.organisation_id == organisation_id,
        Membership.role == Role.LEARNER.value,
        Membership.ended_at.is_(None),
    )
    joined = exists().where(
        CohortMember.person_id == Person.id,
        CohortMember.cohort_id == (cohort_id or 0),
        CohortMember.left_at.is_(None),
    )
    for chunk in _chunks(subjects):
        rows = session.execute(
            select(
                Identity.subject,
                Person.id,
                Person.name,
                Person.email,
                learns.label("learner"),
                joined.label("in_cohort"),
            )
            .join(Person, Person.id == Identity.person_id)
            .where(
                Identity.kind == IdentityKind.LTI,
                Identity.issuer == str(platform_id),
                Identity.subject.in_(chunk),
            )
        )
        found |= {
            row.subject: Found(row.id, row.name, row.email or "", bool(row.learner), bool(row.in_cohort))
            for row in rows
        }
    return found


def same_address(
    session: Session, platform_id: int, organisation_id: int, cohort_id: int | None, *, addresses: Collection[str]
) -> dict[str, tuple[Found, ...]]:
    """Return who has one of these addresses, of the organisation's learners and facilitators.

    Left out is whoever the platform knows by an id already. Addresses are compared letter by letter once they are
    folded, so one that only looks alike is another one.
    """
    if not addresses:
        return {}
    mine, joined = aliased(Identity), aliased(CohortMember)
    rows = session.execute(
        select(
            Person.id,
            Person.name,
            Person.email,
            func.max(case((Membership.role == Role.LEARNER.value, 1), else_=0)).label("learner"),
            func.count(joined.id).label("in_cohort"),
        )
        .join(Membership, Membership.person_id == Person.id)
        .outerjoin(
            joined,
            (joined.person_id == Person.id) & (joined.cohort_id == (cohort_id or 0)) & joined.left_at.is_(None),
        )
        .where(
            Membership.organisation_id == organisation_id,
            Membership.role.in_(LINKABLE),
            Membership.ended_at.is_(None),
            Person.email.is_not(None),
            ~exists().where(
                mine.person_id == Person.id, mine.kind == IdentityKind.LTI, mine.issuer == str(platform_id)
            ),
        )
        .group_by(Person.id, Person.name, Person.email)
        .order_by(Person.id)
    )
    found: dict[str, list[Found]] = {}
    for row in rows:
        # Folding is Python's: the databases know no letters beyond a to z, or know them differently.
        folded = fold_address(row.email)
        if folded in addresses:
            person = Found(row.id, row.name, row.email, bool(row.learner), bool(row.in_cohort))
            found.setdefault(folded, []).append(person)
    return {each: tuple(people) for each, people in found.items()}


def participants(session: Session, context_id: int) -> dict[str, tuple[int, str]]:
    """Return the learners of a course who are still in it, as far as we know: ids and names by subject."""
    rows = session.execute(
        select(Participant.subject, Person.id, Person.name)
        .join(Person, Person.id == Participant.person_id)
        .where(Participant.context_id == context_id, Participant.active, Participant.learner, ~Participant.test)
        .order_by(Person.id)
    )
    return {row.subject: (row.id, row.name) for row in rows}


def _chunks(each: Iterable[str]) -> Iterator[list[str]]:
    whole = list(each)
    for start in range(0, len(whole), CHUNK):
        yield whole[start : start + CHUNK]
