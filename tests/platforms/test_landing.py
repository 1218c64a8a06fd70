"""Who gets in as what, after a launch was proved: every case, on both databases."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from course import clock
from course.cohorts.models import Cohort, CohortMember, Day, Membership, Role, Run, Seat
from course.completions.models import Completion
from course.completions.service import settle
from course.database import Engines, unit_of_work
from course.people.models import Identity, Organisation, Person
from course.platforms.models import Context, LineItem, Participant, ResourceLink
from course.platforms.rules import ContextClaim, GradesClaim, LinkClaim, Message, Roles
from course.platforms.service.landing import Goal, Landing
from course.platforms.service.teaching import lead
from tests import make
from tests.make import Cast, cast_of
from tests.platforms.launches import LEARNER, MODULE, NOBODY, TEACHER, Connected, connect


@pytest.fixture
def cast(session: Session) -> Cast:
    return cast_of(session)


@pytest.fixture
def here(session: Session, cast: Cast) -> Connected:
    return connect(session, cast.organisation)


@pytest.fixture
def october(session: Session, cast: Cast, here: Connected) -> Connected:
    """The platform's course is the cast's group already, as a teacher's launch and a manager made it."""
    decided(session, here, cast.cohort)
    return here


def decided(session: Session, here: Connected, cohort_id: int) -> int:
    made = here.land(session, subject="t", name="Tia Roth", email="", roles=TEACHER)
    assert made.context_id is not None
    session.get_one(Context, made.context_id).cohort_id = cohort_id
    session.flush()
    return made.context_id


def roles_of(session: Session, person_id: int | None) -> set[tuple[str, int | None]]:
    rows = session.execute(
        select(Membership.role, Membership.organisation_id).where(
            Membership.person_id == person_id, Membership.ended_at.is_(None)
        )
    )
    return set(rows)


def counts(session: Session) -> dict[str, int]:
    tables = (Person, Identity, Context, ResourceLink, Participant, LineItem, Membership, CohortMember, Seat)
    return {
        table.__tablename__: session.execute(select(func.count()).select_from(table)).scalar_one() for table in tables
    }


def participant(session: Session, landing: Landing) -> Participant:
    session.expire_all()
    return session.execute(
        select(Participant).where(
            Participant.context_id == landing.context_id, Participant.person_id == landing.person_id
        )
    ).scalar_one()


def test_the_first_learner_of_a_new_course_waits_for_its_date(session: Session, here: Connected) -> None:
    landing = here.land(session)
    assert (landing.goal, landing.module, landing.seat_id, landing.is_new) == (Goal.NO_DATE, MODULE, None, True)
    assert (landing.course, landing.platform) == ("Project work, October", "Moodle of Southeast")
    nora = session.get_one(Person, landing.person_id)
    assert (nora.name, nora.email) == ("Nora Lind", "nora@example.org")
    way = session.execute(select(Identity).where(Identity.person_id == nora.id)).scalar_one()
    assert (way.kind, way.issuer, way.subject) == ("lti", str(here.platform), "42")
    context = session.get_one(Context, landing.context_id)
    assert (context.name, context.label, context.title, context.cohort_id) == (
        "course-7",
        "PM-10",
        "Project work, October",
        None,
    )
    assert (context.memberships_url, context.lineitems_url, context.grade_scopes) == (
        "https://moodle.example.org/memberships",
        "https://moodle.example.org/lineitems?type_id=1",
        ["score", "lineitem"],
    )
    link = session.get_one(ResourceLink, landing.link_id)
    assert (link.context_id, link.name, link.module, link.title) == (context.id, "link-1", MODULE, "Small talk")
    item = session.execute(select(LineItem)).scalar_one()
    assert (item.context_id, item.module, item.tag, item.url, item.link_id) == (
        context.id,
        MODULE,
        "completion",
        "https://moodle.example.org/5/lineitem?type_id=1",
        link.id,
    )
    known = participant(session, landing)
    assert (known.subject, known.learner, known.teacher, known.test, known.active) == ("42", True, False, False, True)
    assert known.launched_at is not None
    # Whoever waits has no role yet.
    assert roles_of(session, nora.id) == set()


def test_a_learner_of_a_decided_course_gets_a_seat_once(session: Session, cast: Cast, october: Connected) -> None:
    landing = october.land(session)
    assert (landing.goal, landing.run_id, landing.is_new) == (Goal.MODULE, cast.run, True)
    seat = session.get_one(Seat, landing.seat_id)
    assert (seat.run_id, seat.day_id, seat.person_id, seat.way, seat.reported, seat.cancelled_at) == (
        cast.run,
        cast.day,
        landing.person_id,
        "platform",
        True,
        None,
    )
    assert roles_of(session, landing.person_id) == {("learner", cast.organisation)}
    member = session.execute(
        select(CohortMember.cohort_id).where(CohortMember.person_id == landing.person_id)
    ).scalar_one()
    assert member == cast.cohort
    settled = session.get_one(Completion, seat.id)
    assert (settled.attended, settled.completed) == (False, False)

    before = counts(session)
    again = october.land(session)
    assert (again.goal, again.seat_id, again.person_id, again.is_new) == (
        Goal.MODULE,
        landing.seat_id,
        landing.person_id,
        False,
    )
    assert counts(session) == before


def test_the_same_sub_on_another_platform_is_somebody_else(session: Session, cast: Cast, october: Connected) -> None:
    other = connect(session, cast.organisation, client_id="oneday-2")
    first, second = october.land(session), other.land(session)
    assert first.person_id != second.person_id
    assert first.context_id != second.context_id
    assert (first.goal, second.goal) == (Goal.MODULE, Goal.NO_DATE)
    subjects = session.execute(select(Identity.issuer, Identity.subject).where(Identity.subject == "42"))
    assert sorted(subjects) == sorted([(str(october.platform), "42"), (str(other.platform), "42")])


def test_one_person_in_two_contexts_is_one(session: Session, cast: Cast, october: Connected) -> None:
    first = october.land(session)
    second = october.land(session, context=ContextClaim("course-8", "PM-11", "Project work, November"))
    assert first.person_id == second.person_id
    assert (first.goal, second.goal) == (Goal.MODULE, Goal.NO_DATE)
    assert second.is_new is False
    seats = session.execute(select(Seat.run_id).where(Seat.person_id == first.person_id)).scalars().all()
    assert seats == [cast.run]


def test_a_group_of_another_organisation_is_none(session: Session, cast: Cast, here: Connected) -> None:
    decided(session, here, cast.other_cohort)
    landing = here.land(session)
    assert (landing.goal, landing.seat_id) == (Goal.NO_DATE, None)
    # The same group is one for a platform of its own organisation.
    there = connect(session, cast.other_organisation, client_id="oneday-2")
    decided(session, there, cast.other_cohort)
    assert there.land(session).goal is Goal.MODULE


def test_a_cancelled_run_is_no_date(session: Session, cast: Cast, october: Connected) -> None:
    session.get_one(Run, cast.run).cancelled_at = clock.now()
    session.flush()
    assert october.land(session).goal is Goal.NO_DATE


def test_an_unknown_module_and_none(session: Session, october: Connected) -> None:
    unknown = october.land(session, link=LinkClaim("link-2", "Old", "no-such-module"))
    assert (unknown.goal, unknown.module) == (Goal.NO_MODULE, "")
    assert october.land(session, link=LinkClaim("link-3", "By hand")).goal is Goal.NO_MODULE
    assert october.land(session, link=LinkClaim("link-4", "Placed", MODULE)).goal is Goal.MODULE


def test_a_link_keeps_its_module_when_the_claim_is_gone(session: Session, october: Connected) -> None:
    october.land(session)
    assert october.land(session, link=LinkClaim("link-1", "Small talk")).goal is Goal.MODULE


def test_a_copied_link_takes_its_module_from_the_link_before(session: Session, cast: Cast, here: Connected) -> None:
    origin = here.land(session)
    copied = ContextClaim("course-9", "PM-12", "Project work, December", history=("course-8", "course-7"))
    landing = here.land(session, context=copied, link=LinkClaim("link-9", history=("link-8", "link-1")))
    assert (landing.goal, landing.module) == (Goal.NO_DATE, MODULE)
    made = session.get_one(Context, landing.context_id)
    assert (made.copied_from_id, made.cohort_id) == (origin.context_id, None)
    # Another customer's link of the same name tells nothing.
    elsewhere = connect(session, cast.organisation, client_id="oneday-2")
    strange = elsewhere.land(session, context=copied, link=LinkClaim("link-9", history=("link-8", "link-1")))
    assert strange.goal is Goal.NO_MODULE
    assert session.get_one(Context, strange.context_id).copied_from_id is None


def test_what_the_platform_tells_anew_is_kept(session: Session, here: Connected) -> None:
    first = here.land(session)
    here.land(
        session,
        name="Nora Lind-Berg",
        email="nora.berg@example.org",
        context=ContextClaim("course-7", "PM-10", "Projects, October"),
        link=LinkClaim("link-1", "Small talk for all", MODULE),
        memberships_url="https://moodle.example.org/memberships2",
    )
    session.expire_all()
    nora, context = session.get_one(Person, first.person_id), session.get_one(Context, first.context_id)
    assert (nora.name, nora.email) == ("Nora Lind-Berg", "nora.berg@example.org")
    assert (context.title, context.memberships_url) == ("Projects, October", "https://moodle.example.org/memberships2")
    assert session.get_one(ResourceLink, first.link_id).title == "Small talk for all"
    # What is not told stays.
    here.land(session, name="", email="", context=ContextClaim("course-7"), memberships_url="", grades=None)
    session.expire_all()
    nora, context = session.get_one(Person, first.person_id), session.get_one(Context, first.context_id)
    assert (nora.name, context.title) == ("Nora Lind-Berg", "Projects, October")
    assert (context.memberships_url, context.grade_scopes) == (
        "https://moodle.example.org/memberships2",
        ["score", "lineitem"],
    )


def test_a_name_that_is_kept_back_is_a_neutral_one(session: Session, here: Connected) -> None:
    one = here.land(session, name="", email="")
    two = here.land(session, name="", email="", subject="43")
    names = [session.get_one(Person, landing.person_id).name for landing in (one, two)]
    assert [name.partition(" ")[0] for name in names] == ["Learner", "Learner"]
    assert [len(name) for name in names] == [len("Learner 7f3a")] * 2
    assert names[0] != names[1]


def test_somebody_who_signs_in_here_keeps_their_name(session: Session, cast: Cast, october: Connected) -> None:
    session.add(
        Identity(person_id=cast.lena, kind="lti", issuer=str(october.platform), subject="42", created_at=clock.now())
    )
    session.flush()
    landing = october.land(session, name="Someone Else", email="someone@example.org")
    session.expire_all()
    lena = session.get_one(Person, cast.lena)
    assert (landing.person_id, lena.name, lena.email) == (cast.lena, "Lena Brandt", "lena@example.org")
    assert (landing.goal, landing.seat_id) == (Goal.MODULE, cast.lena_seat)
    # The seat was there before: from now on the platform is told of it.
    assert session.get_one(Seat, cast.lena_seat).reported is True


def test_of_two_runs_ones_own_comes_first_then_the_next(session: Session, cast: Cast, october: Connected) -> None:
    today = clock.today("America/New_York")
    group, farid = session.get_one(Cohort, cast.cohort), session.get_one(Person, cast.farid)
    where = session.get_one(Organisation, cast.organisation)

    def held(days: int) -> Run:
        on = make.day(session, where, on=today + timedelta(days=days))
        return make.run(session, on, group, version_hash=cast.version_hash, facilitator=farid)

    past, coming, later = held(-30), held(5), held(40)
    session.get_one(Run, cast.run).cancelled_at = clock.now()
    session.flush()
    assert october.land(session).run_id == coming.id
    coming.cancelled_at = clock.now()
    session.flush()
    # A run that was cancelled is no seat any more: the next one is meant.
    assert october.land(session).run_id == later.id
    later.cancelled_at = clock.now()
    session.flush()
    # All that is left lies behind: the latest day.
    older = held(-60)
    assert october.land(session, subject="43").run_id == past.id
    # Whoever sat in the older one stays there.
    make.seat(session, older, make.person(session, "Olaf"))
    session.add(
        Identity(
            person_id=session.execute(select(Person.id).where(Person.name == "Olaf")).scalar_one(),
            kind="lti",
            issuer=str(october.platform),
            subject="44",
            created_at=clock.now(),
        )
    )
    session.flush()
    assert october.land(session, subject="44", name="Olaf").run_id == older.id


def test_a_cancelled_seat_comes_back_with_its_work(session: Session, october: Connected) -> None:
    first = october.land(session)
    session.get_one(Seat, first.seat_id).cancelled_at = clock.now()
    session.flush()
    again = october.land(session)
    session.expire_all()
    assert (again.goal, again.seat_id) == (Goal.MODULE, first.seat_id)
    assert session.get_one(Seat, first.seat_id).cancelled_at is None


def test_nobody_has_two_seats_on_a_day(session: Session, cast: Cast, october: Connected) -> None:
    first = october.land(session)
    other = make.published(session, make.all_kinds())
    group, day = session.get_one(Cohort, cast.cohort), session.get_one(Day, cast.day)
    make.run(session, day, group, version_hash=other, facilitator=None, module="all-kinds")
    beside = october.land(session, link=LinkClaim("link-2", "All kinds", "all-kinds"))
    assert (first.goal, beside.goal, beside.seat_id) == (Goal.MODULE, Goal.NO_DATE, None)


def test_teachers(session: Session, cast: Cast, october: Connected) -> None:
    teacher = october.land(session, subject="t", name="Tia Roth", email="", roles=TEACHER)
    assert (teacher.goal, teacher.run_id, teacher.seat_id) == (Goal.TEACHER_COURSE, cast.run, None)
    assert roles_of(session, teacher.person_id) == set()
    session.get_one(Run, cast.run).facilitator_id = teacher.person_id
    session.flush()
    leads = october.land(session, subject="t", name="Tia Roth", email="", roles=TEACHER)
    assert (leads.goal, leads.run_id) == (Goal.TEACHER_RUN, cast.run)
    assert roles_of(session, teacher.person_id) == {("facilitator", cast.organisation)}
    # Whoever is both is a teacher, and sits nowhere.
    both = october.land(session, subject="b", name="Bo", email="", roles=Roles(learner=True, teacher=True))
    assert (both.goal, both.seat_id) == (Goal.TEACHER_COURSE, None)


def test_a_facilitator_who_looks_as_a_learner_gets_no_seat(session: Session, cast: Cast, october: Connected) -> None:
    teacher = october.land(session, subject="t", name="Tia Roth", email="", roles=TEACHER)
    session.get_one(Run, cast.run).facilitator_id = teacher.person_id
    session.flush()
    before = counts(session)
    switched = october.land(session, subject="t", name="Tia Roth", email="", roles=LEARNER)
    assert (switched.goal, switched.seat_id) == (Goal.PREVIEW, None)
    assert counts(session) == before


def test_unknown_roles_are_nobody(session: Session, october: Connected) -> None:
    before = counts(session)
    landing = october.land(session, roles=NOBODY)
    assert (landing.goal, landing.person_id, landing.context_id) == (Goal.NO_RIGHTS, None, None)
    assert counts(session) == before
    assert october.land(session).goal is Goal.MODULE


def test_without_a_course_nobody_has_a_role(session: Session, october: Connected) -> None:
    before = counts(session)
    assert october.land(session, context=None).goal is Goal.NO_RIGHTS
    assert counts(session) == before


def test_test_users_look_and_leave_nothing(session: Session, october: Connected) -> None:
    before = counts(session)
    landing = october.land(session, subject="test", name="Test student", roles=Roles(learner=True, test=True))
    assert (landing.goal, landing.module, landing.person_id, landing.seat_id) == (Goal.PREVIEW, MODULE, None, None)
    assert counts(session) == before


def test_rights_go_with_the_role_and_come_back_with_it(session: Session, cast: Cast, october: Connected) -> None:
    first = october.land(session)
    gone = october.land(session, roles=NOBODY)
    assert (gone.goal, gone.person_id) == (Goal.NO_RIGHTS, None)
    assert roles_of(session, first.person_id) == set()
    assert participant(session, first).learner is False
    seat = session.get_one(Seat, first.seat_id)
    assert seat.cancelled_at is None
    back = october.land(session)
    assert (back.goal, back.seat_id) == (Goal.MODULE, first.seat_id)
    assert roles_of(session, first.person_id) == {("learner", cast.organisation)}


def test_rights_stay_while_another_course_gives_them(session: Session, cast: Cast, october: Connected) -> None:
    first = october.land(session)
    november = ContextClaim("course-8", "PM-11", "Project work, November")
    october.land(session, context=november)
    october.land(session, roles=NOBODY)
    assert roles_of(session, first.person_id) == {("learner", cast.organisation)}
    october.land(session, context=november, roles=NOBODY)
    assert roles_of(session, first.person_id) == set()


def test_a_teachers_rights_go_and_come_back(session: Session, cast: Cast, october: Connected) -> None:
    tia = {"subject": "t", "name": "Tia Roth", "email": ""}
    teacher = october.land(session, **tia, roles=TEACHER)
    assert teacher.person_id is not None
    assert lead(session, run_id=cast.run, person_id=teacher.person_id, organisation_id=cast.organisation) is False
    session.get_one(Run, cast.run).facilitator_id = None
    session.flush()
    assert lead(session, run_id=cast.run, person_id=teacher.person_id, organisation_id=cast.organisation) is True
    assert october.land(session, **tia, roles=NOBODY).goal is Goal.NO_RIGHTS
    assert roles_of(session, teacher.person_id) == set()
    session.expire_all()
    assert session.get_one(Run, cast.run).facilitator_id == teacher.person_id
    assert october.land(session, **tia, roles=TEACHER).goal is Goal.TEACHER_RUN
    assert roles_of(session, teacher.person_id) == {("facilitator", cast.organisation)}


def test_whoever_signs_in_here_keeps_what_a_manager_gave(session: Session, cast: Cast, october: Connected) -> None:
    session.add(
        Identity(person_id=cast.lena, kind="lti", issuer=str(october.platform), subject="42", created_at=clock.now())
    )
    session.flush()
    october.land(session)
    october.land(session, roles=NOBODY)
    assert roles_of(session, cast.lena) == {("learner", cast.organisation)}


def test_an_inactive_participant_who_comes_is_active_again(session: Session, october: Connected) -> None:
    landing = october.land(session)
    participant(session, landing).active = False
    session.flush()
    october.land(session)
    assert participant(session, landing).active is True


def test_a_link_that_wants_the_pages_score_says_so(session: Session, october: Connected) -> None:
    october.land(session, link=LinkClaim("link-1", "Small talk", MODULE, page=True))
    october.land(session, link=LinkClaim("link-1", "Small talk", MODULE, page=True))
    items = session.execute(select(LineItem.tag, LineItem.url).order_by(LineItem.tag)).all()
    assert items == [("completion", "https://moodle.example.org/5/lineitem?type_id=1"), ("page", "")]


def test_the_column_moves_with_its_link_and_not_with_another(session: Session, october: Connected) -> None:
    def url(link: str, lineitem: str) -> str:
        october.land(session, link=LinkClaim(link, "", MODULE), grades=GradesClaim("", lineitem, ("score",)))
        session.expire_all()
        return session.execute(select(LineItem.url)).scalar_one()

    assert url("link-1", "https://m.example.org/6") == "https://m.example.org/6"
    assert url("link-2", "https://m.example.org/7") == "https://m.example.org/6"
    assert url("link-1", "") == "https://m.example.org/6"


def test_deep_linking_seats_nobody(session: Session, october: Connected) -> None:
    placing = {"message": Message.DEEP_LINKING, "link": None, "grades": None}
    teacher = october.land(session, subject="t", roles=TEACHER, **placing)
    learner = october.land(session, **placing)
    assert (teacher.goal, learner.goal, learner.seat_id) == (Goal.TEACHER_COURSE, Goal.NO_RIGHTS, None)


def test_somebody_with_the_same_address_is_asked_once(session: Session, cast: Cast, october: Connected) -> None:
    first = october.land(session, email="lena@example.org")
    assert (first.is_new, first.ask_link, first.person_id != cast.lena) == (True, True, True)
    again = october.land(session, email="lena@example.org")
    assert (again.is_new, again.ask_link) == (False, False)


@pytest.mark.parametrize("address", ["", "nora@example.org", "mona@example.org", "ada@example.org", "otto@example.org"])
def test_nobody_is_asked_about_others(session: Session, october: Connected, address: str) -> None:
    """Managers, admins, people of another organisation and unknown addresses."""
    assert october.land(session, email=address).ask_link is False


def test_who_belongs_elsewhere_too_is_not_asked_about(session: Session, cast: Cast, october: Connected) -> None:
    elsewhere = session.get_one(Organisation, cast.other_organisation)
    make.membership(session, session.get_one(Person, cast.leo), Role.LEARNER, elsewhere)
    assert october.land(session, subject="l1", email="leo@example.org").ask_link is False
    assert october.land(session, subject="l2", email="farid@example.org", roles=TEACHER).ask_link is True


def test_what_a_launch_costs(engines: Engines) -> None:
    with unit_of_work(engines, write=True, before_commit=settle) as session:
        cast = cast_of(session)
        here = connect(session, cast.organisation)
        decided(session, here, cast.cohort)
    cost: list[int] = []
    for _again in range(2):
        with unit_of_work(engines, write=True, before_commit=settle) as session, counted(engines) as statements:
            landing = here.land(session, link=LinkClaim("link-2", "New", MODULE))
            session.flush()
        cost.append(len(statements))
        assert landing.goal is Goal.MODULE
    # Four rows of the first launch, which nothing in it reads, are one statement on PostgreSQL.
    assert cost == [9 if engines.sqlite else 6, 2]


@contextmanager
def counted(engines: Engines) -> Iterator[list[str]]:
    """Collect the statements that run meanwhile."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            found.append(statement)

    event.listen(engines.writer, "before_cursor_execute", note)
    yield found
    event.remove(engines.writer, "before_cursor_execute", note)
