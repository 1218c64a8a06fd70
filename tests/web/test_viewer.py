"""Who a session belongs to."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from course import clock
from course.cohorts.models import Membership, Role
from course.people import service as people
from course.people.models import Organisation, Person
from course.people.models import Session as SignIn
from course.web.viewer import Viewer, read_viewer
from tests.make import Cast, membership, organisation


def test_a_session_is_read_with_its_persons_roles(cast: Cast, session: Session) -> None:
    farid = session.get_one(Person, cast.farid)
    elsewhere = organisation(session, "Third Firm")
    membership(session, farid, Role.MANAGER, elsewhere)
    token, session_id = people.open_session(session, person_id=cast.farid, way="password")
    found = read_viewer(session, token)
    roles = frozenset({(Role.FACILITATOR, cast.organisation), (Role.MANAGER, elsewhere.id)})
    assert found == Viewer(cast.farid, "Farid Haddad", session_id, "password", roles, touch=False)
    assert found.has(Role.MANAGER)
    assert not found.has(Role.ADMIN)
    assert found.organisations(Role.MANAGER) == {elsewhere.id}
    assert found.organisations(Role.LEARNER) == set()


@pytest.mark.parametrize("token", [None, "", "unknown", "x" * 5000, "\x00", "ä"])
def test_an_unknown_token_is_nobody(cast: Cast, session: Session, token: str | None) -> None:
    assert read_viewer(session, token) is None


def test_a_session_ends_after_twelve_idle_hours(cast: Cast, session: Session) -> None:
    token, session_id = people.open_session(session, person_id=cast.lena, way="password")

    def after(idle: timedelta) -> Viewer | None:
        session.execute(update(SignIn).where(SignIn.id == session_id).values(seen_at=clock.now() - idle))
        return read_viewer(session, token)

    rested = after(timedelta(hours=11, minutes=59))
    assert rested is not None
    assert rested.touch
    assert after(timedelta(hours=12, seconds=1)) is None
    fresh = after(timedelta(minutes=9))
    assert fresh is not None
    assert not fresh.touch


def test_an_ended_session_is_nobodys(cast: Cast, session: Session) -> None:
    token, session_id = people.open_session(session, person_id=cast.lena, way="password")
    other, _ = people.open_session(session, person_id=cast.lena, way="password")
    people.end_session(session, session_id=session_id)
    assert read_viewer(session, token) is None
    assert read_viewer(session, other) is not None


def test_an_ended_role_is_not_held(cast: Cast, session: Session) -> None:
    token, _ = people.open_session(session, person_id=cast.ada, way="password")
    before = read_viewer(session, token)
    assert before is not None
    assert before.roles == {(Role.ADMIN, None)}
    session.execute(update(Membership).where(Membership.person_id == cast.ada).values(ended_at=clock.now()))
    after = read_viewer(session, token)
    assert after is not None
    assert after.roles == frozenset()


def test_whoever_came_by_the_door_is_a_learner_and_nothing_else(cast: Cast, session: Session) -> None:
    lena = session.get_one(Person, cast.lena)
    membership(session, lena, Role.ADMIN)
    by_password, _ = people.open_session(session, person_id=cast.lena, way="password")
    by_door, _ = people.open_session(session, person_id=cast.lena, way="door")
    known, at_the_door = read_viewer(session, by_password), read_viewer(session, by_door)
    assert known is not None
    assert at_the_door is not None
    assert known.roles == {(Role.LEARNER, cast.organisation), (Role.ADMIN, None)}
    assert at_the_door.roles == {(Role.LEARNER, cast.organisation)}


def test_whoever_was_launched_learns_and_facilitates_in_one_organisation(cast: Cast, session: Session) -> None:
    lena, elsewhere = session.get_one(Person, cast.lena), session.get_one(Organisation, cast.other_organisation)
    membership(session, lena, Role.ADMIN)
    for where in (elsewhere, session.get_one(Organisation, cast.organisation)):
        membership(session, lena, Role.FACILITATOR, where)
        membership(session, lena, Role.MANAGER, where)
    membership(session, lena, Role.LEARNER, elsewhere)

    def launched(organisation_id: int | None) -> Viewer | None:
        token, _ = people.open_session(session, person_id=cast.lena, way="lti", organisation_id=organisation_id)
        return read_viewer(session, token)

    here, there, nowhere = launched(cast.organisation), launched(cast.other_organisation), launched(None)
    assert here is not None
    assert here.roles == {(Role.LEARNER, cast.organisation), (Role.FACILITATOR, cast.organisation)}
    assert here.organisation_id == cast.organisation
    assert there is not None
    assert there.roles == {(Role.LEARNER, cast.other_organisation), (Role.FACILITATOR, cast.other_organisation)}
    assert nowhere is not None
    assert nowhere.roles == frozenset()
