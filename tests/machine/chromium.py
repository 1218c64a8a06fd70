"""A Chromium that really renders a page: found, or installed; ``python -m tests.machine.chromium`` sees to it.

The first that works wins: the one on the PATH, Debian's package (as root), the browser tool's own download.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from enum import Enum
from pathlib import Path

from playwright.sync_api import sync_playwright

SHELL = "chromium-headless-shell"
"""The same Chromium without its own windows, which cost a process for each page."""
WHOLE = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NAMES = (SHELL, *WHOLE)
REMEMBERED = Path(sys.prefix) / ".chromium"
FONT = "fonts-dejavu-core"
PAGE = (
    "data:text/html,<span id=narrow>iiii</span><span id=wide>MMMM</span><p id=widths></p>"
    "<script>widths.textContent=`widths ${narrow.offsetWidth} ${wide.offsetWidth}`</script>"
)


class Rendering(Enum):
    """What became of a page."""

    NOTHING = "does not render a page"
    NO_LETTERS = "finds no font"
    LEGIBLE = "renders a page"


def flags() -> list[str]:
    """Return the switches of every Chromium that the tests start."""
    quiet = ["--disable-gpu", "--disable-quic", "--disable-sync", "--disable-dev-shm-usage", "--no-first-run"]
    silent = ["--disable-background-networking", "--disable-component-update"]
    # Chromium's sandbox refuses to work for root.
    return [*quiet, *silent, *(["--no-sandbox"] if os.geteuid() == 0 else [])]


def find(*, whole: bool = False) -> Path:
    """Return a Chromium that renders a page, installing one where that is possible.

    ``whole``: one that has all of a browser's own rules, such as those for cookies of third parties.

    Raises RuntimeError with one line that says what to install.
    """
    note = REMEMBERED.with_name(f"{REMEMBERED.name}-whole") if whole else REMEMBERED
    if note.exists():
        remembered = Path(note.read_text(encoding="utf-8").strip())
        if os.access(remembered, os.X_OK):
            return remembered
    found = None
    for browser in _candidates(whole=whole):
        found = rendering(browser)
        if found is Rendering.NO_LETTERS and _apt(FONT):
            found = rendering(browser)
        if found is Rendering.LEGIBLE:
            note.write_text(f"{browser}\n", encoding="utf-8")
            return browser
    if found is Rendering.NO_LETTERS:
        raise RuntimeError(f"Chromium finds no font. Install one (Debian, Ubuntu: sudo apt-get install {FONT}).")
    raise RuntimeError("The tests need a Chromium. Install one (Debian: sudo apt-get install chromium) and try again.")


def rendering(browser: Path) -> Rendering:
    """Let a browser run a script on a page with text, and say what came of it."""
    with tempfile.TemporaryDirectory(prefix="oneday-chromium-", ignore_cleanup_errors=True) as profile:
        command = [str(browser), *flags(), "--headless", f"--user-data-dir={profile}", "--dump-dom", PAGE]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)
        except (OSError, subprocess.TimeoutExpired):
            return Rendering.NOTHING
    widths = re.search(r">widths (\d+) (\d+)<", done.stdout)
    if widths is None:
        return Rendering.NOTHING
    narrow, wide = int(widths[1]), int(widths[2])
    return Rendering.LEGIBLE if 0 < narrow < wide else Rendering.NO_LETTERS


def _candidates(*, whole: bool) -> Iterator[Path]:
    names = WHOLE if whole else NAMES
    yield from _on_path(names)
    if (not whole and _apt(SHELL, FONT)) or _apt("chromium", FONT):
        yield from _on_path(names)
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    if subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0:
        with sync_playwright() as playwright:
            yield Path(playwright.chromium.executable_path)


def _on_path(names: Sequence[str]) -> Iterator[Path]:
    for name in names:
        path = shutil.which(name)
        if path is not None:
            yield Path(path)


def _apt(*packages: str) -> bool:
    """Install Debian packages, if this is root on a Debian; say whether that went well."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    sys.stderr.write(f"Installing {' and '.join(packages)} with apt-get\n")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-qq", "--yes", "--no-install-recommends", *packages]):
        done = subprocess.run(["apt-get", *command], env=environment, stdout=subprocess.DEVNULL, check=False)
        if done.returncode:
            return False
    return True


def main() -> int:
    """Make sure that a Chromium is there."""
    try:
        find()
        find(whole=True)
    except RuntimeError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
