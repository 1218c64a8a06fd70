"""Fixtures for every browser test: the browser, its silence, the site it looks at."""

import re
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Frame, expect

from tests.browser.stage import Stage
from tests.machine import chromium
from tests.machine.once import once
from tests.machine.site import Site
from tests.machine.watch import Watch

# A busy machine is slow, and a test is not about that.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": str(chromium.find()), "args": chromium.flags()}


@pytest.fixture
def viewport() -> tuple[int, int]:
    """Width and height of the window; a test says otherwise by ``parametrize("viewport", ...)``."""
    return (1280, 800)


@pytest.fixture
def colour_scheme() -> str:
    """``light`` or ``dark``; a test says otherwise by ``parametrize("colour_scheme", ...)``."""
    return "light"


@pytest.fixture
def browser_context_args(
    browser_context_args: dict[str, Any], viewport: tuple[int, int], colour_scheme: str
) -> dict[str, Any]:
    width, height = viewport
    return {
        **browser_context_args,
        "viewport": {"width": width, "height": height},
        "color_scheme": colour_scheme,
        # A colour on its way from one value to another is nothing that axe or a picture should see.
        "reduced_motion": "reduce",
    }


@pytest.fixture
def expected_statuses() -> set[int]:
    """Answers of 400 and above that the test means to provoke: ``expected_statuses.add(422)``."""
    return set()


@pytest.fixture
def expected_console() -> set[str]:
    """Parts of console lines that the test means to provoke, such as ``net::ERR_INTERNET_DISCONNECTED``."""
    return set()


@pytest.fixture
def tolerated_console() -> set[str]:
    """Parts of console lines that may come or not: whatever was on its way when the server was killed."""
    return set()


@pytest.fixture(autouse=True)
def silent_browser(
    browser: Browser, expected_statuses: set[int], expected_console: set[str], tolerated_console: set[str]
) -> Iterator[None]:
    """Fail a test in which the browser complained of something that the test did not declare."""
    watch = Watch(browser)
    yield
    watch.close()
    complaints = watch.complaints(statuses=expected_statuses, console=expected_console, tolerated=tolerated_console)
    if complaints:
        pytest.fail("The browser complained:\n" + "\n".join(complaints), pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell with a failure what every page showed at that moment: many of them never come twice."""
    report = yield
    browser = getattr(item, "funcargs", {}).get("browser")
    if call.when == "call" and report.failed and isinstance(browser, Browser):
        frames = [frame for context in browser.contexts for page in context.pages for frame in page.frames]
        report.sections.append(("What the pages showed", "\n\n".join(_shown(frame) for frame in frames)))
    return report


def _shown(frame: Frame) -> str:
    try:
        return f"{frame.url}\n{frame.locator('body').inner_text(timeout=2_000)[:1_000]}"
    except Error as error:
        return f"{frame.url}\n({error.message.splitlines()[0]})"


@pytest.fixture(scope="session")
def initialised(tmp_path_factory: pytest.TempPathFactory) -> tuple[Site, str]:
    """An empty installation after ``course init``, to be copied, and what that command printed."""

    def make(folder: Path) -> None:
        (folder / "init.txt").write_text(Site(folder).course("init"), encoding="utf-8")

    folder = once(tmp_path_factory, "initialised", make)
    return Site(folder), (folder / "init.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def seeded(initialised: tuple[Site, str], tmp_path_factory: pytest.TempPathFactory) -> Site:
    """An installation with the demo in it, to be copied."""

    def make(folder: Path) -> None:
        initialised[0].copy(folder).course("seed")

    return Site(once(tmp_path_factory, "seeded", make))


@pytest.fixture
def live_server(initialised: tuple[Site, str], tmp_path: Path) -> Iterator[Site]:
    """An empty site, served; ``admin_link`` leads into it."""
    yield from _served(initialised[0].copy(tmp_path / "site"))


@pytest.fixture
def admin_link(initialised: tuple[Site, str], live_server: Site) -> str:
    """The one-use link that ``course init`` printed, at the address of this test's server."""
    (path,) = re.findall(r"http://[^/\s]+(/\S+)", initialised[1])
    return f"{live_server.url}{path}"


@pytest.fixture
def demo_server(seeded: Site, tmp_path: Path) -> Iterator[Site]:
    """The demo, served as ``course serve --demo`` does; its ``links`` lead into it."""
    yield from _served(seeded.copy(tmp_path / "site"), demo=True)


@pytest.fixture(scope="session")
def shared_demo(seeded: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The demo, served once for all tests of this worker that only look."""
    yield from _staged(seeded.copy(tmp_path_factory.mktemp("shared-demo") / "site"))


@pytest.fixture(scope="session")
def stage(initialised: tuple[Site, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A site served once for all tests of this worker; each makes a course of its own on it."""
    yield from _staged(initialised[0].copy(tmp_path_factory.mktemp("stage") / "site"))


@pytest.fixture
def own_stage(initialised: tuple[Site, str], tmp_path: Path) -> Iterator[Stage]:
    """A site of this test's own, for tests that kill the server."""
    yield from _staged(initialised[0].copy(tmp_path / "site"))


def _served(site: Site, *, demo: bool = False) -> Iterator[Site]:
    site.start(demo=demo)
    try:
        yield site
    finally:
        site.stop()


def _staged(site: Site) -> Iterator[Stage]:
    for served in _served(site):
        stage = Stage(served)
        yield stage
        stage.close()
