"""A platform's keys: read once an hour, once a minute for an unknown one; what comes instead lets nobody in."""

import json
import socket
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from course import clock
from course.app import create_app
from course.database import Engines, unit_of_work
from course.lti.service.outside import LARGEST, Outside
from course.lti.service.proof import usable
from course.platforms.models import KeySet, Platform
from course.settings import Settings
from course.web.application import Application
from tests.lti.coming import coming, kept, seen
from tests.lti.platform import Signer, login_and_launch
from tests.lti.servers import Server, Talk, answering, dripping, hanging, serving

SHORT = 0.3
OTHER = Signer(key=1, kid="key-1")
"""The same platform after it changed its key."""


def showing(*signers: Signer) -> Talk:
    return answering(json.dumps({"keys": [signer.jwk for signer in signers]}).encode())


def only_for_agents(line: socket.socket, head: str) -> None:
    """Some Moodles answer 403 to who does not say what they are."""
    agent = "user-agent: oneday/" in head.lower()
    showing(Signer())(line, head) if agent else answering(b"", status="403 Forbidden")(line, head)


class Keys:
    """The platform's key address, behind which a test puts what it likes."""

    def __init__(self, server: Server, engines: Engines) -> None:
        self.server = server
        self._engines = engines

    @property
    def asked(self) -> int:
        return len(self.server.heads)

    def show(self, talk: Talk) -> None:
        self.server.talk = talk

    def forget(self) -> None:
        """Let it be as before the first launch."""
        with unit_of_work(self._engines, write=True) as session:
            session.execute(delete(KeySet))

    def age(self, *, fetched: timedelta, asked: timedelta) -> None:
        """Let the keys be read, and be asked for, this long ago."""
        now = clock.now()
        with unit_of_work(self._engines, write=True) as session:
            session.execute(update(KeySet).values(fetched_at=now - fetched, asked_at=now - asked))

    @property
    def kept(self) -> list[str]:
        with unit_of_work(self._engines, write=False) as session:
            return [key["kid"] for key in session.execute(select(KeySet.keys)).scalar_one()]


@pytest.fixture
def keys(engines: Engines, platform_id: int) -> Iterator[Keys]:
    with serving(showing(Signer())) as server:
        with unit_of_work(engines, write=True) as session:
            session.execute(update(Platform).values(keys_url=f"http://127.0.0.1:{server.port}/keys"))
        found = Keys(server, engines)
        found.forget()
        yield found


def refusals(client: FlaskClient, engines: Engines, signer: Signer) -> list[str]:
    return [reason for reason, _platform in seen(coming(client, engines, signer)).refused]


MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def test_the_first_launch_reads_them_and_the_next_ones_do_not(
    client: FlaskClient, engines: Engines, keys: Keys, lms: Signer
) -> None:
    for _launch in range(3):
        assert refusals(client, engines, lms) == []
    assert keys.asked == 1
    assert keys.kept == ["key-0"]
    assert "\r\nAccept: application/json\r\n" in keys.server.heads[0]


def test_they_are_read_again_after_an_hour(client: FlaskClient, engines: Engines, keys: Keys, lms: Signer) -> None:
    assert refusals(client, engines, lms) == []
    keys.age(fetched=HOUR - MINUTE, asked=HOUR - MINUTE)
    assert refusals(client, engines, lms) == []
    assert keys.asked == 1
    keys.age(fetched=HOUR, asked=HOUR)
    assert refusals(client, engines, lms) == []
    assert refusals(client, engines, lms) == []
    assert keys.asked == 2


def test_an_unknown_key_is_asked_for_once_a_minute(
    client: FlaskClient, engines: Engines, keys: Keys, lms: Signer
) -> None:
    assert refusals(client, engines, lms) == []
    # Asked a moment ago: whoever makes up names of keys does not make us ask for each.
    assert refusals(client, engines, OTHER) == ["unknown_key"]
    assert keys.asked == 1
    keys.age(fetched=MINUTE, asked=MINUTE)
    assert refusals(client, engines, OTHER) == ["unknown_key"]
    assert refusals(client, engines, OTHER) == ["unknown_key"]
    assert keys.asked == 2
    # The platform changes its key: the next launch by it lands, and a token of the old one does not.
    keys.show(showing(OTHER))
    keys.age(fetched=MINUTE, asked=MINUTE)
    assert refusals(client, engines, OTHER) == []
    assert refusals(client, engines, lms) == ["unknown_key"]
    assert keys.asked == 3
    assert keys.kept == ["key-1"]


def test_another_process_asks_no_sooner(
    settings: Settings, app: Application, engines: Engines, keys: Keys, lms: Signer
) -> None:
    clients = [process.test_client() for process in (app, create_app(settings, engines=engines))]
    assert [refusals(client, engines, lms) for client in clients] == [[], []]
    assert [refusals(client, engines, OTHER) for client in clients] == [["unknown_key"], ["unknown_key"]]
    assert keys.asked == 1


def test_a_whole_class_that_clicks_at_once_reads_them_once(
    app: Application, engines: Engines, keys: Keys, lms: Signer
) -> None:
    launches = [coming(app.test_client(), engines, lms) for _learner in range(6)]
    start = threading.Barrier(len(launches))
    answers: list[int] = []

    def click(number: int) -> None:
        start.wait()
        answers.append(launches[number].post().status_code)

    threads = [threading.Thread(target=click, args=(number,)) for number in range(len(launches))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert keys.asked == 1
    assert set(answers) == {login_and_launch(app.test_client(), lms).status_code}
    assert len(answers) == 6


@pytest.mark.parametrize(
    ("talk", "trouble"),
    [
        (hanging, "timeout"),
        (dripping(b'HTTP/1.1 200 OK\r\n\r\n{"keys": ['), "timeout"),
        (answering(b"[" * (LARGEST + 1)), "too_large"),
        (answering(b"", status="403 Forbidden"), "status_403"),
        (answering(b"", status="500 Oops"), "status_500"),
        (answering(b"", status="302 Found", headers="Location: http://127.0.0.1/\r\n"), "redirect"),
        (answering(b"<html>Sign in</html>"), "not_json"),
        (answering(b"[]"), "no_keys"),
        (answering(b'{"keys": {}}'), "no_keys"),
        (answering(b'{"keys": []}'), "no_keys"),
        (answering(b'{"keys": [null, 1, "a", [], {}]}'), "no_keys"),
    ],
)
def test_what_comes_instead_of_keys_lets_nobody_in_and_lasts_a_minute(
    app: Application, engines: Engines, keys: Keys, talk: Talk, trouble: str
) -> None:
    client, lms = app.test_client(), Signer()
    app.extensions["oneday-outside"] = Outside(frozenset({"127.0.0.1"}), seconds=SHORT)
    keys.show(talk)
    before = kept(engines)
    found = seen(coming(client, engines, lms))
    assert [reason for reason, _platform in found.refused] == ["no_keys"]
    assert found.answer.status_code == 502
    assert [line["trouble"] for line in found.lines if line["event"] == "lti keys unread"] == [trouble]
    assert kept(engines) == before
    # Ten seconds from now nobody asks again; a minute from now the keys are there, and people come in.
    keys.show(showing(lms))
    with unit_of_work(engines, write=True) as session:
        session.execute(update(KeySet).values(asked_at=clock.now() - timedelta(seconds=11)))
    assert refusals(client, engines, lms) == ["no_keys"]
    assert keys.asked == 1
    with unit_of_work(engines, write=True) as session:
        session.execute(update(KeySet).values(asked_at=clock.now() - MINUTE))
    assert refusals(client, engines, lms) == []
    assert keys.asked == 2


def test_a_platform_that_wants_to_know_who_asks_is_told(
    client: FlaskClient, engines: Engines, keys: Keys, lms: Signer
) -> None:
    keys.show(only_for_agents)
    assert refusals(client, engines, lms) == []


def test_a_class_goes_on_while_the_keys_cannot_be_read_again_but_not_for_ever(
    client: FlaskClient, engines: Engines, keys: Keys, lms: Signer
) -> None:
    assert refusals(client, engines, lms) == []
    keys.show(answering(b"", status="500 Oops"))
    keys.age(fetched=2 * HOUR, asked=2 * HOUR)
    assert refusals(client, engines, lms) == []
    assert refusals(client, engines, OTHER) == ["no_keys"]
    assert keys.asked == 2
    keys.age(fetched=24 * HOUR, asked=24 * HOUR)
    assert refusals(client, engines, lms) == ["no_keys"]


def test_no_transaction_is_open_while_the_platform_is_asked(
    client: FlaskClient, engines: Engines, keys: Keys, lms: Signer
) -> None:
    wrote: list[datetime] = []

    def busy(line: socket.socket, head: str) -> None:
        # Under a lock, this would wait for the launch, and the launch for this.
        with unit_of_work(engines, write=True) as session:
            session.execute(update(Platform).values(family="moodle"))
            wrote.append(clock.now())
        showing(lms)(line, head)

    keys.show(busy)
    assert refusals(client, engines, lms) == []
    assert len(wrote) == 1


def test_only_sound_rsa_keys_for_signatures_are_kept() -> None:
    good = Signer().jwk
    bare = {name: good[name] for name in ("kty", "kid", "n", "e")}
    operations = {**bare, "kid": "edx", "key_ops": ["verify"]}
    odd: list[object] = [
        {**good, "kty": "EC"},
        {**good, "use": "enc"},
        {**good, "alg": "RS512"},
        {**good, "kid": ""},
        {**good, "kid": 7},
        {name: value for name, value in good.items() if name != "kid"},
        {name: value for name, value in good.items() if name != "n"},
        {**good, "n": "AQAB"},
        {**good, "n": good["n"][:40]},
        {**good, "n": "_" * 200_000},
        {**good, "n": "not base64!"},
        {**good, "n": "ü" * 400},
        {**good, "e": "AA"},
        {**good, "e": "AQ"},
        {**good, "e": "Ag"},
        {**good, "e": good["n"]},
        {"kty": "oct", "kid": "key-0", "k": "c2VjcmV0"},
        None,
        [],
        "key",
    ]
    assert usable({"keys": [*odd, good, operations]}) == [bare, {**bare, "kid": "edx"}]
    assert usable({"keys": [good] * 60}) == [bare] * 50
    others: list[object] = [None, [], {}, "keys", {"keys": None}, {"keys": "abc"}]
    assert [usable(other) for other in others] == [[]] * len(others)
