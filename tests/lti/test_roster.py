"""A roster by pages: read from a strict LMS, looked at, taken into a group, taken back, and read every day."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from course import clock
from course.cohorts.models import Cohort, Membership, RosterImport, Seat
from course.database import Engines, unit_of_work
from course.delivery import drain
from course.outbox.models import Message
from course.people.models import Identity, Person
from course.platforms.models import Context, Deployment, Participant, Platform
from course.settings import Settings
from course.web.application import Application
from tests.conftest import SignIn
from tests.counterparts.double import Double, User
from tests.counterparts.double.platform import COURSE
from tests.facilitator.test_budget import counted
from tests.lti.rosters import Here, fates, known_course, stamp
from tests.lti.told import later
from tests.make import Cast


@pytest.fixture
def here(engines: Engines, cast: Cast, double: Double, sign_in: SignIn) -> Here:
    with unit_of_work(engines, write=True) as session:
        context = known_course(session, double, cast.organisation)
    return Here(engines, cast, double, sign_in(cast.mona), context)


@pytest.mark.usefixtures("keyless")
def test_a_group_is_made_of_a_course_and_taken_back(here: Here) -> None:
    here.double.enrol(User("nora", "Nora", "<b>Weiss</b>", "nora@lms.example"))
    here.double.enrol(User("gone", "Gustav", "Gone", "gustav@lms.example"), active=False)
    assert "Not read yet" in here.page
    page = here.look()
    assert fates(page) == [
        ("Lena Lorenz", "new"),
        ("Lars Linde", "new"),
        ("Nora &lt;b&gt;Weiss&lt;/b&gt;", "new"),
        ("Farid Farooqi", "teacher"),
        ("Gustav Gone", "inactive there"),
    ]
    assert "Make the group with these 3" in page
    assert here.subjects == {}
    taken = here.take(page, name="November in Moodle")
    done = here.mona.get(taken).text
    assert re.findall(r"(\d+) <span class=\"badge[^>]*>([^<]+)<", done) == [("3", "new")]
    with unit_of_work(here.engines, write=False) as session:
        found = session.get_one(Context, here.context)
        cohort = session.get_one(Cohort, found.cohort_id)
        assert (cohort.name, cohort.organisation_id, found.roster) == ("November in Moodle", here.cast.organisation, [])
        assert set(here.subjects) == {"lena", "lars", "nora"}
        parts = session.execute(select(Participant.subject, Participant.learner, Participant.launched_at)).all()
        assert {tuple(row) for row in parts} == {(each, True, None) for each in ("lena", "lars", "nora")}
        # Nobody got a seat.
        assert session.execute(select(func.count()).select_from(Seat)).scalar_one() == 3
    assert here.names(cohort.id) == ["Lars Linde", "Lena Lorenz", "Nora <b>Weiss</b>"]

    again = here.look()
    assert [fate for _name, fate in fates(again)][:3] == ["already there"] * 3
    assert "Everybody is here already" in again

    undone = here.mona.post(f"{taken}undo")
    assert "3 left" in here.mona.get(undone.location).text
    assert here.names(cohort.id) == []
    assert [fate for _name, fate in fates(here.look())][:3] == ["joins the group"] * 3


def test_whoever_launches_later_is_who_the_roster_named(here: Here, client: FlaskClient) -> None:
    here.take(here.look(), name="November in Moodle")
    with unit_of_work(here.engines, write=False) as session:
        before = session.execute(select(func.count()).select_from(Person)).scalar_one()
    here.double.place("day-one", custom={"module": "small-talk"})
    here.double.launch(client, user="lena", link="day-one")
    with unit_of_work(here.engines, write=False) as session:
        assert session.execute(select(func.count()).select_from(Person)).scalar_one() == before
        lena = select(Participant).where(Participant.subject == "lena")
        assert session.scalars(lena).one().launched_at is not None


def test_pages_are_followed_with_their_case(here: Here) -> None:
    for number in range(23):
        here.double.enrol(User(f"n{number}", "Number", str(number), f"n{number}@lms.example"))
    with unit_of_work(here.engines, write=True) as session:
        found = session.get_one(Context, here.context)
        # A limit of the platform's own wins where ours is not heard.
        found.memberships_url += "?limit=5"
    page = here.look()
    assert len(fates(page)) == 26
    asked = [one.url for one in here.double.asked("/memberships")]
    assert [("bookmark:" in url) for url in asked] == [False, *[True] * 5]


def test_one_may_be_linked_to_who_is_here_and_only_when_the_manager_says_so(here: Here) -> None:
    """Lena and Leo have their addresses in the LMS too; so has a stranger one that only looks like Leo's."""
    here.double.users["lena"].email = "LENA@example.org"
    here.double.users["lars"].email = "leo@example.org"
    here.double.enrol(User("fake", "Leo", "Fake", "leo@exаmple.org"))  # A Cyrillic letter.
    here.double.enrol(User("otto", "Otto", "Vance", "otto@example.org"))  # Of another organisation.
    here.double.enrol(User("mona", "Mona", "Keller", "mona@example.org"))  # A manager, and nothing a launch could be.
    page = here.look()
    assert dict(fates(page)) == {
        "Lena Lorenz": "to decide",
        "Lars Linde": "to decide",
        "Leo Fake": "new",
        "Otto Vance": "new",
        "Mona Keller": "new",
        "Farid Farooqi": "teacher",
    }
    numbers = re.findall(r'id="answer-(\d+)"', page)
    assert len(numbers) == 2
    here.be_group()
    taken = here.take(here.look(), **{f"answer-{numbers[0]}": f"link:{here.cast.lena}"})
    with unit_of_work(here.engines, write=False) as session:
        known = here.subjects
        assert (known["lena"], "lars" in known) == ("Lena Brandt", False)
        assert (
            session.execute(select(Identity.person_id).where(Identity.subject == "lena")).scalar_one() == here.cast.lena
        )
    assert dict(fates(here.look()))["Lars Linde"] == "to decide"

    here.mona.post(f"{taken}undo")
    with unit_of_work(here.engines, write=False) as session:
        assert "lena" not in here.subjects
        assert session.execute(select(Participant.id).where(Participant.person_id == here.cast.lena)).all() == []
    assert dict(fates(here.look()))["Lena Lorenz"] == "to decide"
    # Whoever came by the platform since stays who they are.
    taken = here.take(here.look(), rest="link")
    with unit_of_work(here.engines, write=True) as session:
        session.execute(update(Participant).where(Participant.subject == "lena").values(launched_at=clock.now()))
    here.mona.post(f"{taken}undo")
    with unit_of_work(here.engines, write=False) as session:
        assert [here.subjects.get(each) for each in ("lena", "lars")] == ["Lena Brandt", None]


@pytest.mark.parametrize("answer", ["link:{otto}", "link:{mona}", "link:{leo}", "link:", "link:x", "", "leave", "own"])
def test_a_forged_answer_links_nobody(here: Here, answer: str) -> None:
    here.double.users["lena"].email = "lena@example.org"
    page = here.look()
    (number,) = re.findall(r'id="answer-(\d+)"', page)
    said = answer.format(otto=here.cast.otto, mona=here.cast.mona, leo=here.cast.leo)
    here.take(page, name="November in Moodle", **{f"answer-{number}": said})
    assert here.subjects.get("lena") == ("Lena Brandt" if answer == "link:" else None)


def test_two_members_cannot_be_linked_to_one_person(here: Here) -> None:
    here.double.users["lena"].email = here.double.users["lars"].email = "lena@example.org"
    here.take(here.look(), name="November in Moodle", rest="link")
    assert list(here.subjects.values()) == ["Lena Brandt"]


def test_somebody_whom_the_platform_knows_is_not_linked_twice(here: Here) -> None:
    here.double.users["lena"].email = "lena@example.org"
    with unit_of_work(here.engines, write=True) as session:
        platform = session.execute(select(Platform.id)).scalar_one()
        one = Identity(
            person_id=here.cast.lena, kind="lti", issuer=str(platform), subject="another", created_at=clock.now()
        )
        session.add(one)
    assert dict(fates(here.look()))["Lena Lorenz"] == "new"


def test_one_person_with_two_ids_is_taken_in_once(here: Here) -> None:
    with unit_of_work(here.engines, write=True) as session:
        issuer = str(session.execute(select(Platform.id)).scalar_one())
        for subject in ("lena", "lars"):
            told = Identity(
                person_id=here.cast.otto, kind="lti", issuer=issuer, subject=subject, created_at=clock.now()
            )
            session.add(told)
    here.take(here.look(), name="November in Moodle")
    with unit_of_work(here.engines, write=False) as session:
        parts = session.execute(select(Participant.subject, Participant.person_id)).all()
        assert [tuple(row) for row in parts] == [("lena", here.cast.otto)]


def test_names_may_be_withheld(here: Here) -> None:
    here.double.client("oneday-1").names = False
    page = here.look()
    shown = [name for name, _fate in fates(page)]
    assert [bool(re.fullmatch(r"Learner [0-9a-f]{4}", name)) for name in shown] == [True] * 3
    here.take(page, name="November in Moodle")
    assert sorted(here.subjects.values()) == sorted(shown[:2])


def test_who_left_the_course_is_marked_and_keeps_the_seat(here: Here) -> None:
    here.take(here.look(), name="November in Moodle")
    del here.double.courses[COURSE].members["lars"]
    page = here.look()
    assert dict(fates(page)) == {
        "Lena Lorenz": "already there",
        "Lars Linde": "left the course",
        "Farid Farooqi": "teacher",
    }
    here.take(page)
    with unit_of_work(here.engines, write=False) as session:
        rows = session.execute(select(Participant.subject, Participant.active).order_by(Participant.subject))
        assert [tuple(row) for row in rows] == [("lars", False), ("lena", True)]
        cohort_id = session.get_one(Context, here.context).cohort_id
        assert cohort_id is not None
    assert here.names(cohort_id) == ["Lars Linde", "Lena Lorenz"]
    assert dict(fates(here.look())).get("Lars Linde") is None
    here.double.enrol(here.double.users["lars"])
    assert dict(fates(here.look()))["Lars Linde"] == "already there"


def test_a_roster_read_again_meanwhile_has_to_be_looked_at_again(here: Here) -> None:
    page = here.look()
    here.look()
    answer = here.mona.post(here.address("take"), data={"stamp": stamp(page), "name": "November"})
    assert (answer.status_code, answer.location) == (303, here.address())
    assert "look at the list once more" in here.mona.get(answer.location).text
    with unit_of_work(here.engines, write=False) as session:
        assert (here.subjects, session.get_one(Context, here.context).cohort_id) == ({}, None)
        assert session.execute(select(func.count()).select_from(RosterImport)).scalar_one() == 0


def test_a_group_needs_a_name_of_its_own(here: Here) -> None:
    page = here.look()
    for name in ("", "October Friday", "x" * 201):
        answer = here.mona.post(here.address("take"), data={"stamp": stamp(page), "name": name})
        assert (answer.status_code, "Please check this" in answer.text) == (422, True)
    here.take(page, name="November Friday")


def test_nobody_elses_course(here: Here, sign_in: SignIn) -> None:
    olga = sign_in(here.cast.otto_manager)
    assert olga.get(here.address()).status_code == 404
    assert [olga.post(here.address(act)).status_code for act in ("read", "take", "follow")] == [404] * 3
    assert here.double.asked("memberships") == []
    with unit_of_work(here.engines, write=True) as session:
        session.execute(update(Platform).values(organisation_id=here.cast.other_organisation))
        session.execute(update(Deployment).values(organisation_id=None))
    assert olga.get(here.address()).status_code == 200


def test_a_roster_that_is_followed_is_read_every_day(here: Here, app: Application, settings: Settings) -> None:
    here.double.users["lena"].email = "lena@example.org"
    here.be_group()
    followed = here.mona.post(here.address("follow"), data={"follows": "yes"})
    assert "every day from now on" in here.mona.get(followed.location).text
    assert drain(app, settings) == 0
    later_by_a_day(here.engines)
    assert drain(app, settings) == 1
    assert here.names() == ["Lars Linde", "Lena Brandt", "Leo Marsh"]
    page = here.page
    assert fates(page) == [("Lena Lorenz", "to decide")]
    # Only she waits, so nobody else seems to have left.
    here.take(page, rest="link")
    with unit_of_work(here.engines, write=False) as session:
        assert here.subjects == {"lena": "Lena Brandt", "lars": "Lars Linde"}
        assert session.execute(select(Participant.id).where(~Participant.active)).all() == []
    # The next day.
    del here.double.courses[COURSE].members["lars"]
    here.double.enrol(User("nora", "Nora", "Weiss", "nora@lms.example"))
    later_by_a_day(here.engines)
    assert drain(app, settings) == 1
    assert here.names() == ["Lars Linde", "Lena Brandt", "Leo Marsh", "Nora Weiss"]
    with unit_of_work(here.engines, write=False) as session:
        gone = session.execute(select(Participant.subject).where(~Participant.active)).scalars().all()
        assert gone == ["lars"]
    here.mona.post(here.address("follow"))
    asked = len(here.double.asked("memberships"))
    later_by_a_day(here.engines)
    drain(app, settings)
    later_by_a_day(here.engines)
    drain(app, settings)
    assert len(here.double.asked("memberships")) == asked


def later_by_a_day(engines: Engines) -> None:
    """What waits for tomorrow is due, and keys of days are those of days before."""
    later(engines, timedelta(days=1, minutes=1))
    with unit_of_work(engines, write=True) as session:
        for message in session.scalars(select(Message).where(Message.kind == "roster")):
            message.key = f"{message.key} before"


def test_a_roster_that_cannot_be_read_on_schedule_says_so_and_is_tried_again(
    here: Here, app: Application, settings: Settings
) -> None:
    here.be_group()
    here.mona.post(here.address("follow"), data={"follows": "yes"})
    here.double.blocks_hosts = True
    later_by_a_day(here.engines)
    assert drain(app, settings) == 0
    page = here.page
    assert "Double gave us no access." in page
    assert "could not fetch our keys" in page
    here.double.blocks_hosts = False
    later(here.engines, timedelta(hours=2))
    assert drain(app, settings) == 1
    assert "Double gave us no access." not in here.page
    assert here.names() == ["Lars Linde", "Lena Brandt", "Lena Lorenz", "Leo Marsh"]
    with unit_of_work(here.engines, write=False) as session:
        waiting = select(func.count()).where(Message.kind == "roster", Message.sent_at.is_(None))
        assert session.execute(waiting).scalar_one() == 1


def test_without_a_group_nothing_is_followed(here: Here) -> None:
    assert "every day" not in here.page
    here.mona.post(here.address("follow"), data={"follows": "yes"})
    with unit_of_work(here.engines, write=False) as session:
        assert session.get_one(Context, here.context).follows_roster is False
        assert session.execute(select(Message.id).where(Message.kind == "roster")).all() == []


def test_one_roster_makes_one_person_of_each(here: Here) -> None:
    page = here.look()
    here.take(page, name="November in Moodle")
    assert here.mona.post(here.address("take"), data={"stamp": stamp(page), "name": "Again"}).location == here.address()
    with unit_of_work(here.engines, write=False) as session:
        assert session.execute(select(func.count()).where(Identity.kind == "lti")).scalar_one() == 2
        learners = select(func.count()).where(
            Membership.role == "learner", Membership.organisation_id == here.cast.organisation
        )
        assert session.execute(learners).scalar_one() == 4


def test_the_page_costs_the_same_for_three_as_for_many(here: Here) -> None:
    def statements() -> int:
        with counted(here.engines) as seen:
            assert here.mona.get(here.address()).status_code == 200
        return len(seen)

    here.look()
    few = statements()
    for number in range(60):
        here.double.enrol(User(f"n{number}", "Number", str(number), f"n{number}@lms.example"))
    here.look()
    assert (statements(), few <= 8) == (few, True)
