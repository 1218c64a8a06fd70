"""Every page for everybody who may open it: axe has nothing to say, nothing sticks out, the console is silent."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from course.app import create_app
from course.settings import Settings
from tests.browser.pages import AFTER_A_FORM, NO_PAGE, PAGES, Demo, furnish
from tests.browser.stage import Stage
from tests.machine.axe import axe_everywhere

pytestmark = pytest.mark.browser

NARROW = (320, 640)
"""The narrowest phone; and 1280 px at a zoom of 200 %."""


@pytest.fixture(scope="session")
def demo(shared_demo: Stage) -> Demo:
    with shared_demo.writing() as session:
        return furnish(session)


def sticking_out(page: Page) -> list[str]:
    """Return the widths at which the page must be scrolled sideways, and by how much."""
    before, found = page.viewport_size, []
    for width in NARROW:
        page.set_viewport_size({"width": width, "height": 800})
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            found.append(f"{page.url} is {wide} px wide at {width} px")
    if before is not None:
        page.set_viewport_size(before)
    return found


def complaints(page: Page) -> list[str]:
    """Return what is wrong with the page as it stands, once with everything opened that can be opened."""
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    found = sticking_out(page)
    try:
        axe_everywhere(page)
    except AssertionError as error:
        found.append(str(error))
    return found


def test_no_page_is_forgotten(tmp_path: Path) -> None:
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path / 'x.sqlite3'}", secret_key="k", instance=tmp_path))
    there = {rule.endpoint for rule in app.url_map.iter_rules() if rule.methods and "GET" in rule.methods}
    looked_at = {endpoint for pages in PAGES.values() for endpoint in pages}
    assert there == looked_at | set(AFTER_A_FORM) | set(NO_PAGE)
    assert not looked_at & set(NO_PAGE)


@pytest.mark.parametrize("who", list(PAGES))
def test_every_page(shared_demo: Stage, demo: Demo, page: Page, who: str) -> None:
    if who in demo.people:
        shared_demo.sign_in(page.context, demo.people[who])
    found = []
    for paths in PAGES[who].values():
        for path in paths:
            url = shared_demo.site.url + path.format(**demo.names)
            answer = page.goto(url)
            assert answer is not None
            # Led elsewhere, the page would not be the one that was meant.
            assert (answer.status, page.url) == (200, url)
            found += complaints(page)
    assert not found, "\n".join(found)


def test_pages_that_refuse(
    shared_demo: Stage, demo: Demo, context: BrowserContext, page: Page, expected_statuses: set[int]
) -> None:
    expected_statuses.update({400, 403, 404, 410, 422})
    url = shared_demo.site.url
    found = []
    login = "/lti/login?iss=https://nobody.example&client_id=oneday&login_hint=7&target_link_uri=https://x.example"
    for path in ("/sign-in/link/no-such-link", "/verify/K7M4-QX2P-9TRA", login):
        page.goto(url + path)
        found += complaints(page)
    page.goto(f"{url}/sign-in")
    page.get_by_label("E-mail address").fill("nobody@example.org")
    page.get_by_label("Password", exact=True).fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    found += complaints(page)
    shared_demo.sign_in(context, demo.people["mona"])
    for path in ("/no-such-page", "/admin/", "/manage/cohorts/999999/"):
        page.goto(url + path)
        found += complaints(page)
    page.goto(f"{url}/manage/days/new")
    page.get_by_role("button", name="Make the day").click()
    expect(page.get_by_role("alert")).to_be_visible()
    found += complaints(page)
    assert not found, "\n".join(found)


def test_pages_after_a_form(
    shared_demo: Stage, demo: Demo, context: BrowserContext, page: Page, tmp_path: Path
) -> None:
    url = shared_demo.site.url
    shared_demo.sign_in(context, demo.people["mona"])
    roster = tmp_path / "roster.csv"
    roster.write_text("Name,E-mail,Employee id\nUlf Strand,ulf@example.org,SU-901\n,,\nNo Address,not an address,\n")
    page.goto(f"{url}/manage/cohorts/{demo.names['cohort']}/roster/")
    page.get_by_label("File").set_input_files(roster)
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_role("heading", name="What the file would do")).to_be_visible()
    found = complaints(page)
    page.get_by_role("button", name="Take it in").click()
    expect(page.get_by_role("heading", name="What was taken in")).to_be_visible()
    found += complaints(page)
    page.goto(f"{url}/manage/people/{demo.names['learner']}/")
    page.get_by_role("button", name="Make an invitation link").click()
    expect(page.get_by_label("Link")).to_be_visible()
    found += complaints(page)
    context.clear_cookies()
    page.goto(f"{url}/in/{demo.names['code']}?k={demo.names['key']}")
    page.get_by_role("button", name=re.compile("Bashir Noor")).click()
    expect(page.get_by_role("heading", name="You are in, Bashir Noor")).to_be_visible()
    found += complaints(page)
    page.goto(f"{url}/account")
    page.get_by_role("button", name="Make a link").click()
    expect(page.get_by_role("heading", name="Continue on your laptop")).to_be_visible()
    found += complaints(page)
    assert not found, "\n".join(found)
