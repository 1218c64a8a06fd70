"""Twenty kills of a busy site, ten on each database. ``python -m bench kills`` does the same a thousand times."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kill.battle import Battle
from tests.kill.ground import on
from tests.machine import postgres
from tests.machine.postgres import OwnCluster
from tests.machine.site import Site

ROUNDS = 10

pytestmark = pytest.mark.long


@pytest.fixture
def durable() -> Iterator[OwnCluster]:
    with postgres.cluster(durable=True) as cluster:
        yield cluster


def test_ten_kills_on_sqlite(tmp_path: Path) -> None:
    site = Site(tmp_path)
    battle = Battle(site, on(site.database_url), secrets.randbits(32))
    battle.rounds(ROUNDS)
    assert battle.acknowledged > 10 * ROUNDS


def test_ten_kills_on_postgresql(tmp_path: Path, durable: OwnCluster) -> None:
    site = Site(tmp_path, database_url=durable.create("kill"))
    battle = Battle(site, on(site.database_url), secrets.randbits(32), durable)
    battle.rounds(ROUNDS)
    assert battle.acknowledged > 10 * ROUNDS
