"""A site to measure: the demo, one group in the middle of its module, and copies of that group."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import crowd, floor, group
from bench.group import PEOPLE, Group
from course.completions.service import settle
from course.database import Engines, unit_of_work

ARRIVALS = 60
CROWDS = 6
"""So many groups arrive, one after the other; the first one warms up."""
WRITERS = 201
"""All but the first choose at once; one after the other they hand in as well."""


@dataclass(frozen=True)
class Measured:
    """A site ready to be served: its database, the group whose pages are asked for, and two for special days."""

    url: str
    folder: Path
    engines: Engines
    group: Group
    arriving: tuple[Group, ...]
    """Their day is today and their people stand before the doors."""
    writers: Group
    """Nobody of it has handed in yet."""


@contextmanager
def prepared(url: str, folder: Path, people: int) -> Iterator[Measured]:
    """Fill an empty database with the demo and so many people."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("COURSE_")}
    own = {"COURSE_DATABASE_URL": url, "COURSE_INSTANCE": str(folder)}
    subprocess.run([sys.executable, "-m", "course", "seed"], env=ours | own, check=True, stdout=subprocess.DEVNULL)
    engines = Engines(url)
    try:
        with unit_of_work(engines, write=True, before_commit=settle) as session:
            pattern = group.make(session, "Bench")
            arriving = tuple(
                group.make(session, f"Arriving {number}", size=ARRIVALS, days_ago=0) for number in range(CROWDS)
            )
            writers = group.make(session, "Writing", size=WRITERS, written=0)
        floor.prepare(engines)
        crowd.copy_group(engines, pattern, people // PEOPLE - 1)
        yield Measured(url, folder, engines, pattern, arriving, writers)
    finally:
        engines.dispose()
