"""``course serve --dev``: the server in a process of its own, started again when a file changes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

EVERY_SECONDS = 0.5
WATCHED = {".py", ".html", ".css", ".js", ".md", ".yaml", ".typ", ".svg", ".png", ".jpg", ".jpeg", ".webp"}

State = dict[Path, int]


def serve_again(arguments: Sequence[str], folders: Sequence[Path]) -> None:
    """Serve with these arguments, again and again, until the server ends well or somebody ends this."""
    signal.signal(signal.SIGTERM, _leave)
    ours = {**os.environ, "COURSE_DEV": "1"}
    while True:
        before = state(folders)
        server = subprocess.Popen([sys.executable, "-m", "course", "serve", *arguments], env=ours)  # noqa: S603 - Ourselves.
        try:
            while server.poll() is None and state(folders) == before:
                time.sleep(EVERY_SECONDS)
        except KeyboardInterrupt:
            return
        finally:
            # A key pressed in the terminal reached the server as well; whatever else happened, it ends with us.
            server.terminate()
            code = server.wait()
        if code == 0 and state(folders) == before:
            return
        while state(folders) == before:
            # It could not start: its last words are above, and the next change may mend it.
            time.sleep(EVERY_SECONDS)


def state(folders: Sequence[Path]) -> State:
    """Return when each file of some folders was last changed."""
    found: State = {}
    # What goes away meanwhile is no error: editors put new files in the place of old ones, and folders are moved.
    for here, _rooms, names in (entry for folder in folders for entry in os.walk(folder)):
        for file in (Path(here, name) for name in names):
            if file.suffix in WATCHED:
                with suppress(FileNotFoundError):
                    found[file] = file.stat().st_mtime_ns
    return found


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(0)
