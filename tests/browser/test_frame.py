"""Oneday in a frame of another site's page, by https, in a Chromium without third-party cookies."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, BrowserType, Frame, FrameLocator, Locator, Page, expect
from sqlalchemy import select, update

from course import clock
from course.cohorts.models import Run
from course.people.models import Identity
from course.platforms.models import Context, Deployment, KeySet, Platform
from course.reflections.models import Submission
from tests.browser.front import KEEPER, Front, framing, fronting, lending
from tests.browser.stage import Course, Stage, late_zone
from tests.counterparts.double import Double, connect
from tests.machine import chromium
from tests.machine.site import Site

pytestmark = pytest.mark.browser

TOOL, LMS, OTHER = "oneday.test", "lms.example", "other.example"
TEXT = "Nora had to answer for the night shift in front of the plant managers."
CLICK = f"https://{LMS}/view.php?link=day-one&user=lena"


class Served(Site):
    """A site behind a front with a certificate."""

    @property
    def url(self) -> str:
        return f"https://{TOOL}"

    def environment(self) -> dict[str, str]:
        return {**super().environment(), "COURSE_BASE_URL": f"https://{TOOL}", "COURSE_TRUSTED_PROXIES": "1"}


@pytest.fixture(scope="module")
def stage(initialised: tuple[Site, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = initialised[0].copy(tmp_path_factory.mktemp("framed") / "site").folder
    site = Served(folder)
    site.start()
    made = Stage(site)
    yield made
    made.close()
    site.stop()


@pytest.fixture(scope="module")
def lms() -> Iterator[Double]:
    with Double(tool=f"https://{TOOL}") as double:
        # Browsers find it by its name; nothing of the server's own is asked of it here.
        double.issuer = f"https://{LMS}"
        yield double


@pytest.fixture(scope="module")
def front(stage: Stage, lms: Double, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    sites = {TOOL: stage.site.port, LMS: lms.server.port, OTHER: lms.server.port}
    with fronting(tmp_path_factory.mktemp("front"), sites) as made:
        yield made


@pytest.fixture(scope="module")
def browser(browser_type: BrowserType, browser_type_launch_args: dict[str, Any], front: Front) -> Iterator[Browser]:
    arguments = [*browser_type_launch_args["args"], *front.flags]
    whole = {"executable_path": str(chromium.find(whole=True)), "args": arguments}
    started = browser_type.launch(**{**browser_type_launch_args, **whole})
    yield started
    started.close()


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "ignore_https_errors": True}


@pytest.fixture(autouse=True)
def open_front(front: Front, lms: Double) -> Iterator[None]:
    yield
    front.blocks_cookies, lms.storage_target = False, ""


@pytest.fixture(scope="module")
def course(stage: Stage, lms: Double) -> Course:
    """A course of today that the LMS's course is, with a link to it there."""
    made = stage.course("Leo Marsh", days_ago=0, zone=late_zone())
    lms.place("day-one", custom={"module": made.slug})
    with stage.writing() as session:
        platform = connect(session, lms, organisation_id=made.organisation_id)
        platform.name = "Harbour LMS"
        now = clock.now()
        session.add(KeySet(platform_id=platform.id, keys=[lms.key.jwk], fetched_at=now, asked_at=now))
        deployment = select(Deployment.id).where(Deployment.platform_id == platform.id)
        group = session.get_one(Run, made.run_id).cohort_id
        session.add(
            Context(deployment_id=session.execute(deployment).scalar_one(), name="7", cohort_id=group, created_at=now)
        )
    return made


def tool(page: Page) -> FrameLocator:
    """Return the frame in which the tool is."""
    return page.frame_locator("iframe")


def desk(page: Page) -> Locator:
    """Return the way to one's own days."""
    return tool(page).get_by_role("navigation", name="Your desks").get_by_role("link", name="My day")


def inside(page: Page) -> Frame:
    """Return the same as a frame to run scripts in."""
    (found,) = [frame for frame in page.frames if frame.url.startswith(f"https://{TOOL}/")]
    return found


def press(what: Locator) -> None:
    """Click once the frame has been painted: Chromium drops what is clicked before.

    A page behind another window is never painted, and would be waited for without end.
    """
    what.page.bring_to_front()
    what.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    what.click()


def wrong(page: Page, width: int, paths: tuple[str, ...]) -> list[tuple[str, int, str]]:
    """Return what axe finds on pages in a frame of this width, and which of them must be scrolled sideways."""
    page.set_viewport_size({"width": width + 20, "height": 900})
    page.evaluate("width => { document.querySelector('iframe').width = width }", width)
    found = []
    for path in paths:
        frame = inside(page)
        frame.goto(f"https://{TOOL}{path}")
        frame.evaluate(AXE_SCRIPT)
        rules = frame.evaluate("axe.run().then(all => all.violations.map(each => each.id))")
        wide = frame.evaluate("document.documentElement.scrollWidth")
        found += [(path, width, rule) for rule in (*rules, *([f"{wide} px wide"] if wide > width else []))]
    return found


def test_a_launch_keeps_its_session_and_the_portals_is_untouched(
    stage: Stage, course: Course, context: BrowserContext, page: Page
) -> None:
    # The control: in this very browser a cookie of a frame lives only if it is partitioned.
    page.goto(framing(LMS, f"https://{TOOL}/-/try"))
    expect(tool(page).locator("#brought")).to_have_text("parted")

    portal = context.new_page()
    stage.sign_in(context, course.learners["Leo Marsh"])
    portal.goto(f"https://{TOOL}/learn/")
    expect(portal.get_by_title("Your account")).to_have_text("Leo Marsh")

    # What lies behind another tab is not painted, and clicks miss its frames.
    page.bring_to_front()
    page.goto(CLICK)
    expect(tool(page).get_by_text("Lena Lorenz")).to_be_visible()
    # A place, a page further, a text that saves itself, a form, and the place again.
    press(desk(page))
    inside(page).wait_for_url(f"https://{TOOL}/learn/")
    inside(page).goto(f"https://{TOOL}{course.page}")
    tool(page).get_by_role("textbox").fill(TEXT)
    expect(tool(page).get_by_text(re.compile(r"^Saved \d\d:\d\d$"))).to_be_visible()
    press(tool(page).get_by_role("button", name="Hand in"))
    press(tool(page).get_by_role("button", name="Hand it in"))
    expect(tool(page).get_by_text("Handed in.")).to_be_visible()
    with stage.reading() as session:
        assert session.execute(select(Submission.text)).scalars().all() == [TEXT]

    portal.reload()
    expect(portal.get_by_title("Your account")).to_have_text("Leo Marsh")
    kept = {cookie["name"]: cookie.get("partitionKey") for cookie in context.cookies()}
    assert kept["__Host-oneday-lti"] == kept["__Host-oneday-lti-form"] == f"https://{LMS}"
    assert kept["oneday"] is None


def test_looks(course: Course, page: Page) -> None:
    page.goto(CLICK)
    expect(tool(page).get_by_text("Lena Lorenz")).to_be_visible()
    paths = ("/learn/", f"/learn/{course.slug}/", course.page, course.case)
    assert [*wrong(page, 880, paths), *wrong(page, 390, paths)] == []


def test_only_the_platform_may_frame_it(course: Course, page: Page, expected_console: set[str]) -> None:
    expected_console.add("frame-ancestors")
    page.goto(CLICK)
    expect(tool(page).get_by_text("Lena Lorenz")).to_be_visible()
    home = f"https://{TOOL}/learn/"
    page.goto(framing(LMS, home))
    expect(tool(page).get_by_text("Lena Lorenz")).to_be_visible()
    # The same session, with one more site between the platform's page and ours.
    page.goto(framing(LMS, framing(OTHER, home)))
    between = tool(page).frame_locator("iframe")
    expect(tool(page).get_by_role("heading", name="A course")).to_be_visible()
    expect(between.get_by_text("Lena Lorenz")).to_have_count(0)
    assert [frame.url for frame in page.frames if TOOL in frame.url and "/-/" not in frame.url] != [home]


def test_the_platforms_storage_then_a_window(
    course: Course, front: Front, lms: Double, page: Page, expected_statuses: set[int]
) -> None:
    """The frame keeps no cookies: the platform's storage proves the browser, a ticket leads into a window, once."""
    front.blocks_cookies, lms.storage_target = True, "_parent"
    page.goto(CLICK)
    button = tool(page).get_by_role("button", name="Open in a new window")
    with page.expect_popup() as opened:
        press(button)
    window = opened.value
    expect(window.get_by_text("Lena Lorenz")).to_be_visible()
    assert window.url.startswith(f"https://{TOOL}/learn/{course.slug}/")
    expect(window.get_by_role("button", name="Sign out")).to_be_visible()
    window.reload()
    expect(window.get_by_text("Lena Lorenz")).to_be_visible()
    expected_statuses.add(410)
    with page.expect_popup() as again:
        press(button)
    expect(again.value.get_by_role("heading", name="Please open it once more")).to_be_visible()


@pytest.fixture
def proved_elsewhere(stage: Stage, course: Course, front: Front) -> Iterator[None]:
    """The LMS proves its people at another site than where its courses are, as Canvas does; frames keep no cookies."""

    def move(host: str) -> None:
        with stage.writing() as session:
            session.execute(update(Platform).values(auth_url=f"https://{host}/auth.php"))

    front.blocks_cookies = True
    move(OTHER)
    yield
    move(LMS)


@pytest.mark.usefixtures("proved_elsewhere")
def test_storage_in_a_frame_of_its_own(course: Course, lms: Double, page: Page) -> None:
    lms.storage_target = KEEPER
    page.goto(lending(LMS, CLICK.replace("view", "launch")))
    button = page.frame_locator("#tool").get_by_role("button", name="Open in a new window")
    with page.expect_popup() as opened:
        press(button)
    expect(opened.value.get_by_text("Lena Lorenz")).to_be_visible()


@pytest.mark.usefixtures("proved_elsewhere")
def test_a_page_that_is_not_the_platforms_is_told_nothing(lms: Double, page: Page, expected_console: set[str]) -> None:
    """The page around us lends storage, and is not where people are proved."""
    expected_console.add(f"The target origin provided ('https://{OTHER}') does not match")
    lms.storage_target = "_parent"
    page.goto(CLICK)
    expect(tool(page).get_by_role("heading", name="Your browser keeps Oneday out of this frame")).to_be_visible()
    assert page.evaluate("kept.size") == 0


def test_a_facilitator_works_in_it_and_takes_a_page_to_the_projector(
    stage: Stage, course: Course, context: BrowserContext, page: Page
) -> None:
    page.goto(CLICK.replace("lena", "farid"))
    expect(tool(page).get_by_text("Farid Farooqi").first).to_be_visible()
    with stage.writing() as session:
        run = session.get_one(Run, course.run_id)
        who = select(Identity.person_id).where(Identity.kind == "lti", Identity.subject == "farid")
        run.facilitator_id = session.execute(who).scalar_one()
    page.goto(CLICK.replace("lena", "farid"))
    here = f"/facilitate/runs/{course.run_id}/"
    expect(tool(page).get_by_role("link", name="Open in a new window")).to_be_visible()
    assert inside(page).url == f"https://{TOOL}{here}"
    assert wrong(page, 880, (here, f"{here}door/", f"{here}guide/", "/facilitate/grading/")) == []
    inside(page).goto(f"https://{TOOL}{here}door/")
    press(tool(page).get_by_role("button", name="Open the door"))
    press(tool(page).get_by_role("link", name="Show on the wall"))
    with page.expect_popup() as opened:
        press(tool(page).get_by_role("button", name="Open in a new window"))
    expect(opened.value).to_have_url(f"https://{TOOL}{here}door/wall")
    expect(opened.value.locator("svg").first).to_be_visible()


def test_without_storage_the_launch_begins_again_in_a_window(course: Course, front: Front, page: Page) -> None:
    front.blocks_cookies = True
    page.goto(CLICK)
    with page.expect_popup() as opened:
        press(tool(page).get_by_role("link", name="Open in a new window"))
    window = opened.value
    expect(window.get_by_text("Lena Lorenz")).to_be_visible()
    assert window.url.startswith(f"https://{TOOL}/learn/{course.slug}/")


def test_what_is_over_says_where_to_come_in_again(
    stage: Stage, course: Course, context: BrowserContext, page: Page, expected_statuses: set[int]
) -> None:
    expected_statuses.add(401)
    page.goto(CLICK)
    expect(tool(page).get_by_text("Lena Lorenz")).to_be_visible()
    context.clear_cookies()
    press(desk(page))
    expect(tool(page).get_by_role("heading", name=re.compile("^Please open it again from "))).to_be_visible()
    assert tool(page).locator("input[type=password]").count() == 0
