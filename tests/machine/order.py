"""How a whole run is shared out among its workers."""

import os
from collections import defaultdict
from collections.abc import Generator
from itertools import chain, islice
from pathlib import Path

import pytest

HEAVY = ("browser", "long")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let half of the workers begin with the files that take long, and all of them end with what takes none.

    ``--dist worksteal`` gives each worker a piece of the list of equal length, and those who are done take from the
    ends of the others' pieces. Left to the alphabet, one worker has all browsers to itself when the rest are done.
    """
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if workers == 1:
        return
    files: dict[Path, list[pytest.Item]] = defaultdict(list)
    for item in items:
        files[item.path].append(item)
    heavy = [tests for tests in files.values() if any(_is_heavy(test) for test in tests)]
    light = chain.from_iterable(tests for tests in files.values() if not any(_is_heavy(test) for test in tests))
    pieces: list[list[pytest.Item]] = [[] for _ in range(workers)]
    for number, tests in enumerate(heavy):
        pieces[number % (workers // 2)].extend(tests)
    whole = -(-len(items) // workers)
    for piece in pieces:
        piece.extend(islice(light, max(0, whole - len(piece))))
    items[:] = [*chain.from_iterable(pieces), *light]


def _is_heavy(test: pytest.Item) -> bool:
    return any(test.get_closest_marker(name) for name in HEAVY)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Forget what a test printed that passed: nobody reads it, and it is sent from the worker to the one who counts."""
    report = yield
    if report.passed:
        report.sections.clear()
    return report
