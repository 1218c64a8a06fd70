"""Launches from an LMS: what one costs beside a write of the floor and the verification of its signature."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from statistics import median
from time import process_time
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

from bench.group import MODULE, Group
from bench.measure import Cost, Floor, measure
from bench.servers import Server
from bench.work import PAGE_LIMIT, Send, Work
from course import clock
from course.database import Engines, unit_of_work
from course.platforms.models import Context, Deployment
from tests.lti.platform import LTI, Signer, connected
from tests.machine.client import Answer, Browser

VERIFICATIONS = 200
ROUNDS = 5


@dataclass(frozen=True)
class Launches:
    """The cost of a launch, and of one verification of RS256 in the same run, in CPU milliseconds."""

    cost: Cost
    verification: float

    @property
    def allowed(self) -> float:
        return PAGE_LIMIT * self.cost.floor + self.verification

    @property
    def over(self) -> bool:
        return self.cost.course > self.allowed


def measure_all(engines: Engines, group: Group, servers: tuple[Server, Server], requests: int) -> Iterator[Launches]:
    """Measure the launches of somebody who is known, then first launches, each of which takes a place in the group."""
    signer = _connect(engines, group, servers[0].port)
    floor = Floor(servers[1].port)
    verification = _verification(signer)
    for name, people in (("POST launch, again", ["user-7"]), ("POST launch, first", None)):
        sends = _launches(servers[0].port, signer, people)
        yield Launches(measure(Work(name, sends, writes=True), floor, servers, requests), verification)


def _connect(engines: Engines, group: Group, port: int) -> Signer:
    """Make a platform known whose course is the group."""
    signer = replace(Signer(), target=f"http://127.0.0.1:{port}/lti/launch", told={f"{LTI}custom": {"module": MODULE}})
    with unit_of_work(engines, write=True) as session:
        platform_id = connected(session, signer, organisation_id=group.organisation_id)
        deployment = session.query(Deployment).filter_by(platform_id=platform_id).one()
        course = Context(
            deployment_id=deployment.id, name="course-3", cohort_id=group.cohort_id, created_at=clock.now()
        )
        session.add(course)
    return signer


def _launches(port: int, signer: Signer, people: list[str] | None) -> Iterator[Send]:
    """Begin one launch after the other; what is sent is the platform's answer, signed beforehand."""
    browser = Browser(port, packs=False)
    for number in count():
        subject = people[number % len(people)] if people else f"newcomer-{number}"
        browser.cookies.clear()
        begun = {
            "iss": signer.issuer,
            "client_id": signer.client_id,
            "login_hint": "7",
            "target_link_uri": signer.target,
        }
        answer = browser.get(f"/lti/login?{urlencode(begun)}")
        asked = {name: value[0] for name, value in parse_qs(urlsplit(answer.headers["location"]).query).items()}
        claims = {"sub": subject, "name": f"Name of {subject}", "email": f"{subject}@lms.example"}
        token = signer.token(asked["nonce"], claims)
        yield _sender(browser, dict(browser.cookies), {"state": asked["state"], "id_token": token})


def _sender(browser: Browser, cookies: dict[str, str], fields: dict[str, object]) -> Send:
    def send() -> Answer:
        browser.cookies = dict(cookies)
        return browser.form("/lti/launch", fields)

    return send


def _verification(signer: Signer) -> float:
    """Return the CPU milliseconds of one verification of a launch's signature: the median of interleaved rounds."""
    token = signer.token("nonce")
    key = RSAKey.import_key(dict[str, str | list[str]](signer.jwk))
    rounds = []
    for _ in range(ROUNDS):
        before = process_time()
        for _again in range(VERIFICATIONS):
            jwt.decode(token, key, algorithms=["RS256"])
        rounds.append((process_time() - before) / VERIFICATIONS * 1000)
    return median(rounds)
