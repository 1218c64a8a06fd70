"""Linking a platform's user to an account that was there before: the way through, and every way to take one over."""

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from course import clock
from course.cohorts.models import CohortMember, Membership, Role, Run, Seat
from course.completions.service import settle
from course.database import Engines, unit_of_work
from course.people import service as people
from course.people.models import Identity, Link, Organisation, Person
from course.people.models import Session as SignIn
from course.people.passwords import hash_password
from course.people.service import open_session
from course.platforms.models import Context, Participant
from course.platforms.service import linking
from course.platforms.service.linking import Refusal
from course.reflections.models import Draft
from course.web.application import COOKIE, Application
from tests import make
from tests.conftest import SignIn as SignInAs
from tests.lti.landings import LaunchIn, decide, launcher, place
from tests.lti.platform import Signer
from tests.make import Cast
from tests.platforms.launches import MODULE, TEACHER, Connected

LEO = {"subject": "leo-7", "name": "Leonard Marsh", "email": "leo@example.org"}
CODE = re.compile(r"[A-Z0-9]{3}-[A-Z0-9]{3}-[A-Z0-9]{3}")


@dataclass
class Story:
    """Leo comes by his platform for the first time, in a course that is the cast's group."""

    engines: Engines
    cast: Cast
    frame: FlaskClient
    launch: LaunchIn
    sign_in: SignInAs

    def code(self, **said: object) -> str:
        """Launch as somebody and ask for a code in the frame."""
        assert "/lti/before" in self.launch(**(LEO | said)).location
        page = self.frame.post("/lti/before/code", follow_redirects=True)
        (code,) = set(CODE.findall(page.text.partition('class="door-code"')[2].partition("</p>")[0]))
        return str(code)

    def guest(self) -> int:
        with unit_of_work(self.engines, write=False) as session:
            return session.execute(
                select(Identity.person_id).where(Identity.kind == "lti", Identity.subject == "leo-7")
            ).scalar_one()

    def confirm(self, person_id: int, code: str) -> tuple[int, str]:
        page = self.sign_in(person_id).post("/lti/join/confirm", data={"code": code})
        return page.status_code, page.text

    def untouched(self, code: str) -> None:
        """Check that nothing was linked."""
        with unit_of_work(self.engines, write=False) as session:
            way = session.execute(select(Identity).where(Identity.subject == "leo-7")).scalar_one()
            assert way.person_id not in {self.cast.leo, self.cast.lena, self.cast.mona, self.cast.ada}
            assert session.get_one(Person, way.person_id).name == "Leonard Marsh"
        assert code


@pytest.fixture
def where(engines: Engines, cast: Cast, platform_id: int) -> Connected:
    here = place(engines, platform_id, cast.organisation)
    decide(engines, here, cast.cohort)
    return here


@pytest.fixture
def launch(client: FlaskClient, lms: Signer, where: Connected) -> LaunchIn:
    return launcher(client, lms, where)


@pytest.fixture
def story(engines: Engines, cast: Cast, client: FlaskClient, launch: LaunchIn, sign_in: SignInAs) -> Story:
    return Story(engines, cast, client, launch, sign_in)


def test_the_first_launch_asks_and_links_nothing(story: Story) -> None:
    answer = story.launch(**LEO)
    assert answer.location.startswith("/lti/before?then=/learn/small-talk/")
    page = story.frame.get(answer.location)
    assert "Have you been here before?" in page.text
    assert "Go on as somebody new" in page.text
    assert 'type="password"' not in page.text
    assert story.guest() != story.cast.leo
    # Looking at it again links nothing either, and the next launch goes straight to the module.
    story.frame.get(answer.location)
    assert story.launch(**LEO).location.startswith(f"/learn/{MODULE}/")
    assert story.guest() != story.cast.leo


def test_nobody_else_is_asked(story: Story) -> None:
    assert story.launch().location.startswith(f"/learn/{MODULE}/")


def test_the_whole_way(story: Story) -> None:
    code = story.code()
    guest = story.guest()
    browser = story.sign_in(story.cast.leo)
    assert browser.get("/lti/join").status_code == 200
    looked = browser.post("/lti/join", data={"code": code.lower()})
    for said in ("Is this you?", "Example LMS", "Leonard Marsh", "leo@example.org", "Project work, October"):
        assert said in looked.text, said
    assert story.guest() == guest
    done = browser.post("/lti/join/confirm", data={"code": code})
    assert (done.status_code, "From now on, Example LMS opens this account" in done.text) == (200, True)
    with unit_of_work(story.engines, write=False) as session:
        leo = session.get_one(Person, story.cast.leo)
        assert (leo.name, leo.email) == ("Leo Marsh", "leo@example.org")
        kinds = session.execute(select(Identity.kind).where(Identity.person_id == story.cast.leo)).scalars().all()
        assert sorted(kinds) == ["local", "lti"]
        held = session.execute(select(Participant).where(Participant.subject == "leo-7")).scalar_one()
        assert held.person_id == story.cast.leo
        seats = session.execute(select(Seat).where(Seat.person_id == story.cast.leo)).scalars().all()
        assert [(seat.id, seat.reported) for seat in seats] == [(story.cast.leo_seat, True)]
        live = (Seat.cancelled_at, Membership.ended_at, CohortMember.left_at, SignIn.ended_at)
        for column in live:
            table = column.class_
            assert session.execute(select(table.id).where(table.person_id == guest, column.is_(None))).all() == []
    # The frame's session is over, and the next launch is Leo's.
    assert story.frame.get(f"/learn/{MODULE}/").status_code != 200
    again = story.launch(**LEO)
    assert again.location == f"/learn/{MODULE}/?seat={story.cast.leo_seat}"
    assert "Leo Marsh" in story.frame.get(again.location).text


def test_a_seat_that_the_account_had_not_is_taken_over(story: Story) -> None:
    with unit_of_work(story.engines, write=True, before_commit=settle) as session:
        session.execute(update(Seat).where(Seat.id == story.cast.leo_seat).values(cancelled_at=clock.now()))
    assert story.confirm(story.cast.leo, story.code())[0] == 200
    with unit_of_work(story.engines, write=False) as session:
        seat = session.get_one(Seat, story.cast.leo_seat)
        assert (seat.cancelled_at, seat.reported) == (None, True)


def test_a_facilitator_links_too(story: Story) -> None:
    farid = {"subject": "leo-7", "name": "F. Haddad", "email": "farid@example.org", "roles": TEACHER}
    code = story.code(**farid)
    assert story.confirm(story.cast.farid, code)[0] == 200
    assert story.launch(**farid).location == f"/facilitate/runs/{story.cast.run}/"


def test_a_code_works_once(story: Story) -> None:
    code = story.code()
    assert story.confirm(story.cast.leo, code)[0] == 200
    status, text = story.confirm(story.cast.leo, code)
    assert (status, "This code is not good" in text) == (422, True)


def test_a_newer_code_voids_the_older(story: Story) -> None:
    older = story.code()
    newer = story.frame.post("/lti/before/code", follow_redirects=True).text
    status, text = story.confirm(story.cast.leo, older)
    assert (status, "This code is not good" in text) == (422, True)
    story.untouched(older)
    assert older not in newer


def test_a_code_is_good_for_a_quarter_of_an_hour(story: Story) -> None:
    code = story.code()
    with unit_of_work(story.engines, write=True) as session:
        session.execute(
            update(Link).where(Link.purpose == "join").values(expires_at=clock.now() - timedelta(seconds=1))
        )
    assert story.confirm(story.cast.leo, code)[0] == 422
    story.untouched(code)


@pytest.mark.parametrize("who", ["lena", "farid", "otto"])
def test_a_code_is_good_for_its_address_alone(story: Story, who: str) -> None:
    """Somebody was talked into typing a stranger's code, or guessed one."""
    code = story.code()
    status, text = story.confirm(getattr(story.cast, who), code)
    assert (status, "another e-mail address" in text) == (422, True)
    story.untouched(code)
    # And it is spent.
    assert "This code is not good" in story.confirm(story.cast.leo, code)[1]


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ADMIN])
def test_managers_and_admins_are_never_linked(story: Story, role: Role) -> None:
    code = story.code()
    with unit_of_work(story.engines, write=True) as session:
        here = session.get_one(Organisation, story.cast.organisation)
        leo = session.get_one(Person, story.cast.leo)
        make.membership(session, leo, role, None if role is Role.ADMIN else here)
    status, text = story.confirm(story.cast.leo, code)
    assert (status, "are not linked" in text) == (422, True)
    story.untouched(code)


def test_an_account_of_another_organisation_is_never_linked(story: Story) -> None:
    code = story.code()
    with unit_of_work(story.engines, write=True) as session:
        there = session.get_one(Organisation, story.cast.other_organisation)
        make.membership(session, session.get_one(Person, story.cast.leo), Role.LEARNER, there)
    status, text = story.confirm(story.cast.leo, code)
    assert (status, "are not linked" in text) == (422, True)
    story.untouched(code)


def test_an_account_without_any_role_is_never_linked(story: Story) -> None:
    code = story.code()
    with unit_of_work(story.engines, write=True) as session:
        session.execute(update(Membership).where(Membership.person_id == story.cast.leo).values(ended_at=clock.now()))
    assert story.confirm(story.cast.leo, code)[0] == 422
    story.untouched(code)


def test_work_keeps_the_two_apart(story: Story) -> None:
    code = story.code()
    with unit_of_work(story.engines, write=True, before_commit=settle) as session:
        seat = session.execute(select(Seat.id).where(Seat.person_id == story.guest())).scalar_one()
        session.add(
            Draft(
                seat_id=seat,
                reflection="page",
                number=1,
                version_hash=story.cast.version_hash,
                text="Mine.",
                saved_at=clock.now(),
            )
        )
    status, text = story.confirm(story.cast.leo, code)
    assert (status, "the two stay apart" in text) == (422, True)
    story.untouched(code)


def test_who_leads_a_course_stays_apart(story: Story) -> None:
    code = story.code()
    with unit_of_work(story.engines, write=True) as session:
        session.get_one(Run, story.cast.run).facilitator_id = story.guest()
    assert "the two stay apart" in story.confirm(story.cast.leo, code)[1]
    story.untouched(code)


def test_twice_in_one_course(story: Story) -> None:
    code = story.code()
    with unit_of_work(story.engines, write=True) as session:
        context = session.execute(select(Context.id)).scalars().first()
        assert context is not None
        session.add(Participant(context_id=context, person_id=story.cast.leo, subject="leo-6", learner=True))
    assert "is in that course already" in story.confirm(story.cast.leo, code)[1]
    story.untouched(code)


def test_codes_cannot_be_guessed(story: Story) -> None:
    code = story.code()
    browser = story.sign_in(story.cast.leo)
    answers = [browser.post("/lti/join", data={"code": "CCC-CCC-CCC"}) for _try in range(11)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    # The right one comes too late now, also past the page that looks at it.
    assert browser.post("/lti/join", data={"code": code}).status_code == 429
    assert browser.post("/lti/join/confirm", data={"code": code}).status_code == 422
    story.untouched(code)


def test_signed_out_nothing_is_looked_at(story: Story, app: Application) -> None:
    code = story.code()
    stranger = app.test_client()
    answers = [
        stranger.get("/lti/join"),
        stranger.post("/lti/join", data={"code": code}),
        stranger.post("/lti/join/confirm", data={"code": code}),
    ]
    assert [(answer.status_code, answer.location) for answer in answers] == [
        (303, "/sign-in?next=/lti/join"),
        (401, None),
        (401, None),
    ]
    story.untouched(code)


@pytest.mark.parametrize(("way", "status"), [("door", 303), ("lti", 401)])
def test_a_picked_name_or_a_launch_proves_too_little(story: Story, app: Application, way: str, status: int) -> None:
    code = story.code()
    with unit_of_work(story.engines, write=True) as session:
        organisation_id = story.cast.organisation if way == "lti" else None
        token, _id = open_session(session, person_id=story.cast.leo, way=way, organisation_id=organisation_id)
    browser = app.test_client()
    browser.set_cookie(COOKIE, token)
    assert browser.post("/lti/join/confirm", data={"code": code}).status_code == status
    story.untouched(code)


def test_the_frames_own_session_confirms_nothing(story: Story) -> None:
    code = story.code()
    assert story.frame.post("/lti/join/confirm", data={"code": code}).status_code == 303
    story.untouched(code)


def test_in_the_launchs_own_window_one_signs_in_beside_it(story: Story) -> None:
    """An LMS may open Oneday in a window: then the launch's session is there where the account is asked for."""
    code = story.code()
    address = "leo@example.org"
    with unit_of_work(story.engines, write=True) as session:
        people.set_password(session, person_id=story.cast.leo, password_hash=hash_password("a quiet green lamp"))
    asked = story.frame.get("/lti/join", follow_redirects=True)
    assert (asked.request.path, asked.status_code) == ("/sign-in", 200)
    filled = {"address": address, "password": "a quiet green lamp", "next": "/lti/join"}
    page = story.frame.post("/sign-in", data=filled, follow_redirects=True)
    assert (page.request.path, "Leo Marsh" in page.text) == ("/lti/join", True)
    assert story.frame.post("/lti/join/confirm", data={"code": code}).status_code == 200
    assert story.guest() == story.cast.leo


def test_where_both_sessions_arrive_the_account_decides(story: Story) -> None:
    """A browser that sends the frame's cookie to the window too: the page asks the portal's session alone."""
    code = story.code()
    with unit_of_work(story.engines, write=True) as session:
        token, _id = open_session(session, person_id=story.cast.leo, way="password")
    story.frame.set_cookie(COOKIE, token)
    page = story.frame.get("/lti/join")
    assert (page.status_code, "Leo Marsh" in page.text) == (200, True)
    assert story.frame.post("/lti/join/confirm", data={"code": code}).status_code == 200
    assert story.guest() == story.cast.leo


def test_the_page_is_no_place_for_a_frame(story: Story) -> None:
    code = story.code()
    browser = story.sign_in(story.cast.leo)
    framed = {"Sec-Fetch-Dest": "iframe"}
    assert browser.get("/lti/join", headers=framed).status_code == 403
    assert browser.post("/lti/join/confirm", data={"code": code}, headers=framed).status_code == 403
    story.untouched(code)
    assert "frame-ancestors 'none'" in browser.get("/lti/join").headers["Content-Security-Policy"]


def test_only_a_launch_makes_codes(story: Story) -> None:
    browser = story.sign_in(story.cast.leo)
    assert browser.get("/lti/before").status_code == 404
    assert browser.post("/lti/before/code").status_code == 404


def test_confirming_needs_the_forms_secret(story: Story, app: Application) -> None:
    """Another site's page cannot press the button of somebody who is signed in."""
    code = story.code()
    browser = story.sign_in(story.cast.leo)
    app.config["WTF_CSRF_ENABLED"] = True
    assert browser.post("/lti/join/confirm", data={"code": code}).status_code == 400
    story.untouched(code)


def test_a_launch_cannot_name_an_address_after_the_code(story: Story) -> None:
    """What counts is the address that the platform told, and it changes with the next launch."""
    code = story.code()
    story.launch(**(LEO | {"email": "nobody@example.org"}))
    assert "another e-mail address" in story.confirm(story.cast.leo, code)[1]
    story.untouched(code)


def test_codes_are_read_as_people_type_them() -> None:
    assert linking.read_code(" k7m 4qx-9tr ") == "K7M4QX9TR"
    assert linking.show_code("K7M4QX9TR") == "K7M-4QX-9TR"
    assert {reason.value for reason in Refusal} == {"gone", "address", "work", "role", "twice"}
