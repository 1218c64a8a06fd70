"""A good launch lands: once, by its own platform, however the platform writes it, and in few statements."""

import threading
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from course import clock
from course.database import Engines, unit_of_work
from course.people.models import Identity, Person
from course.people.models import Session as SignIn
from course.platforms.models import Context, Deployment, Login, Platform
from course.platforms.service.logins import LIFE
from course.web.application import Application
from tests.learner.test_sql_budget import counted
from tests.lti.coming import coming, kept, seen
from tests.lti.platform import AGS, LTI, TEACHER, Changes, Signer, connected, log_in, login_and_launch, post
from tests.lti.test_refused import Change, header, issued, later
from tests.make import Cast

FIRST, AFTER = 16, 8
"""How many statements a launch may cost."""


@pytest.fixture
def course(engines: Engines, cast: Cast, platform_id: int) -> int:
    """The platform's course, which a manager has said is Lena's group."""
    with unit_of_work(engines, write=True) as session:
        deployment = session.execute(select(Deployment.id)).scalar_one()
        made = Context(deployment_id=deployment, name="course-3", cohort_id=cast.cohort, created_at=clock.now())
        session.add(made)
        session.flush()
        return made.id


@pytest.mark.usefixtures("course")
def test_a_learner_comes_in_and_reads_their_module(
    client: FlaskClient, engines: Engines, cast: Cast, lms: Signer, platform_id: int
) -> None:
    found = seen(coming(client, engines, lms))
    assert (found.answer.status_code, found.refused) == (303, [])
    assert {"event": "lti launch", "platform": platform_id, "message": "LtiResourceLinkRequest"}.items() <= next(
        line for line in found.lines if line["event"] == "lti launch"
    ).items()
    page = client.get(found.answer.headers["Location"])
    assert page.status_code == 200
    assert "Nora Field" in page.text
    with unit_of_work(engines, write=False) as session:
        known = session.execute(
            select(Person.name, Person.email, Identity.kind, Identity.issuer, SignIn.way, SignIn.organisation_id)
            .join(Identity, Identity.person_id == Person.id)
            .join(SignIn, SignIn.person_id == Person.id)
            .where(Identity.subject == "user-7")
        ).one()
    assert tuple(known) == ("Nora Field", "nora@lms.example", "lti", str(platform_id), "lti", cast.organisation)


@pytest.mark.parametrize("grades", [{}, {"lineitem": "https://lms.example/lineitems/5?type_id=1"}])
@pytest.mark.usefixtures("course")
def test_a_launch_is_cheap(app: Application, client: FlaskClient, engines: Engines, grades: dict[str, str]) -> None:
    """The first one also makes the person, the link, the place in the course and the columns of the gradebook."""
    usual = Signer().claims("")
    lms = Signer(told={f"{LTI}custom": {"module": "small-talk", "page": "score"}, AGS: usual[AGS] | grades})
    first = coming(client, engines, lms)
    with counted(engines) as statements:
        assert first.post().status_code == 303
    assert 0 < len(statements) <= FIRST, statements
    again = coming(client, engines, lms)
    with counted(engines) as statements:
        assert again.post().status_code == 303
    assert 0 < len(statements) <= AFTER, statements
    new_browser = coming(app.test_client(), engines, lms)
    with counted(engines) as statements:
        assert new_browser.post().status_code == 303
    assert 0 < len(statements) <= AFTER, statements


def test_a_login_is_cheap(client: FlaskClient, engines: Engines, lms: Signer, platform_id: int) -> None:
    with counted(engines) as statements:
        log_in(client, lms)
    assert 0 < len(statements) <= 3, statements


@pytest.mark.parametrize("what", ["the same token", "another token"])
def test_a_launch_comes_once(client: FlaskClient, engines: Engines, lms: Signer, course: int, what: str) -> None:
    launch = coming(client, engines, lms)
    launch.token = launch.signed()
    secret = client.get_cookie(launch.cookie)
    assert secret is not None
    assert seen(launch).refused == []
    before = kept(engines)
    client.set_cookie(launch.cookie, secret.value)
    if what == "another token":
        launch.token = lms.token(launch.nonce, {"jti": "2"})
    assert [reason for reason, _platform in seen(launch).refused] == ["state_spent"]
    assert kept(engines) == before


def test_of_two_that_come_at_once_one_lands(app: Application, engines: Engines, lms: Signer, course: int) -> None:
    launch = coming(app.test_client(), engines, lms)
    secret = launch.client.get_cookie(launch.cookie)
    assert secret is not None
    token, start, statuses = launch.signed(), threading.Barrier(4), list[int]()

    def click() -> None:
        browser = app.test_client()
        browser.set_cookie(launch.cookie, secret.value)
        start.wait()
        statuses.append(post(browser, launch.state, token).status_code)

    threads = [threading.Thread(target=click) for _browser in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303, 400, 400, 400]
    assert kept(engines).sessions == 1


@pytest.mark.parametrize(
    "change",
    [
        header("foo", "bar"),
        header("typ", None),
        header("x5t", "c29tZXRoaW5n"),
        header("x5c", ["a" * 4000]),
        header("jku", "https://evil.example/keys"),
        header("jwk", Signer(key=1).jwk),
        later("exp", -25),
        later("iat", 25),
        later("nbf", -3600),
        issued(-600),
    ],
)
def test_what_is_harmless_lands(
    client: FlaskClient, engines: Engines, lms: Signer, course: int, change: Change
) -> None:
    launch = coming(client, engines, lms)
    change(launch)
    found = seen(launch)
    assert (found.answer.status_code, found.refused) == (303, [])


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": ["oneday"]},
        {"aud": ["another tool", "oneday"], "azp": "oneday"},
        {"azp": "oneday"},
        {"name": None, "given_name": None, "family_name": None, "email": None},
        {"name": 7, "email": ["nora@lms.example"]},
        {"name": "x" * 50_000},
        {f"{LTI}custom": None},
        {f"{LTI}custom": {"module": "$Canvas.assignment.id"}},
        {f"{LTI}launch_presentation": None},
        {f"{LTI}lis": {"person_sourcedid": "", "course_section_sourcedid": ""}},
        {f"{LTI}target_link_uri": "http://localhost/lti/launch?module=small-talk"},
        {f"{LTI}roles": []},
        {f"{LTI}roles": ["http://purl.imsglobal.org/vocab/lis/v2/membership#Something"]},
    ],
)
def test_what_certification_and_real_platforms_send_is_proved(
    client: FlaskClient, engines: Engines, lms: Signer, course: int, changes: Changes
) -> None:
    launch = coming(client, engines, lms)
    launch.claims = lms.claims(launch.nonce, changes)
    found = seen(launch)
    assert found.refused == []
    assert found.answer.status_code in {200, 303, 403, 404}
    assert [line["event"] for line in found.lines].count("lti launch") == 1


@pytest.mark.usefixtures("course")
def test_two_customers_of_one_issuer_are_two_platforms(
    client: FlaskClient, engines: Engines, cast: Cast, lms: Signer, platform_id: int
) -> None:
    other = Signer(client_id="another", key=1, kid="key-0")
    with unit_of_work(engines, write=True) as session:
        second = connected(session, other, organisation_id=cast.other_organisation)
    assert second != platform_id
    for signer in (lms, other):
        assert seen(coming(client, engines, signer)).refused == []
    with unit_of_work(engines, write=False) as session:
        found = session.execute(select(Identity.issuer, Identity.subject).where(Identity.kind == "lti")).all()
    assert sorted(tuple(row) for row in found) == sorted([(str(platform_id), "user-7"), (str(second), "user-7")])
    # A token of one customer opens nothing of the other's, although issuer, kid, user and deployment are the same.
    crossed = coming(client, engines, other)
    crossed.token = lms.token(crossed.nonce)
    assert seen(crossed).refused == [("signature", second)]
    crossed = coming(client, engines, other)
    crossed.token = other.token(crossed.nonce, {"aud": lms.client_id})
    assert seen(crossed).refused == [("audience", second)]


def test_a_course_of_one_customer_is_not_anothers(
    client: FlaskClient, engines: Engines, cast: Cast, lms: Signer, course: int
) -> None:
    other = Signer(client_id="another", told={f"{LTI}roles": [TEACHER]})
    with unit_of_work(engines, write=True) as session:
        connected(session, other, organisation_id=cast.other_organisation)
    assert login_and_launch(client, other).status_code == 303
    with unit_of_work(engines, write=False) as session:
        rows = session.execute(select(Context.name, Context.cohort_id).order_by(Context.id)).all()
    assert [tuple(row) for row in rows] == [("course-3", cast.cohort), ("course-3", None)]


def test_a_spent_login_is_forgotten_in_passing(
    client: FlaskClient, engines: Engines, lms: Signer, platform_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_in(client, lms)
    log_in(client, lms)
    then = clock.now()
    monkeypatch.setattr(clock, "now", lambda: then + LIFE + timedelta(hours=2))
    log_in(client, lms)
    with unit_of_work(engines, write=True) as session:
        assert len(session.execute(select(Login.id)).all()) == 1
        # No state, nonce or secret of a browser can be read back from what is kept.
        kept_row = session.execute(select(Login)).scalar_one()
        assert len(kept_row.state_hash) == len(kept_row.browser_hash) == 64
        session.execute(delete(Login))
        assert session.execute(select(Platform.id)).scalar_one() == platform_id
