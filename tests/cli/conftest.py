"""Running ``course`` as people do: a process of its own, in a folder of its own."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from sqlalchemy import select

from course import paths
from course.database import Engines, unit_of_work
from course.library.models import Live
from tests.machine.forks import Zygote
from tests.machine.once import once
from tests.machine.site import free_port
from tests.make import SMALL

Done = subprocess.CompletedProcess[str]
Run = Callable[..., Done]
Start = Callable[..., "Running"]

SHIPPED = {folder.parent.name for folder in paths.MODULES.glob("[!_]*/module.yaml")}
"""The modules that come with Oneday."""


class Running:
    """A server that was started, and what it has said so far."""

    def __init__(self, process: subprocess.Popen[str], said: Path, port: int) -> None:
        self.process = process
        self.port = port
        self._said = said

    @property
    def said(self) -> str:
        return self._said.read_text(encoding="utf-8")


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """Return our own environment without any setting, with these."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("COURSE_", "PYTHON"))}
    ours.pop("HOST", None)
    return {**ours, "COURSE_INSTANCE": str(folder / "instance"), **settings}


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    """A process that has made the imports: each command would take a second for them."""
    with closing(Zygote()) as process:
        yield process


@pytest.fixture
def run(tmp_path: Path, zygote: Zygote, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run a command and return what came of it; keywords are settings."""

    def command(*arguments: str, **settings: str) -> Done:
        scratch = tmp_path_factory.mktemp("said")
        code, output, errors = zygote.run(environment(tmp_path, **settings), list(arguments), tmp_path, scratch)
        return subprocess.CompletedProcess(["course", *arguments], code, output, errors)

    return command


@pytest.fixture(scope="session")
def initialised(zygote: Zygote, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which ``course init`` was done, to be copied: proving the modules takes seconds."""

    def make(folder: Path) -> None:
        said = tmp_path_factory.mktemp("said")
        code, output, errors = zygote.run(environment(folder), ["init"], folder, said)
        if code:
            raise RuntimeError(f"course init: exit {code}\n{output}{errors}")

    return once(tmp_path_factory, "initialised-by-command", make)


@pytest.fixture
def site(initialised: Path, tmp_path: Path) -> None:
    """Begin where ``course init`` ends."""
    shutil.copytree(initialised, tmp_path, dirs_exist_ok=True)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a server in a process group of its own, on a free port; it is ended after the test."""
    running: list[Running] = []

    def command(*arguments: str, **settings: str) -> Running:
        port = free_port()
        said = tmp_path / f"said-{port}"
        with said.open("w", encoding="utf-8") as output:
            process = subprocess.Popen(
                [argument.replace("PORT", str(port)) for argument in arguments],
                cwd=tmp_path,
                env=environment(tmp_path, PORT=str(port), **settings),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                text=True,
                start_new_session=True,
            )
        running.append(Running(process, said, port))
        return running[-1]

    yield command
    for one in running:
        with suppress(ProcessLookupError):
            os.killpg(one.process.pid, signal.SIGTERM)
        one.process.wait(timeout=30)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A folder of modules with the small one in it, which may be broken."""
    shutil.copytree(SMALL, tmp_path / "modules" / SMALL.name)
    return tmp_path / "modules"


def breaks(module: Path) -> None:
    """Misspell a key in a module's first file."""
    file = module / "module.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("\nsummary:", "\nsumary:"), encoding="utf-8")


def live(folder: Path) -> dict[str, str]:
    """Return the hash of every live module, of the site in a folder."""
    engines = Engines(f"sqlite:///{folder / 'instance' / 'oneday.sqlite3'}")
    with unit_of_work(engines, write=False) as session:
        found = {row.slug: row.version_hash for row in session.execute(select(Live.slug, Live.version_hash))}
    engines.dispose()
    return found
