"""Who is told of which seats, and what is known of one score before it is sent."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, false, func, select, true
from sqlalchemy.orm import Session

from course.cohorts.models import Cohort, Run, Seat
from course.database import columns
from course.library import queries as library
from course.people.models import Person
from course.platforms.models import Context, Deployment, LineItem, Participant, Platform, Score
from course.platforms.rules import SCORE_SCOPE, Obstacle, State, Tag, Telling


@dataclass(frozen=True)
class Target:
    """A context that is told of a seat."""

    seat_id: int
    context_id: int
    platform_id: int
    module: str
    lineitems_url: str


@dataclass(frozen=True)
class Errand:
    """A score that is to be sent: where to, and about whom."""

    score_id: int
    wish: int
    seat_id: int
    tag: Tag
    item_id: int
    item_url: str
    lineitems_url: str
    scopes: Sequence[str]
    platform_id: int
    family: str
    stopped: bool
    subject: str
    """Who it is about; empty for somebody of whom the platform is not told any more."""
    module: str
    title: str


# The statements are built once: building one costs more than running it.
_THESE: BindParameter[Any] = bindparam("seat_ids", expanding=True)
_TARGETS = (
    select(Seat.id, Context.id, Deployment.platform_id, Run.module, Context.lineitems_url, Context.grade_scopes)
    .join(Run, Run.id == Seat.run_id)
    .join(Context, Context.cohort_id == Run.cohort_id)
    .join(Deployment, Deployment.id == Context.deployment_id)
    .join(Participant, (Participant.context_id == Context.id) & (Participant.person_id == Seat.person_id))
    .where(
        Seat.id.in_(_THESE),
        Seat.reported == true(),
        Seat.cancelled_at.is_(None),
        Run.cancelled_at.is_(None),
        Participant.active == true(),
        Participant.test == false(),
    )
    .order_by(Seat.id, Context.id)
)
_ERRAND = (
    select(
        Score.id,
        Score.wish,
        Score.seat_id,
        LineItem.tag,
        LineItem.id,
        LineItem.url,
        Context.lineitems_url,
        Context.grade_scopes,
        Platform.id,
        Platform.family,
        Platform.state,
        Deployment.state,
        Participant.subject,
        LineItem.module,
        Run.version_hash,
    )
    .join(LineItem, LineItem.id == Score.line_item_id)
    .join(Context, Context.id == LineItem.context_id)
    .join(Deployment, Deployment.id == Context.deployment_id)
    .join(Platform, Platform.id == Deployment.platform_id)
    .join(Seat, Seat.id == Score.seat_id)
    .join(Run, Run.id == Seat.run_id)
    .outerjoin(
        Participant,
        (Participant.context_id == Context.id)
        & (Participant.person_id == Seat.person_id)
        & (Participant.active == true())
        & (Participant.test == false()),
    )
    .where(Score.id == bindparam("score_id"))
)


def targets(session: Session, seat_ids: Collection[int]) -> list[Target]:
    """Return who is told of these seats: each context of the run's group in which the learner takes part.

    Nobody is told of test users, of people who left the platform's course, and by contexts that take no grades.
    """
    rows = columns(session, _TARGETS, {"seat_ids": list(seat_ids)})
    return [Target(*row[:-1]) for row in rows if SCORE_SCOPE in row[-1]]


def errand(session: Session, score_id: int) -> Errand | None:
    """Return what is known of a score before it is sent."""
    row = columns(session, _ERRAND, {"score_id": score_id}).first()
    if row is None:
        return None
    (key, wish, seat_id, tag, item_id, url, items, scopes, platform_id, family, state, deployment, *rest) = row
    subject, module, version_hash = rest
    return Errand(
        key,
        wish,
        seat_id,
        Tag(tag),
        item_id,
        url,
        items,
        scopes,
        platform_id,
        family,
        state != State.ACTIVE or deployment != State.ACTIVE,
        subject or "",
        module,
        library.module(session, version_hash).title,
    )


@dataclass(frozen=True)
class Told:
    """One result of one learner, as their facilitator sees it."""

    seat_id: int
    name: str
    platform: str
    context: str
    tag: Tag
    state: Telling
    obstacle: Obstacle | None
    at: datetime


_LINES: Any = (
    select(
        Score.seat_id,
        Person.name,
        Platform.name,
        func.coalesce(func.nullif(Context.title, ""), Context.label),
        LineItem.tag,
        Score.state,
        Score.refusal,
        Score.changed_at,
    )
    .join(Seat, Seat.id == Score.seat_id)
    .join(Person, Person.id == Seat.person_id)
    .join(LineItem, LineItem.id == Score.line_item_id)
    .join(Context, Context.id == LineItem.context_id)
    .join(Deployment, Deployment.id == Context.deployment_id)
    .join(Platform, Platform.id == Deployment.platform_id)
    .where(Seat.run_id == bindparam("run_id"), Seat.cancelled_at.is_(None), Score.state != Telling.WITHDRAWN.value)
    .order_by(Person.name, Seat.id, Platform.name, Score.id)
)


def told_of_run(session: Session, run_id: int) -> tuple[Told, ...]:
    """Return what LMS platforms were told of a run, by the learners' names; nothing for a run without them."""
    return tuple(
        Told(seat_id, name, platform, context, Tag(tag), Telling(state), Obstacle(refusal) if refusal else None, at)
        for seat_id, name, platform, context, tag, state, refusal, at in columns(session, _LINES, {"run_id": run_id})
    )


_REFUSED = (
    select(Run.id, Run.module, Platform.name, func.count())
    .select_from(Score)
    .join(Seat, Seat.id == Score.seat_id)
    .join(Run, Run.id == Seat.run_id)
    .join(Cohort, Cohort.id == Run.cohort_id)
    .join(LineItem, LineItem.id == Score.line_item_id)
    .join(Context, Context.id == LineItem.context_id)
    .join(Deployment, Deployment.id == Context.deployment_id)
    .join(Platform, Platform.id == Deployment.platform_id)
    .where(
        Cohort.id == bindparam("cohort_id"),
        Score.state == Telling.REFUSED.value,
        Seat.cancelled_at.is_(None),
        Run.cancelled_at.is_(None),
    )
    .group_by(Run.id, Run.module, Platform.name)
    .order_by(Platform.name, Run.id)
)


@dataclass(frozen=True)
class Refused:
    """How many results of a run a platform did not take."""

    run_id: int
    module: str
    platform: str
    count: int


def refused_of_cohort(session: Session, cohort_id: int) -> tuple[Refused, ...]:
    """Return how many results of a group were not taken, by run and platform."""
    return tuple(Refused(*row) for row in columns(session, _REFUSED, {"cohort_id": cohort_id}))
