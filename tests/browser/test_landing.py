"""From an LMS's course to its group, its seats and one's own account: what learner, manager and owner see and press."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import FrameLocator, Page, expect
from pytest_playwright.pytest_playwright import CreateContextCallback

from course import clock
from course.cohorts.models import Role
from course.people.models import Organisation
from course.people.passwords import hash_password
from course.people.service import add_local_identity, set_password
from course.platforms.models import KeySet
from tests import make
from tests.browser.stage import SMALL, Course, Stage
from tests.counterparts.double import Double, connect
from tests.machine.axe import axe_everywhere

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("viewport", [(880, 700)])]

PASSWORD = "a quiet green lamp"


@pytest.fixture
def course(stage: Stage) -> Course:
    return stage.course("Lars Linde")


@pytest.fixture
def lms(stage: Stage, course: Course) -> Iterator[Double]:
    """An LMS on this machine, so that its frame and ours are of one site and plain cookies reach it."""
    with Double(tool=stage.site.url) as double:
        double.place("day-one", custom={"module": SMALL})
        with stage.writing() as session:
            platform = connect(session, double, organisation_id=course.organisation_id)
            platform.name = "Harbour LMS"
            now = clock.now()
            session.add(KeySet(platform_id=platform.id, keys=[double.key.jwk], fetched_at=now, asked_at=now))
        yield double


def click(page: Page, lms: Double, user: str) -> FrameLocator:
    """Open the course's link as somebody; return the frame in which Oneday is."""
    page.goto(f"{lms.issuer}/view.php?link=day-one&user={user}")
    return page.frame_locator("iframe")


def test_from_waiting_to_the_seat(
    stage: Stage, course: Course, lms: Double, page: Page, new_context: CreateContextCallback
) -> None:
    tool = click(page, lms, "lena")
    expect(tool.get_by_role("heading", name="Your date isn't set yet")).to_be_visible()
    expect(tool.get_by_text("October Friday")).to_be_visible()
    expect(tool.locator("input[type=password]")).to_have_count(0)
    with stage.writing() as session:
        mona = make.person(session, "Mona Keller")
        make.membership(session, mona, Role.MANAGER, session.get_one(Organisation, course.organisation_id))
        mona_id = mona.id
    office = new_context()
    stage.sign_in(office, mona_id)
    desk = office.new_page()
    desk.goto(f"{stage.site.url}/manage/")
    expect(desk.get_by_text("1 learner waits.")).to_be_visible()
    desk.get_by_role("link", name="Choose the group and date").click()
    desk.get_by_role("button", name="It is this group").click()
    expect(desk.get_by_text("One learner who waited has a seat now.")).to_be_visible()
    axe_everywhere(desk)
    tool = click(page, lms, "lena")
    expect(tool.get_by_role("heading", name="Small talk before the big meeting")).to_be_visible()
    expect(tool.get_by_text("Lena Lorenz")).to_be_visible()


def test_linking_ones_own_account(stage: Stage, course: Course, lms: Double, page: Page) -> None:
    with stage.writing() as session:
        lars = course.learners["Lars Linde"]
        add_local_identity(session, person_id=lars, address="lars@lms.example")
        set_password(session, person_id=lars, password_hash=hash_password(PASSWORD))
    tool = click(page, lms, "lars")
    expect(tool.get_by_role("heading", name="Have you been here before?")).to_be_visible()
    expect(tool.locator("input[type=password]")).to_have_count(0)
    tool.get_by_role("button", name="Link my account").click()
    code = tool.locator(".code").inner_text()
    with page.context.expect_page() as opened:
        tool.get_by_role("link", name="Open my account in a new window").click()
    window = opened.value
    # This window has the launch's session too; the account asks for its own.
    window.get_by_label("E-mail address").fill("lars@lms.example")
    window.get_by_label("Password", exact=True).fill(PASSWORD)
    window.get_by_role("button", name="Sign in").click()
    axe_everywhere(window)
    window.get_by_label("Code").fill(code.lower())
    window.get_by_role("button", name="Look whose code it is").click()
    expect(window.get_by_role("heading", name="Is this you?")).to_be_visible()
    axe_everywhere(window)
    window.get_by_role("button", name="Yes, link it to my account").click()
    expect(window.get_by_role("heading", name="Linked")).to_be_visible()
    axe_everywhere(window)
    tool = click(page, lms, "lars")
    # His course has no group yet, so that nothing opens; asked again he is not.
    expect(tool.get_by_role("heading", name="Your date isn't set yet")).to_be_visible()
