"""Out of a frame that keeps no cookies: the login that waits, the ticket after the launch, the platform's storage."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from course import clock
from course.cohorts.models import Run
from course.database import Engines, unit_of_work
from course.lti.views import storage
from course.people.models import Link
from course.people.models import Session as SignIn
from course.platforms.models import Context, Deployment, Login
from course.web import embedded
from course.web.application import Application
from tests.lti.platform import Signer, connected
from tests.make import Cast
from tests.web.test_embedded import TOOL, Browser, browser

LMS = "https://lms.example"
SIGNER = Signer(target=f"{TOOL}/lti/launch")
IN_FRAME = {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "cross-site"}
IN_WINDOW = {"Sec-Fetch-Dest": "document", "Origin": TOOL}
HINT = '{"cmid":3,"launchid":"a+b c&d"}'
FIELDS = {
    "iss": SIGNER.issuer,
    "client_id": SIGNER.client_id,
    "login_hint": "7",
    "target_link_uri": SIGNER.target,
    "lti_message_hint": HINT,
}


@pytest.fixture(autouse=True)
def platform(engines: Engines, cast: Cast) -> None:
    """A platform whose course is the cast's group."""
    with unit_of_work(engines, write=True) as session:
        platform_id = connected(session, SIGNER, organisation_id=cast.organisation)
        deployment = session.execute(select(Deployment.id).where(Deployment.platform_id == platform_id)).scalar_one()
        group = session.get_one(Run, cast.run).cohort_id
        session.add(Context(deployment_id=deployment, name="course-3", cohort_id=group, created_at=clock.now()))


class Cookieless(Browser):
    """A browser that brings no cookies in frames."""

    def open(self, *args: object, **options: object) -> TestResponse:
        headers = options.get("headers")
        if isinstance(headers, dict) and headers.get("Sec-Fetch-Dest") == "iframe":
            kept, self._cookies = self._cookies, {}
            answer = super().open(*args, **options)
            self._cookies = kept
            return answer
        return super().open(*args, **options)


@pytest.fixture
def cookieless(app: Application) -> Cookieless:
    made = Cookieless(app, app.response_class, use_cookies=True)
    made.base = TOOL
    return made


def asked(answer: TestResponse) -> dict[str, str]:
    """Return what the platform is asked."""
    assert answer.status_code == 302, answer.text
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def attribute(page: str, name: str) -> str:
    found = re.search(rf'{name}="([^"]*)"', page)
    assert found is not None, page
    return found[1].replace("&amp;", "&").replace("&#34;", '"')


class TestTheLogin:
    def test_a_frame_that_keeps_our_cookie_goes_on_by_itself(self, app: Application) -> None:
        client = browser(app)
        first = client.post("/lti/login", data=FIELDS, headers=IN_FRAME)
        assert first.status_code == 303
        second = client.get(first.headers["Location"], headers=IN_FRAME)
        told = asked(second)
        assert (told["lti_message_hint"], told["login_hint"]) == (HINT, "7")
        # Once is enough.
        assert client.post("/lti/login", data=FIELDS, headers=IN_FRAME).status_code == 302

    def test_one_that_does_not_offers_a_window_and_uses_nothing_up(
        self, cookieless: Cookieless, engines: Engines
    ) -> None:
        first = cookieless.post("/lti/login", data=FIELDS, headers=IN_FRAME)
        page = cookieless.get(first.headers["Location"], headers=IN_FRAME)
        assert page.status_code == 200
        assert "Open in a new window" in page.text
        # Where the LMS shows its courses is not known yet.
        assert "frame-ancestors *;" in page.headers["Content-Security-Policy"]
        with unit_of_work(engines, write=False) as session:
            assert session.execute(select(Login.id)).all() == []
        again = attribute(page.text, 'class="button button-primary"\\s+href')
        told = asked(cookieless.get(again, headers={"Sec-Fetch-Dest": "document"}))
        assert told["lti_message_hint"] == HINT

    @pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Dest": "document"}])
    def test_without_a_frame_there_is_nothing_to_try(self, app: Application, headers: dict[str, str]) -> None:
        assert browser(app).post("/lti/login", data=FIELDS, headers=headers).status_code == 302

    def test_an_unknown_platform_is_refused_first(self, cookieless: Cookieless) -> None:
        answer = cookieless.post("/lti/login", data=FIELDS | {"iss": "https://elsewhere"}, headers=IN_FRAME)
        assert answer.status_code >= 400


class TestStorage:
    """The platform's page keeps the browser's secret, and gives it back at the launch."""

    def login(self, cookieless: Cookieless, target: str = "_parent") -> TestResponse:
        first = cookieless.post("/lti/login", data=FIELDS | {"lti_storage_target": target}, headers=IN_FRAME)
        return cookieless.get(first.headers["Location"], headers=IN_FRAME)

    @pytest.mark.parametrize(("target", "frame"), [("_parent", ""), ("kept_here", "kept_here")])
    def test_the_login_keeps_it_there(self, cookieless: Cookieless, target: str, frame: str) -> None:
        page = self.login(cookieless, target)
        assert page.status_code == 200
        assert page.headers["Cache-Control"] == "no-store"
        assert (attribute(page.text, "data-target"), attribute(page.text, "data-origin")) == (frame, LMS)
        assert attribute(page.text, "data-value") not in attribute(page.text, "href")
        assert "frame-ancestors *;" in page.headers["Content-Security-Policy"]

    def launch(self, cookieless: Cookieless, browser_secret: str | None) -> TestResponse:
        page = self.login(cookieless)
        told = {name: values[0] for name, values in parse_qs(urlsplit(_next(page)).query).items()}
        form = {"state": told["state"], "id_token": SIGNER.token(told["nonce"])}
        asking = cookieless.post("/lti/launch", data=form, headers=IN_FRAME)
        assert asking.status_code == 200
        assert attribute(asking.text, "data-key") == attribute(page.text, "data-key")
        assert attribute(asking.text, "data-origin") == LMS
        assert attribute(asking.text, 'name="state"\\s+value') == told["state"]
        secret = attribute(page.text, "data-value") if browser_secret is None else browser_secret
        return cookieless.post("/lti/launch", data=form | {"browser": secret}, headers=IN_FRAME)

    def test_the_launch_asks_for_it_and_comes_in(self, cookieless: Cookieless, engines: Engines) -> None:
        answer = self.launch(cookieless, None)
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/lti/window/")
        with unit_of_work(engines, write=False) as session:
            assert session.execute(select(SignIn.way)).scalars().all() == ["lti"]

    @pytest.mark.parametrize("secret", ["", "another browser's"])
    def test_another_browsers_does_not(self, cookieless: Cookieless, engines: Engines, secret: str) -> None:
        assert self.launch(cookieless, secret).status_code >= 400
        with unit_of_work(engines, write=False) as session:
            assert session.execute(select(SignIn.id)).all() == []

    def test_a_state_tells_its_frame(self) -> None:
        for target in ("_parent", "post_message_forwarding", 'a "frame" ä'):
            assert storage.target_of(storage.mark("x-y_z", target)) == target
        assert storage.mark("x-y_z", "") == "x-y_z"
        assert storage.mark("x-y_z", "n" * 101) == "x-y_z"
        assert [storage.target_of(state) for state in ("x", "x.", "x.%%", "x.\u00e4", "x.gA")] == [""] * 5


class TestTheTicket:
    """After a launch that no cookie of the frame keeps: one use, a minute, and a page of ours that sends it."""

    @pytest.fixture
    def address(self, cookieless: Cookieless) -> str:
        return TestStorage().launch(cookieless, None).headers["Location"]

    def test_it_opens_the_session_in_a_window_once(self, cookieless: Cookieless, address: str) -> None:
        page = cookieless.get(address, headers=IN_FRAME)
        assert (page.status_code, attribute(page.text, 'method="post"\\s+action')) == (200, address)
        assert f"frame-ancestors {LMS};" in page.headers["Content-Security-Policy"]
        opened = cookieless.post(address, headers=IN_WINDOW)
        assert opened.status_code == 303
        assert opened.headers["Location"].startswith("/learn/small-talk/?seat=")
        assert "Nora Field" in cookieless.get(opened.headers["Location"], headers=IN_WINDOW).text
        again = cookieless.post(address, headers=IN_WINDOW)
        assert (again.status_code, embedded.COOKIE in str(again.headers)) == (410, False)

    def test_it_sees_one_organisation_as_the_launch_did(
        self, cookieless: Cookieless, address: str, engines: Engines, cast: Cast
    ) -> None:
        cookieless.post(address, headers=IN_WINDOW)
        with unit_of_work(engines, write=False) as session:
            found = session.execute(select(SignIn.way, SignIn.organisation_id).order_by(SignIn.id)).all()
        assert [tuple(row) for row in found] == [("lti", cast.organisation)] * 2

    def test_after_a_minute_it_is_too_late(self, cookieless: Cookieless, address: str, engines: Engines) -> None:
        with unit_of_work(engines, write=True) as session:
            made, until = session.execute(select(Link.created_at, Link.expires_at)).one()
            assert until - made == timedelta(seconds=60)
            session.execute(update(Link).values(expires_at=clock.now()))
        assert cookieless.post(address, headers=IN_WINDOW).status_code == 410

    @pytest.mark.parametrize("headers", [{}, {"Origin": "null"}, {"Origin": "https://evil.example"}, {"Origin": LMS}])
    def test_no_other_sites_page_sends_it(self, cookieless: Cookieless, address: str, headers: dict[str, str]) -> None:
        assert cookieless.post(address, headers=headers).status_code == 410
        # It is not used up by that.
        assert cookieless.post(address, headers=IN_WINDOW).status_code == 303

    @pytest.mark.parametrize("place", [-10, -60])
    def test_one_that_was_changed_is_none(self, cookieless: Cookieless, address: str, place: int) -> None:
        changed = f"{address[:place]}{'A' if address[place] != 'A' else 'B'}{address[place + 1 :]}"
        assert cookieless.post(changed, headers=IN_WINDOW).status_code == 410
        assert cookieless.post(address, headers=IN_WINDOW).status_code == 303

    def test_where_the_cookies_stay_after_all_nobody_has_to_click(
        self, app: Application, cookieless: Cookieless
    ) -> None:
        """The launch set them; a frame that brings them is led straight on."""
        answer = TestStorage().launch(cookieless, None)
        client = browser(app)
        for line in answer.headers.getlist("Set-Cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            client.set_cookie(name, value, domain="oneday.test", secure=True)
        led = client.get(answer.headers["Location"], headers=IN_FRAME)
        assert led.status_code == 303
        assert led.headers["Location"].startswith("/learn/small-talk/?seat=")


class TestOnDemand:
    """Whoever is in a frame with a session may want a window: a projector, a larger screen."""

    def test_a_page_of_the_frame_opens_in_a_window(self, app: Application, cookieless: Cookieless) -> None:
        address = TestStorage().launch(cookieless, None).headers["Location"]
        cookieless.post(address, headers=IN_WINDOW)
        client = browser(app)
        for name in (embedded.COOKIE, embedded.FORM_COOKIE):
            client.set_cookie(name, cookieless.token(name), domain="oneday.test", secure=True)
        framed = {"Sec-Fetch-Dest": "iframe"}
        home = client.get("/learn/", headers=framed)
        assert 'href="/lti/out?to=%2Flearn%2F"' in home.text
        page = client.get("/lti/out?to=/learn/", headers=framed)
        ticket = attribute(page.text, 'method="post"\\s+action')
        fresh = browser(app)
        opened = fresh.post(ticket, headers=IN_WINDOW)
        assert opened.headers["Location"] == "/learn/"
        assert "Nora Field" in fresh.get("/learn/", headers=IN_WINDOW).text
        assert "/lti/out" not in fresh.get("/learn/", headers=IN_WINDOW).text
        assert fresh.get("/lti/out?to=/learn/", headers=IN_WINDOW).headers["Location"] == "/learn/"
        assert client.get("/lti/out?to=https://evil.example/", headers=IN_WINDOW).headers["Location"] == "/"


def _next(page: TestResponse) -> str:
    return attribute(page.text, 'class="button button-quiet"\\s+href')
