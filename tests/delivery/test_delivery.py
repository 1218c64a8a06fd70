"""Mails leave once, with a real mail server at the other end."""

import base64
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from course import clock, delivery
from course.database import Engines, unit_of_work
from course.delivery import drain
from course.outbox import service as outbox
from course.outbox.models import Message
from course.outbox.service import Job, Kind
from course.settings import Settings
from course.web.application import Application
from tests.conftest import MakeApp
from tests.delivery.peer import Peer, mail_server
from tests.machine.wait import until

ROOT = Path(__file__).parents[2]


@pytest.fixture
def peer() -> Iterator[Peer]:
    with mail_server() as running:
        yield running


@pytest.fixture
def mailing(settings: Settings, peer: Peer) -> Settings:
    return replace(settings, mail_url=peer.url, mail_from="Training <training@example.org>")


@pytest.fixture
def app(mailing: Settings, make_app: MakeApp) -> Application:
    return make_app(mailing)


def owe(engines: Engines, *recipients: str, group: str | None = None, later: timedelta = timedelta()) -> None:
    with unit_of_work(engines, write=True) as session:
        for recipient in recipients:
            outbox.post_mail(
                session,
                recipient=recipient,
                subject="Your feedback is here",
                body="Dear Zoë,\n\nit is here.\n",
                group=group,
                due_at=clock.now() + later,
            )


def kept(engines: Engines) -> list[Message]:
    with unit_of_work(engines, write=False) as session:
        messages = list(session.scalars(select(Message).order_by(Message.id)))
        session.expunge_all()
        return messages


def due_now(engines: Engines) -> None:
    with unit_of_work(engines, write=True) as session:
        session.execute(update(Message).values(due_at=clock.now(), leased_until=None))


def test_a_mail_leaves_once_and_as_it_was_written(
    app: Application, mailing: Settings, engines: Engines, peer: Peer
) -> None:
    owe(engines, "lena@example.org")
    assert drain(app, mailing) == 1
    assert drain(app, mailing) == 0
    (one,) = peer.received
    assert (one.sender, one.recipients) == ("training@example.org", ["lena@example.org"])
    assert str(one.mail["Subject"]) == "Your feedback is here"
    assert str(one.mail["From"]) == "Training <training@example.org>"
    assert str(one.mail["To"]) == "lena@example.org"
    assert str(one.mail["Auto-Submitted"]) == "auto-generated"
    assert one.mail["Date"].datetime <= clock.now()
    assert one.mail.get_content().splitlines() == ["Dear Zoë,", "", "it is here."]
    (message,) = kept(engines)
    assert message.sent_at is not None
    assert (message.attempts, message.leased_until, message.error) == (1, None, None)


def mail(key: int, recipient: str, subject: str, body: str) -> Job:
    return Job(key, Kind.MAIL, recipient, {"subject": subject, "body": body})


def test_the_id_is_the_messages_own() -> None:
    settings = Settings(database_url="", secret_key="", instance=Path(), mail_from="A <a@example.org>")
    job = mail(7, "lena@example.org", "Subject", "Body")
    first = str(delivery.letter(job, settings)["Message-ID"])
    assert first == str(delivery.letter(job, settings)["Message-ID"])
    assert first.startswith("<oneday-7-")
    assert first.endswith("@example.org>")
    others = [mail(8, "lena@example.org", "Subject", "Body"), mail(7, "leo@example.org", "Subject", "Body")]
    assert first not in {str(delivery.letter(other, settings)["Message-ID"]) for other in others}


def test_a_failure_keeps_the_mail_and_it_leaves_later_under_the_same_id(
    app: Application, mailing: Settings, engines: Engines, peer: Peer
) -> None:
    owe(engines, "lena@example.org")
    peer.refusing = True
    assert drain(app, mailing) == 0
    (message,) = kept(engines)
    assert (message.sent_at, message.attempts, message.leased_until) == (None, 1, None)
    assert (message.error or "").startswith("SMTPRecipientsRefused")
    assert timedelta(seconds=30) < message.due_at - clock.now() < timedelta(minutes=2)
    # It is not due yet.
    assert drain(app, mailing) == 0
    assert peer.visits == 1
    peer.refusing = False
    due_now(engines)
    assert drain(app, mailing) == 1
    assert peer.recipients == ["lena@example.org"]
    assert [(one.attempts, one.error) for one in kept(engines)] == [(2, None)]


def test_one_that_cannot_be_sent_holds_up_nobody(
    app: Application, mailing: Settings, engines: Engines, peer: Peer
) -> None:
    peer.refused = "gone@example.org"
    owe(engines, "a line\nbreak@example.org", "gone@example.org", "ünï@exämple.org", "lena@example.org")
    assert drain(app, mailing) == 1
    assert peer.recipients == ["lena@example.org"]
    assert [one.sent_at is not None for one in kept(engines)] == [False, False, False, True]
    assert all(one.error for one in kept(engines)[:3])


def test_a_server_that_is_not_there_keeps_everything(app: Application, mailing: Settings, engines: Engines) -> None:
    owe(engines, "lena@example.org", "leo@example.org")
    with mail_server() as gone:
        nowhere = replace(mailing, mail_url=gone.url)
    assert drain(app, nowhere) == 0
    assert [one.error.partition(":")[0] for one in kept(engines) if one.error] == ["ConnectionRefusedError"] * 2
    due_now(engines)
    assert drain(app, mailing) == 2


def test_what_was_taken_back_never_leaves(app: Application, mailing: Settings, engines: Engines, peer: Peer) -> None:
    owe(engines, "lena@example.org", "leo@example.org", group="release-1", later=timedelta(minutes=10))
    owe(engines, "farid@example.org", group="release-2")
    with unit_of_work(engines, write=True) as session:
        assert outbox.recall(session, group="release-1") == 2
    due_now(engines)
    assert drain(app, mailing) == 1
    assert peer.recipients == ["farid@example.org"]


def test_what_is_not_due_waits(app: Application, mailing: Settings, engines: Engines, peer: Peer) -> None:
    owe(engines, "lena@example.org", later=timedelta(minutes=10))
    assert drain(app, mailing) == 0
    due_now(engines)
    assert drain(app, mailing) == 1
    assert peer.recipients == ["lena@example.org"]


def test_without_a_mail_server_all_are_kept(app: Application, settings: Settings, engines: Engines) -> None:
    owe(engines, "lena@example.org")
    assert drain(app, settings) == 0
    (message,) = kept(engines)
    assert (message.sent_at, message.attempts, message.error) == (None, 0, None)


def test_it_signs_in_where_that_is_asked_for(app: Application, mailing: Settings, engines: Engines, peer: Peer) -> None:
    owe(engines, "lena@example.org")
    signed = replace(mailing, mail_url=f"smtp://user%40site:a%2Fb%3Ac@127.0.0.1:{peer.port}")
    assert drain(app, signed) == 1
    (login,) = peer.logins
    assert base64.b64decode(login.split()[-1]) == b"\0user@site\0a/b:c"


def test_two_processes_send_each_mail_once(engines: Engines, mailing: Settings, peer: Peer, tmp_path: Path) -> None:
    wanted = sorted(f"learner-{number:02d}@example.org" for number in range(24))
    owe(engines, *wanted)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COURSE_")}
    environment |= {
        "COURSE_DATABASE_URL": mailing.database_url,
        "COURSE_INSTANCE": str(tmp_path / "instance"),
        "COURSE_MAIL_URL": peer.url,
    }
    command = [sys.executable, "-m", "tests.delivery.drain"]
    processes = [
        subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    told = []
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        out, _ = process.communicate(timeout=120)
        told.append(int(out))
    assert peer.recipients == wanted
    assert sum(told) == len(wanted)
    assert all(one.attempts == 1 and one.sent_at for one in kept(engines))


def test_the_thread_drains_by_itself_and_ends_when_told(
    app: Application, mailing: Settings, engines: Engines, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "EVERY_SECONDS", 0.01)
    owe(engines, "lena@example.org")
    stop = delivery.start_thread(app, mailing)
    until(lambda: [one.sent_at is not None for one in kept(engines)] == [True], what="the mail leaves")
    stop()
    assert peer.recipients == ["lena@example.org"]
