"""Commands of ``course`` forked from a process that has made their imports once."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from tests.machine.wait import until

ROOT = Path(__file__).parents[2]


@dataclass
class Forked:
    """A process that the zygote forked, as far as a Site asks for one."""

    pid: int

    def poll(self) -> int | None:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return -signal.SIGKILL
        return None

    def wait(self, timeout: float | None = None) -> int:
        until(lambda: self.poll() is not None, what=f"process {self.pid} has ended", seconds=timeout or 60)
        return -signal.SIGKILL


class Zygote:
    """The process that everything is forked from."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.machine.zygote"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def fork(self, environment: dict[str, str], arguments: list[str], folder: Path, files: Sequence[Path]) -> Forked:
        """Start a command in a folder. ``files`` take its output, its errors, and in the end its exit code."""
        asked, told = cast(IO[str], self._process.stdin), cast(IO[str], self._process.stdout)
        wish = {"environment": environment, "arguments": arguments, "folder": str(folder)}
        asked.write(json.dumps({**wish, "files": [str(file) for file in files]}) + "\n")
        asked.flush()
        return Forked(int(told.readline()))

    def run(
        self, environment: dict[str, str], arguments: list[str], folder: Path, scratch: Path
    ) -> tuple[int, str, str]:
        """Run a command to its end and return exit code, output and errors. ``scratch`` is an empty folder.

        Raises TimeoutError when it does not end within two minutes.
        """
        files = [scratch / name for name in ("output", "errors", "code")]
        self.fork(environment, arguments, folder, files).wait(timeout=120)
        output, errors = (file.read_text(encoding="utf-8") for file in files[:2])
        return int(files[2].read_text(encoding="ascii")) if files[2].exists() else 1, output, errors

    def close(self) -> None:
        cast(IO[str], self._process.stdin).close()
        self._process.wait()
        cast(IO[str], self._process.stdout).close()
