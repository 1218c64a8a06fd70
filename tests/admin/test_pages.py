"""The admin's pages: organisations, staff and their links, admins, modules, settings, mails."""

import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from course import clock
from course.cohorts.models import Membership, Role
from course.database import Engines, unit_of_work
from course.outbox.models import Message
from course.people.models import Identity, Organisation, Person
from course.people.service import open_session
from course.settings import Settings
from course.web.application import COOKIE
from tests import make
from tests.conftest import MakeApp, SignIn
from tests.make import Cast

GETS = [
    "/admin/",
    "/admin/organisations/{organisation}/",
    "/admin/admins/",
    "/admin/modules/",
    "/admin/settings/",
    "/admin/outbox",
]
POSTS = [
    "/admin/organisations/",
    "/admin/organisations/{organisation}/",
    "/admin/organisations/{organisation}/staff",
    "/admin/admins/",
    "/admin/staff/1/link",
    "/admin/staff/1/end",
    "/admin/outbox/1/retry",
]


def at(path: str, cast: Cast) -> str:
    return path.format(organisation=cast.organisation)


def staff(engines: Engines, organisation_id: int | None) -> list[tuple[str, str]]:
    with unit_of_work(engines, write=False) as session:
        where = (
            Membership.organisation_id.is_(None)
            if organisation_id is None
            else (Membership.organisation_id == organisation_id) & (Membership.role != Role.LEARNER)
        )
        rows = session.execute(
            select(Person.name, Membership.role)
            .join(Person, Person.id == Membership.person_id)
            .where(where, Membership.ended_at.is_(None))
            .order_by(Person.name)
        ).all()
        return [(row.name, row.role) for row in rows]


def membership_of(engines: Engines, person_id: int, role: Role) -> int:
    with unit_of_work(engines, write=False) as session:
        return session.execute(
            select(Membership.id).where(Membership.person_id == person_id, Membership.role == role)
        ).scalar_one()


@pytest.mark.parametrize("path", GETS)
def test_who_may_read(cast: Cast, sign_in: SignIn, client: FlaskClient, path: str) -> None:
    url = at(path, cast)
    assert sign_in(cast.ada).get(url).status_code == 200
    assert [sign_in(who).get(url).status_code for who in (cast.lena, cast.farid, cast.mona)] == [403, 403, 403]
    answer = client.get(url)
    assert (answer.status_code, answer.location.startswith("/sign-in?next=")) == (303, True)


@pytest.mark.parametrize("path", POSTS)
def test_who_may_write(cast: Cast, sign_in: SignIn, client: FlaskClient, path: str) -> None:
    url = at(path, cast)
    assert [sign_in(who).post(url).status_code for who in (cast.lena, cast.farid, cast.mona)] == [403, 403, 403]
    assert client.post(url).status_code == 401
    assert sign_in(cast.ada).delete(url).status_code == 405


def test_a_new_site_leads_to_the_first_organisation(engines: Engines, sign_in: SignIn) -> None:
    with unit_of_work(engines, write=True) as session:
        ada = make.person(session, "Ada Quist", email="ada@example.org", identity=True)
        make.membership(session, ada, Role.ADMIN)
        ada_id = ada.id
    browser = sign_in(ada_id)
    first = browser.get("/admin/")
    assert "First, an organisation" in first.text
    assert "course publish" in first.text
    answer = browser.post("/admin/organisations/", data={"name": "  Southeast   Utilities "})
    assert answer.status_code == 303
    page = browser.get(answer.location)
    assert "<h1>Southeast Utilities</h1>" in page.text
    assert "Add a training manager" in page.text
    assert "First, an organisation" not in browser.get("/admin/").text


@pytest.mark.parametrize(
    ("name", "error"), [("", "give a name"), ("x" * 201, "at most 200"), ("a\0b", "cannot be kept")]
)
def test_names_of_organisations_that_do_not_fit(cast: Cast, sign_in: SignIn, name: str, error: str) -> None:
    answer = sign_in(cast.ada).post("/admin/organisations/", data={"name": name})
    assert answer.status_code == 422
    assert error in answer.text


def test_a_taken_name_is_refused_and_still_there(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.ada)
    answer = browser.post("/admin/organisations/", data={"name": "Harbour Freight Lines"})
    assert (answer.status_code, 'value="Harbour Freight Lines"' in answer.text) == (422, True)
    url = f"/admin/organisations/{cast.organisation}/"
    assert browser.post(url, data={"name": "Harbour Freight Lines"}).status_code == 422
    assert browser.post(url, data={"name": "Southeast Power"}).status_code == 303
    assert "<h1>Southeast Power</h1>" in browser.get(url).text


def test_a_training_manager_is_added_with_a_link_shown_once(cast: Cast, engines: Engines, sign_in: SignIn) -> None:
    answer = sign_in(cast.ada).post(
        f"/admin/organisations/{cast.organisation}/staff",
        data={"name": "Mira Okoro", "email": "mira@example.org", "role": "manager"},
    )
    assert answer.status_code == 200
    link = re.search(r'value="(http://localhost/sign-in/password/[^"]+)"', answer.text)
    assert link is not None
    assert sign_in(cast.ada).get(link[1].removeprefix("http://localhost")).status_code == 200
    assert staff(engines, cast.organisation) == [
        ("Farid Haddad", "facilitator"),
        ("Mira Okoro", "manager"),
        ("Mona Keller", "manager"),
    ]


def test_with_mail_the_link_leaves_by_mail_and_is_not_shown(
    cast: Cast, engines: Engines, make_app: MakeApp, settings: Settings
) -> None:
    mailing = make_app(replace(settings, mail_url="smtp://mail.example.org", base_url="http://oneday.example.org"))
    mailing.config["WTF_CSRF_ENABLED"] = False
    with unit_of_work(engines, write=True) as session:
        token, _ = open_session(session, person_id=cast.ada, way="password")
    browser = mailing.test_client()
    browser.set_cookie(COOKIE, token)
    answer = browser.post(
        f"/admin/organisations/{cast.organisation}/staff",
        data={"name": "Mira Okoro", "email": "mira@example.org", "role": "facilitator"},
    )
    assert answer.status_code == 303
    with unit_of_work(engines, write=False) as session:
        mail = session.execute(select(Message.recipient, Message.payload)).one()
    assert mail.recipient == "mira@example.org"
    assert "http://oneday.example.org/sign-in/password/" in mail.payload["body"]
    shown = browser.get("/admin/outbox").text
    assert "mira@example.org" in shown
    assert "/sign-in/password/" not in browser.get(answer.location).text


def test_a_known_address_asks_whether_it_is_the_same_person(cast: Cast, engines: Engines, sign_in: SignIn) -> None:
    browser = sign_in(cast.ada)
    url = f"/admin/organisations/{cast.other_organisation}/staff"
    typed = {"name": "M. Keller", "email": "MONA@example.org", "role": "manager"}
    asked = browser.post(url, data=typed)
    assert asked.status_code == 409
    assert "Yes, it is Mona Keller" in asked.text
    assert 'value="M. Keller"' in asked.text
    assert staff(engines, cast.other_organisation) == [("Olga Prior", "manager"), ("Oskar Blum", "facilitator")]
    assert browser.post(url, data=typed | {"same": str(cast.lena)}).status_code == 409
    assert browser.post(url, data=typed | {"same": str(cast.mona)}).status_code == 303
    assert staff(engines, cast.other_organisation) == [
        ("Mona Keller", "manager"),
        ("Olga Prior", "manager"),
        ("Oskar Blum", "facilitator"),
    ]


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"name": ""}, "give a name"),
        ({"email": ""}, "give an e-mail"),
        ({"email": "mira"}, "not look like"),
        ({"role": "admin"}, "Not a valid choice"),
        ({"name": "x" * 201}, "at most 200"),
    ],
)
def test_staff_that_does_not_fit(
    cast: Cast, engines: Engines, sign_in: SignIn, changed: dict[str, str], error: str
) -> None:
    typed = {"name": "Mira Okoro", "email": "mira@example.org", "role": "manager"} | changed
    answer = sign_in(cast.ada).post(f"/admin/organisations/{cast.organisation}/staff", data=typed)
    assert (answer.status_code, error in answer.text) == (422, True)
    assert len(staff(engines, cast.organisation)) == 2


def test_a_new_link_for_staff_and_none_for_learners(cast: Cast, engines: Engines, sign_in: SignIn) -> None:
    browser = sign_in(cast.ada)
    mona = membership_of(engines, cast.mona, Role.MANAGER)
    lena = membership_of(engines, cast.lena, Role.LEARNER)
    assert "/sign-in/password/" in browser.post(f"/admin/staff/{mona}/link").text
    assert browser.post(f"/admin/staff/{lena}/link").status_code == 404
    assert browser.post(f"/admin/staff/{lena}/end").status_code == 404
    assert browser.post("/admin/staff/999999/link").status_code == 404


def test_a_role_ends_unless_courses_hang_on_it(cast: Cast, engines: Engines, sign_in: SignIn) -> None:
    browser = sign_in(cast.ada)
    farid = browser.post(f"/admin/staff/{membership_of(engines, cast.farid, Role.FACILITATOR)}/end")
    assert "still leads a course" in browser.get(farid.location).text
    browser.post(f"/admin/staff/{membership_of(engines, cast.mona, Role.MANAGER)}/end")
    assert staff(engines, cast.organisation) == [("Farid Haddad", "facilitator")]
    assert sign_in(cast.mona).get("/manage/").status_code == 403


def test_the_last_admin_stays(cast: Cast, engines: Engines, sign_in: SignIn) -> None:
    browser = sign_in(cast.ada)
    mine = membership_of(engines, cast.ada, Role.ADMIN)
    browser.post(f"/admin/staff/{mine}/end")
    assert staff(engines, None) == [("Ada Quist", "admin")]
    added = browser.post("/admin/admins/", data={"name": "Abe Stone", "email": "abe@example.org", "role": "admin"})
    assert "/sign-in/password/" in added.text
    browser.post(f"/admin/staff/{mine}/end")
    assert staff(engines, None) == [("Abe Stone", "admin")]


def test_modules_show_their_version_and_what_is_older(cast: Cast, engines: Engines, sign_in: SignIn) -> None:
    with unit_of_work(engines, write=True) as session:
        newer = make.published(session, make.small_module().model_copy(update={"title": "Small talk, again"}))
    text = sign_in(cast.ada).get("/admin/modules/").text
    assert "Small talk, again" in text
    assert newer[:10] in text
    assert re.findall(r'<td class="num">(\d+)</td>', text) == ["2", "2"]


def test_settings_name_no_secret(cast: Cast, engines: Engines, make_app: MakeApp, settings: Settings) -> None:
    secret = replace(settings, mail_url="smtp://user:canary-password@mail.example.org:587", secret_key="canary-key")
    app = make_app(secret)
    with unit_of_work(engines, write=True) as session:
        token, _ = open_session(session, person_id=cast.ada, way="password")
    browser = app.test_client()
    browser.set_cookie(COOKIE, token)
    text = browser.get("/admin/settings/").text
    assert "mail.example.org:587" in text
    assert "COURSE_SECRET_KEY" in text
    assert "canary" not in text


def test_mails_are_readable_and_tried_again(cast: Cast, engines: Engines, sign_in: SignIn) -> None:
    now = clock.now()
    with unit_of_work(engines, write=True) as session:
        failed = Message(
            kind="mail", recipient="lena@example.org", payload={"subject": "Your <feedback>", "body": "Read it here"},
            created_at=now, due_at=now, attempts=8, error="ConnectionRefusedError: no",
        )  # fmt: skip
        sent = Message(
            kind="mail", recipient="leo@example.org", payload={"subject": "Sent", "body": "Gone"},
            created_at=now, due_at=now, sent_at=now,
        )  # fmt: skip
        session.add_all([failed, sent])
        session.flush()
        failed_id, sent_id = failed.id, sent.id
    browser = sign_in(cast.ada)
    text = browser.get("/admin/outbox").text
    assert "Your &lt;feedback&gt;" in text
    assert "ConnectionRefusedError" in text
    assert "Read it here" in text
    assert browser.post(f"/admin/outbox/{failed_id}/retry").status_code == 303
    assert browser.post(f"/admin/outbox/{sent_id}/retry").status_code == 404
    with unit_of_work(engines, write=False) as session:
        row = session.execute(select(Message.attempts, Message.error).where(Message.id == failed_id)).one()
    assert (row.attempts, row.error) == (0, None)


def test_a_form_without_its_token_is_refused(cast: Cast, engines: Engines, sign_in: SignIn, app: object) -> None:
    browser = sign_in(cast.ada)
    browser.application.config["WTF_CSRF_ENABLED"] = True
    assert browser.post("/admin/organisations/", data={"name": "New"}).status_code == 400
    with unit_of_work(engines, write=False) as session:
        assert session.execute(select(func.count()).select_from(Organisation)).scalar_one() == 2
        assert session.execute(select(func.count()).select_from(Identity)).scalar_one() == 8
