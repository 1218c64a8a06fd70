"""A platform's roster taken in: people, their ids at the platform, and their places in a group; and taken back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, exists, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from course import clock
from course.cohorts.models import Cohort, RosterImport
from course.cohorts.rules.roster.plan import Act, Known, Step
from course.cohorts.rules.roster.reading import Row
from course.cohorts.service.roster import taking
from course.people.models import Identity, IdentityKind
from course.platforms.models import Context, Deployment, Participant
from course.platforms.queries import roster as queries
from course.platforms.queries.roster import Found, Source
from course.platforms.service import contexts
from course.platforms.service.rows import neutral_name

CHUNK = 500


class Meanwhile(Exception):  # noqa: N818 - It is what the manager is told, not a fault of the program.
    """Somebody came, or was linked, since the roster was looked at: it has to be looked at again."""


@dataclass(frozen=True, kw_only=True)
class Taking:
    """A member who is to be in the group."""

    subject: str
    name: str = ""
    email: str = ""
    link: int | None = None
    """The person who is here with the same address, and whom the manager says it is."""


def lock(session: Session, *, context_id: int) -> None:
    """Let nobody else take in this course's roster, or change its group, until the transaction ends."""
    session.execute(select(Context.id).where(Context.id == context_id).with_for_update())


def keep(session: Session, *, context_id: int, lines: Sequence[dict[str, Any]]) -> None:
    """Keep a roster that was just read, until it is taken in."""
    _tried(session, context_id, roster=list(lines), roster_error="")


def failed(session: Session, *, context_id: int, error: str) -> None:
    """Note why a roster could not be read just now. What was read before is no longer shown."""
    _tried(session, context_id, roster=[], roster_error=error)


def follow(session: Session, *, context_id: int, follows: bool) -> None:
    """Say whether the roster is read on schedule too."""
    session.execute(update(Context).where(Context.id == context_id).values(follows_roster=follows))


def take_in(
    session: Session,
    *,
    source: Source,
    cohort_id: int,
    takings: Sequence[Taking],
    gone: Collection[str],
    by_id: int,
) -> RosterImport:
    """Put members into a group, new people with their ids at the platform, and mark who left the course.

    Nobody gets a seat by it. Raises Meanwhile when somebody is known by now, or linked to somebody else.
    """
    cohort = taking.one_at_a_time(session, cohort_id=cohort_id)
    known = queries.known(
        session,
        source.platform_id,
        source.organisation_id,
        cohort_id,
        subjects=[each.subject for each in takings],
    )
    linked = _linked(session, source, cohort, [each for each in takings if each.subject not in known])
    people_here = known | linked
    takings = _once(takings, people_here)
    steps = tuple(
        _step(number, each, source.platform_id, people_here.get(each.subject))
        for number, each in enumerate(takings, start=1)
    )
    taken = taking.carry_out(session, cohort=cohort, steps=steps, by_id=by_id, name=source.title)
    people = {each.subject: entry["person_id"] for each, entry in zip(takings, taken.changes, strict=True)}
    _identify(session, source, {each: who for each, who in people.items() if each not in known})
    # What this roster linked, it unlinks when it is taken back.
    taken.changes = [
        entry | ({"linked": [source.platform_id, each.subject]} if each.subject in linked else {})
        for each, entry in zip(takings, taken.changes, strict=True)
    ]
    _participate(session, source.context_id, people)
    leave(session, context_id=source.context_id, subjects=gone)
    session.execute(update(Context).where(Context.id == source.context_id).values(roster=[]))
    session.flush()
    contexts.report_seats(session, cohort_id=cohort_id)
    return taken


def leave(session: Session, *, context_id: int, subjects: Collection[str]) -> None:
    """Mark who is no longer in a course. Their groups, seats and work stay as they are."""
    for chunk in _chunks(list(subjects)):
        session.execute(
            update(Participant)
            .where(Participant.context_id == context_id, Participant.subject.in_(chunk))
            .values(active=False)
        )


def unlink(session: Session, *, import_id: int) -> None:
    """Take back whom a roster linked to somebody who was here already, unless they have come by the platform since."""
    taken = session.get_one(RosterImport, import_id)
    came = aliased(Participant)
    for entry in taken.changes:
        if "linked" not in entry:
            continue
        platform_id, subject = entry["linked"]
        person_id = entry["person_id"]
        contexts = (
            select(Context.id)
            .join(Deployment, Deployment.id == Context.deployment_id)
            .where(Deployment.platform_id == platform_id)
        )
        gone = session.execute(
            delete(Identity)
            .where(
                Identity.kind == IdentityKind.LTI,
                Identity.issuer == str(platform_id),
                Identity.subject == subject,
                Identity.person_id == person_id,
                ~exists().where(
                    came.person_id == person_id, came.context_id.in_(contexts), came.launched_at.is_not(None)
                ),
            )
            .returning(Identity.id)
        ).first()
        if gone is not None:
            session.execute(
                delete(Participant)
                .where(Participant.person_id == person_id, Participant.context_id.in_(contexts))
                .execution_options(synchronize_session=False)
            )


def _tried(session: Session, context_id: int, **told: Any) -> None:  # noqa: ANN401 - Columns of the table.
    session.execute(update(Context).where(Context.id == context_id).values(roster_read_at=clock.now(), **told))


def _linked(session: Session, source: Source, cohort: Cohort, takings: Sequence[Taking]) -> dict[str, Found]:
    """Return whom each linked member is, once it is sure that this may be linked: one person, one id of a platform."""
    wanted = [each for each in takings if each.link is not None]
    doubles = queries.same_address(
        session,
        source.platform_id,
        source.organisation_id,
        cohort.id,
        addresses={each.email for each in wanted},
    )
    found = {
        each.subject: person
        for each in wanted
        for person in doubles.get(each.email, ())
        if person.person_id == each.link
    }
    if len(found) != len(wanted) or len({person.person_id for person in found.values()}) != len(wanted):
        raise Meanwhile
    return found


def _once(takings: Sequence[Taking], people_here: dict[str, Found]) -> list[Taking]:
    """Return each person once: a platform may know somebody by two ids, whom somebody linked here."""
    first: dict[int, str] = {}
    for each in takings:
        if each.subject in people_here:
            first.setdefault(people_here[each.subject].person_id, each.subject)
    mine = set(first.values())
    return [each for each in takings if each.subject not in people_here or each.subject in mine]


def _step(number: int, each: Taking, platform_id: int, person: Found | None) -> Step:
    if person is None:
        name = each.name or neutral_name(platform_id, each.subject)
        return Step(Row(number, name, each.email), Act.NEW)
    here = Known(person.person_id, person.name, person.email, learner=person.learner, in_cohort=person.in_cohort)
    stays = person.learner and person.in_cohort
    return Step(Row(number, person.name), Act.SAME if stays else Act.JOIN, before=here)


def _identify(session: Session, source: Source, people: dict[str, int]) -> None:
    now = clock.now()
    rows = [
        {
            "person_id": person_id,
            "kind": IdentityKind.LTI.value,
            "issuer": str(source.platform_id),
            "subject": subject,
            "created_at": now,
        }
        for subject, person_id in people.items()
    ]
    if not rows:
        return
    try:
        with session.begin_nested():
            session.execute(insert(Identity), rows)
    except IntegrityError as error:
        raise Meanwhile from error


def _participate(session: Session, context_id: int, people: dict[str, int]) -> None:
    """Say of everybody that they are learners of the course."""
    here: set[int] = set()
    for chunk in _chunks(list(people.values())):
        here |= set(
            session.execute(
                update(Participant)
                .where(Participant.context_id == context_id, Participant.person_id.in_(chunk))
                .values(active=True, learner=True)
                .returning(Participant.person_id)
            ).scalars()
        )
    rows = [
        {"context_id": context_id, "person_id": who, "subject": subject, "learner": True}
        | {"teacher": False, "test": False, "active": True}
        for subject, who in people.items()
        if who not in here
    ]
    if rows:
        session.execute(insert(Participant), rows)


def _chunks(each: Sequence[Any]) -> list[Any]:
    return [each[start : start + CHUNK] for start in range(0, len(each), CHUNK)]
