"""Fixtures for every browser test: the browser, its silence, the site it looks at."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.machine import chromium
from tests.machine.site import Site
from tests.machine.watch import Watch


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


@pytest.fixture(scope="session")
def initialised(tmp_path_factory: pytest.TempPathFactory) -> tuple[Site, str]:
    """An empty installation after ``course init``, to be copied, and what that command printed."""
    site = Site(tmp_path_factory.mktemp("initialised"))
    return site, site.course("init")


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """An installation with the demo in it, to be copied."""
    site = Site(tmp_path_factory.mktemp("seeded"))
    site.course("init")
    site.course("seed")
    return site


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
    """The demo, served."""
    yield from _served(seeded.copy(tmp_path / "site"))


def _served(site: Site) -> Iterator[Site]:
    site.start()
    try:
        yield site
    finally:
        site.stop()
