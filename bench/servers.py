"""Servers under measure: each in its own process group, its CPU read from the operating system."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import psutil

from tests.machine.wait import until

COURSE_SECONDS = 60


@dataclass(frozen=True)
class Server:
    process: subprocess.Popen[bytes]
    port: int

    def cpu(self) -> float:
        """Return the CPU seconds that this server's processes have used so far, to the microsecond."""
        return sum(time.clock_gettime(_cpu_clock(one.pid)) for one in self._family())

    def settled(self) -> bool:
        """Whether only the server and its one worker are left: what announced the address has ended."""
        return sum(one.status() != psutil.STATUS_ZOMBIE for one in self._family()) == 2

    def kill(self) -> None:
        """Kill the whole process group, as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def _family(self) -> list[psutil.Process]:
        parent = psutil.Process(self.process.pid)
        return [parent, *parent.children(recursive=True)]


def _cpu_clock(pid: int) -> int:
    """Return Linux's clock of the CPU that a process has used, as ``clock_getcpuclockid`` does.

    /proc counts the same in hundredths of a second, and ten requests take no more than that.
    """
    return (~pid << 3) | 2


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int, path: str) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=COURSE_SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def start(command: list[str], port: int, environ: dict[str, str], ready: str, log: Path) -> Server:
    """Start a server and wait until it answers at ``ready``.

    Raises RuntimeError with the end of its log when it ends by itself.
    """
    ours = {name: value for name, value in os.environ.items() if not name.startswith("COURSE_")}
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=ours | environ, stdout=output, stderr=output, start_new_session=True)
    server = Server(process, port)
    until(lambda: process.poll() is not None or answers(port, ready), what=f"{ready} of port {port} answers")
    if process.poll() is not None:
        raise RuntimeError(f"{' '.join(command)} ended by itself:\n{log.read_text(encoding='utf-8')[-2000:]}")
    until(server.settled, what="only the server and its worker are left")
    return server


def start_course(url: str, folder: Path) -> Server:
    port = free_port()
    return start(
        [sys.executable, "-m", "course", "serve", "--port", str(port)],
        port,
        {"COURSE_DATABASE_URL": url, "COURSE_INSTANCE": str(folder), "COURSE_SECRET_KEY": "the key of the bench"},
        "/healthz",
        folder / "course.log",
    )


def start_floor(url: str, folder: Path) -> Server:
    """Start the floor as ``course serve`` starts the course: Granian, one process of eight threads."""
    port = free_port()
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "--workers", "1"]
    options = ["--blocking-threads", "8", "--no-ws", "--port", str(port), "--log-level", "warning"]
    command = [*granian, *options, "bench.floor:create"]
    return start(command, port, {"COURSE_DATABASE_URL": url}, "/page?rows=1", folder / "floor.log")


@contextmanager
def both(url: str, folder: Path) -> Iterator[tuple[Server, Server]]:
    """Run the course and the floor side by side on one database."""
    course = start_course(url, folder)
    try:
        floor = start_floor(url, folder)
        try:
            yield course, floor
        finally:
            floor.kill()
    finally:
        course.kill()
