"""Where launches come out: the pages, the session they open, and the ways on from there."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from course import clock
from course.cohorts.models import Membership, Run, Seat
from course.completions.service import settle
from course.database import Engines, unit_of_work
from course.people.models import Person
from course.people.models import Session as SignIn
from course.platforms.models import Participant
from course.platforms.rules import ContextClaim, LinkClaim, Roles
from tests.conftest import SignIn as SignInAs
from tests.lti.landings import BACK, LaunchIn, decide, launcher, place
from tests.lti.platform import Signer
from tests.make import Cast
from tests.platforms.launches import MODULE, NOBODY, TEACHER, Connected


@pytest.fixture
def where(engines: Engines, cast: Cast, platform_id: int) -> Connected:
    return place(engines, platform_id, cast.organisation)


@pytest.fixture
def frame(client: FlaskClient) -> FlaskClient:
    """A browser whose frame keeps cookies, by plain http as in all tests without TLS."""
    return client


@pytest.fixture
def launch(frame: FlaskClient, lms: Signer, where: Connected) -> LaunchIn:
    return launcher(frame, lms, where)


def sessions(engines: Engines) -> list[tuple[str, int | None]]:
    with unit_of_work(engines, write=False) as session:
        rows = session.execute(select(SignIn.way, SignIn.organisation_id).where(SignIn.ended_at.is_(None)))
        return [(row.way, row.organisation_id) for row in rows]


def test_a_learner_lands_on_the_module(
    engines: Engines, cast: Cast, where: Connected, frame: FlaskClient, launch: LaunchIn
) -> None:
    decide(engines, where, cast.cohort)
    answer = launch()
    with unit_of_work(engines, write=False) as session:
        seat = session.execute(select(Seat.id).where(Seat.way == "platform")).scalar_one()
    assert (answer.status_code, answer.location) == (303, f"/learn/{MODULE}/?seat={seat}")
    assert sessions(engines) == [("lti", cast.organisation)]
    page = frame.get(answer.location)
    assert page.status_code == 200
    assert "Nora Lind" in page.text
    assert frame.get("/facilitate/").status_code == 403
    assert frame.get("/manage/").status_code == 403


def test_a_second_launch_ends_the_session_before(
    engines: Engines, cast: Cast, where: Connected, launch: LaunchIn
) -> None:
    decide(engines, where, cast.cohort)
    launch()
    launch()
    assert sessions(engines) == [("lti", cast.organisation)]


def test_no_date_yet(engines: Engines, cast: Cast, launch: LaunchIn, frame: FlaskClient) -> None:
    page = launch()
    assert page.status_code == 200
    text = " ".join(page.text.split())
    for said in (
        "Your date isn't set yet",
        "Small talk before the big meeting",
        "Project work, October",
        "Mona Keller",
        "there is nothing you need to do",
        "Back to Example LMS",
        BACK,
    ):
        assert said in text, said
    assert "password" not in text
    assert sessions(engines) == []
    assert frame.get("/learn/").status_code == 303


def test_a_place_in_another_course_that_day(engines: Engines, cast: Cast, where: Connected, launch: LaunchIn) -> None:
    decide(engines, where, cast.cohort)
    launch()
    with unit_of_work(engines, write=True, before_commit=settle) as session:
        seat = session.execute(select(Seat).where(Seat.way == "platform")).scalar_one()
        beside = Run(
            day_id=cast.day,
            cohort_id=cast.cohort,
            module="other",
            version_hash=cast.version_hash,
            created_at=clock.now(),
        )
        session.add(beside)
        session.flush()
        seat.run_id = beside.id
    assert "on that day you have a place in another course" in launch().text


def test_no_part_in_the_course(engines: Engines, launch: LaunchIn) -> None:
    page = launch(roles=NOBODY)
    assert page.status_code == 403
    assert "You have no part in this course" in page.text
    assert "Project work, October" in page.text
    assert BACK in page.text
    page = launch(context=None)
    assert (page.status_code, "does not say which course" in page.text) == (403, True)
    assert sessions(engines) == []


def test_a_link_without_a_module(engines: Engines, launch: LaunchIn) -> None:
    by_hand = LinkClaim("link-5", "By hand")
    learner, teacher = launch(link=by_hand), launch(link=by_hand, subject="t", roles=TEACHER)
    assert (learner.status_code, teacher.status_code) == (404, 404)
    assert "Tell your teacher" in learner.text
    assert "button that selects content" in teacher.text
    assert "Tell your teacher" not in teacher.text
    assert BACK in learner.text
    assert sessions(engines) == []


def test_a_test_user_looks_at_the_module(engines: Engines, cast: Cast, where: Connected, launch: LaunchIn) -> None:
    decide(engines, where, cast.cohort)
    page = launch(subject="x", name="Student, Test", roles=Roles(learner=True, test=True))
    assert page.status_code == 200
    assert "You are looking as a test learner" in page.text
    assert "Small talk before the big meeting" in page.text
    assert BACK in page.text
    assert sessions(engines) == []
    with unit_of_work(engines, write=False) as session:
        assert session.execute(select(Person.id).where(Person.name == "Student, Test")).first() is None
        assert session.execute(select(func.count()).select_from(Seat).where(Seat.way == "platform")).scalar_one() == 0


def test_pages_may_be_framed_by_their_platform_alone(launch: LaunchIn) -> None:
    policy = launch().headers["Content-Security-Policy"]
    assert "frame-ancestors https://lms.example" in policy


def test_whoever_is_signed_in_at_the_portal_is_no_part_of_it(
    cast: Cast, lms: Signer, where: Connected, sign_in: SignInAs
) -> None:
    browser = sign_in(cast.lena)
    page = launcher(browser, lms, where)()
    assert "Lena Brandt" not in page.text
    assert browser.get("/learn/").status_code == 200


def test_a_teacher_takes_the_course_on(
    engines: Engines, cast: Cast, where: Connected, frame: FlaskClient, launch: LaunchIn
) -> None:
    decide(engines, where, cast.cohort)
    teacher = {"subject": "t", "name": "Tia Roth", "email": "", "roles": TEACHER}
    answer = launch(**teacher)
    assert answer.status_code == 303
    here = answer.location
    assert here.startswith("/lti/links/")
    page = frame.get(here)
    assert "Farid Haddad" in page.text
    assert "Ask Mona Keller" in page.text
    assert "I facilitate this course" not in page.text
    assert frame.get("/facilitate/").status_code == 403
    # Somebody leads it: the click changes nothing.
    refused = frame.post(f"{here}lead", follow_redirects=True)
    assert "Somebody else facilitates it by now" in refused.text

    with unit_of_work(engines, write=True) as session:
        session.get_one(Run, cast.run).facilitator_id = None
    assert "I facilitate this course" in frame.get(here).text
    taken = frame.post(f"{here}lead")
    assert (taken.status_code, taken.location) == (303, f"/facilitate/runs/{cast.run}/")
    assert frame.get(taken.location).status_code == 200
    with unit_of_work(engines, write=False) as session:
        tia = session.execute(select(Person.id).where(Person.name == "Tia Roth")).scalar_one()
        assert session.get_one(Run, cast.run).facilitator_id == tia
        roles = session.execute(select(Membership.role, Membership.organisation_id).where(Membership.person_id == tia))
        assert roles.all() == [("facilitator", cast.organisation)]
    assert launch(**teacher).location == f"/facilitate/runs/{cast.run}/"
    assert frame.get(here).location == f"/facilitate/runs/{cast.run}/"


def test_a_teacher_without_a_group_or_a_date(
    engines: Engines, cast: Cast, where: Connected, frame: FlaskClient, launch: LaunchIn
) -> None:
    teacher = {"subject": "t", "name": "Tia Roth", "email": "", "roles": TEACHER}
    here = launch(**teacher).location
    page = frame.get(here)
    assert "Nobody has chosen yet which group" in page.text
    assert "Mona Keller can do both" in page.text
    assert frame.post(f"{here}lead").location == here
    decide(engines, where, cast.cohort)
    with unit_of_work(engines, write=True) as session:
        session.get_one(Run, cast.run).cancelled_at = clock.now()
    assert "the module has no date yet" in frame.get(here).text


def test_only_teachers_of_the_course_see_its_page(
    engines: Engines, cast: Cast, where: Connected, frame: FlaskClient, launch: LaunchIn
) -> None:
    decide(engines, where, cast.cohort)
    here = launch(subject="t", roles=TEACHER, email="").location
    assert frame.get(here).status_code == 200
    launch()
    assert (frame.get(here).status_code, frame.post(f"{here}lead").status_code) == (404, 404)
    # A teacher of another course of the same platform.
    launch(subject="u", name="Una", email="", roles=TEACHER, context=ContextClaim("course-8"))
    assert (frame.get(here).status_code, frame.post(f"{here}lead").status_code) == (404, 404)
    # Whoever is no longer a teacher there.
    launch(subject="t", roles=TEACHER, email="")
    assert frame.get(here).status_code == 200
    with unit_of_work(engines, write=True) as session:
        for row in session.execute(select(Participant).where(Participant.subject == "t")).scalars():
            row.active = False
    assert frame.get(here).status_code == 404
