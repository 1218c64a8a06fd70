"""Organisations and roles: given once, corrected, ended with what hangs on them."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from course import clock
from course.cohorts.models import CohortMember, Day, Membership, Role, Run, Seat
from course.cohorts.rules.calendar import EmployeeIdTaken, NameTaken, StillLeads
from course.cohorts.service import calendar, groups, membership
from course.outbox.service import take_notes
from course.people.models import Identity, Person
from course.people.service import make_link, spend_link
from tests import make
from tests.make import Cast


def learner(session: Session, person_id: int) -> Membership:
    return session.execute(
        select(Membership).where(Membership.person_id == person_id, Membership.role == Role.LEARNER)
    ).scalar_one()


def test_an_organisations_name_is_taken_once(cast: Cast, session: Session) -> None:
    with pytest.raises(NameTaken):
        membership.add_organisation(session, name=" Southeast  Utilities ")
    made = membership.add_organisation(session, name="Northern Rail")
    with pytest.raises(NameTaken):
        membership.rename_organisation(session, organisation_id=made.id, name="Southeast Utilities")
    membership.rename_organisation(session, organisation_id=made.id, name="Northern Railways")
    session.refresh(made)
    assert made.name == "Northern Railways"


def test_a_role_is_given_once(cast: Cast, session: Session) -> None:
    first = membership.grant(
        session, person_id=cast.lena, organisation_id=cast.organisation, role=Role.LEARNER, employee_id="E-7"
    )
    assert first.id == learner(session, cast.lena).id
    session.refresh(first)
    assert first.employee_id == "E-7"
    admin = membership.grant(session, person_id=cast.ada, organisation_id=None, role=Role.ADMIN)
    assert admin.id == membership.grant(session, person_id=cast.ada, organisation_id=None, role=Role.ADMIN).id


def test_an_employee_id_belongs_to_one_learner_of_an_organisation(cast: Cast, session: Session) -> None:
    nora = make.person(session, "Nora Weiss")
    with pytest.raises(EmployeeIdTaken):
        membership.grant(
            session, person_id=nora.id, organisation_id=cast.organisation, role=Role.LEARNER, employee_id="E-1"
        )
    # Otto's organisation has an E-2 nowhere, so there it is free.
    there = membership.grant(
        session, person_id=nora.id, organisation_id=cast.other_organisation, role=Role.LEARNER, employee_id="E-2"
    )
    with pytest.raises(EmployeeIdTaken):
        membership.set_employee_id(session, membership_id=there.id, employee_id="E-1")


def test_a_learner_leaves_groups_and_frees_days_to_come(cast: Cast, session: Session) -> None:
    later = calendar.add_day(
        session,
        organisation_id=cast.organisation,
        date=clock.today("UTC") + timedelta(days=30),
        starts=540,
        zone="UTC",
        place="Hall",
    )
    run = calendar.add_run(
        session, day_id=later.id, cohort_id=cast.cohort, module="small-talk", facilitator_id=cast.farid
    )
    seat = calendar.add_seat(session, run_id=run.id, person_id=cast.lena)
    take_notes(session)
    membership.end_membership(session, membership_id=learner(session, cast.lena).id)
    groups_left = session.execute(
        select(CohortMember.cohort_id).where(CohortMember.person_id == cast.lena, CohortMember.left_at.is_(None))
    ).all()
    live = session.execute(select(Seat.id).where(Seat.person_id == cast.lena, Seat.cancelled_at.is_(None))).scalars()
    assert groups_left == []
    assert list(live) == [cast.lena_seat]
    assert take_notes(session) == {seat.id}


def test_a_course_is_today_until_its_own_midnight(
    cast: Cast, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """New York's evening is Greenwich's next day."""
    held = session.execute(select(Membership).where(Membership.person_id == cast.farid)).scalar_one()
    date = session.execute(select(Day.date).join(Run, Run.day_id == Day.id).where(Run.id == cast.run)).scalar_one()
    midnight = clock.at(date, 24 * 60, "America/New_York")
    monkeypatch.setattr(clock, "now", lambda: midnight - timedelta(minutes=1))
    with pytest.raises(StillLeads):
        membership.end_membership(session, membership_id=held.id)
    monkeypatch.setattr(clock, "now", lambda: midnight)
    membership.end_membership(session, membership_id=held.id)
    assert held.ended_at == midnight


def test_a_facilitator_leaves_after_their_courses(cast: Cast, session: Session) -> None:
    held = session.execute(select(Membership).where(Membership.person_id == cast.farid)).scalar_one()
    with pytest.raises(StillLeads) as still:
        membership.end_membership(session, membership_id=held.id)
    assert still.value.runs == 1
    calendar.set_facilitator(session, run_id=cast.run, person_id=None)
    membership.end_membership(session, membership_id=held.id)
    assert held.ended_at is not None


def test_another_address_ends_the_way_in_by_the_former_one(cast: Cast, session: Session) -> None:
    session.execute(select(Identity).where(Identity.person_id == cast.lena)).scalar_one().password_hash = "old"
    token = make_link(session, person_id=cast.lena, purpose="password")
    membership.correct_person(session, person_id=cast.lena, name="Lena  Vogel", email="lena.vogel@example.org")
    ways = session.execute(
        select(Identity.subject, Identity.password_hash).where(Identity.person_id == cast.lena)
    ).all()
    assert [tuple(row) for row in ways] == [("lena.vogel@example.org", None)]
    assert spend_link(session, token=token, purpose="password") is None
    assert session.get_one(Person, cast.lena).name == "Lena Vogel"
    assert take_notes(session) == {cast.lena_seat}


def test_an_address_of_somebody_else_leaves_no_way_in(cast: Cast, session: Session) -> None:
    membership.correct_person(session, person_id=cast.lena, name="Lena Brandt", email="otto@example.org")
    ways = session.execute(
        select(Identity.person_id).where(Identity.subject.in_(["lena@example.org", "otto@example.org"]))
    ).scalars()
    assert list(ways) == [cast.otto]


def test_the_same_address_in_other_letters_changes_no_way_in(cast: Cast, session: Session) -> None:
    membership.correct_person(session, person_id=cast.lena, name="Lena Brandt", email="Lena@Example.org")
    ways = session.execute(select(Identity.subject).where(Identity.person_id == cast.lena)).scalars()
    assert list(ways) == ["lena@example.org"]
    assert take_notes(session) == set()


def test_groups_are_renamed_and_left(cast: Cast, session: Session) -> None:
    other = calendar.add_cohort(session, organisation_id=cast.organisation, name="November Friday")
    with pytest.raises(NameTaken):
        groups.rename_cohort(session, cohort_id=other.id, name="October Friday")
    groups.rename_cohort(session, cohort_id=other.id, name="Winter")
    session.refresh(other)
    assert other.name == "Winter"
    assert groups.remove_member(session, cohort_id=cast.cohort, person_id=cast.lena) is True
    assert groups.remove_member(session, cohort_id=cast.cohort, person_id=cast.lena) is False
    assert groups.remove_member(session, cohort_id=cast.cohort, person_id=cast.otto) is False
