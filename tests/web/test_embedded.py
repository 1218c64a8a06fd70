"""A session that a launch opened: its cookies beside the portal's, its forms, who may frame it, what it may not do."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Blueprint, Response, redirect, request
from flask import session as form_memory
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from course.database import Engines, unit_of_work
from course.people import service as people
from course.people.models import Session as SignIn
from course.settings import Settings
from course.web import embedded, transaction
from course.web.access import Who, enter
from course.web.application import COOKIE, Application
from course.web.security import csrf
from tests.conftest import MakeApp, Probes
from tests.conftest import SignIn as EnterAs
from tests.make import Cast
from tests.web.conftest import Noted
from tests.web.test_headers import ALWAYS, POLICY

TOOL = "https://oneday.test"
LMS = "https://lms.example"
IN_FRAME = {"Sec-Fetch-Dest": "iframe"}
IN_WINDOW = {"Sec-Fetch-Dest": "document"}
FLAGS = ["HttpOnly", "Partitioned", "Path=/", "SameSite=None", "Secure"]

pages = Blueprint("embedding", __name__)


@pages.post("/lti/probe/<int:person_id>/<int:organisation_id>")
@enter(Who.ANYBODY)
def launched(person_id: int, organisation_id: int) -> Response:
    """What the door does at the end of a launch."""
    embedded.leave(transaction.session())
    token, _session_id = people.open_session(
        transaction.session(), person_id=person_id, way="lti", organisation_id=organisation_id
    )
    response = Response(status=303, headers={"Location": "/probe/reads"})
    told = {"framed_by": (f"{LMS}/mod/lti/auth.php", f"{LMS}/course/7", "http://127.0.0.1:8081", "", "https://*.bad")}
    return embedded.let_in(response, token, platform="Harbour LMS", person_id=person_id, **told)


csrf.exempt(launched)


@pages.get("/lti/probe/page")
@enter(Who.ANYBODY)
def at_the_door() -> Response:
    """A page before there is a session: the query says whom it knows."""
    embedded.may_frame(*request.args.getlist("frame"))
    embedded.may_send_to(*request.args.getlist("send"))
    return Response("told\n", int(request.args.get("status", "200")))


@pages.get("/probe/flash")
@enter(Who.SIGNED_IN)
def remembers() -> str:
    form_memory["noted"] = "here"
    return "told\n"


@pages.get("/probe/away")
@enter(Who.SIGNED_IN)
def away() -> Response:
    response: Response = redirect("/sign-in", 303)  # type: ignore[assignment]  # Flask's own class.
    return response


@pytest.fixture
def probes(probes: Probes) -> Probes:
    return (*probes, pages)


class Browser(FlaskClient):
    """A browser that comes by https, unless said otherwise."""

    base = TOOL

    def open(self, *args: Any, **options: Any) -> TestResponse:
        return super().open(*args, **{"base_url": self.base, **options})

    def token(self, cookie: str) -> str:
        """Return a cookie's value."""
        kept = self.get_cookie(cookie, domain=self.base.partition("//")[2])
        assert kept is not None
        return kept.value


def browser(app: Application, base: str = TOOL) -> Browser:
    made = Browser(app, app.response_class, use_cookies=True)
    made.base = base
    return made


Launch = Callable[..., Browser]


@pytest.fixture
def launch(app: Application, cast: Cast) -> Launch:
    """Let somebody (Lena) into a browser by a launch."""

    def come(client: Browser | None = None, person_id: int = 0, organisation_id: int = 0) -> Browser:
        client = client or browser(app)
        path = f"/lti/probe/{person_id or cast.lena}/{organisation_id or cast.organisation}"
        assert client.post(path).status_code == 303
        return client

    return come


def jar(answer: TestResponse) -> dict[str, list[str]]:
    """Return the cookies that an answer sets, with their flags."""
    found = {}
    for line in answer.headers.getlist("Set-Cookie"):
        value, *flags = line.split("; ")
        found[value.partition("=")[0]] = sorted(flags)
    return found


def token_of(client: FlaskClient, path: str, **options: Any) -> str:
    found = re.search(r'name="csrf[-_]token" (?:content|value)="([^"]+)"', client.get(path, **options).text)
    assert found is not None
    return found[1]


def framers(answer: TestResponse) -> str:
    found = re.search(r"frame-ancestors ([^;]+)", answer.headers["Content-Security-Policy"])
    assert found is not None
    return found[1]


class TestCookies:
    def test_by_https_they_come_back_in_another_sites_page(self, app: Application, cast: Cast) -> None:
        answer = browser(app).post(f"/lti/probe/{cast.lena}/{cast.organisation}")
        assert jar(answer) == {"__Host-oneday-lti": FLAGS, "__Host-oneday-lti-form": FLAGS}

    def test_by_http_only_in_pages_of_the_same_site(self, app: Application, cast: Cast) -> None:
        answer = browser(app, "http://127.0.0.1:8000").post(f"/lti/probe/{cast.lena}/{cast.organisation}")
        plain = ["HttpOnly", "Path=/", "SameSite=Lax"]
        assert jar(answer) == {"oneday-lti": plain, "oneday-lti-form": plain}

    @pytest.mark.parametrize(("proxies", "name"), [(0, "oneday-lti"), (1, "__Host-oneday-lti")])
    def test_a_proxy_that_is_trusted_tells_of_https(
        self, settings: Settings, make_app: MakeApp, cast: Cast, proxies: int, name: str
    ) -> None:
        app = make_app(replace(settings, trusted_proxies=proxies))
        path = f"/lti/probe/{cast.lena}/{cast.organisation}"
        answer = browser(app, "http://10.0.0.1").post(path, headers={"X-Forwarded-Proto": "https"})
        assert set(jar(answer)) == {name, f"{name}-form"}

    def test_a_site_whose_address_is_https_is(self, settings: Settings, make_app: MakeApp, cast: Cast) -> None:
        app = make_app(replace(settings, base_url=TOOL))
        answer = browser(app, "http://10.0.0.1").post(f"/lti/probe/{cast.lena}/{cast.organisation}")
        assert set(jar(answer)) == {"__Host-oneday-lti", "__Host-oneday-lti-form"}

    def test_only_a_launch_sets_them_and_pages_keep_their_own_memory(self, launch: Launch) -> None:
        lena = launch()
        assert jar(lena.get("/probe/reads")) == {}
        assert jar(lena.get("/probe/flash")) == {"__Host-oneday-lti-form": FLAGS}


class TestBesideThePortal:
    def test_a_launchs_session_wins_and_the_portals_stays(
        self, app: Application, launch: Launch, engines: Engines, cast: Cast
    ) -> None:
        client = browser(app)
        with unit_of_work(engines, write=True) as session:
            token, portal = people.open_session(session, person_id=cast.mona, way="password")
        client.set_cookie(COOKIE, token, domain="oneday.test", secure=True)
        assert client.get("/probe/reads").text == "Mona Keller\n"
        launch(client)
        assert client.get("/probe/reads").text == "Lena Brandt\n"
        assert client.post("/sign-out", data={"csrf_token": token_of(client, "/learn/")}).status_code == 200
        assert client.get("/probe/reads").text == "Mona Keller\n"
        with unit_of_work(engines, write=False) as session:
            open_now = session.execute(select(SignIn.id).where(SignIn.ended_at.is_(None))).scalars().all()
        assert open_now == [portal]

    def test_neither_cookie_opens_the_others_session(self, app: Application, engines: Engines, cast: Cast) -> None:
        with unit_of_work(engines, write=True) as session:
            portal, _ = people.open_session(session, person_id=cast.mona, way="password")
            launched, _ = people.open_session(
                session, person_id=cast.lena, way="lti", organisation_id=cast.organisation
            )
        seen = {}
        for name in (COOKIE, embedded.COOKIE):
            for token in (portal, launched):
                client = browser(app)
                client.set_cookie(name, token, domain="oneday.test", secure=True)
                seen[name, token == portal] = client.get("/probe/reads").status_code
        assert seen == {
            (COOKIE, True): 200,
            (COOKIE, False): 303,
            (embedded.COOKIE, True): 401,
            (embedded.COOKIE, False): 200,
        }

    def test_signing_in_by_hand_ends_the_launchs_session(self, launch: Launch, engines: Engines, cast: Cast) -> None:
        with unit_of_work(engines, write=True) as session:
            link = people.make_link(session, person_id=cast.mona, purpose="sign_in")
        client = launch()
        token = token_of(client, f"/sign-in/link/{link}", headers=IN_WINDOW)
        answer = client.post(f"/sign-in/link/{link}", data={"csrf_token": token}, headers=IN_WINDOW)
        assert answer.status_code == 303
        assert client.get("/probe/reads", headers=IN_WINDOW).text == "Mona Keller\n"
        with unit_of_work(engines, write=False) as session:
            open_now = session.execute(select(SignIn.way).where(SignIn.ended_at.is_(None))).scalars().all()
        assert open_now == ["link"]

    def test_the_next_launch_ends_the_one_before(self, launch: Launch, engines: Engines, cast: Cast) -> None:
        client = launch()
        launch(client, person_id=cast.leo)
        assert client.get("/probe/reads").text == "Leo Marsh\n"
        with unit_of_work(engines, write=False) as session:
            open_now = session.execute(select(SignIn.person_id).where(SignIn.ended_at.is_(None))).scalars().all()
        assert open_now == [cast.leo]


class TestForms:
    """Their secret is in the launch's own cookie."""

    @pytest.fixture(autouse=True)
    def checked(self, app: Application) -> None:
        app.config["WTF_CSRF_ENABLED"] = True

    def test_a_form_and_a_script_send(self, launch: Launch, noted: Noted) -> None:
        lena = launch()
        token = token_of(lena, "/learn/")
        assert lena.post("/probe/status/200", data={"text": "typed"}, headers=IN_FRAME).status_code == 400
        assert noted() == set()
        assert lena.post("/probe/status/200", data={"csrf_token": token}).status_code == 200
        assert lena.post("/probe/status/200", json={}, headers={"X-CSRF-Token": token}).status_code == 200
        assert noted() == {"returned"}

    def test_a_secret_of_the_portal_is_none_here_nor_this_one_there(
        self, app: Application, launch: Launch, engines: Engines, cast: Cast
    ) -> None:
        app.config["WTF_CSRF_ENABLED"] = True
        client = browser(app)
        with unit_of_work(engines, write=True) as session:
            token, _ = people.open_session(session, person_id=cast.mona, way="password")
        client.set_cookie(COOKIE, token, domain="oneday.test", secure=True)
        portal = token_of(client, "/account")
        launch(client)
        framed = token_of(client, "/learn/")
        assert client.post("/probe/status/200", data={"csrf_token": portal}).status_code == 400
        assert client.post("/probe/status/200", data={"csrf_token": framed}).status_code == 200
        client.delete_cookie(embedded.COOKIE, domain="oneday.test")
        client.delete_cookie(embedded.FORM_COOKIE, domain="oneday.test")
        assert client.post("/probe/status/200", data={"csrf_token": framed}).status_code == 400
        assert client.post("/probe/status/200", data={"csrf_token": portal}).status_code == 200

    def test_two_tabs_of_one_person_both_send_and_another_persons_do_not(self, launch: Launch, cast: Cast) -> None:
        client = launch()
        first = token_of(client, "/learn/")
        launch(client)
        second = token_of(client, "/learn/")
        statuses = [client.post("/probe/status/200", data={"csrf_token": one}).status_code for one in (first, second)]
        assert statuses == [200, 200]
        launch(client, person_id=cast.leo)
        assert client.post("/probe/status/200", data={"csrf_token": first}).status_code == 400


class TestHeaders:
    def test_a_session_is_framed_by_its_platform_and_nobody_else(self, launch: Launch, app: Application) -> None:
        answer = launch().get("/probe/reads")
        assert framers(answer) == f"http://127.0.0.1:8081 {LMS}"
        assert answer.headers["Content-Security-Policy"] == POLICY.replace(
            "'none'; manifest", f"{framers(answer)}; manifest"
        )
        assert {name: answer.headers[name] for name in ALWAYS if name != "Content-Security-Policy"} == {
            name: value for name, value in ALWAYS.items() if name != "Content-Security-Policy"
        }
        assert framers(browser(app).get("/verify/no-such-code")) == "'none'"

    def test_its_refusals_are_too(self, launch: Launch) -> None:
        lena = launch()
        for path in ("/nowhere", "/manage/", "/learn/no-such-module/"):
            assert framers(lena.get(path, headers=IN_FRAME)) == f"http://127.0.0.1:8081 {LMS}", path

    def test_files_are_not(self, launch: Launch) -> None:
        assert framers(launch().get("/static/icon.svg")) == "'none'"

    def test_the_door_says_for_each_page_who_may_frame_it(self, app: Application) -> None:
        client = browser(app)
        page = "/lti/probe/page"
        seen = {query: framers(client.get(f"{page}?{query}")) for query in ("", "status=400", f"frame={LMS}/auth?x=1")}
        assert seen == {"": "'none'", "status=400": "*", f"frame={LMS}/auth?x=1": LMS}
        assert framers(client.get(f"{page}?status=400&frame={LMS}/auth")) == LMS
        assert framers(client.get(f"{page}?frame=javascript:alert(1)&frame=https://x;script-src *")) == "'none'"

    def test_a_refusal_to_somebody_who_is_known_is_not_for_everybody(self, sign_in: EnterAs, cast: Cast) -> None:
        assert framers(sign_in(cast.mona).get("/lti/probe/page?status=400")) == "'none'"

    def test_a_form_may_send_to_whom_the_page_says(self, app: Application) -> None:
        policy = browser(app).get(f"/lti/probe/page?send={LMS}/mod/lti/contentitem_return.php").headers
        assert f"form-action 'self' {LMS};" in policy["Content-Security-Policy"]

    def test_at_the_door_an_opener_may_wait_and_a_form_shows_its_origin(self, app: Application) -> None:
        answer = browser(app).get("/lti/probe/page")
        told = {name: answer.headers.getlist(name) for name in ("Cross-Origin-Opener-Policy", "Referrer-Policy")}
        assert told == {"Cross-Origin-Opener-Policy": ["unsafe-none"], "Referrer-Policy": ["strict-origin"]}


class TestNobodySignsInHere:
    """In a frame there is no way to a sign-in form, only words that say where to come in again."""

    @pytest.mark.parametrize("path", ["/learn/", "/sign-in", "/sign-in?next=/learn/", "/account"])
    def test_without_a_session(self, app: Application, path: str) -> None:
        client = browser(app)
        answer = client.get(path, headers=IN_FRAME)
        assert answer.status_code == 401
        assert "Please open it again from your learning platform" in answer.text
        assert 'type="password"' not in answer.text
        assert "/sign-in" not in answer.text
        assert framers(answer) == "*"
        assert client.get("/sign-in", headers=IN_WINDOW).status_code == 200

    def test_nor_by_sending_one(self, app: Application) -> None:
        client = browser(app)
        sent = {"address": "lena@example.org", "password": "wrong", "csrf_token": token_of(client, "/sign-in")}
        answer = client.post("/sign-in", data=sent, headers=IN_FRAME)
        assert (answer.status_code, 'type="password"' in answer.text) == (401, False)

    def test_when_it_has_ended(self, launch: Launch, engines: Engines) -> None:
        lena = launch()
        with unit_of_work(engines, write=True) as session:
            people.end_session_of(session, token=lena.token(embedded.COOKIE))
        for headers in ({}, IN_FRAME):
            answer = lena.get("/learn/", headers=headers)
            assert (answer.status_code, framers(answer)) == (401, f"http://127.0.0.1:8081 {LMS}")
            assert "Please open it again from Harbour LMS" in answer.text
            assert jar(answer) == {}
        assert lena.get("/learn/", headers={"Accept": "application/json"}).json is not None

    def test_in_a_window_of_its_own_the_way_to_the_portal_is_free_again(self, launch: Launch, engines: Engines) -> None:
        lena = launch()
        with unit_of_work(engines, write=True) as session:
            session.execute(update(SignIn).values(ended_at=SignIn.created_at))
        answer = lena.get("/learn/", headers=IN_WINDOW)
        assert "Please open it again from Harbour LMS" in answer.text
        assert lena.get("/learn/", headers=IN_WINDOW).headers["Location"] == "/sign-in?next=/learn/"

    def test_what_was_typed_is_shown(self, app: Application, launch: Launch, engines: Engines) -> None:
        lena = launch()
        app.config["WTF_CSRF_ENABLED"] = True
        token = token_of(lena, "/learn/")
        with unit_of_work(engines, write=True) as session:
            session.execute(update(SignIn).values(ended_at=SignIn.created_at))
        for secret in (token, "old"):
            sent = {"text": "Two words, and more.", "csrf_token": secret}
            answer = lena.post("/learn/small-talk/write/draft", data=sent, headers=IN_FRAME)
            assert answer.status_code == 401
            assert "Two words, and more." in answer.text
            assert 'type="password"' not in answer.text

    def test_leaving_says_how_to_come_back(self, launch: Launch) -> None:
        lena = launch()
        token = token_of(lena, "/learn/", headers=IN_WINDOW)
        answer = lena.post("/sign-out", data={"csrf_token": token}, headers=IN_FRAME)
        assert answer.status_code == 200
        assert "open the activity again from Harbour LMS" in answer.text
        assert framers(answer) == f"http://127.0.0.1:8081 {LMS}"
        assert set(jar(answer)) == {"__Host-oneday-lti", "__Host-oneday-lti-form"}
        assert lena.get("/learn/", headers=IN_FRAME).status_code == 401


class TestNoMoreThanTheCourse:
    @pytest.mark.parametrize("path", ["/account", "/account/elsewhere"])
    def test_the_account_is_elsewhere(self, launch: Launch, sign_in: EnterAs, cast: Cast, path: str) -> None:
        answer = launch().get(path)
        assert answer.status_code == 403
        assert "your account is there" in answer.text
        assert sign_in(cast.lena).get(path).status_code in {200, 303}

    @pytest.mark.parametrize("path", ["/account/password", "/account/link", "/account/sign-out-elsewhere"])
    def test_nothing_of_it_changes(self, app: Application, launch: Launch, engines: Engines, path: str) -> None:
        app.config["WTF_CSRF_ENABLED"] = False
        assert launch().post(path, data={"password": "quite another one"}).status_code == 403
        with unit_of_work(engines, write=False) as session:
            assert session.execute(select(SignIn.ended_at)).scalars().all() == [None]

    def test_the_page_has_no_head_of_its_own_in_a_frame(self, launch: Launch) -> None:
        lena = launch()
        framed, own = (lena.get("/learn/", headers=headers).text for headers in (IN_FRAME, IN_WINDOW))
        for part in ('class="wordmark"', 'action="/sign-out"', 'class="site-foot"'):
            assert (part in framed, part in own) == (False, True), part
        for page in (framed, own):
            assert "Lena Brandt" in page
            assert 'href="/account"' not in page
            assert 'href="/learn/"' in page
