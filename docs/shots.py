"""Make the README's two pictures from the demo: ``make shots``."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright

from tests.machine import chromium
from tests.machine.site import free_port

PICTURES = Path(__file__).parent / "pictures"
SIZE: ViewportSize = {"width": 1280, "height": 860}
MODULE = "/learn/managing-the-client-relationship/"


def take(page: Page, links: dict[str, str], base: str) -> None:
    """Photograph Lena in the case and Farid at a page to grade."""
    page.goto(links["Lena"])
    page.goto(f"{base}{MODULE}the-case/")
    page.get_by_role("radio").first.scroll_into_view_if_needed()
    page.screenshot(path=PICTURES / "case.png")
    page.context.clear_cookies()
    page.goto(links["Farid"])
    page.goto(f"{base}/facilitate/grading/")
    page.get_by_role("link", name="Start").first.click()
    page.screenshot(path=PICTURES / "grading.png")


def main() -> None:
    """Serve a demo of its own, photograph it, and put it away."""
    PICTURES.mkdir(exist_ok=True)
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen(
            [sys.executable, "-m", "course", "serve", "--demo", "--port", str(port)],
            env=os.environ | {"COURSE_INSTANCE": folder},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        try:
            links = read_links(server)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.flags())
                take(browser.new_page(viewport=SIZE), links, f"http://127.0.0.1:{port}")
                browser.close()
        finally:
            os.killpg(server.pid, 15)
            server.wait()


def read_links(server: "subprocess.Popen[str]") -> dict[str, str]:
    """Return the sign-in links that the demo prints, by name."""
    links: dict[str, str] = {}
    for line in server.stdout or ():
        found = re.match(r"(\w+) \([a-z]+\): (http\S+)", line)
        if found:
            links[found[1]] = found[2]
        if len(links) == 4:
            return links
    raise RuntimeError("The demo ended before it printed its links.")


if __name__ == "__main__":
    main()
