"""Our keys on the command line: listed and rotated, and never shown."""

import re

from tests.cli.conftest import Run

KID = r"[A-Za-z0-9_-]{43}"
TIME = r"\d{4}-\d\d-\d\d \d\d:\d\d UTC"


def test_a_rotation_lets_a_new_key_sign_and_keeps_the_one_before(run: Run) -> None:
    run("migrate")
    none = run("keys", "list")
    assert (none.returncode, none.stdout.partition(":")[0]) == (0, "There is no key yet")
    first, second = (run("keys", "rotate") for _time in range(2))
    said = rf"({KID}) signs from now on\. The keys before it stay published for 48 hours\.\n"
    kids = [re.fullmatch(said, done.stdout) for done in (first, second)]
    assert kids[0] is not None
    assert kids[1] is not None
    assert kids[0][1] != kids[1][1]
    listed = run("keys", "list").stdout.splitlines()
    assert len(listed) == 2
    assert re.fullmatch(rf"{re.escape(kids[1][1])}  made {TIME}  signs", listed[0])
    assert re.fullmatch(rf"{re.escape(kids[0][1])}  made {TIME}  published until {TIME}", listed[1])


def test_without_tables_it_says_what_to_do(run: Run) -> None:
    done = run("keys", "list")
    assert done.returncode == 1
    assert "Make them: course migrate" in done.stderr
