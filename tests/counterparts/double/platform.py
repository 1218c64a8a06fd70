"""``Double``: a strict LMS of ours in a thread on 127.0.0.1.

    with Double(tool="https://oneday.test") as lms:
        connect(session, lms, organisation_id=1)          # its rows at Oneday, confirmed
        lms.place("day-one", custom={"module": "small-talk"})
        answer = lms.launch(client, user="lena", link="day-one")      # Flask's test client; its last answer
        launching = lms.start(client, user="lena", link="day-one")    # the same, stopped before the id_token is posted
        launching.claims["aud"] = "somebody-else"
        answer = launching.post()

Everything it checks and every quirk it has is written at its place with the section of the anchor (``lti.md``) that
measured it.
"""

from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from tests.counterparts.double import drive, grades, registration, returning, routes, tokens
from tests.counterparts.double.drive import Answer, Browser, Launching
from tests.counterparts.double.http import Asked, Reply, Server, asked_for
from tests.counterparts.double.jose import key
from tests.counterparts.double.world import SCOPES, Client, Course, Item, Link, Member, Pending, Result, User, World

RESOURCE = "LtiResourceLinkRequest"
DEEP_LINKING = "LtiDeepLinkingRequest"
REVIEW = "LtiSubmissionReviewRequest"
CLIENT = "oneday-1"
COURSE = "7"


class Double(World):
    """The platform: what it knows, a server, and what its people do."""

    def __init__(self, *, tool: str = "http://localhost", keys: Callable[[], Mapping[str, Any]] | None = None) -> None:
        """Serve. ``tool`` is Oneday's address; ``keys`` hands its JWKS over where it has no port to fetch them from."""
        super().__init__()
        self.tool = tool.rstrip("/")
        self.server = Server(lambda asked: routes.answer(self, asked))
        self.issuer = f"http://127.0.0.1:{self.server.port}"
        names = (("lena", "Lena", "Lorenz"), ("lars", "Lars", "Linde"), ("farid", "Farid", "Farooqi"))
        self.users.update({id_: User(id_, given, family, f"{id_}@lms.example") for id_, given, family in names})
        members = {"lena": Member("Learner"), "lars": Member("Learner"), "farid": Member("Instructor")}
        self.courses[COURSE] = Course(COURSE, "OCT", "October Friday", members)
        self.add_client(CLIENT, keys=keys)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.close()

    @property
    def host(self) -> str:
        """What ``COURSE_LTI_HOSTS`` must name."""
        return f"127.0.0.1:{self.server.port}"

    # -- What its admin and its teachers set up

    def add_client(
        self,
        name: str,
        *,
        deployment: str = "",
        keys: Callable[[], Mapping[str, Any]] | None = None,
        scopes: Sequence[str] = SCOPES,
    ) -> Client:
        """Register Oneday by hand, once more under this issuer if need be. The deployment is Moodle's type id."""
        made = Client(
            id=name,
            deployment=deployment or str(len(self.clients) + 1),
            login_url=f"{self.tool}/lti/login",
            redirect_urls=(f"{self.tool}/lti/launch",),
            target=f"{self.tool}/lti/launch",
            keys_url=f"{self.tool}/lti/jwks",
            keys=keys,
            scopes=tuple(scopes),
        )
        self.clients[made.id] = made
        return made

    def enrol(self, user: User, *, course: str = COURSE, role: str = "Learner", active: bool = True) -> User:
        self.users[user.id] = user
        self.courses[course].members[user.id] = Member(role, active=active)
        return user

    def place(
        self,
        name: str,
        *,
        custom: Mapping[str, str] | None = None,
        course: str = COURSE,
        client: str = CLIENT,
        title: str = "A day",
        url: str = "",
        graded: bool = False,
    ) -> Link:
        """Place Oneday in a course by hand; ``graded`` gives it a line item as Moodle does."""
        made = Link(name, course, client, title, url, dict(custom or {}))
        self.links[name] = made
        if graded:
            made.item = grades.make(self, course=course, client=client, label=title, maximum=100, link=name).id
        return made

    def rotate(self, *, keep: bool = True) -> None:
        """Sign with another key from now on; with ``keep`` the old one stays published."""
        old, self.key = self.key, key(len(self.published) + 1)
        self.published = [*((self.published or [old.jwk]) if keep else []), self.key.jwk]

    def invite(self, registration_url: str) -> str:
        """Return where the platform's admin is sent to register Oneday at its registration address."""
        return registration.invitation(self, registration_url)

    # -- What its people do

    def start(
        self,
        browser: Browser[Answer],
        *,
        user: str = "lena",
        link: str | None = None,
        client: str = "",
        change: Callable[[dict[str, str]], None] | None = None,
        method: str = "POST",
    ) -> Launching[Answer]:
        """Click a link; stop before its id_token is posted."""
        return drive.start(
            self, browser, self.opened(user=user, link=link, client=client), change=change, method=method
        )

    def launch(
        self, browser: Browser[Answer], *, user: str = "lena", link: str | None = None, client: str = ""
    ) -> Answer:
        """Click a link and return the tool's answer to the id_token."""
        return self.start(browser, user=user, link=link, client=client).post()

    def opened(self, *, user: str = "lena", link: str | None = None, client: str = "") -> Pending:
        """Return the launch of a link (the only one, where none is named) before it begins."""
        placed = self.links[link] if link else next(iter(self.links.values()))
        named = client or placed.client
        target = placed.url or self.client(named).target
        return Pending(named, user, "", RESOURCE, placed.course, target, placed.id)

    def deep_link(
        self,
        browser: Browser[Answer],
        *,
        user: str = "farid",
        course: str = COURSE,
        client: str = CLIENT,
        settings: Mapping[str, Any] | None = None,
        omit: Sequence[str] = (),
    ) -> Launching[Answer]:
        """Open the tool's picker; stop before its id_token is posted. ``settings`` changes the deep linking settings.

        ``omit`` leaves settings out, as a platform may (anchor, 1.4).
        """
        pending = Pending(client, user, "", DEEP_LINKING, course, self.client(client).target)
        pending.settings = {
            name: value
            for name, value in {**returning.settings(self, pending), **(settings or {})}.items()
            if name not in omit
        }
        return drive.start(self, browser, pending)

    def take(self, answer: str) -> list[Link]:
        """Let a teacher's browser post the tool's deep linking answer (a page with a form); return the links made."""
        return returning.take(self, answer)

    def review(self, browser: Browser[Answer], *, of: str, link: str, user: str = "farid") -> Launching[Answer]:
        """Click a learner's work in the gradebook; stop before the id_token is posted (anchor, 8, review)."""
        placed = self.links[link]
        target = (placed.review or {}).get("url") or placed.url or self.client(placed.client).target
        pending = Pending(placed.client, user, "", REVIEW, placed.course, target, placed.id, of)
        return drive.start(self, browser, pending)

    # -- What a test looks at

    def ask(self, method: str, url: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Reply:
        """Answer a request without the net, in the same manner."""
        return self.server.answer(asked_for(method, url.removeprefix(self.issuer), headers or {}, body))

    def asked(self, part: str = "") -> list[Asked]:
        """Return the requests so far whose address contains ``part``."""
        return [one for one in self.server.asked if part in one.url]

    def statuses(self, part: str) -> list[int]:
        """Return the statuses of the answers so far to requests whose address contains ``part``."""
        return [status for one, status in self.server.answered if part in one.url]

    def item(self, *, resource: str, tag: str, course: str = COURSE) -> Item:
        """Return the one line item with this resource id and tag."""
        found = [one for one in self.items.values() if (one.course, one.resource, one.tag) == (course, resource, tag)]
        assert len(found) == 1, found
        return found[0]

    def result(self, user: str, item: Item) -> Result:
        """Return what the gradebook holds for somebody."""
        return item.results.get(user, Result())

    def token(self, client: str = CLIENT, scopes: Sequence[str] = SCOPES) -> str:
        """Give an access token without being asked for one properly."""
        return tokens.give(self, client, scopes)
