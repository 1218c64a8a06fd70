"""Which of several runs a launch means."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol, TypeVar

from course import clock


class Dated(Protocol):
    """Something held on a date, on the clock of a zone."""

    @property
    def date(self) -> date: ...
    @property
    def zone(self) -> str: ...
    @property
    def run_id(self) -> int: ...


D = TypeVar("D", bound=Dated)


def nearest(runs: Sequence[D]) -> list[D]:
    """Return runs in the order in which a launch means them: the next one first, then those that were last."""
    coming = [run for run in runs if run.date >= clock.today(run.zone)]
    gone = [run for run in runs if run.date < clock.today(run.zone)]
    return sorted(coming, key=lambda run: (run.date, run.run_id)) + sorted(
        gone, key=lambda run: (run.date, run.run_id), reverse=True
    )
