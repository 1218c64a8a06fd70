"""Help, exit codes, and errors of one line that say what to do."""

import re
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from course.cli.main import course
from tests.cli.conftest import Run

COMMANDS = {
    "check",
    "deliver",
    "diff",
    "init",
    "keys",
    "kit",
    "migrate",
    "new",
    "publish",
    "rescore",
    "seed",
    "serve",
    "user",
}


def test_these_are_the_commands() -> None:
    assert set(course.commands) == COMMANDS
    listed = CliRunner().invoke(course, ["--help"])
    assert listed.exit_code == 0
    assert set(re.findall(r"^  ([a-z]+)  ", listed.output, re.MULTILINE)) == COMMANDS


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_each_explains_itself(name: str) -> None:
    told = CliRunner().invoke(course, [name, "--help"])
    assert told.exit_code == 0
    assert told.output.startswith(f"Usage: course {name}")
    assert len(told.output.splitlines()[2].strip()) > 15


@pytest.mark.parametrize("arguments", [["no-such-command"], ["serve", "--port", "0"], ["user"], ["init", "--loud"]])
def test_a_wrong_call_is_exit_2(arguments: list[str]) -> None:
    told = CliRunner().invoke(course, arguments)
    assert told.exit_code == 2
    assert told.output.startswith("Usage: course")


def test_an_unknown_setting(run: Run) -> None:
    done = run("migrate", COURSE_COLOUR="red")
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(r"course: COURSE_COLOUR is not a setting\. Known are: .+\.\n", done.stderr)


def test_a_port_that_somebody_has(run: Run) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = run("serve", "--port", str(port))
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(rf"Error: Port {port} cannot be used \(.+\)\. Try another: PORT={port + 1}\n", done.stderr)


@pytest.mark.parametrize(
    "url",
    ["postgresql://nobody@127.0.0.1:1/nothing?connect_timeout=2", "sqlite:////nowhere/at/all/oneday.sqlite3"],
)
@pytest.mark.parametrize("command", ["migrate", "init"])
def test_a_database_that_does_not_answer(run: Run, url: str, command: str) -> None:
    done = run(command, COURSE_DATABASE_URL=url)
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(
        r"course: The database does not answer \(.+\)\. Is COURSE_DATABASE_URL right\?\n", done.stderr
    ), done.stderr


def test_a_database_without_tables(run: Run) -> None:
    done = run("user", "lena@example.org")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "course: The database has not the tables of this version. Make them: course migrate\n"


def test_a_folder_of_modules_that_is_not_there(run: Run, tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    done = run("publish", COURSE_MODULES=str(nowhere))
    told = f"course: COURSE_MODULES names {nowhere}, and there is no such folder.\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", told)
    done = run("check", str(nowhere))
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"Error: There is no folder {nowhere}.\n")


def test_a_folder_that_may_not_be_written(run: Run) -> None:
    done = run("migrate", COURSE_INSTANCE="/proc/nowhere")
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(r"course: /proc/nowhere: .+\.\n", done.stderr), done.stderr


def test_more_processes_than_sqlite_can_serve(run: Run) -> None:
    done = run("serve", "--workers", "2")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: SQLite is served by one process.")


def test_deliver_without_a_mail_server_and_without_an_lms(run: Run) -> None:
    assert run("migrate").returncode == 0
    done = run("deliver", "--once")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Error: COURSE_MAIL_URL is not set, so mails are kept: read them at /admin/outbox.\n"
