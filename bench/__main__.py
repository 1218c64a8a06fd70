"""``python -m bench``: measure the site against its floor and the budgets of the design.

budgets    (what ``make bench`` runs) CPU per request beside a bare Flask view, SQL statements, bytes, 60 arrivals;
           on SQLite and on a durable PostgreSQL, for 30 and for 30,000 people; exit 1 when any budget is broken
kills      kill a busy site again and again, and prove that nothing acknowledged is lost or doubled
profile    say where the time of one page goes, inside one process
"""

import argparse
import sys
import tempfile
from pathlib import Path

from bench import budgets
from bench.inside import Inside
from bench.site import prepared
from bench.work import more_pages_of, pages_of, waiting_handles

DATABASES = ["sqlite", "postgresql"]


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", metavar="budgets | kills | profile")
    one = commands.add_parser("budgets", help="measure all budgets")
    for measured in (parser, one):
        measured.add_argument("--database", action="append", choices=DATABASES, help="one of the two; both if not said")
        measured.add_argument("--people", action="append", type=int, help="multiples of 30; 30 and 30000 if not said")
        measured.add_argument("--requests", type=int, default=100, help="of each kind in each of 5 rounds")
    kills = commands.add_parser("kills", help="kill and verify")
    kills.add_argument("--rounds", type=int, default=1000, help="shared by the databases")
    kills.add_argument("--seed", type=int, default=None, help="repeats a failed run's chances")
    kills.add_argument("--database", action="append", choices=DATABASES)
    profile = commands.add_parser("profile", help="profile one page")
    profile.add_argument("page", help="as the table of budgets names it, such as: learner home")
    given = parser.parse_args()
    databases = given.database or DATABASES if given.command != "profile" else []
    if given.command == "kills":
        from bench.kills import run  # noqa: PLC0415 - It brings the tests' machinery, which nothing else needs.

        return run(databases, given.rounds, given.seed)
    if given.command == "profile":
        return _profile(given.page)
    return 1 if budgets.run(databases, given.people or [30, 30_000], given.requests) else 0


def _profile(page: str) -> int:
    with (
        tempfile.TemporaryDirectory(prefix="oneday-bench-") as folder,
        prepared(f"sqlite:///{folder}/oneday.sqlite3", Path(folder), 30) as site,
    ):
        handle = waiting_handles(site.engines, site.group)[0]
        role, path, _limit = (pages_of(site.group, handle) | more_pages_of(site.group, handle))[page]
        inside = Inside(site.engines, site.folder)
        client = inside.client(site.group.person(role))
        statements, told = inside.statements(client, path), inside.profile(client, path, 200)
    for statement in statements:
        print(" ".join(statement.split()))
    print(told)
    return 0


if __name__ == "__main__":
    sys.exit(main())
