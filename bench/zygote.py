"""A process that has imported everything and forks a ``course`` command whenever it is asked for one.

Each line of its input names an environment, arguments and a log as JSON; each line of its output is the number of the
process that runs them, in a group of its own. What runs is the same as ``course`` from a shell, without the second
that its imports take.
"""

import json
import os
import signal
import sys
from pathlib import Path

from course.cli import main as command


def serve() -> None:
    """Fork commands until the input ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _become(**json.loads(line))
        print(child, flush=True)


def _become(environment: dict[str, str], arguments: list[str], folder: str) -> None:
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.chdir(folder)
    log = os.open(Path(folder) / "server.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["course", *arguments]
    command.main()
    sys.exit(0)


if __name__ == "__main__":
    serve()
