"""The kill test of the suite, many times over: both databases beside each other, each battle on a fresh database."""

import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from multiprocessing import get_context
from pathlib import Path

from tests.kill.battle import Battle
from tests.kill.ground import on
from tests.machine import postgres
from tests.machine.forks import Forked, Zygote
from tests.machine.site import Site

ROUNDS = 10
"""Kills on one database before the next battle begins on a fresh one: its events are counted after every kill."""


class WarmSite(Site):
    """A site whose server needs no time for its imports."""

    def __init__(self, folder: Path, zygote: Zygote, database_url: str | None = None) -> None:
        super().__init__(folder, database_url=database_url)
        self._zygote = zygote

    def launch(self, *arguments: str) -> Forked:
        log = self.folder / "server.log"
        return self._zygote.fork(self.environment(), list(arguments), self.folder, (log, log, self.folder / "ended"))


def run(databases: list[str], rounds: int, seed: int | None) -> int:
    """Kill so often, shared by the databases. Returns 1 when anything was lost or doubled."""
    seed = secrets.randbits(32) if seed is None else seed
    print(f"{rounds} kills, seed {seed}", flush=True)
    each = rounds // len(databases)
    with ProcessPoolExecutor(len(databases), mp_context=get_context("spawn")) as pool:
        wrong = list(pool.map(_battles, databases, [each] * len(databases), [seed] * len(databases)))
    print(f"{sum(wrong)} battles found something wrong" if any(wrong) else "Nothing was lost, nothing is there twice.")
    return 1 if any(wrong) else 0


def _battles(database: str, rounds: int, seed: int) -> int:
    """Fight one battle after the other; return how many found something wrong."""
    wrong = 0
    fresh = _on_sqlite if database == "sqlite" else _on_postgresql
    with (
        closing(Zygote()) as zygote,
        tempfile.TemporaryDirectory(prefix="oneday-kills-") as folder,
        fresh(zygote, Path(folder)) as battle_of,
    ):
        for number, first in enumerate(range(0, rounds, ROUNDS)):
            wrong += not _fight(database, battle_of(seed + number), min(ROUNDS, rounds - first))
    return wrong


def _fight(database: str, battle: Battle, count: int) -> bool:
    began = time.monotonic()
    try:
        battle.rounds(count)
        told = "ok"
    except AssertionError as error:
        told = f"WRONG {error}"
    seconds = (time.monotonic() - began) / count
    facts = f"{count} kills, {battle.acknowledged} acknowledged, {seconds:.1f} s a kill"
    print(f"{database} seed {battle.seed}: {facts}: {told}", flush=True)
    return told == "ok"


@contextmanager
def _on_sqlite(zygote: Zygote, folder: Path) -> Iterator[Callable[[int], Battle]]:
    pattern = WarmSite(folder / "pattern", zygote)
    pattern.folder.mkdir()
    ground = on(pattern.database_url)

    def battle(seed: int) -> Battle:
        place = folder / str(seed)
        shutil.copytree(pattern.folder, place)
        return Battle(WarmSite(place, zygote), ground, seed)

    yield battle


@contextmanager
def _on_postgresql(zygote: Zygote, folder: Path) -> Iterator[Callable[[int], Battle]]:
    with postgres.cluster(durable=True) as cluster:
        ground = on(cluster.create("pattern"))
        fought: list[str] = []

        def battle(seed: int) -> Battle:
            place = folder / str(seed)
            place.mkdir()
            # Whatever lies in the folder is synced at each start after a kill: old battlefields would make it crawl.
            if fought:
                cluster.drop(fought.pop())
            fought.append(f"battle_{seed}")
            url = cluster.create(fought[0], template="pattern")
            return Battle(WarmSite(place, zygote, url), ground, seed, cluster)

        yield battle
