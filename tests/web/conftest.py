"""The application of these tests: the real one, with a few views that do one thing each."""

from collections.abc import Callable
from http import HTTPStatus

import pytest
from flask import Blueprint, Response, abort, g, request
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from course.database import Busy, Engines, unit_of_work
from course.people.models import Site
from course.web import transaction
from course.web.access import Unit, Who, enter
from course.web.application import Application
from tests.conftest import Probes

CANARY = "xylophone-canary"
"""Stands wherever a text of somebody could be quoted by mistake."""


def note(key: str) -> None:
    transaction.session().merge(Site(key=key, value="noted"))


probe = Blueprint("probe", __name__)


@probe.post("/probe/status/<int:status>")
@enter(Who.ANYBODY)
def returned(status: int) -> Response:
    note("returned")
    return Response("told\n", status)


@probe.route("/probe/abort/<int:status>", methods=["GET", "POST"])
@enter(Who.ANYBODY)
def aborted(status: int) -> str:
    if request.method == "POST":
        note("aborted")
    abort(status)


@probe.route("/probe/fault", methods=["GET", "POST"])
@enter(Who.SIGNED_IN)
def fault() -> str:
    raise LookupError(CANARY)


@probe.post("/probe/busy")
@enter(Who.ANYBODY)
def busy() -> str:
    note("busy")
    raise Busy


@probe.route("/probe/gone", methods=["GET", "POST"])
@enter(Who.ANYBODY)
def gone() -> str:
    raise OperationalError("SELECT 1", {"text": CANARY}, RuntimeError("connection refused"))


@probe.get("/probe/write")
@enter(Who.ANYBODY, Unit.WRITE)
def write() -> str:
    note("write")
    return "told\n"


@probe.get("/probe/reads")
@enter(Who.SIGNED_IN)
def reads() -> str:
    return f"{g.viewer.name}\n"


@probe.get("/probe/reads-and-writes")
@enter(Who.ANYBODY)
def reads_and_writes() -> str:
    note("forbidden")
    transaction.session().flush()
    return "told\n"


@probe.post("/probe/own")
@enter(Who.SIGNED_IN, Unit.OWN)
def own() -> str:
    outside = "session" not in g
    with transaction.unit(write=True):
        note("own")
    return f"{g.viewer.name} outside: {outside}\n"


@probe.post("/probe/nested")
@enter(Who.ANYBODY)
def nested() -> str:
    with transaction.unit(write=True):
        return "told\n"


@probe.get("/probe/body/<int:size>")
@enter(Who.ANYBODY)
def body(size: int) -> str:
    return "<p>0123456789</p>" * (size // 17)


@probe.get("/probe/mail-address/<token>")
@enter(Who.SIGNED_IN)
def with_token(token: str) -> tuple[str, int]:
    return f"{token}\n", HTTPStatus.ACCEPTED


@pytest.fixture
def probes() -> Probes:
    return (probe,)


Noted = Callable[[], set[str]]


@pytest.fixture
def noted(engines: Engines) -> Noted:
    """Return what the probes noted and was committed."""

    def read() -> set[str]:
        with unit_of_work(engines, write=False) as session:
            return set(session.execute(select(Site.key)).scalars())

    return read


@pytest.fixture
def fresh(app: Application) -> FlaskClient:
    """A browser with CSRF as people have it."""
    return app.test_client()
