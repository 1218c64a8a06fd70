"""Builders of the room's tests: a run that plays the case with every kind of scene."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from course.cohorts.models import Role, Run
from course.database import Engines, unit_of_work
from course.people.models import Organisation
from course.scenarios.models import Saying
from tests import make
from tests.make import Cast

RING, CHECK, MAIL = ("call", "ring"), ("call", "check"), ("call", "mail")
DATE, BLAME = ("words", "date"), ("words", "blame")
HERS, MINE = ("hands", "hers"), ("hands", "mine")
RIGHT = ("order", "ask_site,ground,rig,report")
WRONG = ("order", "report,rig,ground,ask_site")


@dataclass
class Room:
    """A run of the case ``crane``; people are added as they are needed."""

    engines: Engines
    cast: Cast
    seats: list[int] = field(default_factory=list)

    @property
    def here(self) -> str:
        return f"/facilitate/runs/{self.cast.run}/live/crane/"

    def person(self, session: Session, name: str) -> tuple[int, int]:
        """Give somebody a seat in the run; return the person and the seat."""
        who = make.person(session, name)
        make.membership(session, who, Role.LEARNER, session.get_one(Organisation, self.cast.organisation))
        return who.id, make.seat(session, session.get_one(Run, self.cast.run), who).id

    def plays(self, *given: tuple[str, str], said: str | None = None, name: str = "", nearer: str = "") -> int:
        """Let one more person of the run play this far; return their seat. ``said`` may be shown."""
        with unit_of_work(self.engines, write=True) as session:
            _person, seat = self.person(session, name or f"Person {len(self.seats)}")
            make.played(
                session,
                seat,
                *given,
                version_hash=self.cast.version_hash,
                said={"words": said} if said is not None else None,
                nearer=nearer,
            )
        self.seats.append(seat)
        return seat

    def sentences(self) -> list[int]:
        with unit_of_work(self.engines, write=False) as session:
            return list(session.execute(select(Saying.id).order_by(Saying.id)).scalars())

    def does(self, browser: FlaskClient, verb: str, **sent: object) -> int:
        """Tap a button; return the status."""
        return browser.post(f"{self.here}{verb}", data=sent).status_code


def room_of(engines: Engines) -> Room:
    with unit_of_work(engines, write=True) as session:
        cast = make.cast_of(session, make.all_kinds())
    return Room(engines, cast, [cast.lena_seat, cast.leo_seat])


def filled(room: Room, count: int) -> None:
    """Let that many people play to the end, split in every decision, each with a sentence."""
    turns: Sequence[tuple[tuple[str, str], ...]] = (
        (RING, DATE, HERS, RIGHT),
        (CHECK, BLAME, MINE, WRONG),
        (MAIL, DATE, HERS, WRONG),
    )
    for number in range(count):
        room.plays(*turns[number % 3], said=f"Sentence {number}.", nearer=("good", "poor", "between")[number % 3])
