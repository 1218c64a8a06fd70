"""serve: links on the loopback only, address and QR for a room, other servers, broken modules."""

import logging
import os
import re
import shutil
import subprocess
import sys
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from course import paths
from course.cli.reload import state
from course.cli.serve import _news
from tests.cli.conftest import Run, Running, Start, breaks, environment, live
from tests.machine.site import COURSE, free_port, refuses
from tests.machine.wait import until
from tests.make import SMALL

PEOPLE = ("Lena (learner)", "Farid (facilitator)", "Mona (manager)", "Ada (admin)")
QR_SQUARES = re.compile(r"[█▀▄]{4}")


def get(port: int, path: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def desk_behind(port: int, link: str) -> str | None:
    """Follow a link as a browser does, and return where its person begins."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", link)
        entry = connection.getresponse()
        entry.read()
        assert (entry.status, entry.getheader("Location")) == (303, "/")
        cookies = [cookie.partition(";")[0] for cookie in entry.headers.get_all("Set-Cookie", [])]
        connection.request("GET", "/", headers={"Cookie": "; ".join(cookies)})
        home = connection.getresponse()
        home.read()
        return home.getheader("Location")
    finally:
        connection.close()


def answers(running: Running) -> bool:
    assert running.process.poll() is None, running.said
    try:
        return get(running.port, "/healthz") == (200, "ok\n")
    except (OSError, HTTPException):
        return False


@pytest.mark.long
def test_the_demo_is_announced_with_four_links_on_the_loopback(start: Start) -> None:
    running = start(str(COURSE), "serve", "--demo")
    until(lambda: "Ada (admin)" in running.said, what="the demo is announced")
    told = [line for line in running.said.splitlines() if not line.startswith("{")]
    assert told[0] == f"Oneday is at http://127.0.0.1:{running.port}"
    link = rf"http://127\.0\.0\.1:{running.port}/sign-in/link/[\w-]{{43}}"
    assert len(told) == 5
    assert all(re.fullmatch(rf"{re.escape(who)}: {link}", line) for who, line in zip(PEOPLE, told[1:], strict=True))
    assert QR_SQUARES.search(running.said) is None
    paths = [line.partition(str(running.port))[2] for line in told[1:]]
    assert [desk_behind(running.port, path) for path in paths] == ["/learn/", "/facilitate/", "/manage/", "/admin/"]
    assert get(running.port, "/readyz") == (200, "ready\n")
    assert get(running.port, "/sign-in")[0] == 200


@pytest.mark.long
@pytest.mark.usefixtures("site")
def test_a_room_gets_the_address_and_its_qr_and_no_link(start: Start) -> None:
    running = start(str(COURSE), "serve", "--demo", HOST="0.0.0.0")  # noqa: S104 - Where a room comes in.
    until(lambda: QR_SQUARES.search(running.said) is not None, what="the QR is shown")
    assert re.search(rf"^Oneday is at http://[\d.]+:{running.port}$", running.said, re.MULTILINE)
    assert "/sign-in/" not in running.said
    assert [who for who in PEOPLE if who in running.said] == []
    until(lambda: answers(running), what="it answers")


@pytest.mark.long
@pytest.mark.usefixtures("site")
def test_a_broken_module_does_not_take_the_site_down(run: Run, start: Start, small: Path) -> None:
    assert run("publish", str(small / SMALL.name)).returncode == 0
    breaks(small / SMALL.name)
    running = start(str(COURSE), "serve", "--demo", COURSE_MODULES=str(small))
    until(lambda: "Ada (admin)" in running.said, what="the demo is announced")
    assert re.search(r"small-talk/module\.yaml:\d+: ", running.said)
    assert "small-talk was not published; what was live before stays live.\n" in running.said
    assert get(running.port, "/readyz") == (200, "ready\n")


@pytest.mark.long
@pytest.mark.usefixtures("site")
def test_the_server_ends_when_it_is_told_to(start: Start) -> None:
    running = start(str(COURSE), "serve")
    until(lambda: answers(running), what="it answers")
    running.process.terminate()
    assert running.process.wait(timeout=30) == 0
    assert refuses(running.port)


@pytest.mark.long
@pytest.mark.usefixtures("site")
def test_dev_starts_again_when_a_file_changes(start: Start, small: Path) -> None:
    running = start(str(COURSE), "serve", "--dev", COURSE_MODULES=str(small))
    until(lambda: running.said.count("Oneday is at") == 1, what="it is announced")
    (small / "note.md").write_text("changed", encoding="utf-8")
    until(lambda: running.said.count("Oneday is at") == 2, what="it is announced again")
    assert answers(running)
    running.process.terminate()
    running.process.wait(timeout=30)
    until(lambda: refuses(running.port), what="the port refuses")


COUNT = re.compile(r"<summary>\s*(\d+ findings?)")
GUIDE = "/facilitate/runs/2/guide/"
"""Of the demo's course to come."""


def told(running: Running, times: int) -> None:
    until(lambda: running.said.count("Ada (admin)") == times, what=f"it is announced {times} times")


def page(port: int, path: str, cookie: str) -> str:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers={"Cookie": cookie})
        answer = connection.getresponse()
        assert answer.status == HTTPStatus.OK
        assert "'unsafe-inline'" not in str(answer.getheader("Content-Security-Policy"))
        return answer.read().decode()
    finally:
        connection.close()


def sign_in(running: Running, who: str) -> str:
    """Return the cookie of one of the demo's people."""
    link = next(line for line in running.said.splitlines() if line.startswith(who)).partition(str(running.port))[2]
    connection = HTTPConnection("127.0.0.1", running.port, timeout=30)
    try:
        connection.request("GET", link)
        entry = connection.getresponse()
        entry.read()
        return "; ".join(cookie.partition(";")[0] for cookie in entry.headers.get_all("Set-Cookie", []))
    finally:
        connection.close()


@pytest.mark.long
def test_dev_publishes_what_is_good_and_tells_what_is_not(start: Start, tmp_path: Path) -> None:
    """A module is saved three times: good, with an error, with a warning."""
    name = "managing-the-client-relationship"
    module = Path(shutil.copytree(paths.MODULES / name, tmp_path / "modules" / name))
    file = module / "module.yaml"
    whole = file.read_text(encoding="utf-8")
    running = start(str(COURSE), "serve", "--dev", "--demo", COURSE_MODULES=str(module.parent))
    told(running, 1)
    lena, farid = sign_in(running, "Lena"), sign_in(running, "Farid")
    first = live(tmp_path)[name]
    assert [COUNT.findall(page(running.port, path, lena)) for path in ("/learn/", f"/learn/{name}/")] == [
        ["0 findings"],
        ["0 findings"],
    ]

    file.write_text(whole.replace("\nsummary:", "\nsumary:"), encoding="utf-8")
    told(running, 2)
    guide = page(running.port, GUIDE, farid)
    assert COUNT.findall(guide) == ["2 findings"]
    assert f"{name} is not published as saved" in guide
    assert "The key `sumary` is not known here." in guide
    assert "Managing the client relationship</h1>" in guide
    assert live(tmp_path)[name] == first

    file.write_text(re.sub(r"(?m)^title: .*$", 'title: "Managing [write: whom]"', whole), encoding="utf-8")
    told(running, 3)
    guide = page(running.port, GUIDE, farid)
    assert COUNT.findall(guide) == ["1 finding"]
    assert "Still to write: whom." in guide
    # A course that nobody has begun goes along; one that is under way keeps its version.
    assert "Managing [write: whom]</h1>" in guide
    assert live(tmp_path)[name] != first
    assert "Managing [write: whom]" not in page(running.port, GUIDE.replace("2", "1"), farid)
    assert "<h1>Managing the client relationship" in page(running.port, f"/learn/{name}/", lena)
    running.process.terminate()
    running.process.wait(timeout=30)
    until(lambda: refuses(running.port), what="the port refuses")

    # Without --dev nothing of it is left.
    quiet = start(str(COURSE), "serve", COURSE_MODULES=str(module.parent))
    until(lambda: answers(quiet), what="it answers")
    assert "workshop" not in page(quiet.port, GUIDE, farid)


@pytest.mark.long
def test_dev_says_what_to_do_when_there_are_no_tables(start: Start) -> None:
    running = start(str(COURSE), "serve", "--dev")
    until(lambda: "course: " in running.said, what="it says why it does not serve")
    assert running.said == "course: The database has not the tables of this version. Make them: course migrate\n"
    assert running.process.poll() is None


def test_a_picture_that_changes_is_noticed_and_a_file_that_goes_away_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "img").mkdir()
    picture = tmp_path / "img" / "queue.png"
    picture.write_bytes(b"one")
    (tmp_path / "gone.md").symlink_to(tmp_path / "nowhere")
    (tmp_path / "notes.txt").write_text("nobody reads it", encoding="utf-8")
    before = state([tmp_path, tmp_path / "no-such-folder"])
    assert list(before) == [picture]
    os.utime(picture, ns=(1, 1))
    assert state([tmp_path]) == {picture: 1} != before


@pytest.mark.long
@pytest.mark.usefixtures("site")
def test_gunicorn_serves_it_too(start: Start) -> None:
    gunicorn = str(Path(sys.executable).with_name("gunicorn"))
    running = start(gunicorn, "course.app:create_app()", "--threads", "8", "--bind", "127.0.0.1:PORT")
    until(lambda: answers(running), what="gunicorn answers")
    status, page = get(running.port, "/sign-in")
    assert status == 200
    assert "<title>" in page


def test_no_thread_runs_when_the_workers_are_forked(tmp_path: Path) -> None:
    """A fork beside a running thread may inherit a lock that nobody opens any more."""
    script = """
import os, sys, threading
from granian import Granian
Granian.serve = lambda self: print("threads", threading.active_count(), len(os.listdir("/proc/self/task")))
from course.cli.main import main
sys.argv = ["course", "serve", "--demo"]
main()
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={**environment(tmp_path), "PORT": str(free_port())},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[0] == "threads 1 1", done.stdout + done.stderr


def test_of_the_servers_warnings_only_the_advice_about_threads_is_kept_back() -> None:
    told = [
        message
        for message in ("spawning up to 8 Python threads, which seems", "Killing worker-1 after it refused to stop")
        if _news(logging.LogRecord("_granian", logging.WARNING, "", 0, message, (), None))
    ]
    assert told == ["Killing worker-1 after it refused to stop"]
