"""The report of `course check`, opened from the disk: it needs nothing else, and axe has nothing against it."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from course import paths
from course.cases.check import check_whole
from course.cli.report import module_part, written
from tests.machine.axe import axe

pytestmark = pytest.mark.browser

SHIPPED = paths.MODULES / "managing-the-client-relationship"


def test_it_opens_from_the_disk_and_asks_for_nothing_else(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text(written([module_part(SHIPPED.name, check_whole(SHIPPED), None)]), encoding="utf-8")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    assert asked == [file.as_uri()]
    expect(page.get_by_role("heading", name="Managing the client relationship", level=1)).to_be_visible()
    axe(page)
    # No name in the picture runs out of its box.
    boxes = page.locator("svg.graph g").all()
    assert len(boxes) >= 25
    for box in boxes:
        frame, name = box.locator("rect").bounding_box(), box.locator("text").first.bounding_box()
        assert frame is not None
        assert name is not None
        assert frame["x"] < name["x"]
        assert name["x"] + name["width"] < frame["x"] + frame["width"]
    for width in (1280, 390, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
