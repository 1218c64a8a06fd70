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

import psutil


@dataclass(frozen=True)
class Server:
    process: subprocess.Popen[bytes]
    port: int

    def cpu(self) -> float:
        """Return the CPU seconds that this server's processes have used so far."""
        family = [psutil.Process(self.process.pid)]
        family += family[0].children(recursive=True)
        return sum(sum(one.cpu_times()[:2]) for one in family)

    def connect(self) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self.port, timeout=60)

    def kill(self) -> None:
        """Kill the whole process group, as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(command: list[str], port: int, environ: dict[str, str], ready: str) -> Server:
    """Start a server and wait until it answers at ``ready``."""
    process = subprocess.Popen(
        command, env=os.environ | environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    server = Server(process, port)
    for _try in range(600):
        try:
            connection = server.connect()
            connection.request("GET", ready)
            if connection.getresponse().status < 500:
                return server
        except OSError:
            if process.poll() is not None:
                raise RuntimeError(f"{' '.join(command)} ended by itself") from None
        time.sleep(0.05)
    raise RuntimeError(f"nothing answers on port {port}")


def start_course(url: str, instance: str) -> Server:
    port = free_port()
    return start(
        [sys.executable, "-m", "course", "serve", "--port", str(port)],
        port,
        {"COURSE_DATABASE_URL": url, "COURSE_INSTANCE": instance, "COURSE_SECRET_KEY": "bench"},
        "/healthz",
    )


def start_floor(url: str) -> Server:
    port = free_port()
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "--workers", "1"]
    return start(
        [
            *granian,
            "--blocking-threads",
            "8",
            "--no-ws",
            "--port",
            str(port),
            "--log-level",
            "warning",
            "bench.floor:create",
        ],
        port,
        {"COURSE_DATABASE_URL": url},
        "/page?bytes=1000",
    )


@contextmanager
def both(url: str, instance: str) -> Iterator[tuple[Server, Server]]:
    """Run the course and the floor side by side on one database."""
    course = start_course(url, instance)
    try:
        floor = start_floor(url)
        try:
            yield course, floor
        finally:
            floor.kill()
    finally:
        course.kill()
