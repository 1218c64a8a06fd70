"""CPU per request, the course beside its floor, in interleaved rounds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median

from bench.servers import Server
from bench.work import Send, Work
from tests.machine.client import Answer, Browser

ROUNDS = 5
TURN = 10
"""Requests before it is the other server's turn: a machine that becomes faster or slower does so for both."""
WARM_UP = 20
NEAR = 0.05
SMALL = 2000
"""A body below this many bytes costs nothing to fill, so the floor need not match it to five per cent."""


@dataclass(frozen=True)
class Cost:
    """What one kind of request costs, in CPU milliseconds, and how many times its floor that is."""

    name: str
    floor: float
    course: float
    ratio: float
    limit: float
    body: int

    @property
    def over(self) -> bool:
        return self.ratio > self.limit


class Floor:
    """The floor's requests, filled to the bytes of ours."""

    def __init__(self, port: int) -> None:
        self._browser = Browser(port, packs=False)
        empty, filled = (len(self._browser.get(f"/page?rows={rows}").body) for rows in (0, 100))
        self._empty, self._row = empty, (filled - empty) / 100

    def like(self, body: int, *, writes: bool) -> Send:
        """Return the sender of a floor request whose answer has as many bytes as ours.

        Raises RuntimeError when it has not.
        """
        rows = max(0, round((body - self._empty) / self._row))
        send = self._writer(rows) if writes else self._reader(rows)
        got = len(send().body)
        if body > SMALL and abs(got - body) > NEAR * body:
            raise RuntimeError(f"The floor answers {got} bytes where {body} were wanted.")
        return send

    def _reader(self, rows: int) -> Send:
        return lambda: self._browser.get(f"/page?rows={rows}")

    def _writer(self, rows: int) -> Send:
        return lambda: self._browser.form(f"/row?rows={rows}", {"text": "Somebody wrote this. " * 10})


def measure(work: Work, floor: Floor, servers: tuple[Server, Server], requests: int) -> Cost:
    """Return what one kind of request costs: the median of interleaved rounds."""
    course_server, floor_server = servers
    expected = {200, 303} if work.writes else {200}
    bodies = [_expect(send(), work.name, expected) for send in work.draw(WARM_UP)]
    body = round(median(bodies))
    like = floor.like(body, writes=work.writes)
    for _ in range(WARM_UP):
        like()
    pairs = []
    requests = work.requests or requests
    for _ in range(ROUNDS):
        below = above = 0.0
        sends = work.draw(requests)
        for first in range(0, len(sends), TURN):
            turn = sends[first : first + TURN]
            below += _cpu(floor_server, [like] * len(turn), "floor", {200})
            above += _cpu(course_server, turn, work.name, expected)
        pairs.append((below / len(sends), above / len(sends)))
    return Cost(
        work.name,
        median(pair[0] for pair in pairs),
        median(pair[1] for pair in pairs),
        median(pair[1] / pair[0] for pair in pairs),
        work.limit,
        body,
    )


def measure_all(
    todo: list[Work], servers: tuple[Server, Server], requests: int, tell: Callable[[Cost], None]
) -> Iterator[Cost]:
    floor = Floor(servers[1].port)
    for work in todo:
        cost = measure(work, floor, servers, requests)
        tell(cost)
        yield cost


def _cpu(server: Server, sends: list[Send], name: str, expected: set[int]) -> float:
    """Return the CPU milliseconds that a server takes for all of these."""
    before = server.cpu()
    for send in sends:
        _expect(send(), name, expected)
    return (server.cpu() - before) * 1000


def _expect(answer: Answer, name: str, expected: set[int]) -> int:
    if answer.status not in expected:
        raise RuntimeError(f"{name} answered {answer.status}: {answer.text[:400]}")
    return len(answer.body)
