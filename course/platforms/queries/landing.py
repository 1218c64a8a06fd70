"""All that a launch must know about who comes and where to, in one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, bindparam, case, exists, func, literal, not_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from course.cohorts.models import Cohort, Day, Membership, Role, Run, Seat
from course.database import columns
from course.library.models import Live
from course.people.models import Identity, IdentityKind, Person
from course.platforms.models import Context, Deployment, LineItem, Participant, Platform, ResourceLink
from course.platforms.rules import Tag


@dataclass(frozen=True)
class RunRow:
    """A run of the context's group, and the person's place in it."""

    run_id: int
    facilitator_id: int | None
    version_hash: str
    date: date
    zone: str
    seat_id: int | None
    reported: bool | None
    gone_seat_id: int | None
    """A place that was cancelled: it comes back with its work."""


@dataclass(frozen=True)
class Known:
    """What was there before the launch. A field is None where the row it belongs to is missing."""

    platform: str
    auth_url: str
    frame_origins: Sequence[str]
    context_id: int | None
    label: str | None
    title: str | None
    memberships_url: str | None
    lineitems_url: str | None
    grade_scopes: Sequence[str] | None
    cohort_id: int | None
    """Of the organisation's groups: one that belongs to another is none."""
    link_id: int | None
    link_module: str | None
    link_title: str | None
    line_item_id: int | None
    line_item_url: str | None
    line_item_link_id: int | None
    page_item_id: int | None
    person_id: int | None
    name: str | None
    email: str | None
    lti_only: bool
    """Whether the person comes in by platforms alone."""
    came_before: bool
    participant_id: int | None
    learner: bool | None
    teacher: bool | None
    test: bool | None
    active: bool | None
    learns_here: bool
    """Whether they are a learner of the organisation."""
    facilitates_here: bool
    published: bool
    """Whether the module that the link opens exists."""
    double: bool
    """Whether somebody signs in here with the launch's e-mail address and might be the same person."""
    untold: bool
    """Whether other learners of the context sit in the module's runs, and the platform is not told of them yet."""
    runs: tuple[RunRow, ...]


_ORGANISATION = bindparam("organisation_id", type_=Membership.organisation_id.type)
_SLUG = bindparam("module", type_=String)
_MODULE = case((_SLUG != "", _SLUG), else_=ResourceLink.module)
_completion, _page = aliased(LineItem), aliased(LineItem)
_other = aliased(Identity)
_theirs, _roles, _more = aliased(Membership), aliased(Membership), aliased(Membership)
_gone = aliased(Seat)
_before, _beside = aliased(Participant), aliased(Participant)
_sitting = aliased(Seat)


def _likely(role: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    # An IN of two would be spelled out at each launch anew.
    return or_(role == Role.LEARNER.value, role == Role.FACILITATOR.value)


def _holds(role: Role) -> Any:  # noqa: ANN401 - An EXISTS of SQLAlchemy.
    return exists().where(
        _theirs.person_id == Identity.person_id,
        _theirs.organisation_id == _ORGANISATION,
        _theirs.role == role.value,
        _theirs.ended_at.is_(None),
    )


_DOUBLE = exists().where(
    _other.kind == IdentityKind.LOCAL,
    # A local identity has none, and without it the index finds all local ones.
    _other.issuer == "",
    _other.subject == bindparam("email", type_=String),
    _roles.person_id == _other.person_id,
    _roles.organisation_id == _ORGANISATION,
    _likely(_roles.role),
    _roles.ended_at.is_(None),
    ~exists().where(
        _more.person_id == _other.person_id,
        _more.ended_at.is_(None),
        or_(not_(_likely(_more.role)), _more.organisation_id != _ORGANISATION),
    ),
)
_UNTOLD = exists().where(
    _sitting.run_id == Run.id,
    _sitting.cancelled_at.is_(None),
    ~_sitting.reported,
    _beside.context_id == Context.id,
    _beside.person_id == _sitting.person_id,
    _beside.person_id != func.coalesce(Identity.person_id, 0),
    _beside.learner,
    ~_beside.teacher,
    _beside.active,
    ~_beside.test,
)
# Built once: building it costs more than running it.
_KNOWN: Select[*tuple[Any, ...]] = (
    select(
        Platform.name,
        Platform.auth_url,
        Platform.frame_origins,
        Context.id,
        Context.label,
        Context.title,
        Context.memberships_url,
        Context.lineitems_url,
        Context.grade_scopes,
        Cohort.id,
        ResourceLink.id,
        ResourceLink.module,
        ResourceLink.title,
        _completion.id,
        _completion.url,
        _completion.link_id,
        _page.id,
        Identity.person_id,
        Person.name,
        Person.email,
        ~exists().where(_other.person_id == Identity.person_id, _other.kind != IdentityKind.LTI),
        exists().where(_before.person_id == Identity.person_id, _before.launched_at.is_not(None)),
        Participant.id,
        Participant.learner,
        Participant.teacher,
        Participant.test,
        Participant.active,
        _holds(Role.LEARNER),
        _holds(Role.FACILITATOR),
        or_(exists().where(Live.slug == _MODULE), Run.id.is_not(None)),
        and_(literal(value=True), _DOUBLE),
        and_(literal(value=True), _UNTOLD),
        Run.id,
        Run.facilitator_id,
        Run.version_hash,
        Day.date,
        Day.zone,
        Seat.id,
        Seat.reported,
        select(func.max(_gone.id))
        .where(_gone.run_id == Run.id, _gone.person_id == Identity.person_id, _gone.cancelled_at.is_not(None))
        .scalar_subquery(),
    )
    .select_from(Deployment)
    .join(Platform, Platform.id == Deployment.platform_id)
    .outerjoin(Context, (Context.deployment_id == Deployment.id) & (Context.name == bindparam("context")))
    .outerjoin(Cohort, (Cohort.id == Context.cohort_id) & (Cohort.organisation_id == _ORGANISATION))
    .outerjoin(ResourceLink, (ResourceLink.context_id == Context.id) & (ResourceLink.name == bindparam("link")))
    .outerjoin(
        _completion,
        (_completion.context_id == Context.id) & (_completion.module == _MODULE) & (_completion.tag == Tag.COMPLETION),
    )
    .outerjoin(_page, (_page.context_id == Context.id) & (_page.module == _MODULE) & (_page.tag == Tag.PAGE))
    .outerjoin(
        Identity,
        (Identity.kind == IdentityKind.LTI)
        & (Identity.issuer == bindparam("issuer"))
        & (Identity.subject == bindparam("subject")),
    )
    .outerjoin(Person, Person.id == Identity.person_id)
    .outerjoin(Participant, (Participant.context_id == Context.id) & (Participant.person_id == Identity.person_id))
    .outerjoin(Run, (Run.cohort_id == Cohort.id) & (Run.module == _MODULE) & Run.cancelled_at.is_(None))
    .outerjoin(Day, Day.id == Run.day_id)
    .outerjoin(Seat, (Seat.run_id == Run.id) & (Seat.person_id == Identity.person_id) & Seat.cancelled_at.is_(None))
    .where(Deployment.id == bindparam("deployment_id"))
)
_RUN = len(RunRow.__dataclass_fields__)


def known(session: Session, asked: Mapping[str, Any]) -> Known:
    """Return what there is of a launch.

    ``asked``: deployment_id, organisation_id, issuer, subject, email, context, link and module.
    """
    rows = columns(session, _KNOWN, asked).all()
    runs = tuple(RunRow(*row[-_RUN:]) for row in rows if row[-_RUN] is not None)
    untold = any(row[-_RUN - 1] for row in rows)
    facts: list[Any] = [*rows[0][: -_RUN - 1], untold, runs]
    return Known(*facts)


_OF_PLATFORM = (
    select(Context.id, Context.name)
    .join(Deployment, Deployment.id == Context.deployment_id)
    .join(mine := aliased(Deployment), mine.platform_id == Deployment.platform_id)
    .where(mine.id == bindparam("deployment_id"), Context.name.in_(bindparam("names", expanding=True)))
)
_LINKS = (
    select(ResourceLink.name, ResourceLink.module)
    .join(Context, Context.id == ResourceLink.context_id)
    .join(Deployment, Deployment.id == Context.deployment_id)
    .join(mine, mine.platform_id == Deployment.platform_id)
    .where(mine.id == bindparam("deployment_id"), ResourceLink.name.in_(bindparam("names", expanding=True)))
)


def copied_from(session: Session, *, deployment_id: int, history: Sequence[str]) -> int | None:
    """Return the nearest context, of those that this one was copied from, that we know."""
    found = {name: key for key, name in columns(session, _OF_PLATFORM, _named(deployment_id, history))}
    return next((found[name] for name in history if name in found), None)


def module_before(session: Session, *, deployment_id: int, history: Sequence[str]) -> str:
    """Return the module of the link that this one was copied from, or nothing."""
    found = {name: module for name, module in columns(session, _LINKS, _named(deployment_id, history)) if module}
    return next((found[name] for name in history if name in found), "")


def _named(deployment_id: int, history: Sequence[str]) -> dict[str, Any]:
    return {"deployment_id": deployment_id, "names": list(history)}
