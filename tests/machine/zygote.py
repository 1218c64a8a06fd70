"""A process that has imported everything and forks a ``course`` command whenever it is asked for one.

Each line of its input names an environment, arguments, a folder and the files for output, errors and exit code as JSON;
each line of its output is the number of the process that runs them, in a group of its own. What runs is the same as
``course`` from a shell, without the second that its imports take and the seconds of proving the shipped cases.
"""

import json
import os
import signal
import sys
from pathlib import Path

from course.cases.check import check_folder
from course.cli import main as command
from course.paths import MODULES


def serve() -> None:
    """Fork commands until the input ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    # What is known of a case is kept by its content, so whoever is forked knows it.
    for folder in MODULES.glob("[a-z]*"):
        check_folder(folder)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _become(**json.loads(line))
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


def _become(environment: dict[str, str], arguments: list[str], folder: str, files: list[str]) -> None:
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.chdir(folder)
    nothing = os.open(os.devnull, os.O_RDONLY)
    output, errors = (os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666) for file in files[:2])
    for source, target in ((nothing, 0), (output, 1), (errors, 2)):
        os.dup2(source, target)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["course", *arguments]
    code = _code()
    sys.stdout.flush()
    sys.stderr.flush()
    Path(files[2]).write_text(str(code), encoding="ascii")
    # Python's own end would close what belongs to the process that forked.
    os._exit(code)


def _code() -> int:
    """Run the command and return its exit code. A fault ends this process with a traceback and no code."""
    try:
        command.main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1 if end.code else 0
    return 0


if __name__ == "__main__":
    serve()
