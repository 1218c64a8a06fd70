"""A forgotten password: the same answer for everybody, a mail for who is known."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from course.database import Engines, unit_of_work
from course.outbox.models import Message
from course.people.models import Link
from course.settings import Settings
from course.signin import limits
from course.web.application import Application
from tests.conftest import MakeApp
from tests.make import Cast


@pytest.fixture
def mailing(settings: Settings, make_app: MakeApp) -> Application:
    """A site that sends mail and knows its own address."""
    app = make_app(replace(settings, mail_url="smtp://mail.test:25", base_url="https://x.test"))
    app.config["WTF_CSRF_ENABLED"] = False
    return app


def mails(engines: Engines) -> list[tuple[str, str]]:
    with unit_of_work(engines, write=False) as session:
        rows = session.execute(select(Message.recipient, Message.payload).order_by(Message.id)).all()
        return [(row.recipient, row.payload["body"]) for row in rows]


def test_known_and_unknown_get_one_answer_and_only_the_known_a_mail(
    engines: Engines, cast: Cast, mailing: Application
) -> None:
    pages = []
    for address in ("Lena@example.org", "nobody@example.org"):
        browser = mailing.test_client()
        reply = browser.post("/sign-in/forgot", data={"address": address})
        assert (reply.status_code, reply.headers["Location"]) == (303, "/sign-in/forgot?sent=1")
        pages.append(browser.get("/sign-in/forgot?sent=1").get_data(as_text=True))
    assert pages[0] == pages[1]
    assert "If somebody signs in with this address" in pages[0]
    [(recipient, body)] = mails(engines)
    assert recipient == "lena@example.org"
    [path] = re.findall(r"https://x\.test(/sign-in/password/\S+)", body)
    assert mailing.test_client().get(path).status_code == 200


def test_a_newer_link_replaces_the_older_and_past_the_limit_none_is_mailed(
    engines: Engines, cast: Cast, mailing: Application
) -> None:
    answers = [
        mailing.test_client().post("/sign-in/forgot", data={"address": "lena@example.org"}).status_code
        for _ in range(limits.FORGOTTEN_ADDRESS.tries + 2)
    ]
    assert set(answers) == {303}
    sent = mails(engines)
    assert len(sent) == limits.FORGOTTEN_ADDRESS.tries
    statuses = [
        mailing.test_client().get(re.findall(r"https://x\.test(/\S+)", body)[0]).status_code for _to, body in sent
    ]
    assert statuses == [410] * (len(sent) - 1) + [200]
    mailing.test_client().post("/sign-in/forgot", data={"address": "leo@example.org"})
    assert [to for to, _body in mails(engines)][-1] == "leo@example.org"


def test_without_mail_it_says_whom_to_ask_and_makes_no_link(engines: Engines, cast: Cast, client: FlaskClient) -> None:
    page = client.get("/sign-in/forgot").get_data(as_text=True)
    assert "Your training manager can make a link for you" in page
    replies = [
        client.post("/sign-in/forgot", data={"address": address}, follow_redirects=True).get_data(as_text=True)
        for address in ("lena@example.org", "nobody@example.org")
    ]
    assert replies[0] == replies[1]
    assert mails(engines) == []
    with unit_of_work(engines, write=False) as session:
        assert session.execute(select(Link.id)).all() == []


def test_a_link_is_never_mailed_under_an_address_that_the_browser_made_up(
    engines: Engines, make_app: MakeApp, cast: Cast, settings: Settings
) -> None:
    app = make_app(replace(settings, mail_url="smtp://mail.test:25"))
    app.config["WTF_CSRF_ENABLED"] = False
    for host in ("evil.example", "localhost"):
        app.test_client().post("/sign-in/forgot", data={"address": "lena@example.org"}, headers={"Host": host})
    assert [re.findall(r"http://([^/]+)/", body) for _to, body in mails(engines)] == [["localhost"]]


@pytest.mark.parametrize("address", ["", "nobody", "x" * 300])
def test_what_is_no_address_is_said_in_the_form(mailing: Application, address: str) -> None:
    reply = mailing.test_client().post("/sign-in/forgot", data={"address": address})
    assert reply.status_code == 422
    assert f'value="{address}"' in reply.get_data(as_text=True)


def test_one_client_that_asks_for_everybody_is_stopped(
    cast: Cast, mailing: Application, use_up: Callable[..., None], engines: Engines
) -> None:
    use_up(limits.FORGOTTEN_CLIENT, "10.0.0.1")
    for address, status in (("10.0.0.1", 429), ("10.0.0.2", 303)):
        browser = mailing.test_client()
        browser.environ_base["REMOTE_ADDR"] = address
        assert browser.post("/sign-in/forgot", data={"address": "lena@example.org"}).status_code == status
    assert len(mails(engines)) == 1


def test_the_form_wants_its_token(settings: Settings, make_app: MakeApp) -> None:
    app = make_app(replace(settings, mail_url="smtp://mail.test:25", base_url="https://x.test"))
    assert app.test_client().post("/sign-in/forgot", data={"address": "lena@example.org"}).status_code == 400
