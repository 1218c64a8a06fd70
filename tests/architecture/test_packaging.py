"""What is committed, what is locked, what is in the wheel, and that the wheel works outside the checkout."""

import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from tests.machine.site import Site

ROOT = Path(__file__).parents[2]
BUNDLED = ("templates", "static", "modules", "migrations")
LOCKS = ("requirements-bootstrap.lock", "requirements.lock", "requirements-dev.lock")
# These patterns must not find themselves.
ADDRESS = re.compile(r"://|--(extra-)?index-url|--find-links|-f ")
REGISTRY = re.compile(r"\b(pypi|pythonhosted|npmjs|deb\.debian)\.(org|com)\b")
MACHINE = re.compile(r"(?<![\w.>})])/(work|root|home/[a-z]+)/")
HASHES = r"(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+"
PIN = re.compile(rf"^([a-z0-9-]+)==([^\s;]+)(?: ; [^\\]+?)? \\\n({HASHES})", re.MULTILINE)


def files(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder, without what .gitignore keeps out by name."""
    ignored = {line.strip("/") for line in (ROOT / ".gitignore").read_text(encoding="utf-8").split()}
    for path in sorted(folder.iterdir()):
        if path.name in ignored | {".git"} or path.suffix == ".pyc":
            continue
        if path.is_dir():
            yield from files(path)
        else:
            yield path


def naming(pattern: re.Pattern[str], paths: Iterator[Path]) -> list[str]:
    """Return the lines, with file and number, in which a pattern is found."""
    return [
        f"{path.name}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1)
        if pattern.search(line)
    ]


def pins(lock: str) -> dict[str, str]:
    return {pin[1]: pin[2] for pin in PIN.finditer((ROOT / lock).read_text(encoding="utf-8"))}


class TestLocks:
    @pytest.mark.parametrize("lock", LOCKS)
    def test_every_line_is_a_pin_with_hashes_or_a_comment(self, lock: str) -> None:
        rest = PIN.sub("", (ROOT / lock).read_text(encoding="utf-8"))
        assert [line for line in rest.splitlines() if not line.startswith("    #")] == []
        assert len(pins(lock)) >= 6

    @pytest.mark.parametrize("lock", LOCKS)
    def test_no_address(self, lock: str) -> None:
        assert naming(ADDRESS, iter([ROOT / lock])) == []

    def test_an_address_would_be_found(self, tmp_path: Path) -> None:
        bad = tmp_path / "bad.lock"
        bad.write_text("--index-url https:" + "//example.invalid/simple\nflask==3.1.3\n", encoding="utf-8")
        assert len(naming(ADDRESS, iter([bad]))) == 1

    def test_all_three_agree(self) -> None:
        development = pins("requirements-dev.lock")
        for lock in LOCKS[:2]:
            shared = {name: version for name, version in pins(lock).items() if name in development}
            assert shared == {name: development[name] for name in shared}
        assert set(pins("requirements.lock")) <= set(development)
        assert {"uv", "hatchling"} <= set(pins("requirements-bootstrap.lock"))


class TestCommitted:
    def test_no_registry_and_no_path_of_a_machine(self) -> None:
        assert naming(REGISTRY, files(ROOT)) == []
        assert naming(MACHINE, files(ROOT)) == []

    def test_both_would_be_found(self, tmp_path: Path) -> None:
        bad = tmp_path / "bad.md"
        bad.write_text("\n".join(("see py" + "pi.org", "see /" + "work/x", "see '/" + "root/x'")), encoding="utf-8")
        assert naming(REGISTRY, iter([bad])) == ["bad.md:1: see py" + "pi.org"]
        assert naming(MACHINE, iter([bad])) == ["bad.md:2: see /" + "work/x", "bad.md:3: see '/" + "root/x'"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout with what is installed here, without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.iterdir()
    return built


def test_the_wheel_holds_the_package_and_its_bundle_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    expected = {str(path.relative_to(ROOT)) for path in files(ROOT / "course")}
    for name in BUNDLED:
        found = {f"course/_bundle/{path.relative_to(ROOT)}" for path in files(ROOT / name)}
        assert found, name
        expected |= found
    assert held == expected


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command ``course`` of the wheel, in a venv of its own outside the checkout."""
    venv = tmp_path_factory.mktemp("venv") / "venv"
    uv = str(Path(sys.executable).with_name("uv"))
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    install = [uv, "--quiet", "pip", "install", "--python", str(venv / "bin" / "python")]
    for what in (["--require-hashes", "--requirement", str(ROOT / "requirements.lock")], ["--no-deps", str(wheel)]):
        subprocess.run([*install, *what], check=True, cwd=venv)
    return venv / "bin" / "course"


class Stylesheets(HTMLParser):
    """Collects the addresses of a page's stylesheets."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "link" and attributes.get("rel") == "stylesheet":
            self.found.append(attributes.get("href") or "")


def get(site: Site, path: str) -> tuple[HTTPResponse, str]:
    connection = HTTPConnection("127.0.0.1", site.port, timeout=30)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer, answer.read().decode()
    finally:
        connection.close()


@pytest.mark.long
def test_the_wheel_serves_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    site = Site(tmp_path, course=installed)
    where = "import course, os; print(os.path.dirname(course.__file__))"
    home = subprocess.run([installed.with_name("python"), "-c", where], cwd=tmp_path, capture_output=True, check=True)
    assert Path(os.fsdecode(home.stdout).strip()).parents[3] == installed.parents[1]
    commands = set(re.findall(r"^  ([a-z]+) ", site.course("--help"), re.MULTILINE))
    assert commands >= {"init", "migrate", "seed", "serve", "check", "publish", "user", "deliver"}
    assert "http" in site.course("init")
    site.start()
    try:
        health, _ = get(site, "/healthz")
        ready, _ = get(site, "/readyz")
        home_page, _ = get(site, "/")
        assert [health.status, ready.status, home_page.status] == [200, 200, 303]
        door, page = get(site, home_page.getheader("Location") or "")
        assert door.status == 200
        sheets = Stylesheets()
        sheets.feed(page)
        assert sheets.found
        assert [get(site, sheet)[0].status for sheet in sheets.found] == [200] * len(sheets.found)
    finally:
        site.stop()
