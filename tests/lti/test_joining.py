"""What becomes of each member of a platform's course."""

import pytest

from course.lti.rules.joining import Fate, Person, plan
from course.lti.rules.members import Member

LENA, LEO = Person(1, "Lena Brandt", in_cohort=True), Person(2, "Leo Marsh")


def member(subject: str = "5", *, email: str = "", **said: bool) -> Member:
    return Member(subject=subject, name="Nora Weiss", email=email, **{"learner": True, **said})


def fate(one: Member) -> Fate:
    known = {"lena": LENA, "leo": LEO}
    (line,) = plan([one], known=known, doubles={"leo@example.org": (LEO,)}, present={}, whole=True)
    return line.fate


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (member(), Fate.NEW),
        (member("lena"), Fate.SAME),
        (member("leo"), Fate.JOIN),
        (member(email="leo@example.org"), Fate.ASK),
        (member("lena", email="leo@example.org"), Fate.SAME),
        (member(email="leo@example.com"), Fate.NEW),
        (member(teacher=True), Fate.TEACHER),
        (member("leo", teacher=True), Fate.TEACHER),
        (member(email="leo@example.org", test=True), Fate.TEST),
        (member(teacher=True, test=True), Fate.TEST),
        (member(learner=False), Fate.NO_ROLE),
        (member(active=False), Fate.INACTIVE),
        (member(active=False, teacher=True), Fate.INACTIVE),
    ],
)
def test_what_becomes_of_a_member(one: Member, expected: Fate) -> None:
    assert fate(one) is expected


def test_who_is_no_longer_listed_or_no_longer_active_is_gone() -> None:
    present = {"lena": LENA, "leo": LEO, "5": Person(3, "Nora Weiss")}
    members = [member("lena"), member("leo", active=False)]
    lines = plan(members, known={"lena": LENA, "leo": LEO}, doubles={}, present=present)
    assert [(line.member.subject, line.fate) for line in lines] == [
        ("lena", Fate.SAME),
        ("leo", Fate.GONE),
        ("5", Fate.GONE),
    ]
    # Of a part of the roster nothing follows for the rest.
    part = plan(members[:1], known={"lena": LENA}, doubles={}, present=present, whole=False)
    assert [line.fate for line in part] == [Fate.SAME]


def test_everybody_with_the_address_is_named() -> None:
    (line,) = plan([member(email="a@b.org")], known={}, doubles={"a@b.org": (LENA, LEO)}, present={})
    assert (line.fate, line.doubles, line.person) == (Fate.ASK, (LENA, LEO), None)
