"""A facilitator's note is on their own guide and in no other answer: a planted word, every role, every address."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.routing import Rule

from course import clock
from course.cohorts.models import Day, Role, Run
from course.cohorts.service.door import open_door
from course.database import Engines, unit_of_work
from course.people.models import Organisation
from tests import make
from tests.conftest import SignIn
from tests.make import Cast
from tests.web.walk import NOWHERE

CANARY = "canary-quorvath"
LINK = re.compile(r'(?:href|src|action|data-autosave|data-news)="(/[^"#]*)')
PRINTED = ("/kit/everything.zip", ".pdf")
"""Drawn from the module and the day by a room that knows no notes; in packed bytes no word could be found."""


@pytest.fixture
def fiona(engines: Engines, cast: Cast) -> int:
    """Another facilitator of the same organisation, who holds the same module today."""
    with unit_of_work(engines, write=True) as session:
        where = session.get_one(Organisation, cast.organisation)
        who = make.person(session, "Fiona Tran")
        make.membership(session, who, Role.FACILITATOR, where)
        group = make.cohort(session, where, name="November Friday")
        make.run(session, make.day(session, where), group, version_hash=cast.version_hash, facilitator=who)
        return who.id


@pytest.fixture
def planted(sign_in: SignIn, engines: Engines, cast: Cast) -> FlaskClient:
    """Farid's browser, after he wrote a note on every block of a day that has begun, with its door open."""
    with unit_of_work(engines, write=True) as session:
        session.execute(update(Day).values(date=clock.today("America/New_York"), starts=0))
        open_door(session, run_id=cast.run)
    farid = sign_in(cast.farid)
    for block in make.small_module().blocks:
        wish = {"text": f"{CANARY} {block.id}", "base_version": 0, "operation_id": block.id}
        assert farid.post(f"/facilitate/runs/{cast.run}/guide/{block.id}/note", json=wish).status_code == 200
    return farid


def guessed(browser: FlaskClient, engines: Engines, cast: Cast) -> list[str]:
    """Every address of the site that a GET opens, with ids that are really there."""
    with unit_of_work(engines, write=False) as session:
        runs = [run.id for run in session.query(Run)]
    real = NOWHERE | {
        "block_id": "hello",
        "cohort_id": cast.cohort,
        "day_id": cast.day,
        "organisation_id": cast.organisation,
        "person_id": cast.farid,
        "run_id": cast.run,
        "seat_id": cast.lena_seat,
        "slug": "small-talk",
    }
    found = []
    for rule in browser.application.url_map.iter_rules():
        for run in runs if "run_id" in rule.arguments else [cast.run]:
            found += built(rule, real | {"run_id": run})
    return found


def built(rule: Rule, ids: dict[str, object]) -> list[str]:
    if "GET" not in (rule.methods or ()) or rule.endpoint == "static":
        return []
    address = rule.build({name: ids[name] for name in rule.arguments}, append_unknown=False)
    assert address is not None
    return [address[1]]


def tells(browser: FlaskClient, engines: Engines, cast: Cast) -> tuple[set[str], int]:
    """Open every address that can be guessed or found; return those that tell a note, and how many were opened."""
    waiting, seen, telling = guessed(browser, engines, cast), set[str](), set[str]()
    while waiting:
        url = waiting.pop().replace("&amp;", "&")
        if url in seen or url.startswith(("/sign-", "/static/")) or url.partition("?")[0].endswith(PRINTED):
            continue
        seen.add(url)
        answer = browser.get(url)
        body = answer.get_data().decode(errors="replace")
        answer.close()
        if CANARY in body or CANARY in str(answer.headers):
            telling.add(url)
        waiting += LINK.findall(body)
    return telling, len(seen)


def test_nobody_else_is_told(planted: FlaskClient, sign_in: SignIn, engines: Engines, cast: Cast, fiona: int) -> None:
    own = f"/facilitate/runs/{cast.run}/guide/"
    telling, opened = tells(planted, engines, cast)
    # The scanner finds what its writer may see; neither the wall nor the day that all share tells it even to him.
    assert telling == {own}
    assert opened > 50
    others = {"lena": cast.lena, "leo": cast.leo, "mona": cast.mona, "ada": cast.ada, "otto": cast.otto}
    others |= {"oskar": cast.otto_facilitator, "olga": cast.otto_manager, "fiona": fiona}
    heard = {name: tells(sign_in(who), engines, cast)[0] for name, who in others.items()}
    assert heard == {name: set() for name in others}
    assert tells(planted.application.test_client(), engines, cast)[0] == set()
    # Looked at again after everybody else's visit, it is still there, and whole.
    assert planted.get(own).text.count(CANARY) == 2 * len(make.small_module().blocks)
