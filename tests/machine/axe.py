"""axe-core, run inside a page whose content security policy stays on."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules that may say something else in the dark."""
SIZES = ((390, 844), (1280, 800))
"""A phone and a laptop."""


def violations(page: Page, *, colours_only: bool = False) -> list[str]:
    """Return what axe has against the page as it stands, one line for each element."""
    if not page.evaluate("() => 'axe' in window"):
        # Evaluated, not added as a script: the page's policy would rightly refuse that.
        page.evaluate(AXE_SCRIPT)
    # What is in order is long, and would be sent over for nobody to read.
    run = "which => axe.run(document, {runOnly: which, resultTypes: ['violations']}).then(found => found.violations)"
    which = {"type": "rule", "values": COLOURS} if colours_only else {"type": "tag", "values": RULES}
    found: list[dict[str, Any]] = page.evaluate(run, which)
    return [
        f"{rule['id']} ({rule['impact']}): {rule['help']}: {' '.join(map(str, node['target']))}"
        for rule in found
        for node in rule["nodes"]
    ]


def axe(page: Page) -> None:
    """Assert that axe has nothing against the page as it stands."""
    found = violations(page)
    assert not found, f"axe on {page.url}:\n" + "\n".join(found)


def axe_everywhere(page: Page) -> None:
    """Assert that axe has nothing against the page on phone and laptop, light and dark; leave it as it was."""
    before = page.viewport_size
    found = []
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
            lines = violations(page, colours_only=scheme == "dark")
            found += [f"{width} px, {scheme}: {line}" for line in lines]
    page.emulate_media(color_scheme="null")
    if before is not None:
        page.set_viewport_size(before)
    assert not found, f"axe on {page.url}:\n" + "\n".join(found)
