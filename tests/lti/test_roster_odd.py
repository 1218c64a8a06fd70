"""What a platform may answer instead of a roster: refused in words, within bounds, and nothing is changed by it."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from socket import socket
from typing import Any

import pytest
from flask.testing import FlaskClient
from structlog.testing import capture_logs

from course import clock
from course.database import Engines, unit_of_work
from course.lti.rules import members as rules
from course.lti.service import roster as service
from course.lti.service.outside import Outside
from course.lti.service.roster import Failed
from course.platforms.models import AccessToken, Context, Deployment, Platform
from course.platforms.queries import roster as queries
from course.platforms.rules import State
from tests.conftest import SignIn
from tests.lti.servers import Server, Talk, serving
from tests.make import Cast

TOKEN = "the-token-of-this-platform"


@dataclass
class Lms:
    """A server that answers the roster's pages as a test says."""

    server: Server | None = None
    pages: Callable[[str], Talk] = field(default=lambda _path: page([]))

    def talk(self, line: socket, head: str) -> None:
        self.pages(head.split(" ")[1])(line, head)

    @property
    def base(self) -> str:
        assert self.server is not None
        return f"http://127.0.0.1:{self.server.port}"

    @property
    def asked(self) -> list[str]:
        assert self.server is not None
        return [head.split(" ")[1] for head in self.server.heads]


def answer(body: bytes, *, status: str = "200 OK", kind: str = rules.ACCEPT, **headers: str) -> Talk:
    lines = {"Content-Type": kind, "Content-Length": str(len(body)), **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())

    def talk(line: socket, _head: str) -> None:
        line.sendall(f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body)

    return talk


def page(members: list[Mapping[str, Any]], **headers: str) -> Talk:
    return answer(json.dumps({"members": members}).encode(), **headers)


def learners(count: int, start: int = 0) -> list[Mapping[str, Any]]:
    return [{"user_id": str(start + number), "roles": ["Learner"]} for number in range(count)]


@pytest.fixture
def lms() -> Iterator[Lms]:
    made = Lms()
    with serving(made.talk) as server:
        made.server = server
        yield made


@pytest.fixture
def context(engines: Engines, cast: Cast, lms: Lms) -> int:
    now = clock.now()
    with unit_of_work(engines, write=True) as session:
        platform = Platform(
            name="Moodle",
            issuer=lms.base,
            client_id="oneday-1",
            auth_url=f"{lms.base}/auth",
            token_url=f"{lms.base}/token",
            keys_url=f"{lms.base}/keys",
            organisation_id=cast.organisation,
            state=State.ACTIVE,
            created_at=now,
        )
        session.add(platform)
        session.flush()
        deployment = Deployment(platform_id=platform.id, name="1", state=State.ACTIVE, created_at=now)
        session.add(deployment)
        session.flush()
        made = Context(
            deployment_id=deployment.id,
            name="7",
            title="October",
            cohort_id=cast.cohort,
            memberships_url=f"{lms.base}/7/members",
            roster=[{"subject": "before", "name": "Somebody Before", "learner": True}],
            created_at=now,
        )
        session.add(made)
        later = now + timedelta(hours=1)
        session.add(AccessToken(platform_id=platform.id, scopes=rules.SCOPE, token=TOKEN, expires_at=later))
        session.flush()
        return made.id


@dataclass
class Reading:
    """Reads the roster by the button."""

    mona: FlaskClient
    context: int

    def __call__(self) -> str:
        address = f"/manage/platforms/contexts/{self.context}/roster/"
        with capture_logs() as lines:
            assert self.mona.post(f"{address}read").status_code == 303
        assert TOKEN not in repr(lines)
        text = self.mona.get(address).text
        assert TOKEN not in text
        return text


@pytest.fixture
def read(sign_in: SignIn, cast: Cast, context: int) -> Reading:
    return Reading(sign_in(cast.mona), context)


def test_a_good_answer_is_read(lms: Lms, read: Reading) -> None:
    lms.pages = lambda _path: page([{"user_id": "5", "name": "Nora Weiss", "roles": ["Learner"]}])
    assert "Nora Weiss" in read()
    assert "Tried" not in read.mona.get(f"/manage/platforms/contexts/{read.context}/").text
    assert lms.asked == ["/7/members?limit=200"]
    assert lms.server is not None
    head = lms.server.heads[0]
    assert (f"Accept: {rules.ACCEPT}" in head, f"Authorization: Bearer {TOKEN}" in head) == (True, True)


HTML = b"<!doctype html><title>Sign in</title>"


@pytest.mark.parametrize(
    ("talk", "words"),
    [
        (answer(HTML, kind="text/html"), "answered with a page instead of a roster"),
        (answer(b""), "answered with a page instead of a roster"),
        (answer(b'{"members": [NaN]}'), "answered with a page instead of a roster"),
        (answer(b"[" * 100_000), "answered with a page instead of a roster"),
        (answer(b"[]"), "is no roster"),
        (answer(b'{"members": "all"}'), "is no roster"),
        (answer(b"{}", status="404 Not Found"), "does not find the course (404)"),
        (answer(b"{}", status="403 Forbidden"), "does not let us read the roster (403)"),
        (answer(HTML, status="400 Bad Request"), "does not let us read the roster (400)"),
        (answer(b"{}", status="429 Too Many Requests"), "asks us to wait (429)"),
        (answer(HTML, status="503 Busy"), "had an error of its own (503)"),
        (answer(b"", status="302 Found", Location="http://169.254.169.254/"), "sends us on to another address"),
        (answer(b" " * 1_100_000), "larger than we read"),
        (page([], Link='<https://evil.example.org/members>; rel="next"'), "next page is on another server"),
        (page([], Link="<http://127.0.0.1:1/members>; rel=next"), "next page is on another server"),
        (page([], Link='<?limit=200>; rel="next"'), "round in a circle"),
        (page([*learners(5001)]), "more than 5,000 people"),
    ],
)
def test_what_is_no_roster_is_said_in_words(lms: Lms, read: Reading, engines: Engines, talk: Talk, words: str) -> None:
    lms.pages = lambda _path: talk
    text = read()
    assert words in text
    assert "Tried" in text
    course = read.mona.get(f"/manage/platforms/contexts/{read.context}/").text
    assert (words in course, "Tried" in course) == (True, True)
    # What was read before is not shown as if it were today's.
    assert "Somebody Before" not in text
    assert len(lms.asked) == 1
    with unit_of_work(engines, write=False) as session:
        assert session.get_one(Context, read.context).roster == []


def test_a_token_that_is_no_longer_taken_is_asked_for_again(lms: Lms, read: Reading) -> None:
    def pages(path: str) -> Talk:
        if path == "/token":
            return answer(b'{"access_token": "another", "expires_in": 3600}', kind="application/json")
        return answer(b"{}", status="401 Unauthorized") if len(lms.asked) == 1 else page(learners(3))

    lms.pages = pages
    assert "new" in read()
    assert lms.asked == ["/7/members?limit=200", "/token", "/7/members?limit=200"]


def test_a_hundred_thousand_members_end_soon(lms: Lms, read: Reading) -> None:
    """Each page has its own address, and there is always one more."""

    def pages(path: str) -> Talk:
        number = len(lms.asked)
        return page(learners(1000, number * 1000), Link=f'</7/members?from={number}>; rel="next"')

    lms.pages = pages
    assert "more than 5,000 people" in read()
    assert len(lms.asked) == 6


def test_pages_without_end_and_without_anybody(lms: Lms, read: Reading) -> None:
    lms.pages = lambda _path: page([], Link=f'</7/members?from={len(lms.asked)}>; rel="next"')
    assert "more than 100 pages" in read()
    assert len(lms.asked) == rules.MOST_PAGES


def test_a_platform_that_is_slow_page_after_page(lms: Lms, engines: Engines, context: int) -> None:
    lms.pages = lambda _path: page([], Link=f'</7/members?from={len(lms.asked)}>; rel="next"')
    with unit_of_work(engines, write=False) as session:
        source = queries.source(session, context)
    assert source is not None
    seconds = iter(range(0, 1000, 25))

    def units(*, write: bool) -> Any:
        return unit_of_work(engines, write=write)

    outside = Outside(frozenset({"127.0.0.1"}))
    with pytest.raises(Failed, match="slow"):
        service.read(units, outside, source, elapsed=lambda: float(next(seconds)))
    assert len(lms.asked) == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("UPDATE platforms_platform SET state = 'stopped'", "is stopped, or was never confirmed"),
        ("UPDATE platforms_deployment SET state = 'pending'", "is stopped, or was never confirmed"),
        ("UPDATE platforms_context SET memberships_url = ''", "does not offer us this course"),
        (
            "UPDATE platforms_context SET memberships_url = 'https://169.254.169.254/latest'",
            "169.254.169.254 is an address inside a private network",
        ),
    ],
)
def test_nothing_is_asked_where_nothing_may_be(
    lms: Lms, read: Reading, engines: Engines, change: str, words: str
) -> None:
    with engines.writer.begin() as connection:
        connection.exec_driver_sql(change)
    assert words in read()
    assert lms.asked == []
