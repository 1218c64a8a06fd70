"""What cases cost by themselves: a step, a replay, the proof and the advice, and scoring a thousand plays once more."""

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.playing import moves, seeded
from bench.site import prepared
from course.cases import engine
from course.cases.case import Case
from course.cases.check import check_module
from course.cases.checker import check_case
from course.cases.engine import Action
from course.cases.graph import explore
from course.cases.lints.subject import Proof
from course.cases.lints.whole import lint_case
from course.content.schema import Scenario
from course.database import unit_of_work
from course.paths import MODULES
from course.scenarios import service as scenarios

STEP, REPLAY, STATE, ADVICE, RESCORE = 50.0, 200.0, 25.0, 3.0, 2.0
"""Microseconds a step, a replay of 12 steps and a state; times the enumeration; seconds for 12,000 choices."""
PLAYS = 300
STEPS = 12
ATTEMPTS = 1_000
PEOPLE = 1_200
"""Not all of them have finished."""
TIMES = 5


@dataclass(frozen=True)
class Figure:
    what: str
    figure: float
    limit: float
    unit: str

    @property
    def over(self) -> bool:
        return self.figure > self.limit


def figures() -> Iterator[Figure]:
    """Measure every case that is shipped, and scoring on a database."""
    for folder in sorted(each for each in MODULES.iterdir() if not each.name.startswith("_")):
        module, findings = check_module(folder)
        if module is None:
            raise RuntimeError(f"{folder.name}: {findings}")
        for scenario in module.scenarios:
            yield from _of_case(scenario)
    yield _rescoring()


def _of_case(scenario: Scenario) -> Iterator[Figure]:
    case = engine.compile_case(scenario)
    plays = [[move.action for move in moves(case, seeded(number))] for number in range(PLAYS)]
    steps = sum(len(play) for play in plays)
    name = scenario.id
    took = _least(lambda: _replay(case, plays))
    yield Figure(f"{name}: replay of {STEPS} steps", took / steps * STEPS * 1e6, REPLAY, "us")
    yield Figure(f"{name}: a step", _least(lambda: _step(case, plays)) / steps * 1e6, STEP, "us")
    report = check_case(scenario)
    enumerated = _least(lambda: explore(case))
    yield Figure(f"{name}: enumeration, a state", enumerated / report.states * 1e6, STATE, "us")
    if report.graph is None or report.measures is None:
        raise RuntimeError(f"{name} is not proved.")
    if scenario.size != "full":
        return  # A short case has more words than states, and both together take no time.
    proof = Proof(report.graph, report.measures)
    yield Figure(f"{name}: all lints", _least(lambda: lint_case(scenario, proof)) / enumerated, ADVICE, "x")


def _replay(case: Case, plays: list[list[Action]]) -> None:
    for play in plays:
        engine.replay(case, play)


def _step(case: Case, plays: list[list[Action]]) -> None:
    for play in plays:
        state, _events = engine.begin(case)
        for action in play:
            state, _events = engine.step(case, state, action)


def _least(work: Callable[[], object]) -> float:
    """Return the least seconds of some runs: what it takes when nothing else is in the way."""
    taken = []
    for _ in range(TIMES):
        before = time.perf_counter()
        work()
        taken.append(time.perf_counter() - before)
    return min(taken)


def _rescoring() -> Figure:
    with (
        tempfile.TemporaryDirectory(prefix="oneday-bench-") as folder,
        prepared(f"sqlite:///{folder}/oneday.sqlite3", Path(folder), PEOPLE) as site,
        unit_of_work(site.engines, write=True) as session,
    ):
        before = time.perf_counter()
        done = scenarios.rescore(
            session, version_hash=site.group.version_hash, scenario=site.group.module.scenarios[0].id
        )
        took = time.perf_counter() - before
    if done.scored < ATTEMPTS:
        raise RuntimeError(f"Only {done.scored} plays were scored.")
    return Figure(f"{ATTEMPTS:,} plays scored once more", took / done.scored * ATTEMPTS, RESCORE, "s")
