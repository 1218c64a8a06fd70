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

TONES = {Telling.SENT: "good", Telling.WAITING: "wait"}


@dataclass(frozen=True)
class Shown:
    """Results of one learner of which the same is to be said."""

    what: str
    tone: str
    words: str
    why: str


@dataclass(frozen=True)
class Learner:
    """One learner with their results."""

    seat_id: int
    name: str
    results: tuple[Shown, ...]


def learners(told: Iterable[Told]) -> list[Learner]:
    """Return the learners of one run, each with what became of their results."""
    return [
        Learner(seat_id, name, tuple(_shown(results)))
        for (seat_id, name), results in groupby(told, key=lambda one: (one.seat_id, one.name))
    ]


def _shown(told: Iterable[Told]) -> Iterable[Shown]:
    for (tone, words, why), same in groupby(
        told, key=lambda one: (TONES.get(one.state, "late"), _words(one), _why(one))
    ):
        tags = [one.tag for one in same]
        yield Shown(_what(tags), tone, words, why)


def _what(tags: list[Tag]) -> str:
    if len(set(tags)) > 1:
        return _("completion and feedback")
    return _("completion") if tags[0] is Tag.COMPLETION else _("feedback")


def _words(one: Told) -> str:
    """Return how far the telling of a result has come."""
    match one.state:
        case Telling.SENT:
            return _("sent %(when)s", when=_when(one))
        case Telling.REFUSED if one.obstacle in FINAL:
            return _("refused")
        case Telling.REFUSED:
            return _("given up after three days")
    return _("waiting since %(when)s", when=_when(one))


def _why(one: Told) -> str:
    return reason(one.obstacle) if one.obstacle is not None else ""


def reason(obstacle: Obstacle) -> str:
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
    }[obstacle]


def _when(one: Told) -> str:
    """Return a moment in the day's zone: today only its time."""
    same_day = one.at.astimezone(ZoneInfo(one.zone)).date() == clock.today(one.zone)
    return clock_time(one.at, one.zone) if same_day else moment(one.at, one.zone)
