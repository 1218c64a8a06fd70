"""A site served as people serve it: the command ``course`` in a process group of its own, on a free port."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Protocol

from tests.machine.wait import until

DEMO = ("Lena", "Farid", "Mona", "Ada")
COURSE = Path(sys.executable).with_name("course")


class Process(Protocol):
    """A server's process, as far as it is asked for here."""

    @property
    def pid(self) -> int: ...

    def poll(self) -> int | None: ...

    def wait(self, timeout: float | None = None) -> int: ...


class Site:
    """One installation in a folder: its commands, its server, its end."""

    def __init__(
        self,
        folder: Path,
        *,
        database_url: str | None = None,
        course: Path = COURSE,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        """``settings`` are further ``COURSE_*`` of its environment."""
        self.folder = folder
        self.settings = dict(settings or {})
        self.database_url = database_url or f"sqlite:///{folder / 'oneday.sqlite3'}"
        self.port = free_port()
        self._course = course
        self._server: Process | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """Return the environment of this installation's commands: ours without its settings, plus its own."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("COURSE_", "PYTHON"))}
        own = {"COURSE_DATABASE_URL": self.database_url, "COURSE_INSTANCE": str(self.folder / "instance")}
        served = {"COURSE_STYLEGUIDE": "1", "HOST": "127.0.0.1", "PORT": str(self.port)}
        return {**ours, **own, **served, **self.settings}

    def course(self, *arguments: str) -> str:
        """Run a command of this installation and return what it prints.

        Raises RuntimeError with both its outputs when it fails.
        """
        done = subprocess.run(
            [str(self._course), *arguments],
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"course {' '.join(arguments)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def copy(self, folder: Path) -> "Site":
        """Return a second installation with this one's SQLite data, which must not be served at this moment."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return Site(folder, course=self._course, settings=self.settings)

    def start(self, *, demo: bool = False) -> None:
        """Serve, and return once the port answers; after a kill, on the same port.

        With ``demo`` it is served as ``course serve --demo``, and ``links`` are there.
        """
        server = self._server = self.launch("serve", *(["--demo"] if demo else []))
        until(lambda: server.poll() is not None or self.answers(), what=f"{self.url} answers")
        if server.poll() is not None:
            self._server = None
            log = (self.folder / "server.log").read_text(encoding="utf-8")
            raise RuntimeError(f"course serve ended by itself:\n{log[-4000:]}")
        if demo:
            until(lambda: len(self.links) == len(DEMO), what="the demo's links are printed")

    def launch(self, *arguments: str) -> Process:
        """Run a command that stays, in a process group of its own, writing to ``server.log``."""
        with (self.folder / "server.log").open("ab") as output:
            return subprocess.Popen(
                [str(self._course), *arguments],
                cwd=self.folder,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    @property
    def links(self) -> dict[str, str]:
        """The sign-in links that the demo's server printed, by first name."""
        printed = (self.folder / "server.log").read_text(encoding="utf-8")
        return dict(re.findall(rf"^({'|'.join(DEMO)}) \(\w+\): (http\S+)$", printed, re.MULTILINE))

    def stop(self) -> None:
        """Ask the server and all its processes to end, and return once they have."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Kill the server and all its processes, and return once the port refuses."""
        self._end(signal.SIGKILL)

    def answers(self) -> bool:
        """Say whether /healthz is answered."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def _end(self, how: signal.Signals) -> None:
        server, self._server = self._server, None
        if server is None:
            return
        os.killpg(server.pid, how)
        try:
            server.wait(timeout=20)
        finally:
            # A worker that outlived its parent must not answer in the next server's place.
            if not refuses(self.port):
                os.killpg(server.pid, signal.SIGKILL)
                server.wait()
        until(lambda: refuses(self.port), what=f"port {self.port} refuses")


def free_port() -> int:
    """Return a port of the loopback address that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def refuses(port: int) -> bool:
    """Say whether nobody listens on a port of the loopback address."""
    with socket.socket() as probe:
        probe.settimeout(5)
        return probe.connect_ex(("127.0.0.1", port)) != 0
