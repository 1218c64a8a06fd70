"""A launch that is about to come back from its platform, still open to one change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import func, select
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from course.database import Engines, unit_of_work
from course.people.models import Person
from course.people.models import Session as SignIn
from course.platforms.models import Context
from tests.lti.platform import Signer, log_in

COOKIE = "oneday-lti-"


@dataclass
class Coming:
    """What the browser will post. ``token`` replaces what would be signed."""

    client: FlaskClient
    engines: Engines
    signer: Signer
    state: str
    nonce: str
    claims: dict[str, Any]
    header: dict[str, Any]
    token: str | None = None
    form: dict[str, str | None] = field(default_factory=dict)
    """Fields beside or instead of the usual two; None leaves one out."""

    @property
    def good_token(self) -> str:
        return self.signer.token(self.nonce)

    @property
    def cookie(self) -> str:
        """The name of the browser's secret."""
        return f"{COOKIE}{self.state[:12]}"

    def signed(self) -> str:
        return self.signer.sign(self.claims, self.header)

    def post(self) -> TestResponse:
        fields = {"state": self.state, "id_token": self.signed() if self.token is None else self.token, **self.form}
        return self.client.post(
            "/lti/launch", data={name: value for name, value in fields.items() if value is not None}
        )


def coming(client: FlaskClient, engines: Engines, signer: Signer) -> Coming:
    """Log in and return the good launch that would follow."""
    asked = log_in(client, signer)
    header = {"alg": "RS256", "typ": "JWT", "kid": signer.kid}
    return Coming(client, engines, signer, asked["state"], asked["nonce"], signer.claims(asked["nonce"]), header)


@dataclass(frozen=True)
class Kept:
    """How many rows there are of what a launch may make."""

    sessions: int
    people: int
    contexts: int


def kept(engines: Engines) -> Kept:
    with unit_of_work(engines, write=False) as session:
        counts = (select(func.count()).select_from(model).scalar_subquery() for model in (SignIn, Person, Context))
        return Kept(*session.execute(select(*counts)).one())


@dataclass(frozen=True)
class Seen:
    """An answer, and what was logged of it."""

    answer: TestResponse
    lines: tuple[Mapping[str, Any], ...]

    @property
    def refused(self) -> list[tuple[str, int | None]]:
        """Reason and platform of each refusal."""
        return [(line["reason"], line["platform"]) for line in self.lines if line["event"] == "lti refused"]


def seen(launch: Coming) -> Seen:
    with capture_logs() as lines:
        answer = launch.post()
    return Seen(answer, tuple(lines))
