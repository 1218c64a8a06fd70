"""Rounds of a kill test: the site is started, sixteen connections write, something is killed, the rows are counted."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum

from course.database import Engines
from tests.kill.actors import Actor, actors
from tests.kill.ground import Ground
from tests.kill.ledger import Ledger, Said
from tests.kill.verify import faults
from tests.machine.postgres import OwnCluster
from tests.machine.site import Site

OPERATIONS = 500
CONNECTIONS = 16


class Victim(StrEnum):
    """What is killed in a round."""

    SITE = "the site"
    DATABASE = "the database"
    BOTH = "both"


@dataclass
class Battle:
    """A site on one database through many kills. ``cluster`` is its PostgreSQL, when it may be killed too."""

    site: Site
    ground: Ground
    seed: int
    cluster: OwnCluster | None = None
    ledger: Ledger = field(default_factory=Ledger)
    answered: int = 0

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)  # noqa: S311 - A failure must be repeatable by its seed.
        self._actors = actors(self.ground, self.site.port, self.ledger, str(self.seed))
        self._runs = False

    def rounds(self, count: int) -> None:
        """Kill so many times, and in the end let everybody write once more.

        Raises AssertionError with the seed and everything that is wrong.
        """
        try:
            for number in range(count):
                self._round(number)
            self._go_on()
        finally:
            for actor in self._actors:
                actor.browser.close()
            self.site.kill()

    def _round(self, number: int) -> None:
        victim = self._victim()
        after = self._dice.randint(1, OPERATIONS - CONNECTIONS)
        self._start()
        self._fight(victim, after)
        self._verify(f"round {number}: {victim} killed after {after} of {OPERATIONS} operations")

    def _go_on(self) -> None:
        self._start()
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            went_on = list(pool.map(_twice, self._actors))
        if not all(went_on):
            raise AssertionError(f"seed {self.seed}: {went_on.count(False)} connections cannot go on")
        self._verify("after everybody went on")

    @property
    def acknowledged(self) -> int:
        return sum(operation.said is not Said.NOTHING for operation in self.ledger)

    def _victim(self) -> Victim:
        if self.cluster is None:
            return Victim.SITE
        return self._dice.choices(list(Victim), weights=(2, 1, 1))[0]

    def _start(self) -> None:
        if not self._runs:
            self.site.start()
            self._runs = True

    def _kill(self, victim: Victim) -> None:
        if self.cluster is not None and victim is not Victim.SITE:
            self.cluster.kill()
        if victim is not Victim.DATABASE:
            # It returns once the port refuses.
            self.site.kill()
            self._runs = False

    def _fight(self, victim: Victim, after: int) -> None:
        """Let everybody write, kill after so many answers, and wait until everybody has noticed."""
        fight = _Fight(after)
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            writing = [pool.submit(fight.write, actor) for actor in self._actors]
            try:
                fight.due.wait()
                self._kill(victim)
            finally:
                fight.over.set()
            for each in writing:
                each.result()
        self.answered += fight.answered

    def _verify(self, when: str) -> None:
        if self.cluster is not None and not self.cluster.runs():
            self.cluster.start()
        engines = Engines(self.site.database_url)
        try:
            wrong = faults(engines, self.ledger)
        finally:
            engines.dispose()
        if wrong:
            raise AssertionError(f"seed {self.seed}, {when}:\n" + "\n".join(wrong[:20]))


class _Fight:
    """What the sixteen connections of a round share."""

    def __init__(self, after: int) -> None:
        self.answered = 0
        self.due = threading.Event()
        self.over = threading.Event()
        self._after = after
        self._count = threading.Lock()

    def write(self, actor: Actor) -> None:
        try:
            while not self.over.is_set() and actor.act():
                with self._count:
                    self.answered += 1
                    if self.answered >= self._after:
                        self.due.set()
                    if self.answered >= OPERATIONS:
                        return
        finally:
            # Whoever came to the last operation before the kill holds a connection to a server that is dead soon.
            actor.browser.close()
            if not self.due.is_set() and not self.over.is_set():
                # Nobody has killed anything yet, so nothing may have gone wrong: the round ends and tells.
                self.due.set()


def _twice(actor: Actor) -> bool:
    """Whether a connection gets an answer to what was left open, and to something new, each at the first try."""
    return actor.act() and actor.act()
