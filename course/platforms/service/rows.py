"""The rows that a launch needs: the course, the link, the person, who they are in the course."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from course import clock
from course.cohorts.models import Seat
from course.cohorts.rules.calendar import tidy
from course.database import Base
from course.outbox.service import note
from course.people import service as people
from course.people.models import Identity, IdentityKind, Person
from course.platforms.models import Context, LineItem, Participant, ResourceLink
from course.platforms.queries import landing as queries
from course.platforms.queries.landing import Known
from course.platforms.rules import GradesClaim, Launch, Roles, Tag
from course.platforms.service import rights
from course.platforms.service.scores import ask_page
from course.statements import insert_later, insert_once, write_later, write_row


class LookAgain(Exception):  # noqa: N818 - It is no fault: another launch was faster.
    """A row that was missing is there now."""


# Statements are built once: building one costs more than running it. They go without the ORM for the same reason.
_TABLES = Base.metadata.tables
_PEOPLE, _CONTEXTS = _TABLES[Person.__tablename__], _TABLES[Context.__tablename__]
_PARTICIPANTS, _LINKS = _TABLES[Participant.__tablename__], _TABLES[ResourceLink.__tablename__]
_ITEMS = _TABLES[LineItem.__tablename__]
_ADD_PERSON = insert(_PEOPLE).returning(_PEOPLE.c.id)
_ADD_IDENTITY, _ADD_CONTEXT, _ADD_LINK = insert_once(Identity), insert_once(Context), insert_once(ResourceLink)
_ADD_PARTICIPANT, _ADD_ITEM = insert_once(Participant), insert_once(LineItem)
_FIRST_PARTICIPANT = insert_later(Participant)
_CHANGE_LINK = update(_LINKS).where(_LINKS.c.id == bindparam("key"))
_CHANGE_ITEM = update(_ITEMS).where(_ITEMS.c.id == bindparam("key"))
_CHANGE_CONTEXT = update(_CONTEXTS).where(_CONTEXTS.c.id == bindparam("key"))
_CHANGE_PARTICIPANT = update(_PARTICIPANTS).where(_PARTICIPANTS.c.id == bindparam("key"))


def neutral_name(platform_id: int, subject: str) -> str:
    """Return what somebody is called whose platform keeps names to itself: always the same for the same person."""
    return f"Learner {hashlib.sha256(f'{platform_id}:{subject}'.encode()).hexdigest()[:4]}"


@dataclass(frozen=True)
class Here:
    """A launch beside what was known before it."""

    launch: Launch
    known: Known
    deployment_id: int
    organisation_id: int
    module: str
    """The slug that the link opens, published here or not."""

    @property
    def opens(self) -> str:
        """The slug, if it is known here."""
        return self.module if self.known.published else ""


def context(session: Session, here: Here) -> int:
    launch, known = here.launch, here.known
    context = launch.context
    if context is None:
        raise LookAgain
    grades = launch.grades or GradesClaim(known.lineitems_url or "", scopes=tuple(known.grade_scopes or ()))
    told: dict[str, Any] = {
        "label": context.label or known.label or "",
        "title": context.title or known.title or "",
        "memberships_url": launch.memberships_url or known.memberships_url or "",
        "lineitems_url": grades.lineitems or known.lineitems_url or "",
        "grade_scopes": list(grades.scopes),
    }
    if known.context_id is not None:
        before = {name: getattr(known, name) for name in told}
        changed = {name: value for name, value in told.items() if value != before[name]}
        if changed:
            write_row(session, _CHANGE_CONTEXT, {"key": known.context_id, **changed})
        return known.context_id
    origin = None
    if context.history:
        origin = queries.copied_from(session, deployment_id=here.deployment_id, history=context.history)
    rest = {"roster": [], "roster_error": "", "follows_roster": False, "created_at": clock.now()}
    row = {"deployment_id": here.deployment_id, "name": context.id, "copied_from_id": origin, **told, **rest}
    return _made(session, _ADD_CONTEXT, row)


def link(session: Session, here: Here, context_id: int) -> int | None:
    link, known = here.launch.link, here.known
    if link is None:
        return None
    if known.link_id is None:
        row = {"context_id": context_id, "name": link.id, "module": here.module, "title": link.title}
        return _made(session, _ADD_LINK, {**row, "created_at": clock.now()})
    title = link.title or known.link_title
    if (here.module, title) != (known.link_module, known.link_title):
        write_row(session, _CHANGE_LINK, {"key": known.link_id, "module": here.module, "title": title})
    return known.link_id


def line_items(session: Session, here: Here, context_id: int, link_id: int | None) -> None:
    """Keep the column that the platform made for this link, and note that the page's score wants one."""
    link, grades, known = here.launch.link, here.launch.grades, here.known
    if link is None or grades is None or not here.opens:
        return
    row = {"context_id": context_id, "module": here.opens, "link_id": link_id, "created_at": clock.now()}
    if grades.lineitem and known.line_item_id is None:
        _made(session, _ADD_ITEM, {**row, "tag": Tag.COMPLETION.value, "url": grades.lineitem})
    elif grades.lineitem != known.line_item_url and grades.lineitem and known.line_item_link_id in {None, link_id}:
        write_row(session, _CHANGE_ITEM, {"key": known.line_item_id, "url": grades.lineitem, "link_id": link_id})
    if link.page and known.page_item_id is None:
        ask_page(session, context_id=context_id, module=here.opens)


def person(session: Session, here: Here) -> int:
    launch, known = here.launch, here.known
    if known.person_id is not None:
        _correct(session, here, known.person_id)
        return known.person_id
    now = clock.now()
    name = tidy(launch.name) or neutral_name(launch.platform_id, launch.subject)
    row = {"name": name, "email": launch.email or None, "created_at": now}
    person_id: int = write_row(session, _ADD_PERSON, row).scalar_one()
    identity = {"person_id": person_id, "kind": IdentityKind.LTI.value, "issuer": str(launch.platform_id)}
    try:
        _made(session, _ADD_IDENTITY, {**identity, "subject": launch.subject, "created_at": now})
    except LookAgain:
        # Nobody has seen this person yet: another launch of the same user made the one that stays.
        session.execute(delete(Person).where(Person.id == person_id))
        raise
    return person_id


def _correct(session: Session, here: Here, person_id: int) -> None:
    """Take over a name or an address that the platform tells now, of people who come in by platforms alone."""
    launch, known = here.launch, here.known
    if not known.lti_only:
        return
    name = tidy(launch.name)
    if name and name != known.name:
        people.rename_person(session, person_id=person_id, name=name)
        # Certificates name people.
        for seat_id in session.execute(select(Seat.id).where(Seat.person_id == person_id)).scalars():
            note(session, seat_id=seat_id)
    if launch.email and launch.email != known.email:
        session.execute(update(Person).where(Person.id == person_id).values(email=launch.email))


def participant(session: Session, here: Here, context_id: int, person_id: int) -> None:
    launch, known = here.launch, here.known
    if known.participant_id is not None:
        change_participant(session, here, known.participant_id, person_id, launch.roles)
        return
    who = {"context_id": context_id, "person_id": person_id, "subject": launch.subject}
    said = {"learner": launch.roles.learner, "teacher": launch.roles.teacher, "test": False, "active": True}
    row = {**who, **said, "launched_at": clock.now()}
    if known.person_id is None:
        # Nobody else has seen this person yet, so nobody was faster.
        write_later(session, _FIRST_PARTICIPANT, row)
    else:
        _made(session, _ADD_PARTICIPANT, row)


def change_participant(session: Session, here: Here, key: int, person_id: int, roles: Roles) -> None:
    known = here.known
    said = {"learner": roles.learner, "teacher": roles.teacher, "test": roles.test, "active": True}
    write_row(
        session,
        _CHANGE_PARTICIPANT,
        {"key": key, **said, "subject": here.launch.subject, "launched_at": clock.now()},
    )
    if (known.learner and not roles.learner) or (known.teacher and not roles.teacher):
        rights.withdraw(session, person_ids=[person_id], organisation_id=here.organisation_id)


def _made(session: Session, statement: Any, row: Mapping[str, Any]) -> int:  # noqa: ANN401 - SQLAlchemy's INSERT of PostgreSQL.
    made: int | None = write_row(session, statement, row).scalar_one_or_none()
    if made is None:
        raise LookAgain
    return made
