"""Our own PostgreSQL: what it makes, what it keeps when killed, what it leaves behind."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.machine import postgres
from tests.machine.wait import until

ROOT = Path(__file__).parents[2]


def ask(url: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True) as connection:
        cursor = connection.execute(query.encode())
        return cursor.fetchall() if cursor.description else []


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.OwnCluster]:
    with postgres.cluster() as own:
        yield own


def test_it_is_18_fast_and_has_only_a_socket(server: postgres.OwnCluster) -> None:
    settings = "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'listen_addresses') ORDER BY 1"
    url = server.url("postgres")
    assert ask(url, "SHOW server_version_num")[0][0].startswith("18")  # type: ignore[attr-defined]  # A row's type is not known.
    assert ask(url, settings) == [("fsync", "off"), ("listen_addresses", "")]


def test_a_copy_has_what_its_template_has_and_goes_its_own_way(server: postgres.OwnCluster) -> None:
    filled: list[str] = []

    def fill(url: str) -> None:
        ask(url, "CREATE TABLE word AS SELECT 'first' AS text")
        filled.append(url)

    assert [server.once("words", fill), server.once("words", fill)] == ["words", "words"]
    assert filled == [server.url("words_draft")]
    one, other = server.create("one", template="words"), server.create("other", template="words")
    ask(one, "INSERT INTO word VALUES ('second')")
    assert ask(one, "SELECT text FROM word") == [("first",), ("second",)]
    assert ask(other, "SELECT text FROM word") == [("first",)]
    server.drop("one")
    assert ask(other, "SELECT datname FROM pg_database WHERE datname IN ('one', 'other')") == [("other",)]


def test_a_durable_one_keeps_what_it_confirmed_when_killed() -> None:
    with postgres.cluster(durable=True) as own:
        url = own.create("kept")
        ask(url, "CREATE TABLE word AS SELECT 'confirmed' AS text")
        own.kill()
        with pytest.raises(psycopg.OperationalError):
            ask(url, "SELECT text FROM word")
        own.start()
        assert ask(url, "SELECT text FROM word") == [("confirmed",)]
        assert ask(url, "SHOW fsync") == [("on",)]


def test_nothing_is_left_of_a_cluster() -> None:
    with postgres.cluster() as own:
        url = own.url("postgres")
        assert ask(url, "SELECT 1") == [(1,)]
    assert not own.folder.exists()
    with pytest.raises(psycopg.OperationalError):
        ask(url, "SELECT 1")


SHARER = """
import sys
from tests.machine import postgres
with postgres.shared_cluster() as databases:
    print(databases.url("postgres"), databases.once("common", lambda url: print("made", end=" ")), flush=True)
    sys.stdin.read()
"""


def sharer(run: str) -> "subprocess.Popen[str]":
    environment = {name: value for name, value in os.environ.items() if name != "COURSE_TEST_DATABASE_URL"}
    return subprocess.Popen(
        [sys.executable, "-c", SHARER],
        cwd=ROOT,
        env={**environment, "PYTEST_XDIST_TESTRUNUID": run},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_workers_of_one_run_share_and_the_last_one_killed_leaves_nothing(tmp_path: Path) -> None:
    run = tmp_path.name.encode().hex()[:4] + os.urandom(6).hex()
    with sharer(run) as first, sharer(run) as second, sharer(f"x{run}") as stranger:
        lines = [process.stdout.readline().split() for process in (first, second, stranger) if process.stdout]
        assert sorted(len(line) for line in lines[:2]) == [2, 3]
        assert lines[0][-2:] == lines[1][-2:]
        assert lines[2][-2] != lines[0][-2]
        url = lines[0][-2]
        folder = Path(url.partition("host=")[2]).parent
        first.kill()
        first.wait()
        assert ask(url, "SELECT datname FROM pg_database WHERE datname = 'common'") == [("common",)]
        second.kill()
        second.wait()
        until(lambda: not folder.exists(), what="the guard has tidied up")
        with pytest.raises(psycopg.OperationalError):
            ask(url, "SELECT 1")
        assert ask(lines[2][-2], "SELECT 1") == [(1,)]
        stranger.communicate()


def test_a_server_named_by_the_environment_is_used_and_left_clean(
    server: postgres.OwnCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing = "SELECT datname FROM pg_database ORDER BY 1"
    before = ask(server.url("postgres"), listing)
    monkeypatch.setenv("COURSE_TEST_DATABASE_URL", server.url("postgres"))
    with postgres.shared_cluster() as databases:
        url = databases.create("mine", template=databases.once("empty", lambda _url: None))
        assert ask(url, "SELECT 1") == [(1,)]
        assert len(ask(server.url("postgres"), listing)) == len(before) + 2
    assert ask(server.url("postgres"), listing) == before
