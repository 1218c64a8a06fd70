"""The ground that browser tests stand on: does the watch see, does axe see, are size and colours as asked?"""

from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page

from tests.machine.axe import axe, axe_everywhere, violations
from tests.machine.watch import FAILED, Watch

pytestmark = pytest.mark.browser

GOOD = """<!doctype html><html lang="en"><head><title>Good</title><link rel="icon" href="data:,"></head>
<body><main><h1>Good day</h1><p>Text.</p></main></body></html>"""
STYLE = """:root { color-scheme: light dark } body { background: Canvas; color: CanvasText }
@media (prefers-color-scheme: dark) and (max-width: 600px) { p { color: #333 } }"""


class Quiet(SimpleHTTPRequestHandler):
    """Serves files under the policy of the real site, without a log."""

    # With an icon, lest the browser ask for one.
    error_message_format = GOOD

    def end_headers(self) -> None:
        policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:"
        self.send_header("Content-Security-Policy", policy)
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002, ARG002 - The base class names it so.
        return


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[str]:
    """A server of a few pages, good and bad; its address."""
    files = {
        "good.html": GOOD,
        "dim.html": GOOD.replace("</head>", '<link rel="stylesheet" href="page.css"></head>'),
        "page.css": STYLE,
        "wrong.html": GOOD.replace('lang="en"', ""),
        "talks.html": GOOD.replace("</main>", '</main><script src="talks.js"></script>'),
        "talks.js": "console.warn('careful'); console.error('broken')",
        "throws.html": GOOD.replace("</main>", '</main><script src="throws.js"></script>'),
        "throws.js": "throw new Error('thrown')",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


class TestWatch:
    @pytest.fixture(autouse=True)
    def silent_browser(self) -> None:
        """These tests look at what the usual guard would fail for."""

    @pytest.mark.parametrize(
        ("page", "complaints"),
        [
            ("good.html", []),
            (
                "nowhere.html",
                [
                    "answered 404: GET {}/nowhere.html",
                    f"console error: {FAILED.pattern.partition(' (')[0]} 404 (File not found)",
                ],
            ),
            ("talks.html", ["console warning: careful", "console error: broken"]),
            ("throws.html", ["uncaught: thrown"]),
        ],
    )
    def test_it_tells_what_was_wrong(self, browser: Browser, pages: str, page: str, complaints: list[str]) -> None:
        watch = Watch(browser)
        with browser.new_context() as context:
            context.new_page().goto(f"{pages}/{page}")
        watch.close()
        found = watch.complaints(statuses=set(), console=set())
        assert [line.partition("\n")[0] for line in found] == [line.format(pages) for line in complaints]

    def test_what_was_declared_is_no_complaint_but_must_come(self, browser: Browser, pages: str) -> None:
        watch = Watch(browser)
        with browser.new_context() as context:
            context.new_page().goto(f"{pages}/nowhere.html")
            context.new_page().goto(f"{pages}/talks.html")
        watch.close()
        assert watch.complaints(statuses={404}, console={"careful", "broken"}) == []
        assert watch.complaints(statuses={404}, console={"broken"}, tolerated={"careful", "offline"}) == []
        assert watch.complaints(statuses={404, 422}, console={"careful", "broken", "offline"}) == [
            "no answer 422 came",
            "no console line with 'offline' came",
        ]


def test_axe_sees_what_is_wrong_and_nothing_else(pages: str, page: Page) -> None:
    page.goto(f"{pages}/good.html")
    axe(page)
    axe_everywhere(page)
    page.goto(f"{pages}/wrong.html")
    assert violations(page) == ["html-has-lang (serious): <html> element must have a lang attribute: html"]
    with pytest.raises(AssertionError, match="html-has-lang"):
        axe(page)


def test_axe_looks_at_phone_and_laptop_in_light_and_dark(pages: str, page: Page) -> None:
    page.goto(f"{pages}/dim.html")
    axe(page)
    with pytest.raises(AssertionError) as caught:
        axe_everywhere(page)
    lines = str(caught.value).splitlines()[1:]
    assert [line.partition(": color-contrast")[0] for line in lines] == ["390 px, dark"]
    assert page.viewport_size == {"width": 1280, "height": 800}
    assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") is False


@pytest.mark.parametrize("viewport", [(390, 844)])
@pytest.mark.parametrize("colour_scheme", ["dark"])
def test_size_and_colours_are_as_asked(pages: str, page: Page) -> None:
    page.goto(f"{pages}/good.html")
    asked = "[innerWidth, matchMedia('(prefers-color-scheme: dark)').matches]"
    assert page.evaluate(asked) == [390, True]


def test_a_declared_status_passes(pages: str, page: Page, expected_statuses: set[int]) -> None:
    expected_statuses.add(404)
    answer = page.goto(f"{pages}/nowhere.html")
    assert answer is not None
    assert answer.status == 404
