"""Writing a page in a real browser: whatever happens to network, server or tab, the text is there, once."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.moves import box, saved
from tests.browser.stage import Course, Stage
from tests.browser.writing import KEPT, OFFLINE, TEXT, accepted, at_page, before_its_script, handed_in, kept, on_server
from tests.machine.wait import until

pytestmark = pytest.mark.browser

REFUSED = "net::ERR_CONNECTION_REFUSED"


@pytest.fixture
def course(stage: Stage) -> Course:
    return stage.course("Lena Brandt", "Leo Marsh")


@pytest.fixture
def lena(stage: Stage, course: Course, context: BrowserContext, page: Page) -> Page:
    """Lena's browser, at her page."""
    return at_page(stage, course, context, page)


def test_it_saves_itself_and_a_reload_keeps_it(stage: Stage, course: Course, lena: Page) -> None:
    box(lena).fill(TEXT)
    expect(lena.get_by_text("14 / 150–400 words")).to_be_visible()
    expect(saved(lena)).to_be_visible()
    assert on_server(stage, course) == TEXT
    until(lambda: kept(lena) == 0, what="the browser's copy is gone")
    lena.reload()
    expect(box(lena)).to_have_value(TEXT)


def test_offline_it_is_kept_and_online_it_is_saved(
    stage: Stage, course: Course, lena: Page, expected_console: set[str]
) -> None:
    expected_console.add(OFFLINE)
    lena.context.set_offline(True)
    box(lena).fill(TEXT)
    expect(lena.get_by_text(KEPT)).to_be_visible()
    assert on_server(stage, course) is None
    lena.context.set_offline(False)
    expect(saved(lena)).to_be_visible()
    assert accepted(stage, course) == [TEXT]
    until(lambda: kept(lena) == 0, what="the browser's copy is gone")


def test_a_tab_closed_offline_gives_its_text_to_the_next_one(
    stage: Stage, course: Course, lena: Page, expected_console: set[str]
) -> None:
    expected_console.add(OFFLINE)
    context = lena.context
    context.set_offline(True)
    box(lena).fill(TEXT)
    expect(lena.get_by_text(KEPT)).to_be_visible()
    lena.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto(stage.site.url + course.page)
    expect(box(again)).to_have_value(TEXT)
    expect(saved(again)).to_be_visible()
    assert accepted(stage, course) == [TEXT]
    until(lambda: kept(again) == 0, what="the browser's copy is gone")


def test_what_is_written_before_the_script_is_there_is_saved(stage: Stage, course: Course, lena: Page) -> None:
    with before_its_script(lena, "drafts.js"):
        box(lena).fill(TEXT)
    expect(saved(lena)).to_be_visible()
    expect(box(lena)).to_have_value(TEXT)
    assert accepted(stage, course) == [TEXT]


def test_what_is_written_before_the_script_is_there_goes_below_what_was_kept(
    stage: Stage, course: Course, lena: Page, expected_console: set[str]
) -> None:
    expected_console.add("net::ERR_FAILED")
    autosave = re.compile(r"/draft\b")
    lena.route(autosave, lambda route: route.abort())
    box(lena).fill(TEXT)
    expect(lena.get_by_text(KEPT)).to_be_visible()
    lena.on("dialog", lambda dialog: dialog.accept())
    with before_its_script(lena, "drafts.js"):
        lena.unroute(autosave)
        box(lena).fill("And this.")
    expect(saved(lena)).to_be_visible()
    expect(box(lena)).to_have_value(f"{TEXT}\n\nAnd this.")
    assert accepted(stage, course)[-1] == f"{TEXT}\n\nAnd this."
    until(lambda: kept(lena) == 0, what="the browser's copy is gone")


def test_a_killed_server_loses_nothing_and_saves_once(
    own_stage: Stage,
    context: BrowserContext,
    page: Page,
    expected_console: set[str],
    tolerated_console: set[str],
) -> None:
    expected_console.add(REFUSED)
    tolerated_console.update({"net::ERR_CONNECTION_RESET", "net::ERR_EMPTY_RESPONSE"})
    course = own_stage.course("Lena Brandt")
    lena = at_page(own_stage, course, context, page)
    box(lena).fill("Before.")
    expect(saved(lena)).to_be_visible()
    own_stage.site.kill()
    box(lena).fill("Before. And while it was dead.")
    expect(lena.get_by_text(KEPT)).to_be_visible()
    own_stage.site.start()
    expect(saved(lena)).to_be_visible(timeout=60_000)
    assert accepted(own_stage, course) == ["Before.", "Before. And while it was dead."]
    lena.reload()
    expect(box(lena)).to_have_value("Before. And while it was dead.")


def test_a_lost_answer_is_not_saved_twice(stage: Stage, course: Course, lena: Page, expected_console: set[str]) -> None:
    """The server has it, the browser does not know: it sends the same operation again."""
    expected_console.add("net::ERR_FAILED")

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    lena.route("**/draft*", lose, times=1)
    box(lena).fill(TEXT)
    expect(lena.get_by_text(KEPT)).to_be_visible()
    expect(saved(lena)).to_be_visible()
    assert accepted(stage, course) == [TEXT]


def test_handing_in_takes_the_newest_text_once(stage: Stage, course: Course, lena: Page) -> None:
    box(lena).fill(TEXT)
    lena.get_by_role("button", name="Hand in").dblclick()
    expect(lena.get_by_role("heading", name="Read it once more")).to_be_visible()
    expect(lena.get_by_text(TEXT)).to_be_visible()
    lena.get_by_role("button", name="Hand it in").dblclick()
    expect(lena.get_by_text("Handed in. Your facilitator reads it, and the feedback will be here.")).to_be_visible()
    assert handed_in(stage, course) == [TEXT]
    assert kept(lena) == 0


def test_back_after_handing_in_cannot_change_what_was_handed_in(stage: Stage, course: Course, lena: Page) -> None:
    box(lena).fill(TEXT)
    lena.get_by_role("button", name="Hand in").click()
    lena.get_by_role("button", name="Hand it in").click()
    handed = lena.get_by_text("Handed in. Your facilitator reads it, and the feedback will be here.")
    expect(handed).to_be_visible()
    for _step in range(2):
        lena.go_back()
        expect(handed).to_be_visible()
        expect(box(lena)).to_have_count(0)
    assert handed_in(stage, course) == [TEXT]
