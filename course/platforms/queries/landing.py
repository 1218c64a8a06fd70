"""All that a launch must know about who comes and where to, in one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, bindparam, case, exists, func, literal, not_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from course.cohorts.models import Cohort, Day, Membership, Role, Run, Seat
from course.library.models import Live
from course.people.models import Identity, IdentityKind, Person
from course.platforms.models import Context, Deployment, LineItem, Participant, Platform, ResourceLink
from course.platforms.rules import Tag
from course.statements import columns


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
# The names are short because psycopg takes a statement of more than 4,096 characters apart anew at each launch.
_deployment, _platform = aliased(Deployment, name="d"), aliased(Platform, name="p")
_context, _cohort = aliased(Context, name="c"), aliased(Cohort, name="g")
_link, _completion, _page = aliased(ResourceLink, name="l"), aliased(LineItem, name="i"), aliased(LineItem, name="pi")
_identity, _person = aliased(Identity, name="u"), aliased(Person, name="h")
_participant = aliased(Participant, name="m")
_run, _day, _seat = aliased(Run, name="r"), aliased(Day, name="f"), aliased(Seat, name="s")
_other = aliased(Identity, name="ou")
_theirs, _roles, _more = (aliased(Membership, name=name) for name in ("tm", "rm", "om"))
_gone, _sitting = aliased(Seat, name="gs"), aliased(Seat, name="os")
_before, _beside = aliased(Participant, name="bm"), aliased(Participant, name="sm")
_MODULE = case((_SLUG != "", _SLUG), else_=_link.module)


def _likely(role: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    # An IN of two would be spelled out at each launch anew.
    return or_(role == Role.LEARNER.value, role == Role.FACILITATOR.value)


def _holds(role: Role) -> Any:  # noqa: ANN401 - An EXISTS of SQLAlchemy.
    return exists().where(
        _theirs.person_id == _identity.person_id,
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
    _sitting.run_id == _run.id,
    _sitting.cancelled_at.is_(None),
    ~_sitting.reported,
    _beside.context_id == _context.id,
    _beside.person_id == _sitting.person_id,
    _beside.person_id != func.coalesce(_identity.person_id, 0),
    _beside.learner,
    ~_beside.teacher,
    _beside.active,
    ~_beside.test,
)
# Built once: building it costs more than running it.
_KNOWN: Select[*tuple[Any, ...]] = (
    select(
        _platform.name,
        _platform.auth_url,
        _platform.frame_origins,
        _context.id,
        _context.label,
        _context.title,
        _context.memberships_url,
        _context.lineitems_url,
        _context.grade_scopes,
        _cohort.id,
        _link.id,
        _link.module,
        _link.title,
        _completion.id,
        _completion.url,
        _completion.link_id,
        _page.id,
        _identity.person_id,
        _person.name,
        _person.email,
        ~exists().where(_other.person_id == _identity.person_id, _other.kind != IdentityKind.LTI),
        exists().where(_before.person_id == _identity.person_id, _before.launched_at.is_not(None)),
        _participant.id,
        _participant.learner,
        _participant.teacher,
        _participant.test,
        _participant.active,
        _holds(Role.LEARNER),
        _holds(Role.FACILITATOR),
        or_(exists().where(Live.slug == _MODULE), _run.id.is_not(None)),
        and_(literal(value=True), _DOUBLE),
        and_(literal(value=True), _UNTOLD),
        _run.id,
        _run.facilitator_id,
        _run.version_hash,
        _day.date,
        _day.zone,
        _seat.id,
        _seat.reported,
        select(func.max(_gone.id))
        .where(_gone.run_id == _run.id, _gone.person_id == _identity.person_id, _gone.cancelled_at.is_not(None))
        .scalar_subquery(),
    )
    .select_from(_deployment)
    .join(_platform, _platform.id == _deployment.platform_id)
    .outerjoin(_context, (_context.deployment_id == _deployment.id) & (_context.name == bindparam("context")))
    .outerjoin(_cohort, (_cohort.id == _context.cohort_id) & (_cohort.organisation_id == _ORGANISATION))
    .outerjoin(_link, (_link.context_id == _context.id) & (_link.name == bindparam("link")))
    .outerjoin(
        _completion,
        (_completion.context_id == _context.id) & (_completion.module == _MODULE) & (_completion.tag == Tag.COMPLETION),
    )
    .outerjoin(_page, (_page.context_id == _context.id) & (_page.module == _MODULE) & (_page.tag == Tag.PAGE))
    .outerjoin(
        _identity,
        (_identity.kind == IdentityKind.LTI)
        & (_identity.issuer == bindparam("issuer"))
        & (_identity.subject == bindparam("subject")),
    )
    .outerjoin(_person, _person.id == _identity.person_id)
    .outerjoin(_participant, (_participant.context_id == _context.id) & (_participant.person_id == _identity.person_id))
    .outerjoin(_run, (_run.cohort_id == _cohort.id) & (_run.module == _MODULE) & _run.cancelled_at.is_(None))
    .outerjoin(_day, _day.id == _run.day_id)
    .outerjoin(
        _seat,
        # The day is named for the index that keeps a person's one seat a day: by the run, all of its seats are read.
        (_seat.day_id == _run.day_id)
        & (_seat.run_id == _run.id)
        & (_seat.person_id == _identity.person_id)
        & _seat.cancelled_at.is_(None),
    )
    .where(_deployment.id == bindparam("deployment_id"))
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
