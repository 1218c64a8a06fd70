"""Who is looking: the signed-in person with their roles, read in one statement."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from course import clock
from course.cohorts.models import Membership, Role
from course.people.models import Person
from course.people.models import Session as SignIn
from course.people.rules import IDLE, fingerprint
from course.statements import columns

TOUCH_EVERY = timedelta(minutes=10)

DOOR = "door"
"""The way of a session that a code opened: whoever picked a name there proved nothing else about themselves."""
LTI = "lti"
"""The way of a session that a launch opened: it sees one organisation, whatever else its person may do here."""
LAUNCHED = {Role.LEARNER, Role.FACILITATOR}
"""The roles that such a session may have."""


@dataclass(frozen=True)
class Viewer:
    """A signed-in person. ``roles`` pairs each role with its organisation; an admin's has none.

    Somebody who came in by the door of a room is a learner there and nothing else.
    """

    person_id: int
    name: str
    session_id: int
    way: str
    roles: frozenset[tuple[Role, int | None]]
    touch: bool
    """Whether the session was last noted as in use a while ago and wants to be noted again."""
    organisation_id: int | None = None
    """The one organisation that this session sees, when a launch opened it."""

    def has(self, role: Role) -> bool:
        return any(held is role for held, _ in self.roles)

    def organisations(self, role: Role) -> frozenset[int]:
        """Return the ids of the organisations in which the viewer holds a role."""
        return frozenset(place for held, place in self.roles if held is role and place is not None)


# Built once: putting this statement together for each request costs more than running it.
_SIGNED_IN = (
    select(
        SignIn.id,
        SignIn.person_id,
        SignIn.way,
        SignIn.seen_at,
        SignIn.organisation_id.label("limit"),
        Person.name,
        Membership.role,
        Membership.organisation_id,
    )
    .join(Person, Person.id == SignIn.person_id)
    .outerjoin(Membership, and_(Membership.person_id == Person.id, Membership.ended_at.is_(None)))
    .where(SignIn.token_hash == bindparam("token_hash"), SignIn.ended_at.is_(None))
)


def read_viewer(session: Session, token: str | None) -> Viewer | None:
    """Return who a session cookie belongs to, or None when it is unknown, ended or idle for too long."""
    if not token:
        return None
    rows = columns(session, _SIGNED_IN, {"token_hash": fingerprint(token)}).all()
    if not rows:
        return None
    first = rows[0]
    idle = clock.now() - first.seen_at
    if idle > IDLE:
        return None
    roles = frozenset(
        (Role(row.role), row.organisation_id)
        for row in rows
        if row.role is not None and _counts(first.way, Role(row.role), row.organisation_id, first.limit)
    )
    return Viewer(first.person_id, first.name, first.id, first.way, roles, idle > TOUCH_EVERY, first.limit)


def _counts(way: str, role: Role, organisation_id: int | None, limit: int | None) -> bool:
    """Whether a role of a person's is one of a session that was opened in this way."""
    if way == DOOR:
        return role is Role.LEARNER
    if way == LTI:
        return role in LAUNCHED and organisation_id is not None and organisation_id == limit
    return True
