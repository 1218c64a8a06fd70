"""A platform that hangs holds up neither mails nor another platform; two processes tell each platform once."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from course.database import Engines, unit_of_work
from course.delivery import drain
from course.outbox import service as outbox
from course.settings import Settings
from course.web.application import Application
from tests.counterparts.double import Double
from tests.delivery.peer import Peer, mail_server
from tests.lti.told import MODULE, complete, lines, published, tie_all, waiting
from tests.machine.site import Site
from tests.machine.wait import until
from tests.make import Cast


@pytest.fixture
def doubles(engines: Engines) -> Iterator[tuple[Double, Double]]:
    with Double(keys=published(engines)) as slow, Double(keys=published(engines)) as quick:
        yield slow, quick


@pytest.fixture
def peer() -> Iterator[Peer]:
    with mail_server() as running:
        yield running


@pytest.fixture
def settings(settings: Settings, peer: Peer) -> Settings:
    return replace(settings, mail_url=peer.url)


Deliver = Callable[..., int]


@pytest.fixture
def deliver(app: Application, settings: Settings) -> Deliver:
    return partial(drain, app, settings)


def results_of(double: Double) -> int:
    return sum(len(result.scores) for item in double.items.values() for result in item.results.values())


def test_a_platform_that_hangs_holds_up_nobody(
    engines: Engines, cast: Cast, doubles: tuple[Double, Double], peer: Peer, deliver: Deliver
) -> None:
    slow, quick = doubles
    tie_all(engines, cast, *doubles)
    complete(engines, cast, cast.lena_seat, cast.leo_seat)
    mailed = len(("lena", "leo"))
    slow.server.hang("/token.php")
    draining = threading.Thread(target=deliver)
    draining.start()
    until(lambda: bool(slow.asked("/token.php")), what="the slow platform is asked")
    until(lambda: results_of(quick) == 4, what="the quick platform is told")
    until(lambda: len(peer.received) == mailed, what="the mails have left")
    # A mail that is owed now leaves too, while the slow platform still says nothing.
    with unit_of_work(engines, write=True) as session:
        outbox.post_mail(session, recipient="farid@example.org", subject="S", body="B")
    until(lambda: len(peer.received) == mailed + 1, what="a mail that came later has left")
    slow.server.be_honest()
    draining.join()
    assert results_of(quick) == 4
    assert (results_of(slow), len(waiting(engines))) == (0, 4)


def test_told_to_stop_it_stops(engines: Engines, cast: Cast, doubles: tuple[Double, Double], deliver: Deliver) -> None:
    tie_all(engines, cast, doubles[1])
    complete(engines, cast, cast.lena_seat)
    stop = threading.Event()
    stop.set()
    assert deliver(stop=stop) == 0
    assert (len(waiting(engines)), doubles[1].asked()) == (2, [])
    # Two results and the mail that tells of the feedback.
    assert deliver() == 3


@pytest.mark.long
def test_two_processes_tell_each_result_once(
    engines: Engines, cast: Cast, doubles: tuple[Double, Double], tmp_path: Path
) -> None:
    tie_all(engines, cast, *doubles)
    complete(engines, cast, cast.lena_seat, cast.leo_seat)
    url = engines.url.render_as_string(hide_password=False)
    hosts = ",".join(sorted(each.host for each in doubles))
    sites = []
    for number in range(2):
        folder = tmp_path / f"worker-{number}"
        folder.mkdir()
        sites.append(Site(folder, database_url=url, settings={"COURSE_LTI_HOSTS": hosts}))
    workers = [site.launch("deliver") for site in sites]
    try:
        until(lambda: not waiting(engines), what="all scores have left")
    finally:
        for worker in workers:
            end(worker.pid)
            worker.wait(timeout=30)
    for double in doubles:
        # A line item was made once, and each value put in once.
        items = [double.item(resource=MODULE.slug, tag=tag) for tag in ("completion", "page")]
        assert [len(double.result(user, item).scores) for item in items for user in ("lena", "lars")] == [1, 1, 1, 1]
        assert len(double.items) == 2
    assert {line.state for seat in (cast.lena_seat, cast.leo_seat) for line in lines(engines, seat)} == {"sent"}


def end(process: int) -> None:
    os.killpg(process, signal.SIGTERM)
