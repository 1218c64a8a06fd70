"""A facilitator's own notes in a browser: saved quietly, in two tabs, without JavaScript, and on paper."""

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from course.preparing import queries
from tests.browser.stage import SMALL, Course, Stage
from tests.machine.wait import until

pytestmark = pytest.mark.browser

MINE, THEIRS = "Ask Rosa about the pump house.", "The good soup is round the corner."


@pytest.fixture
def course(stage: Stage) -> Course:
    return stage.course("Lena Brandt")


@pytest.fixture
def guide(stage: Stage, course: Course, context: BrowserContext, page: Page) -> Page:
    """The facilitator's browser, at the guide."""
    stage.sign_in(context, course.facilitator)
    page.goto(address(stage, course))
    return page


def address(stage: Stage, course: Course) -> str:
    return f"{stage.site.url}/facilitate/runs/{course.run_id}/guide/"


def on_server(stage: Stage, course: Course) -> dict[str, str]:
    with stage.reading() as session:
        found = queries.notes(session, person_id=course.facilitator, module=SMALL)
        return {block: note.text for block, note in found.items()}


def box(page: Page, title: str = "Hello") -> Locator:
    """The box of a block; its fold is opened if it is closed."""
    area = page.get_by_label(f"Your notes on “{title}”", exact=True)
    if not area.is_visible():
        page.locator("details", has=area).locator("summary").click()
    return area


def said(page: Page, title: str = "Hello") -> Locator:
    return page.locator("form", has=page.get_by_label(f"Your notes on “{title}”", exact=True)).get_by_role("status")


def printed(page: Page) -> list[str]:
    """What paper shows of one's own, whether it was saved or not."""
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    shown = [each.inner_text() for each in page.locator(".own-note .typed").all() if each.is_visible()]
    assert not page.get_by_role("textbox").filter(visible=True).count()
    page.emulate_media(media="screen")
    return shown


def test_what_is_typed_is_saved_quietly_each_for_its_block(stage: Stage, course: Course, guide: Page) -> None:
    box(guide).fill(MINE)
    box(guide, "Lunch").fill(THEIRS)
    expect(said(guide)).to_contain_text("Saved")
    expect(said(guide, "Lunch")).to_contain_text("Saved")
    until(lambda: on_server(stage, course) == {"hello": MINE, "lunch": THEIRS}, what="both notes are saved")
    assert printed(guide) == [MINE, THEIRS]
    guide.reload()
    # What has a text stands open; the rest is folded away.
    expect(guide.get_by_role("textbox").filter(visible=True)).to_have_count(2)
    assert printed(guide) == [MINE, THEIRS]


def test_two_tabs_stand_side_by_side(stage: Stage, course: Course, guide: Page, expected_statuses: set[int]) -> None:
    expected_statuses.add(409)
    second = guide.context.new_page()
    second.goto(address(stage, course))
    box(guide).fill(MINE)
    expect(said(guide)).to_contain_text("Saved")
    box(second).fill(THEIRS)
    both = second.get_by_role("group", name="Two texts")
    expect(both.get_by_text(MINE)).to_be_visible()
    expect(both.get_by_text(THEIRS)).to_be_visible()
    assert on_server(stage, course) == {"hello": MINE}
    both.get_by_role("button", name="Keep mine").click()
    until(lambda: on_server(stage, course) == {"hello": THEIRS}, what="the decision is saved")


def test_without_javascript(stage: Stage, course: Course, browser: Browser, expected_statuses: set[int]) -> None:
    expected_statuses.add(409)
    with browser.new_context(java_script_enabled=False) as context:
        stage.sign_in(context, course.facilitator)
        first, second = context.new_page(), context.new_page()
        for page in (first, second):
            page.goto(address(stage, course))
        for page, text in ((first, MINE), (second, THEIRS)):
            box(page).fill(text)
            page.locator("#block-hello").get_by_role("button", name="Save").click()
        expect(box(first)).to_have_value(MINE)
        expect(box(second)).to_have_value(THEIRS)
        expect(second.locator("blockquote.typed")).to_have_text(MINE)
        second.locator("#block-hello").get_by_role("button", name="Save").click()
        expect(second.locator("blockquote.typed")).to_have_count(0)
        assert on_server(stage, course) == {"hello": THEIRS}


def test_the_list_is_ticked_by_keyboard_alone(stage: Stage, course: Course, guide: Page) -> None:
    guide.goto(address(stage, course).replace("/guide/", "/prepare/"))
    for step in ("Play the case", "Read the musts"):
        guide.get_by_role("button", name=f"Done: {step}").focus()
        guide.keyboard.press("Enter")
        expect(guide.get_by_role("button", name=f"Undo: {step}")).to_be_visible()
    expect(guide.get_by_text("2 of 5, about 10 minutes left")).to_be_visible()
