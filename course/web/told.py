"""What LMS platforms were told of results, in words, for the facilitator and the training manager."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from zoneinfo import ZoneInfo

from course import clock
from course.platforms.queries.scores import Told
from course.platforms.rules import FINAL, Obstacle, Tag, Telling
from course.web.filters import clock_time, moment
from course.web.texts import _


@dataclass(frozen=True)
class Shown:
    """One result."""

    what: str
    tone: str
    words: str


@dataclass(frozen=True)
class Learner:
    """One learner with their results."""

    seat_id: int
    name: str
    results: tuple[Shown, ...]


def learners(told: Iterable[Told]) -> list[Learner]:
    """Return the learners of one run, each with what became of their results."""
    return [
        Learner(seat_id, name, tuple(Shown(what(one), tone(one), words(one)) for one in results))
        for (seat_id, name), results in groupby(told, key=lambda one: (one.seat_id, one.name))
    ]


def what(one: Told) -> str:
    return _("completion") if one.tag is Tag.COMPLETION else _("feedback")


def tone(one: Told) -> str:
    return {Telling.SENT: "good", Telling.WAITING: "wait"}.get(one.state, "late")


def words(one: Told) -> str:
    """Return how far the telling of a result has come, and what is in its way."""
    if one.state is Telling.SENT:
        return _("sent %(when)s", when=_when(one))
    if one.state is Telling.REFUSED and (one.obstacle in FINAL or one.obstacle is None):
        return _("refused: %(why)s", why=reason(one.obstacle))
    if one.state is Telling.REFUSED:
        return _("given up after three days: %(why)s", why=reason(one.obstacle))
    if one.obstacle is None:
        return _("waiting since %(when)s", when=_when(one))
    return _("waiting since %(when)s: %(why)s", when=_when(one), why=reason(one.obstacle))


def reason(obstacle: Obstacle | None) -> str:
    """Return what is in the way of a result."""
    return {
        Obstacle.NOT_ENROLLED: _("not enrolled as a learner in the LMS course"),
        Obstacle.NO_COLUMN: _("the LMS course has no column for it, and we may not make one"),
        Obstacle.NOT_ALLOWED: _("the LMS does not let us write grades"),
        Obstacle.REJECTED: _("the LMS does not accept it"),
        Obstacle.STOPPED: _("our admin has stopped this LMS"),
        Obstacle.UNREACHABLE: _("the LMS cannot be reached"),
        Obstacle.BUSY: _("the LMS asks us to wait"),
        Obstacle.BROKEN: _("the LMS had an error of its own"),
        Obstacle.KEYS: _("the LMS could not read our keys: its admin must let it reach us"),
        Obstacle.NO_TOKEN: _("the LMS gives us no access: ask its admin"),
        Obstacle.NEWER: _("the LMS has a grade of a later time"),
        None: _("the LMS does not accept it"),
    }[obstacle]


def _when(one: Told) -> str:
    """Return a moment in the day's zone: today only its time."""
    same_day = one.at.astimezone(ZoneInfo(one.zone)).date() == clock.today(one.zone)
    return clock_time(one.at, one.zone) if same_day else moment(one.at, one.zone)
