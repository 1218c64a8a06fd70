"""The connection check, asked of our strict platform: each line good, and each one with its own fault."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from course import clock
from course.database import Engines, unit_of_work
from course.lti.rules.checking import Finding, Mark, Part, clock_of, cookie
from course.people.models import Identity
from course.people.service import make_link, open_session
from course.platforms.models import AccessToken, Context, KeySet, LineItem, Login, Participant, Platform
from course.web.application import COOKIE, Application
from tests.conftest import SignIn
from tests.counterparts.double import Double, Refusal, Reply, connect, grades, routes
from tests.counterparts.double.http import Asked
from tests.counterparts.double.platform import CLIENT
from tests.counterparts.double.world import AGS, LINEITEM, ROSTER, SCOPES, World
from tests.learner.test_sql_budget import counted
from tests.make import Cast

GOOD = dict.fromkeys((part.value for part in Part), "ok")
UNKNOWN = "not known yet"
MOST = 8
"""Statements on any page."""
Handler = Callable[[World, Asked], Reply]


@dataclass
class Site:
    """Ada at our site, and the LMS."""

    engines: Engines
    lms: Double
    ada: FlaskClient
    platform_id: int
    page: str = ""

    @property
    def url(self) -> str:
        return f"/admin/platforms/{self.platform_id}/check"

    def check(self, *, ask: bool = True) -> dict[str, str]:
        """Return the mark of each part."""
        answer = self.ada.post(self.url) if ask else self.ada.get(self.url)
        assert answer.status_code == 200
        self.page = " ".join(unescape(answer.text).split())
        marks = re.findall(r'<li id="(\w+)">.*?<span class="badge badge-\w+">([^<]+)<', self.page)
        assert [part for part, _mark in marks] == [part.value for part in Part]
        return dict(marks)

    def launch(self) -> None:
        """Lena comes from a course."""
        self.lms.place("a-link", custom={"module": "small-talk"})
        answer = self.lms.launch(self.ada.application.test_client(), user="lena")
        assert (answer.status_code, "date isn’t set yet" in answer.text.replace("'", "’")) == (200, True)


@pytest.fixture
def site(our_key: None, app: Application, engines: Engines, cast: Cast) -> Iterator[Site]:
    app.config["WTF_CSRF_ENABLED"] = False
    with Double() as lms:
        # This site has no port from which the LMS could fetch our keys.
        lms.client(CLIENT).keys = lambda: app.test_client().get("/lti/jwks").json or {}
        with unit_of_work(engines, write=True) as session:
            platform_id = connect(session, lms, organisation_id=cast.organisation).id
            token, _id = open_session(session, person_id=cast.ada, way="password")
        ada = app.test_client()
        ada.set_cookie(COOKIE, token)
        yield Site(engines, lms, ada, platform_id)


@pytest.fixture
def launched(site: Site) -> Site:
    site.launch()
    return site


def instead(monkeypatch: pytest.MonkeyPatch, path: str, answer: Handler) -> None:
    """Let the platform answer an address otherwise."""
    monkeypatch.setitem(routes.PAGES, path, answer)


@pytest.mark.usefixtures("keyless")
def test_all_is_well_and_nothing_is_left(launched: Site) -> None:
    assert launched.check() == GOOD
    assert "1 key was read." in launched.page
    assert "1 launch began in the last hour, and came back." in launched.page
    assert "3 people read from October Friday." in launched.page
    assert "took a score for nobody who learns there, and was deleted" in launched.page
    assert "What to do:" not in launched.page
    made, scored, deleted = (
        [(one.method, one.path) for one in launched.lms.asked("/lineitems") if one.method == method]
        for method in ("POST", "POST", "DELETE")
    )
    assert made == scored
    assert [path.rpartition("/")[2] for _method, path in made] == ["lineitems", "scores"]
    assert len(deleted) == 1
    assert launched.lms.items == {}
    with unit_of_work(launched.engines, write=False) as session:
        assert session.execute(select(LineItem)).all() == []


@pytest.mark.parametrize("refuses_filters", [False, True])
def test_a_learners_column_is_left_alone(launched: Site, *, refuses_filters: bool) -> None:
    """Also one that no tool made and that says nothing of itself, where the platform shows us all there are."""
    launched.lms.refuses_filters = refuses_filters
    launched.lms.place("graded", custom={"module": "other"}, graded=True)
    (graded,) = launched.lms.items.values()
    grades.make(launched.lms, course=graded.course, client=graded.client, label="Exam", maximum=10)
    before = {id_: dict(item.results) for id_, item in launched.lms.items.items()}
    assert before
    assert launched.check() == GOOD
    assert {id_: dict(item.results) for id_, item in launched.lms.items.items()} == before


def test_a_test_user_of_the_course_gets_the_score(launched: Site, cast: Cast) -> None:
    with unit_of_work(launched.engines, write=True) as session:
        context = session.execute(select(Context.id)).scalar_one()
        session.add(
            Participant(context_id=context, person_id=cast.leo, subject="lars", learner=True, test=True, active=True)
        )
    assert launched.check()["score"] == "ok"
    (score,) = [one.json for one in launched.lms.asked("/scores")]
    assert score["userId"] == "lars"


def test_a_look_asks_nobody(site: Site) -> None:
    assert site.check(ask=False) == dict.fromkeys(GOOD, UNKNOWN)
    assert site.lms.asked() == []
    site.launch()
    asked = len(site.lms.asked())
    assert site.check(ask=False) == dict.fromkeys(GOOD, UNKNOWN) | {"their_keys": "ok", "cookie": "ok"}
    assert len(site.lms.asked()) == asked
    site.check()
    assert site.check(ask=False)["our_keys"] == "ok"


def test_a_look_costs_few_statements(launched: Site) -> None:
    for path in (launched.url, f"/admin/platforms/{launched.platform_id}/", "/admin/platforms/", "/admin/"):
        with counted(launched.engines) as statements:
            assert launched.ada.get(path).status_code == 200
        assert len(statements) <= MOST, (path, statements)


def test_before_the_first_launch_what_can_be_known_is(site: Site) -> None:
    marks = site.check()
    assert marks == GOOD | dict.fromkeys(("cookie", "roster", "score"), UNKNOWN)
    assert "Open Oneday from a course of the LMS, then run the check." in site.page


def test_blocked_hosts_and_ports_are_named(launched: Site) -> None:
    launched.lms.blocks_hosts = True
    assert launched.check() == GOOD | {"our_keys": "not ok", "roster": UNKNOWN, "score": UNKNOWN}
    assert "Two settings, and both count" in launched.page
    assert "localhost must not be under “cURL blocked hosts list”" in launched.page
    assert "80 must be in “cURL allowed ports list”" in launched.page
    assert "404 with an HTML page from token.php" in launched.page
    launched.lms.blocks_hosts = False
    assert launched.check() == GOOD


def test_another_lms_is_told_the_same_without_moodles_settings(launched: Site) -> None:
    with unit_of_work(launched.engines, write=True) as session:
        session.execute(update(Platform).values(family="sakai"))
    launched.lms.blocks_hosts = True
    launched.check()
    assert "must be able to open http://localhost/lti/jwks" in launched.page


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Reply(500, b"oops"), "answered with the status 500"),
        (Reply(200, b"<html>Sign in"), "answered with a page instead of keys"),
        (Reply(200, b'{"keys": []}'), "shows no RSA key"),
        (Reply(302, b"", headers={"Location": "http://127.0.0.1/"}), "sends us on to another address"),
    ],
)
def test_keys_that_cannot_be_read(launched: Site, monkeypatch: pytest.MonkeyPatch, answer: Reply, said: str) -> None:
    with monkeypatch.context() as broken:
        instead(broken, "/certs.php", lambda _world, _asked: answer)
        marks = launched.check()
        assert {part: mark for part, mark in marks.items() if part != "clock"} == {
            part: mark for part, mark in GOOD.items() if part != "clock"
        } | {"their_keys": "not ok"}
        assert said in launched.page
        with unit_of_work(launched.engines, write=False) as session:
            assert len(session.execute(select(KeySet.keys)).scalar_one()) == 1
    assert launched.check() == GOOD


def test_a_server_that_is_gone(launched: Site) -> None:
    launched.lms.server.close()
    marks = launched.check()
    assert marks == GOOD | {
        "their_keys": "not ok",
        "clock": UNKNOWN,
        "our_keys": "not ok",
        "roster": UNKNOWN,
        "score": UNKNOWN,
    }
    assert "127.0.0.1 takes no connection from us" in launched.page


def test_services_that_are_switched_off(launched: Site) -> None:
    launched.lms.client(CLIENT).scopes = tuple(scope for scope in SCOPES if scope != ROSTER)
    assert launched.check()["our_keys"] == "not ok"
    assert "switches on grades (AGS) and the roster (NRPS)" in launched.page
    launched.lms.client(CLIENT).scopes = tuple(scope for scope in SCOPES if not scope.startswith(AGS))
    assert launched.check() == GOOD | {"score": "not ok"}


def test_a_tool_that_is_not_active_there(launched: Site) -> None:
    launched.lms.client(CLIENT).active = False
    assert launched.check()["our_keys"] == "not ok"
    assert "not active yet" in launched.page


def test_names_that_are_kept_back_are_said(launched: Site) -> None:
    launched.lms.client(CLIENT).names = False
    assert launched.check() == GOOD
    assert "3 of them without a name" in launched.page


def test_a_column_that_cannot_be_deleted_is_named(launched: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = grades.item

    def keeps(world: World, asked: Asked, course: str, number: str) -> Reply:
        if asked.method == "DELETE":
            raise Refusal(403, "forbidden", "Columns stay")
        return whole(world, asked, course, number)

    monkeypatch.setattr(grades, "item", keeps)
    assert launched.check() == GOOD | {"score": "not ok"}
    assert "Please delete the column “Oneday connection check” there by hand" in launched.page
    assert [item.label for item in launched.lms.items.values()] == ["Oneday connection check"]
    # The next check takes the same one, and deletes it as soon as it may.
    assert launched.check() == GOOD | {"score": "not ok"}
    assert [item.label for item in launched.lms.items.values()] == ["Oneday connection check"]
    monkeypatch.setattr(grades, "item", whole)
    assert launched.check() == GOOD
    assert launched.lms.items == {}


def test_a_gradebook_that_lets_us_make_nothing(launched: Site) -> None:
    with unit_of_work(launched.engines, write=True) as session:
        scopes = session.execute(select(Context.grade_scopes)).scalar_one()
        session.execute(update(Context).values(grade_scopes=[scope for scope in scopes if scope != LINEITEM]))
    assert launched.check() == GOOD | {"score": UNKNOWN}
    with unit_of_work(launched.engines, write=True) as session:
        session.execute(update(Context).values(lineitems_url=""))
    assert launched.check() == GOOD | {"score": "not ok"}
    assert "October Friday offers us no gradebook." in launched.page


def test_launches_that_did_not_come_back(launched: Site) -> None:
    with unit_of_work(launched.engines, write=True) as session:
        session.execute(update(Login).values(spent_at=None))
    assert launched.check() == GOOD | {"cookie": "not ok"}
    assert "Launches of the last hour: 1 began, 1 did not come back." in launched.page


def test_launches_that_went_on_in_a_window(launched: Site) -> None:
    with unit_of_work(launched.engines, write=True) as session:
        person = session.execute(select(Identity.person_id).where(Identity.subject == "lena")).scalar_one()
        make_link(session, person_id=person, purpose="window", life=timedelta(seconds=60))
    assert launched.check() == GOOD
    assert "1 went on in a window of its own" in launched.page


def test_the_text_for_a_ticket_names_all_and_no_secret(launched: Site) -> None:
    launched.check()
    with unit_of_work(launched.engines, write=False) as session:
        tokens = session.execute(select(AccessToken.token)).scalars().all()
        nonces = session.execute(select(Login.nonce)).scalars().all()
    assert tokens
    assert nonces
    (text,) = re.findall(r"<textarea[^>]*>(.*?)</textarea>", launched.page)
    for told in (launched.lms.issuer, CLIENT, "http://localhost/lti/jwks", "[ok] Roster: 3 people", "Double (moodle)"):
        assert told in text
    for secret in (*tokens, *nonces, "BEGIN", "eyJ"):
        assert secret not in launched.page


def test_who_may_check(site: Site, cast: Cast, sign_in: SignIn, client: FlaskClient) -> None:
    assert [sign_in(who).get(site.url).status_code for who in (cast.lena, cast.farid, cast.mona)] == [403, 403, 403]
    assert [sign_in(who).post(site.url).status_code for who in (cast.lena, cast.farid, cast.mona)] == [403, 403, 403]
    assert (client.get(site.url).status_code, client.post(site.url).status_code) == (303, 401)
    assert site.ada.post("/admin/platforms/999999/check").status_code == 404
    assert site.lms.asked() == []


@pytest.mark.parametrize(
    ("seconds", "mark", "code"),
    [
        (0, Mark.OK, "together"),
        (19, Mark.OK, "together"),
        (-19, Mark.OK, "together"),
        (45, Mark.NOT_OK, "ahead"),
        (-45, Mark.NOT_OK, "behind"),
    ],
)
def test_clocks_are_compared(seconds: int, mark: Mark, code: str) -> None:
    now = clock.now().replace(microsecond=0)
    date = (now + timedelta(seconds=seconds)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert clock_of(date, now) == Finding(Part.CLOCK, mark, code, {"seconds": abs(seconds)})


@pytest.mark.parametrize("date", ["", "yesterday", "Sun, 99 Nov 2026 10:00:00 GMT"])
def test_a_date_that_is_none(date: str) -> None:
    assert clock_of(date, clock.now()) == Finding(Part.CLOCK, Mark.UNKNOWN, "no_date")


def test_launches_are_counted() -> None:
    found = [cookie(0, 0, 0), cookie(3, 3, 0), cookie(3, 3, 2), cookie(3, 1, 2)]
    assert [(each.mark, each.code) for each in found] == [
        (Mark.UNKNOWN, "no_launch"),
        (Mark.OK, "all"),
        (Mark.OK, "windows"),
        (Mark.NOT_OK, "lost"),
    ]
