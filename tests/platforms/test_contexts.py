"""What a manager decides about a platform's course: the group, the seats of those who wait, what is left to do."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from course.cohorts.models import Cohort, CohortMember, Day, Membership, Role, Run, Seat
from course.cohorts.rules.calendar import NameTaken
from course.people.models import Organisation, Person
from course.platforms.models import Context, Deployment, Participant, Platform
from course.platforms.queries import contexts as queries
from course.platforms.queries.contexts import Course
from course.platforms.rules import ContextClaim, LinkClaim, Roles, State
from course.platforms.service import contexts
from course.platforms.service.contexts import ForeignGroup
from course.platforms.service.landing import Goal
from tests import make
from tests.make import Cast, cast_of
from tests.platforms.launches import MODULE, NOBODY, TEACHER, Connected, connect


@pytest.fixture
def cast(session: Session) -> Cast:
    return cast_of(session)


@pytest.fixture
def here(session: Session, cast: Cast) -> Connected:
    return connect(session, cast.organisation)


@pytest.fixture
def course(session: Session, cast: Cast, here: Connected) -> Course:
    """A course with two learners who wait, a teacher, a test user and somebody whom only the roster names."""
    landed = here.land(session)
    here.land(session, subject="43", name="Nils Aho", email="")
    here.land(session, subject="t", name="Tia Roth", email="", roles=TEACHER)
    here.land(session, subject="x", name="Test student", email="", roles=Roles(learner=True, test=True))
    here.land(session, subject="o", name="Observer", email="", roles=NOBODY)
    named = make.person(session, "Named Only")
    assert landed.context_id is not None
    session.add(Participant(context_id=landed.context_id, person_id=named.id, subject="n", learner=True))
    session.flush()
    return found(session, cast, landed.context_id)


def found(session: Session, cast: Cast, context_id: int) -> Course:
    course = queries.course(session, [cast.organisation], context_id)
    assert course is not None
    return course


def seated(session: Session, run_id: int) -> list[tuple[str, str, bool]]:
    rows = session.execute(
        select(Person.name, Seat.way, Seat.reported)
        .join(Seat, Seat.person_id == Person.id)
        .where(Seat.run_id == run_id, Seat.cancelled_at.is_(None))
        .order_by(Person.name)
    )
    return [(row.name, row.way, row.reported) for row in rows]


def test_a_new_course_is_an_item_with_who_waits(session: Session, cast: Cast, course: Course) -> None:
    (item,) = queries.undecided(session, [cast.organisation])
    assert (item.context_id, item.title, item.platform, item.cohort_id) == (
        course.context_id,
        "Project work, October",
        "Moodle of Southeast",
        None,
    )
    assert (item.modules, item.waiting) == (("Small talk before the big meeting",), 2)
    names, whole = queries.waiting(session, course.context_id)
    assert ([name for _id, name in names], whole) == (["Nils Aho", "Nora Lind"], 2)
    (asked,) = queries.asked(session, course)
    assert (asked.module, asked.run, asked.waiting) == (MODULE, None, 2)


def test_nothing_crosses_organisations(session: Session, cast: Cast, course: Course) -> None:
    assert queries.undecided(session, [cast.other_organisation]) == ()
    assert queries.course(session, [cast.other_organisation], course.context_id) is None
    assert queries.courses(session, [cast.other_organisation]) == ()
    assert [each.context_id for each in queries.courses(session, [cast.organisation])] == [course.context_id]
    with pytest.raises(ForeignGroup):
        contexts.choose_group(session, course=course, cohort_id=cast.other_cohort)
    assert found(session, cast, course.context_id).cohort_id is None


def test_the_deployments_organisation_wins(session: Session, cast: Cast, here: Connected, course: Course) -> None:
    session.get_one(Deployment, here.deployment).organisation_id = cast.other_organisation
    session.flush()
    assert queries.course(session, [cast.organisation], course.context_id) is None
    assert queries.course(session, [cast.other_organisation], course.context_id) is not None


@pytest.mark.parametrize("stopped", ["platform", "deployment"])
def test_platforms_that_wait_for_an_admin_are_no_item(
    session: Session, cast: Cast, here: Connected, course: Course, stopped: str
) -> None:
    assert queries.undecided(session, [cast.organisation])[0].context_id == course.context_id
    if stopped == "platform":
        session.get_one(Platform, here.platform).state = State.STOPPED
    else:
        session.get_one(Deployment, here.deployment).state = State.PENDING
    session.flush()
    assert queries.undecided(session, [cast.organisation]) == ()


def test_those_who_wait_get_their_seats_at_once(session: Session, cast: Cast, course: Course) -> None:
    before = seated(session, cast.run)
    taken = contexts.choose_group(session, course=course, cohort_id=cast.cohort)
    assert (taken.seated, taken.elsewhere) == (2, ())
    new = [("Nils Aho", "platform", True), ("Nora Lind", "platform", True)]
    assert seated(session, cast.run) == sorted(before + new)
    assert queries.undecided(session, [cast.organisation]) == ()
    assert queries.waiting(session, course.context_id) == ((), 0)
    decided = found(session, cast, course.context_id)
    assert (decided.cohort_id, decided.cohort) == (cast.cohort, "October Friday")
    (asked,) = queries.asked(session, decided)
    assert (asked.run.run_id if asked.run else None, asked.waiting) == (cast.run, 0)
    for name in ("Nils Aho", "Nora Lind"):
        who = session.execute(select(Person.id).where(Person.name == name)).scalar_one()
        roles = session.execute(select(Membership.role).where(Membership.person_id == who)).scalars().all()
        groups = session.execute(select(CohortMember.cohort_id).where(CohortMember.person_id == who)).scalars().all()
        assert (roles, groups) == ([Role.LEARNER], [cast.cohort])
    again = contexts.choose_group(session, course=course, cohort_id=cast.cohort)
    assert again.seated == 0


def test_the_platform_is_told_of_whoever_its_roster_names_however_they_came_in(
    session: Session, cast: Cast, course: Course
) -> None:
    """Leo comes in from the room and never by the LMS; its roster names him, and Lena only as somebody who left."""
    for person_id, active in ((cast.leo, True), (cast.lena, False)):
        session.add(
            Participant(
                context_id=course.context_id, person_id=person_id, subject=f"p{person_id}", learner=True, active=active
            )
        )
    session.flush()
    contexts.choose_group(session, course=course, cohort_id=cast.cohort)
    assert session.get_one(Seat, cast.leo_seat).reported is True
    assert session.get_one(Seat, cast.lena_seat).reported is False


def test_the_first_click_on_a_modules_link_lets_the_platform_be_told_of_all(
    session: Session, cast: Cast, here: Connected
) -> None:
    landed = here.land(session, link=LinkClaim("link-0", "Another tool's page"))
    assert (landed.goal, landed.context_id is None) == (Goal.NO_MODULE, False)
    assert landed.context_id is not None
    contexts.choose_group(session, course=found(session, cast, landed.context_id), cohort_id=cast.cohort)
    session.add(Participant(context_id=landed.context_id, person_id=cast.leo, subject="l", learner=True))
    session.flush()
    assert session.get_one(Seat, cast.leo_seat).reported is False
    assert here.land(session, subject="43", name="Nils Aho", email="").goal is Goal.MODULE
    session.expire_all()
    assert session.get_one(Seat, cast.leo_seat).reported is True


def test_a_new_group_of_those_who_wait(session: Session, cast: Cast, here: Connected, course: Course) -> None:
    with pytest.raises(NameTaken):
        contexts.new_group(session, course=course, name="October Friday")
    cohort_id, taken = contexts.new_group(session, course=course, name="Project work, October")
    assert taken.seated == 0
    group = session.get_one(Cohort, cohort_id)
    assert (group.name, group.organisation_id) == ("Project work, October", cast.organisation)
    # The group has no date of the module yet: still something to decide, and the learners wait as its members.
    (item,) = queries.undecided(session, [cast.organisation])
    assert (item.cohort_id, item.cohort, item.waiting) == (cohort_id, "Project work, October", 2)
    day = make.day(session, session.get_one(Organisation, cast.organisation))
    run = make.run(session, day, group, version_hash=cast.version_hash, facilitator=None)
    assert contexts.seat_those_who_wait(session, cohort_id=cohort_id).seated == 2
    assert seated(session, run.id) == [("Nils Aho", "platform", True), ("Nora Lind", "platform", True)]
    assert queries.undecided(session, [cast.organisation]) == ()
    assert here.land(session).run_id == run.id


def test_seats_stay_when_the_group_changes(session: Session, cast: Cast, here: Connected, course: Course) -> None:
    contexts.choose_group(session, course=course, cohort_id=cast.cohort)
    october = seated(session, cast.run)
    where = session.get_one(Organisation, cast.organisation)
    other = make.cohort(session, where, name="November Friday")
    day = make.day(session, where, place="Elsewhere")
    run = make.run(session, day, other, version_hash=cast.version_hash, facilitator=None)
    taken = contexts.choose_group(session, course=course, cohort_id=other.id)
    assert taken.seated == 2
    assert seated(session, cast.run) == october
    assert here.land(session).run_id == run.id


def test_who_sits_elsewhere_on_that_day_is_named(session: Session, cast: Cast, here: Connected, course: Course) -> None:
    where = session.get_one(Organisation, cast.organisation)
    other = make.cohort(session, where, name="Beside")
    beside = make.run(session, session.get_one(Day, cast.day), other, version_hash=cast.version_hash, facilitator=None)
    nora = here.land(session).person_id
    assert nora is not None
    make.seat(session, beside, session.get_one(Person, nora))
    taken = contexts.choose_group(session, course=course, cohort_id=cast.cohort)
    assert (taken.seated, taken.elsewhere) == (1, (nora,))
    assert here.land(session).goal is Goal.NO_DATE


def test_seats_given_before_are_told_of_from_now_on(session: Session, cast: Cast, here: Connected) -> None:
    """A manager may have seated somebody by hand who came by a platform as well."""
    landed = here.land(session)
    assert landed.context_id is not None
    assert landed.person_id is not None
    make.seat(session, session.get_one(Run, cast.run), session.get_one(Person, landed.person_id))
    contexts.choose_group(session, course=found(session, cast, landed.context_id), cohort_id=cast.cohort)
    session.expire_all()
    assert ("Nora Lind", "manager", True) in seated(session, cast.run)
    # Of others, no platform is told.
    assert ("Lena Brandt", "manager", False) in seated(session, cast.run)


def test_a_link_that_is_known_to_nobody_is_no_item(session: Session, cast: Cast, here: Connected) -> None:
    here.land(session, link=LinkClaim("link-1", "Gone", "no-such-module"))
    here.land(session, link=LinkClaim("link-2", "By hand"), context=ContextClaim("course-8"))
    assert queries.undecided(session, [cast.organisation]) == ()
    titles = [course.title for course in queries.courses(session, [cast.organisation])]
    assert sorted(titles) == ["Project work, October", "course-8"]
    assert session.execute(select(Context.cohort_id).distinct()).scalars().all() == [None]
