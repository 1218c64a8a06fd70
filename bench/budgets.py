"""The budgets of the design, measured on both databases, for 30 and for 30,000 people."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench import launches, rush
from bench.arrivals import arrive
from bench.cases import figures
from bench.inside import Inside
from bench.measure import Cost, measure_all
from bench.servers import Server, both
from bench.site import ARRIVALS, Measured, prepared
from bench.weight import FIRST_LIMIT, NEXT_LIMIT, first_visit, next_visit
from bench.work import CLOSE_LIMIT, PAGE_LIMIT, Desk, hand_ins, more_pages_of, pages_of, waiting_handles, works
from tests.machine import postgres

MAIN_STATEMENTS = 6
MOST_STATEMENTS = 8
WALLS = 10.0
"""Per cent of one core, for sixty walls."""
Statements = dict[str, int]


@dataclass
class Report:
    """One line a figure, and whether any is over its budget."""

    broken: int = 0
    lines: list[str] = field(default_factory=list)

    def head(self, text: str) -> None:
        print(f"\n{text}", flush=True)

    def line(self, what: str, figure: str, budget: str, *, over: bool) -> None:
        self.broken += over
        print(f"  {what:<36}{figure:>36}   {budget:<13} {'OVER' if over else 'ok'}", flush=True)

    def cost(self, cost: Cost) -> None:
        figure = f"{cost.course:6.2f} ms / {cost.floor:5.2f} ms = {cost.ratio:5.2f} x"
        self.line(f"{cost.name} ({cost.body:,} B)", figure, f"<= {cost.limit} x", over=cost.over)


def run(databases: list[str], peoples: list[int], requests: int) -> int:
    """Measure everything and return how many budgets are broken."""
    report = Report()
    report.head("cases")
    for one in figures():
        report.line(one.what, f"{one.figure:.2f} {one.unit}", f"<= {one.limit:g} {one.unit}", over=one.over)
    for database in databases:
        counted: dict[int, Statements] = {}
        for people in peoples:
            report.head(f"{database}, {people:,} people")
            with (
                tempfile.TemporaryDirectory(prefix="oneday-bench-") as folder,
                _url(database, Path(folder)) as url,
                prepared(url, Path(folder), people) as site,
            ):
                counted[people] = _statements(site, report)
                _served(site, report, requests)
        _same(counted, report)
    print(f"\n{report.broken} over budget" if report.broken else "\nEvery budget holds.")
    return report.broken


@contextmanager
def _url(database: str, folder: Path) -> Iterator[str]:
    if database == "sqlite":
        yield f"sqlite:///{folder / 'oneday.sqlite3'}"
        return
    with postgres.cluster(durable=True) as cluster:
        yield cluster.create("bench")


def _statements(site: Measured, report: Report) -> Statements:
    inside = Inside(site.engines, site.folder)
    handle = waiting_handles(site.engines, site.group)[0]
    main = pages_of(site.group, handle)
    counted = {}
    for name, (role, path, _limit) in (main | more_pages_of(site.group, handle)).items():
        most = MAIN_STATEMENTS if name in main else MOST_STATEMENTS
        counted[name] = len(inside.statements(inside.client(site.group.person(role)), path))
        report.line(f"SQL {name}", f"{counted[name]} statements", f"<= {most}", over=counted[name] > most)
    return counted


def _served(site: Measured, report: Report, requests: int) -> None:
    with both(site.url, site.folder) as servers:
        desk = Desk(site.engines, site.group, servers[0].port)
        writers = Desk(site.engines, site.writers, servers[0].port)
        for _cost in measure_all([*works(desk), hand_ins(writers)], servers, requests, report.cost):
            pass
        came = arrive(site.engines, site.arriving, servers)
        figure = f"{came.course:6.2f} ms / {came.floor:5.2f} ms = {came.ratio:5.2f} x"
        report.line(f"{ARRIVALS} arrivals at once", figure, f"<= {PAGE_LIMIT} x", over=came.ratio > PAGE_LIMIT)
        lost = came.people - min(came.inside, came.own_names)
        report.line("arrivals under own name", f"{came.own_names} of {came.people}", "all", over=lost > 0)
        _full_room(writers, servers, report)
        _launched(site, servers, report, requests)
        _weights(desk, report)


def _full_room(desk: Desk, servers: tuple[Server, Server], report: Report) -> None:
    came = rush.choose(desk, servers)
    figure = f"{came.course:6.2f} ms / {came.floor:5.2f} ms = {came.ratio:5.2f} x"
    report.line(f"{came.people} choose at once", figure, f"<= {CLOSE_LIMIT} x", over=came.ratio > CLOSE_LIMIT)
    share = 100 * rush.watch(desk, servers[0])
    report.line(f"{rush.VIEWERS} walls that ask", f"{share:.1f} % of a core", f"<= {WALLS:g} %", over=share > WALLS)
    report.line("choices taken", f"{came.taken} of {came.sent}", "all", over=came.taken < came.sent)


def _launched(site: Measured, servers: tuple[Server, Server], report: Report, requests: int) -> None:
    for one in launches.measure_all(site.engines, site.arriving[0], servers, requests):
        figure = f"{one.cost.course:6.2f} ms"
        budget = f"<= {PAGE_LIMIT} x {one.cost.floor:.2f} + {one.verification:.2f} = {one.allowed:.2f} ms"
        report.line(one.cost.name, figure, budget, over=one.over)


def _weights(desk: Desk, report: Report) -> None:
    handle = waiting_handles(desk.engines, desk.group)[0]
    for name, (role, path, _limit) in pages_of(desk.group, handle).items():
        browser = desk.browser(desk.group.person(role), path, packs=True)
        first, after = first_visit(browser, path), next_visit(browser, path)
        report.line(f"first visit {name}", f"{first:,} B", f"<= {FIRST_LIMIT:,} B", over=first > FIRST_LIMIT)
        report.line(f"next visit {name}", f"{after:,} B", f"<= {NEXT_LIMIT:,} B", over=after > NEXT_LIMIT)


def _same(counted: dict[int, Statements], report: Report) -> None:
    """Compare the statements of a small site with those of a large one."""
    few, many = min(counted), max(counted)
    if few == many:
        return
    for name, number in counted[few].items():
        if counted[many][name] != number:
            report.line(f"SQL {name}", f"{number} for {few}, {counted[many][name]} for {many}", "the same", over=True)
