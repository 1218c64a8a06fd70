"""A room that is full: two hundred learners who choose at the same moment, and sixty walls that ask what is new."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from random import Random
from statistics import median

from bench import playing
from bench.group import MODULE
from bench.measure import Floor
from bench.servers import Server
from bench.work import Desk, Send
from course.cases import engine
from course.cases.engine import Case
from tests.machine.client import Answer, Browser

VIEWERS, EVERY, SECONDS = 60, 1.75, 20.0
"""So many walls ask every so many seconds, for so long."""
WARM_UP, ROUNDS = 1, 30
"""In each round everybody sends one move. A machine's own moods last a second or so, a round hardly longer, so that one
round says little: the floor has its turn beside each, and the median is of many."""


@dataclass(frozen=True)
class Rush:
    """What came of it: how many choices were taken, and what one costs beside a write of the floor, in CPU."""

    people: int
    sent: int
    taken: int
    floor: float
    course: float
    ratio: float


def choose(desk: Desk, servers: tuple[Server, Server]) -> Rush:
    """Let everybody of a group play at once, as practice."""
    course, floor = servers
    group = desk.group
    case = engine.compile_case(group.module.scenarios[0])
    url = f"/learn/{MODULE}/{group.case_block}/"
    # The first learner is in the middle of a play.
    browsers = [desk.browser(person_id, url) for person_id in group.learner_ids[1:]]
    plays = [_plays(browser, url, case, playing.seeded(place)) for place, browser in enumerate(browsers)]
    floors = [Floor(floor.port).like(333, writes=True) for _ in browsers]
    people = len(browsers)
    taken = 0
    pairs = []
    for _ in range(WARM_UP + ROUNDS):
        below, _answers = _at_once(floor, floors)
        spent, answers = _at_once(course, [next(moves) for moves in plays])
        taken += sum(answer.status == 303 for answer in answers)
        pairs.append((below / people, spent / people))
    del pairs[:WARM_UP]
    return Rush(
        people,
        (WARM_UP + ROUNDS) * people,
        taken,
        median(below for below, _spent in pairs),
        median(spent for _below, spent in pairs),
        median(spent / below for below, spent in pairs),
    )


def _plays(browser: Browser, url: str, case: Case, dice: Random) -> Iterator[Send]:
    """Play on and on; each play begins while nobody measures."""
    for number in count(2):
        yield from playing.play(browser, url, case, dice, number)


def _at_once(server: Server, sends: list[Send]) -> tuple[float, list[Answer]]:
    """Return the CPU milliseconds that a server spends on what people send at the same moment, and all answers."""
    start = threading.Barrier(len(sends))

    def go(send: Send) -> Answer:
        start.wait()
        return send()

    before = server.cpu()
    with ThreadPoolExecutor(len(sends)) as room:
        answers = list(room.map(go, sends))
    return (server.cpu() - before) * 1000, answers


def watch(desk: Desk, server: Server) -> float:
    """Return the share of one core that walls cost which ask as often as ours whether something is new."""
    path = f"/facilitate/runs/{desk.group.run_id}/live/{desk.group.case_id}/projector/"
    walls = [desk.browser(desk.group.facilitator_id, path) for _ in range(VIEWERS)]
    over = threading.Event()

    def ask(wall: Browser) -> int:
        marks: dict[str, str] = {}
        asked = 0
        while not over.wait(EVERY):
            answer = wall.get(f"{path}news", marks)
            if answer.status not in {200, 304}:
                raise RuntimeError(f"{path}news answered {answer.status}")
            marks = {"If-None-Match": answer.headers["etag"]}
            asked += 1
        return asked

    with ThreadPoolExecutor(VIEWERS) as room:
        asking = [room.submit(ask, wall) for wall in walls]
        # Pauses of a measurement, which nothing ends early.
        over.wait(2 * EVERY)
        before = server.cpu()
        over.wait(SECONDS)
        spent = server.cpu() - before
        over.set()
        if min(one.result() for one in asking) == 0:
            raise RuntimeError("Somebody was never answered.")
    return spent / SECONDS
