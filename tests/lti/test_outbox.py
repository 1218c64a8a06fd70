"""A platform is cut off, two hundred are graded, fifty again, a worker is killed: each last grade is there once.

The worker is ``course deliver``, a process of its own. Time is let pass in the rows: nothing here waits for minutes.
"""

import itertools
import os
import signal
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from course import clock
from course.app import settle
from course.cohorts.models import Role, Run
from course.database import Engines, unit_of_work
from course.grading import service as grading
from course.outbox.models import Message
from course.people.models import Organisation
from course.platforms.models import Score
from tests import make
from tests.counterparts.double import Double, User
from tests.counterparts.double import routes as platform
from tests.counterparts.double.http import Asked, Reply
from tests.lti.told import (
    MODULE,
    came_and_played,
    due_now,
    graded,
    later,
    leases_over,
    take_part,
    tie,
    waiting,
)
from tests.machine.site import Process, Site
from tests.machine.wait import until
from tests.make import Cast

LEARNERS, REGRADED = 200, 50
BEFORE_THE_KILL = 130
"""The worker is killed when the platform has taken so many scores, and before it hears of the last one."""
FIRST, SECOND = (2, 2, 2), (4, 4, 4)
PATIENCE = 240.0

pytestmark = pytest.mark.long


class Worker:
    """``course deliver`` on the test's database."""

    def __init__(self, folder: Path, engines: Engines, double: Double) -> None:
        url = engines.url.render_as_string(hide_password=False)
        self._site = Site(folder, database_url=url, settings={"COURSE_LTI_HOSTS": double.host})
        self._process: Process | None = None

    def start(self) -> None:
        self._process = self._site.launch("deliver")

    def end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is not None:
            os.killpg(process.pid, how)
            process.wait(timeout=30)


@pytest.fixture
def worker(tmp_path: Path, engines: Engines, double: Double) -> Iterator[Worker]:
    made = Worker(tmp_path, engines, double)
    yield made
    made.end(signal.SIGKILL)


class Gate:
    """Keeps back the platform's word that it has taken a score, from a certain one on."""

    def __init__(self, double: Double, number: int) -> None:
        self._double = double
        self._left = number
        self._lock = threading.Lock()
        self._opened = threading.Event()
        self.reached = threading.Event()
        double.server._handle = self.answer

    def answer(self, asked: Asked) -> Reply:
        reply = platform.answer(self._double, asked)
        if asked.path.endswith("/scores") and reply.status == 200:
            with self._lock:
                self._left -= 1
                last = self._left <= 0
            if last:
                self.reached.set()
                self._opened.wait()
        return reply

    def open(self) -> None:
        self._left = 1_000_000
        self._opened.set()


def seated(engines: Engines, cast: Cast, double: Double) -> dict[int, str]:
    """Two hundred learners of the platform's course with seats in the run. Returns their subjects by seat."""
    subjects = {}
    with unit_of_work(engines, write=True) as session:
        context_id = tie(session, double, cast)
        run, where = session.get_one(Run, cast.run), session.get_one(Organisation, cast.organisation)
        for number in range(LEARNERS):
            who = make.person(session, f"Learner {number:03d}")
            make.membership(session, who, Role.LEARNER, where)
            seat = make.seat(session, run, who)
            subject = f"user-{number:03d}"
            double.enrol(User(subject, "Learner", f"{number:03d}", f"{subject}@lms.example"))
            take_part(session, context_id, seat.id, subject)
            subjects[seat.id] = subject
    return subjects


def released(engines: Engines, cast: Cast, seats: list[int], *, levels: tuple[int, ...], number: int) -> None:
    """The pages of these learners are handed in, graded and sent; ten minutes pass."""

    def release(session: Session) -> None:
        for seat_id in seats:
            if number == 1:
                came_and_played(session, seat_id, cast.farid)
            graded(session, seat_id, by_id=cast.farid, levels=levels, number=number)
        assert grading.release_run(session, run_id=cast.run, by_id=cast.farid).count == len(seats)

    with unit_of_work(engines, write=True, before_commit=settle) as session:
        release(session)
    later(engines, timedelta(minutes=11))


def tried_in_vain(engines: Engines) -> int:
    with unit_of_work(engines, write=False) as session:
        wanted = Message.error == "unreachable", Message.sent_at.is_(None)
        return session.execute(select(func.count()).where(*wanted)).scalar_one()


def test_every_learners_last_grade_is_there_once_and_in_order(
    engines: Engines, cast: Cast, double: Double, worker: Worker
) -> None:
    subjects = seated(engines, cast, double)
    seats = list(subjects)
    early, late = seats[: REGRADED // 2], seats[-REGRADED // 2 :]
    double.server.cut()
    worker.start()
    released(engines, cast, seats, levels=FIRST, number=1)
    until(lambda: tried_in_vain(engines) > 0, what="the worker finds the platform cut off", seconds=PATIENCE)
    # Half of those who are graded again are so before the platform heard of them at all.
    released(engines, cast, early, levels=SECOND, number=2)
    gate = Gate(double, BEFORE_THE_KILL)
    double.server.restore()
    due_now(engines)
    until(gate.reached.is_set, what="the platform has taken scores", seconds=PATIENCE)
    worker.end(signal.SIGKILL)
    gate.open()
    in_doubt = [one for one in waiting(engines) if one.leased_until is not None]
    assert len(in_doubt) == 1
    taken = sum(len(result.scores) for item in double.items.values() for result in item.results.values())
    assert taken == BEFORE_THE_KILL
    # The other half is graded again while the platform is away once more.
    double.server.cut()
    known = {user for item in double.items.values() for user in item.results}
    told_before = [seat_id for seat_id in seats if subjects[seat_id] in known and seat_id not in early]
    again = [*told_before[: REGRADED // 4], *late[: REGRADED // 2 - REGRADED // 4]]
    released(engines, cast, again, levels=SECOND, number=2)
    leases_over(engines)
    worker.start()
    until(lambda: tried_in_vain(engines) > 0, what="the new worker finds it cut off", seconds=PATIENCE)
    double.server.restore()
    until(lambda: finished(engines), what="all scores have left", seconds=PATIENCE)
    worker.end(signal.SIGTERM)
    regraded = {*early, *again}
    assert len(regraded) == REGRADED
    check(double, {subjects[seat_id]: seat_id in regraded for seat_id in seats}, {subjects[seat] for seat in early})
    with unit_of_work(engines, write=False) as session:
        states = session.execute(select(Score.state, func.count()).group_by(Score.state)).all()
    assert [tuple(row) for row in states] == [("sent", 2 * LEARNERS)]


def finished(engines: Engines) -> bool:
    """Let what waits be due, as if the waits were over, and say whether nothing waits any more."""
    with unit_of_work(engines, write=False) as session:
        wanted = Message.sent_at.is_(None), Message.recalled_at.is_(None)
        left, due_at = session.execute(select(func.count(), func.max(Message.due_at)).where(*wanted)).one()
    if left and due_at > clock.now():
        due_now(engines)
    return bool(left == 0)


def check(double: Double, regraded: dict[str, bool], early: set[str]) -> None:
    completion = double.item(resource=MODULE.slug, tag="completion")
    page = double.item(resource=MODULE.slug, tag="page")
    criteria = MODULE.reflections[0].criteria
    for subject, twice in regraded.items():
        assert [one["scoreGiven"] for one in double.result(subject, completion).scores] == [100]
        given = [one["scoreGiven"] for one in double.result(subject, page).scores]
        # The same value is there once; the first one only where it had arrived before the second was made.
        assert given in ([[100]] if subject in early else [[100], [50, 100]] if twice else [[50]])
        levels = SECOND if twice else FIRST
        assert double.result(subject, page).comment.split("\n") == [
            *(
                f"{criterion.title}: level {level} of 4. {criterion.levels[level - 1].text}"
                for criterion, level in zip(criteria, levels, strict=True)
            ),
            "Next step: Ask A.",
        ]
        for item in (completion, page):
            stamps = [datetime.fromisoformat(one["timestamp"]) for one in double.result(subject, item).scores]
            pairs = itertools.pairwise(stamps)
            assert all(after - before >= timedelta(seconds=1) for before, after in pairs)
    twice_there = [len(double.result(subject, page).scores) for subject in regraded]
    # Some had heard of the first grade, so that the order was put to the test.
    assert twice_there.count(2) > 0
