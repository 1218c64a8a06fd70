"""Sixty phones at a door at once: each types the code and takes a name."""

import re
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import median

from sqlalchemy import func, select

from bench.group import Group
from bench.measure import Floor
from bench.servers import Server
from bench.work import Send
from course.cohorts.models import Arrival
from course.cohorts.service import door
from course.database import Engines, unit_of_work
from course.people.models import Person
from tests.machine.client import Browser


@dataclass(frozen=True)
class Arrivals:
    """What came of it: who is in, and what one arrival costs beside the same requests of the floor."""

    people: int
    inside: int
    own_names: int
    floor: float
    course: float
    ratio: float


def arrive(engines: Engines, groups: Sequence[Group], servers: tuple[Server, Server]) -> Arrivals:
    """Let everybody of a group in at the same moment, one group after the other, the floor between them."""
    rounds = [_arrive(engines, group, servers) for group in groups]
    warm = rounds[1:]
    return Arrivals(
        sum(one.people for one in rounds),
        sum(one.inside for one in rounds),
        sum(one.own_names for one in rounds),
        median(one.floor for one in warm),
        median(one.course for one in warm),
        median(one.ratio for one in warm),
    )


def _arrive(engines: Engines, group: Group, servers: tuple[Server, Server]) -> Arrivals:
    course, floor = servers
    with unit_of_work(engines, write=True) as session:
        code = door.open_door(session, run_id=group.run_id).code
        people = select(Person.id, Person.name).where(Person.id.in_(group.learner_ids))
        names = {row.id: row.name for row in session.execute(people)}
    everybody = list(zip(group.seat_ids, (names[each] for each in group.learner_ids), strict=True))
    start = threading.Barrier(len(everybody))
    before = course.cpu()
    with ThreadPoolExecutor(len(everybody)) as phones:
        shown = list(phones.map(lambda one: _come_in(course.port, code, start, *one), everybody))
    spent = (course.cpu() - before) / len(everybody) * 1000
    with unit_of_work(engines, write=False) as session:
        inside = session.execute(
            select(func.count()).select_from(Arrival).where(Arrival.seat_id.in_(group.seat_ids))
        ).scalar_one()
    below = _same_of_floor(floor, len(everybody), shown[0][1])
    own_names = sum(own for own, _sizes in shown)
    return Arrivals(len(everybody), inside, own_names, below, spent, spent / below)


def _come_in(port: int, code: str, start: threading.Barrier, seat_id: int, name: str) -> tuple[bool, list[int]]:
    """Return whether the phone greets its owner by name in the end, and the bytes of each answer on the way."""
    phone = Browser(port, packs=False)
    start.wait()
    pages = [phone.get("/in")]
    pages.append(phone.form("/in", {"code": code}))
    names = pages[-1].headers.get("location", "")
    pages.append(phone.get(names))
    key = re.search(r'name="k" value="([^"]+)"', pages[-1].text)
    if key is None:
        raise RuntimeError(f"No list of names: {pages[-1].status}")
    pages.append(phone.form(names.partition("?")[0], {"k": key[1], "seat": seat_id}))
    pages.append(phone.get("/in/arrived"))
    own = pages[-1].status == 200 and name in pages[-1].text
    phone.close()
    return own, [len(page.body) for page in pages]


def _same_of_floor(server: Server, people: int, sizes: list[int]) -> float:
    """Return what the floor spends on each of as many phones with the same five requests, two of which write."""
    phones = []
    for _ in range(people):
        floor = Floor(server.port)
        phones.append([floor.like(body, writes=number in {1, 3}) for number, body in enumerate(sizes)])
    start = threading.Barrier(people)

    def come_in(sends: list[Send]) -> None:
        start.wait()
        for send in sends:
            send()

    before = server.cpu()
    with ThreadPoolExecutor(people) as room:
        list(room.map(come_in, phones))
    return (server.cpu() - before) / people * 1000
