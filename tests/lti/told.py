"""Learners of whom a platform is told: the double connected, its course tied to the cast's group, results made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from course import clock
from course.app import settle
from course.cohorts.models import Presence, Run, Seat
from course.database import Engines, unit_of_work
from course.delivery import drain
from course.grading import service as grading
from course.grading.models import Grade, Release
from course.lti.service import keys
from course.outbox import service as outbox
from course.outbox.models import Message
from course.platforms.models import Context, Deployment, LineItem, Participant, Score
from course.platforms.rules import Tag
from course.scenarios.models import Attempt
from course.settings import Settings
from course.web.application import Application
from tests.counterparts.double import Double, connect
from tests.counterparts.double.platform import COURSE
from tests.counterparts.double.world import SCOPES
from tests.grading import build
from tests.make import Cast, small_module

MODULE = small_module()


@dataclass
class Lms:
    """A platform, and the application that tells it of results."""

    app: Application
    settings: Settings
    double: Double

    def drain(self) -> int:
        return drain(self.app, self.settings)


@cache
def made_key() -> keys.Made:
    """Return this process's key: making one takes a tenth of a second, and so does reading it for the first time."""
    return keys.make()


def sign_by_it(engines: Engines) -> None:
    """Let our key be there already, as on every site but a new one."""
    with unit_of_work(engines, write=True) as session:
        keys.ensure_key(session, made_key())


def published(engines: Engines) -> Callable[[], Mapping[str, Any]]:
    """Hand our keys over to a double, as its fetching of ``/lti/jwks`` would."""

    def read() -> Mapping[str, Any]:
        with unit_of_work(engines, write=False) as session:
            return keys.jwks(session)

    return read


def tie(session: Session, double: Double, cast: Cast, *, page: bool = True) -> int:
    """Connect a platform whose course is the cast's group; with ``page`` its gradebook has a column for the page.

    Returns the id of the context.
    """
    platform = connect(session, double, organisation_id=cast.organisation)
    deployment = session.scalars(select(Deployment).where(Deployment.platform_id == platform.id)).one()
    context = Context(
        deployment_id=deployment.id,
        name=COURSE,
        title="October Friday",
        cohort_id=cast.cohort,
        lineitems_url=f"{double.issuer}/services.php/{COURSE}/lineitems?type_id={deployment.name}",
        grade_scopes=list(SCOPES),
        created_at=clock.now(),
    )
    session.add(context)
    session.flush()
    if page:
        session.add(LineItem(context_id=context.id, module=MODULE.slug, tag=Tag.PAGE, created_at=clock.now()))
    for seat_id, subject in ((cast.lena_seat, "lena"), (cast.leo_seat, "lars")):
        take_part(session, context.id, seat_id, subject)
    return context.id


def tie_all(engines: Engines, cast: Cast, *doubles: Double) -> None:
    """Connect several platforms, each with a course of the cast's group."""

    def tie_each(session: Session) -> None:
        for double in doubles:
            tie(session, double, cast)

    fact(engines, tie_each)


def take_part(session: Session, context_id: int, seat_id: int, subject: str) -> Participant:
    """Let a learner take part in a context, which is told of their seat."""
    seat = session.get_one(Seat, seat_id)
    seat.reported = True
    made = Participant(context_id=context_id, person_id=seat.person_id, subject=subject, learner=True)
    session.add(made)
    session.flush()
    return made


def fact(engines: Engines, *steps: Callable[[Session], object]) -> None:
    """Let something happen, in one transaction that settles as the application's do."""
    with unit_of_work(engines, write=True, before_commit=settle) as session:
        for step in steps:
            step(session)


def came_and_played(session: Session, seat_id: int, by_id: int) -> None:
    """All that completion needs beside the page."""
    seat = session.get_one(Seat, seat_id)
    version_hash = session.get_one(Run, seat.run_id).version_hash
    minutes, now = MODULE.contact_minutes, clock.now()
    session.add(Presence(seat_id=seat_id, came=540, left=990, minutes=minutes, said_by=by_id, said_at=now))
    session.add(
        Attempt(
            seat_id=seat_id,
            scenario=MODULE.scenarios[0].id,
            version_hash=version_hash,
            number=1,
            scene="end",
            state={},
            started_at=now,
            finished_at=now,
        )
    )
    outbox.note(session, seat_id=seat_id)


def graded(session: Session, seat_id: int, *, by_id: int, levels: tuple[int, ...] = (3, 2, 4), number: int = 1) -> None:
    """A page handed in, graded and made ready."""
    grade = build.entered(session, seat_id, number=number)
    build.filled(session, grade, by_id=by_id, levels=levels)
    done = grading.set_ready(
        session, grade_id=grade.id, base_version=grade.version, operation_id=build.operation(), by_id=by_id
    )
    assert done.kind is grading.Kind.SAVED


def complete(engines: Engines, cast: Cast, *seats: int, levels: tuple[int, ...] = (3, 2, 4)) -> None:
    """These learners came, played, wrote, and their feedback was sent; ten minutes have passed since."""

    def all_of_it(session: Session) -> None:
        for seat_id in seats:
            came_and_played(session, seat_id, cast.farid)
            graded(session, seat_id, by_id=cast.farid, levels=levels)
        assert grading.release_run(session, run_id=cast.run, by_id=cast.farid).count == len(seats)

    fact(engines, all_of_it)
    later(engines, timedelta(minutes=11))


def later(engines: Engines, by: timedelta) -> None:
    """Let time pass: whatever was to happen within ``by`` is due, and what was released is so much older."""
    with unit_of_work(engines, write=True) as session:
        for grade in session.scalars(select(Grade).where(Grade.released_at.is_not(None))):
            assert grade.released_at is not None
            grade.released_at -= by
        for release in session.scalars(select(Release)):
            release.at -= by
        for message in session.scalars(select(Message).where(Message.sent_at.is_(None))):
            message.due_at -= by


@dataclass(frozen=True)
class Line:
    """A score as it stands here."""

    tag: str
    state: str
    refusal: str
    wish: int
    stamp: datetime | None
    given: float | None


def lines(engines: Engines, seat_id: int) -> list[Line]:
    with unit_of_work(engines, write=False) as session:
        rows = session.execute(
            select(Score, LineItem.tag)
            .join(LineItem, LineItem.id == Score.line_item_id)
            .where(Score.seat_id == seat_id)
            .order_by(LineItem.tag)
        )
        return [
            Line(tag, row.state, row.refusal, row.wish, row.stamp, (row.told or {}).get("given")) for row, tag in rows
        ]


def waiting(engines: Engines) -> list[Message]:
    """The scores' messages that have not left and were not taken back."""
    with unit_of_work(engines, write=False) as session:
        wanted = Message.kind == "score", Message.sent_at.is_(None), Message.recalled_at.is_(None)
        found = list(session.scalars(select(Message).where(*wanted).order_by(Message.id)))
        session.expunge_all()
        return found


def due_now(engines: Engines) -> None:
    """Let every wait be over."""
    with unit_of_work(engines, write=True) as session:
        session.execute(update(Message).where(Message.due_at > clock.now()).values(due_at=clock.now()))


def leases_over(engines: Engines) -> None:
    """Let what a process that died had leased be anybody's."""
    with unit_of_work(engines, write=True) as session:
        session.execute(update(Message).values(leased_until=None))
