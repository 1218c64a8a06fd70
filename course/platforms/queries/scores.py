"""Who is told of which seats, and what is known of one score before it is sent."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date as Date  # noqa: N812 - ``date`` is the name of a field here.
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, false, select, true
from sqlalchemy.orm import Session

from course.cohorts.models import Day, Run, Seat
from course.library import queries as library
from course.people.models import Person
from course.platforms.models import Context, Deployment, LineItem, Participant, Platform, ResourceLink, Score
from course.platforms.rules import SCORE_SCOPE, Obstacle, State, Tag, Telling
from course.statements import columns


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
    link: str = ""
    """The platform's resource link that opens the module; the newest, where a course has several."""


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
        select(ResourceLink.name)
        .where(ResourceLink.context_id == LineItem.context_id, ResourceLink.module == LineItem.module)
        .order_by(ResourceLink.id.desc())
        .limit(1)
        .correlate(LineItem)
        .scalar_subquery(),
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
    subject, module, link, version_hash = rest
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
        link or "",
    )


@dataclass(frozen=True)
class Told:
    """One result of one learner, as their facilitator and their training manager see it: never what it says."""

    run_id: int
    version_hash: str
    date: Date
    zone: str
    seat_id: int
    name: str
    platform: str
    tag: Tag
    state: Telling
    obstacle: Obstacle | None
    at: datetime
    """When the state was reached; waiting: since when."""


_LINES: Select[*tuple[Any, ...]] = (
    select(
        Run.id,
        Run.version_hash,
        Day.date,
        Day.zone,
        Seat.id,
        Person.name,
        Platform.name,
        LineItem.tag,
        Score.state,
        Score.refusal,
        Score.changed_at,
    )
    .select_from(Seat)
    .join(Score, Score.seat_id == Seat.id)
    .join(Run, Run.id == Seat.run_id)
    .join(Day, Day.id == Run.day_id)
    .join(Person, Person.id == Seat.person_id)
    .join(LineItem, LineItem.id == Score.line_item_id)
    .join(Context, Context.id == LineItem.context_id)
    .join(Deployment, Deployment.id == Context.deployment_id)
    .join(Platform, Platform.id == Deployment.platform_id)
    .where(Seat.cancelled_at.is_(None), Run.cancelled_at.is_(None))
    .order_by(Day.date, Run.id, Person.name, Seat.id, Platform.name, Score.id)
)
_OF_RUN = _LINES.where(Seat.run_id == bindparam("run_id"), Score.state != Telling.WITHDRAWN.value)
_REFUSED = _LINES.where(Run.cohort_id == bindparam("cohort_id"), Score.state == Telling.REFUSED.value)


def told_of_run(session: Session, run_id: int) -> tuple[Told, ...]:
    """Return what LMS platforms were told of a run, by the learners' names; nothing for a run without them."""
    return _told(session, _OF_RUN, {"run_id": run_id})


def refused_of_cohort(session: Session, cohort_id: int) -> tuple[Told, ...]:
    """Return the results of a group that were not taken, by run and name."""
    return _told(session, _REFUSED, {"cohort_id": cohort_id})


def _told(session: Session, which: Select[*tuple[Any, ...]], of: dict[str, int]) -> tuple[Told, ...]:
    told = []
    for *rest, tag, state, refusal, at in columns(session, which, of):
        values = [*rest, Tag(tag), Telling(state), Obstacle(refusal) if refusal else None, at]
        told.append(Told(*values))
    return tuple(told)
