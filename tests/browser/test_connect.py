"""An admin connects an LMS: a link made and copied here, opened in a frame there, closed, confirmed here."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from course.people.service import open_session
from course.web.application import COOKIE
from tests.browser.test_axe import complaints
from tests.counterparts.ground import Ground, served
from tests.lti.registrar import Registrar, Reply, registering

pytestmark = pytest.mark.browser

ADMIN = """<!doctype html><html lang="en"><title>Manage tools</title><h1>Manage tools</h1>
<p id="heard"></p><iframe title="Tool" src="{link}" width="880" height="575"></iframe>
<script>addEventListener("message", (event) => {{
  document.getElementById("heard").textContent = `${{event.origin}} ${{event.data.subject}}`;
}});</script>"""


@pytest.fixture
def lms() -> Iterator[Registrar]:
    with registering() as made:
        yield made


@pytest.fixture
def ground(lms: Registrar, tmp_path: Path) -> Iterator[Ground]:
    with served(tmp_path / "oneday", hosts=lms.host) as made:
        yield made


def test_from_the_link_to_the_confirmed_platform(
    ground: Ground, lms: Registrar, context: BrowserContext, page: Page
) -> None:
    site = ground.site.url
    with ground.writing() as session:
        token, _id = open_session(session, person_id=ground.ada, way="password")
    context.add_cookies([{"name": COOKIE, "value": token, "url": site}])
    page.goto(f"{site}/admin/platforms/")
    page.get_by_role("link", name="Connect an LMS").click()
    page.get_by_role("button", name="Make the link").click()
    link = page.get_by_label("Registration link").input_value()
    expect(page.get_by_role("button", name="Copy")).to_be_visible()
    found = complaints(page)

    there = context.new_page()
    opened = f"{site}{lms.link(link.partition('invite=')[2])}"
    lms.replies["/admin"] = Reply(
        ADMIN.format(link=opened.replace("&", "&amp;")).encode(), 200, {"Content-Type": "text/html"}
    )
    there.goto(f"{lms.base}/admin")
    frame = there.frame_locator("iframe")
    expect(frame.get_by_role("heading", name="Oneday is registered")).to_be_visible()
    expect(frame.get_by_text("This closes by itself")).to_be_visible()
    frame.get_by_role("heading", name="Two steps are left").click()
    expect(frame.get_by_text("This closes by itself")).to_be_hidden()
    expect(there.locator("#heard")).to_have_text("")
    frame.get_by_role("button", name="Close and go back to the LMS").click()
    expect(there.locator("#heard")).to_have_text(f"{site} org.imsglobal.lti.close")
    there.close()

    page.goto(opened)
    expect(page.get_by_role("heading", name="Oneday is registered")).to_be_visible()
    expect(page.get_by_role("button", name="Close and go back")).to_be_hidden()
    found += complaints(page)

    page.goto(f"{site}/admin/platforms/")
    page.get_by_role("link", name=re.compile("^Moodle")).click()
    page.get_by_role("button", name="Confirm: let its people in").click()
    expect(page.get_by_text("its people come in now")).to_be_visible()
    page.get_by_role("link", name="Check the connection").click()
    page.get_by_role("button", name="Run the check").click()
    expect(page.get_by_role("button", name="Run it again")).to_be_visible()
    found += complaints(page)
    assert not found, "\n".join(found)
