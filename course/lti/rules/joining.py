"""From the members of a platform's course to what would become of each: who is new, known, or somebody's double."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from course.lti.rules.members import Member


class Fate(StrEnum):
    """What becomes of a member."""

    NEW = "new"
    JOIN = "join"
    """Known, and joins the group."""
    SAME = "same"
    """Known, and in the group."""
    ASK = "ask"
    """Has the e-mail address of somebody who is here: the manager says whether it is the same person."""
    TEACHER = "teacher"
    TEST = "test"
    NO_ROLE = "no role"
    INACTIVE = "inactive"
    """The platform says that they are out of the course, and they never were in it here."""
    GONE = "gone"
    """Was in the course here, and no longer is there."""


TAKEN = (Fate.NEW, Fate.JOIN, Fate.SAME, Fate.ASK)
"""Who can be in the group."""


class Answer(StrEnum):
    """What a manager says of somebody with a known address."""

    LINK = "link"
    ADD = "add"
    LEAVE = "leave"


@dataclass(frozen=True)
class Person:
    """Somebody who is here."""

    person_id: int
    name: str
    in_cohort: bool = False


@dataclass(frozen=True)
class Line:
    """A member and what becomes of them."""

    member: Member
    fate: Fate
    person: Person | None = None
    """Who they are here."""
    doubles: tuple[Person, ...] = ()
    """Who has their address."""


def plan(
    members: Iterable[Member],
    *,
    known: Mapping[str, Person],
    doubles: Mapping[str, tuple[Person, ...]],
    present: Mapping[str, Person],
    whole: bool = True,
) -> tuple[Line, ...]:
    """Return what would become of each member, and of those who were present here and are no longer members.

    ``known`` and ``present`` are by subject, ``doubles`` by address; ``whole`` says that these are all members.
    Teachers and test users are never learners, whatever else they are.
    """
    lines = [_line(member, known, doubles, present) for member in members]
    listed = {line.member.subject for line in lines}
    gone = (
        Line(Member(subject=subject, name=person.name, learner=True, active=False), Fate.GONE, person)
        for subject, person in present.items()
        if whole and subject not in listed
    )
    return (*lines, *gone)


def _line(
    member: Member,
    known: Mapping[str, Person],
    doubles: Mapping[str, tuple[Person, ...]],
    present: Mapping[str, Person],
) -> Line:
    person = known.get(member.subject)
    if not member.active:
        return Line(member, Fate.GONE if member.subject in present else Fate.INACTIVE, person)
    if member.test:
        return Line(member, Fate.TEST, person)
    if member.teacher:
        return Line(member, Fate.TEACHER, person)
    if not member.learner:
        return Line(member, Fate.NO_ROLE, person)
    if person is not None:
        return Line(member, Fate.SAME if person.in_cohort else Fate.JOIN, person)
    same = doubles.get(member.email, ()) if member.email else ()
    return Line(member, Fate.ASK if same else Fate.NEW, doubles=same)
