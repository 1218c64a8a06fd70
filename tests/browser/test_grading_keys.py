"""The grading screen in a real browser: five keys a page, Tab alone, mouse alone, two tabs, no network."""

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Dialog, Locator, Page, expect
from sqlalchemy import select

from course.grading.models import Grade
from tests.browser.hands import Hands, Keyboard, Mouse
from tests.browser.stage import PAYROLL, Course, Stage
from tests.browser.writing import before_its_script
from tests.machine.wait import until

pytestmark = pytest.mark.browser

OFFLINE = "net::ERR_INTERNET_DISCONNECTED"
KEPT = "Not connected: kept on this device"
NEXT = "Call her on Thursday and ask one question."
MINE = "From the second tab."
COUNT = "window.pressed = 0; addEventListener('keydown', () => { window.pressed += 1 }, true)"


@pytest.fixture
def course(stage: Stage) -> Course:
    return stage.course("Lena Brandt", "Leo Marsh", slug=PAYROLL)


@pytest.fixture
def paths(stage: Stage, course: Course) -> list[str]:
    """The two pages that wait, in the order of the queue."""
    made = {stage.handed_in(course, name, f"What {name.split()[0]}'s client needed.") for name in course.seats}
    with stage.reading() as session:
        rows = session.execute(
            select(Grade.handle).where(Grade.run_id == course.run_id).order_by(Grade.position, Grade.id)
        ).scalars()
        paths = [f"/facilitate/grading/{handle}" for handle in rows]
    assert made == set(paths)
    return paths


@pytest.fixture
def farid(stage: Stage, course: Course, paths: list[str], context: BrowserContext, page: Page) -> Page:
    """Farid's browser, at the first page."""
    stage.sign_in(context, course.facilitator)
    page.goto(stage.site.url + paths[0])
    return page


def grade(stage: Stage, path: str) -> Grade:
    with stage.reading() as session:
        return session.execute(select(Grade).where(Grade.handle == path.rpartition("/")[2])).scalar_one()


def criteria(page: Page) -> list[Locator]:
    """The four criteria, in their order."""
    return page.get_by_role("group").filter(has=page.get_by_role("radio")).all()


def levels(stage: Stage, path: str) -> list[Any]:
    return list(grade(stage, path).levels.values())


def saved(page: Page) -> Locator:
    return page.get_by_text("Saved", exact=False).filter(has_text=":")


def test_what_is_written_before_the_script_is_there_is_saved(stage: Stage, farid: Page, paths: list[str]) -> None:
    with before_its_script(farid, "grading.js"):
        farid.get_by_role("textbox", name="One next step").fill(NEXT)
        criteria(farid)[0].get_by_role("radio").nth(2).check()
    expect(saved(farid)).to_be_visible()
    until(lambda: levels(stage, paths[0]) == [3], what="the level is saved")
    until(lambda: grade(stage, paths[0]).next_step == NEXT, what="the next step is saved")


def test_five_keys_grade_a_page(stage: Stage, farid: Page, paths: list[str]) -> None:
    farid.get_by_role("textbox", name="One next step").fill(NEXT)
    expect(saved(farid)).to_be_visible()
    farid.add_init_script(COUNT)
    farid.reload()
    expect(farid.get_by_role("textbox", name="One next step")).to_have_value(NEXT)
    for key in "3421":
        farid.keyboard.press(key)
    assert farid.evaluate("pressed") == 4
    farid.keyboard.press("Enter")
    expect(farid).to_have_url(stage.site.url + paths[1])
    done = grade(stage, paths[0])
    assert list(done.levels.values()) == [3, 4, 2, 1]
    assert done.next_step == NEXT
    assert done.ready_at is not None


def test_the_name_opens_with_the_fourth_level(farid: Page, course: Course) -> None:
    named = farid.get_by_text("Write the next step to them.")
    for key in "343":
        farid.keyboard.press(key)
    expect(saved(farid)).to_be_visible()
    expect(named).to_be_hidden()
    for name in course.seats:
        assert name not in farid.content()
    farid.keyboard.press("2")
    expect(named).to_be_visible()
    assert [name for name in course.seats if name in named.inner_text()] != []


@pytest.mark.parametrize("hands", [Mouse(), Keyboard()], ids=["mouse", "keyboard"])
def test_every_task_by_one_hand_alone(stage: Stage, farid: Page, paths: list[str], hands: Hands) -> None:
    for criterion, number in zip(criteria(farid), (2, 3, 1, 2), strict=True):
        hands.pick(criterion, number)
    comments = farid.get_by_text("Add a comment")
    hands.press(comments.first)
    hands.write(farid.get_by_role("textbox", name="Comment").first, "You name whose need it was.")
    expect(farid.get_by_text("Write the next step to them.")).to_be_visible()
    hands.write(farid.get_by_role("textbox", name="One next step"), NEXT)
    hands.tick(farid.get_by_role("checkbox", name="Ask them to revise the page"))
    hands.press(farid.get_by_role("button", name="Done, next"))
    expect(farid).to_have_url(stage.site.url + paths[1])
    done = grade(stage, paths[0])
    assert list(done.levels.values()) == [3, 4, 2, 3]
    assert list(done.comments.values()) == ["You name whose need it was."]
    assert (done.next_step, done.revise, done.ready_at is not None) == (NEXT, True, True)
    hands.press(farid.get_by_role("link", name="Skip for now"))
    expect(farid.get_by_role("heading", name="To grade")).to_be_visible()


def test_what_is_missing_is_said_and_nothing_is_lost(
    stage: Stage, farid: Page, paths: list[str], expected_statuses: set[int]
) -> None:
    expected_statuses.add(422)
    for key in "343":
        farid.keyboard.press(key)
    farid.keyboard.press("Enter")
    expect(farid.get_by_role("alert")).to_contain_text("Please choose a level.")
    expect(farid.get_by_role("alert")).to_contain_text("Please write one next step.")
    assert [one.get_by_role("radio", checked=True).get_attribute("value") for one in criteria(farid)[:3]] == [
        "3",
        "4",
        "3",
    ]
    assert grade(stage, paths[0]).ready_at is None


def test_single_keys_can_be_switched_off_for_good(stage: Stage, farid: Page, paths: list[str]) -> None:
    farid.keyboard.press("3")
    expect(saved(farid)).to_be_visible()
    farid.keyboard.press("?")
    switch = farid.get_by_role("checkbox", name="Use single keys on this device")
    switch.uncheck()
    farid.keyboard.press("4")
    farid.keyboard.press("?")
    expect(switch).to_be_visible()
    farid.reload()
    farid.keyboard.press("4")
    farid.get_by_role("textbox", name="One next step").fill(NEXT)
    expect(saved(farid)).to_be_visible()
    assert levels(stage, paths[0]) == [3]
    farid.get_by_text("Keys", exact=True).click()
    expect(switch).not_to_be_checked()
    switch.check()
    farid.keyboard.press("4")
    until(lambda: levels(stage, paths[0]) == [3, 4], what="the second level is saved")


def test_digits_in_a_text_are_text(stage: Stage, farid: Page, paths: list[str]) -> None:
    farid.get_by_role("textbox", name="One next step").press_sequentially("At 3, not 4?")
    expect(saved(farid)).to_be_visible()
    assert (grade(stage, paths[0]).next_step, levels(stage, paths[0])) == ("At 3, not 4?", [])
    farid.keyboard.press("Enter")
    expect(farid.get_by_role("textbox", name="One next step")).to_have_value("At 3, not 4?\n")


def test_two_tabs_on_different_fields_both_count(stage: Stage, farid: Page, paths: list[str]) -> None:
    second = farid.context.new_page()
    second.goto(stage.site.url + paths[0])
    farid.keyboard.press("3")
    expect(saved(farid)).to_be_visible()
    second.get_by_role("textbox", name="One next step").fill(NEXT)
    expect(saved(second)).to_be_visible()
    assert (levels(stage, paths[0]), grade(stage, paths[0]).next_step) == ([3], NEXT)


@pytest.fixture
def disputed(stage: Stage, farid: Page, paths: list[str], expected_statuses: set[int]) -> Page:
    """Farid's second tab, which wrote a next step after his first one had."""
    expected_statuses.add(409)
    second = farid.context.new_page()
    second.goto(stage.site.url + paths[0])
    farid.get_by_role("textbox", name="One next step").fill(NEXT)
    expect(saved(farid)).to_be_visible()
    second.get_by_role("textbox", name="One next step").fill(MINE)
    both = second.get_by_role("group", name="Two texts")
    expect(both.get_by_text(NEXT)).to_be_visible()
    expect(both.get_by_text(MINE)).to_be_visible()
    expect(second.get_by_role("textbox", name="One next step")).to_have_value(MINE)
    return second


@pytest.mark.parametrize(("button", "wins"), [("Keep mine", MINE), ("Take the other", NEXT)])
def test_two_tabs_on_one_field_stand_side_by_side(
    stage: Stage, disputed: Page, paths: list[str], button: str, wins: str
) -> None:
    disputed.get_by_role("button", name=button).click()
    expect(disputed.get_by_role("textbox", name="One next step")).to_have_value(wins)
    expect(disputed.get_by_role("group", name="Two texts")).to_be_hidden()
    expect(saved(disputed)).to_be_visible()
    until(lambda: grade(stage, paths[0]).next_step == wins, what="the decision is saved")
    disputed.reload()
    expect(disputed.get_by_role("textbox", name="One next step")).to_have_value(wins)


def test_an_undecided_conflict_survives_a_reload(stage: Stage, disputed: Page, paths: list[str]) -> None:
    disputed.on("dialog", lambda dialog: dialog.accept())
    disputed.reload()
    both = disputed.get_by_role("group", name="Two texts")
    expect(both.get_by_text(NEXT)).to_be_visible()
    expect(both.get_by_text(MINE)).to_be_visible()
    assert grade(stage, paths[0]).next_step == NEXT


def test_what_was_done_offline_survives_a_closed_tab(
    stage: Stage, farid: Page, paths: list[str], expected_console: set[str]
) -> None:
    expected_console.add(OFFLINE)
    context = farid.context
    context.set_offline(True)
    farid.keyboard.press("2")
    farid.keyboard.press("3")
    farid.get_by_role("textbox", name="One next step").fill(NEXT)
    expect(farid.get_by_text(KEPT)).to_be_visible()
    assert levels(stage, paths[0]) == []
    farid.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto(stage.site.url + paths[0])
    expect(again.get_by_role("textbox", name="One next step")).to_have_value(NEXT)
    expect(saved(again)).to_be_visible()
    assert (levels(stage, paths[0]), grade(stage, paths[0]).next_step) == ([2, 3], NEXT)


def test_what_was_done_offline_survives_a_reload(
    stage: Stage, farid: Page, paths: list[str], expected_console: set[str]
) -> None:
    """The site is there for pages, but writes do not get through."""
    expected_console.add("net::ERR_FAILED")
    farid.route("**/ops", lambda route: route.abort())
    farid.keyboard.press("4")
    expect(farid.get_by_text(KEPT)).to_be_visible()
    asked: list[str] = []

    def stay_or_go(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    farid.on("dialog", stay_or_go)
    farid.reload()
    expect(criteria(farid)[0].get_by_role("radio", checked=True)).to_have_attribute("value", "4")
    assert asked == ["beforeunload"]
    assert levels(stage, paths[0]) == []
    farid.unroute_all()
    until(lambda: levels(stage, paths[0]) == [4], what="the level is saved")
    expect(saved(farid)).to_be_visible()
    farid.reload()
    assert asked == ["beforeunload"]


def test_done_waits_for_what_was_not_sent_yet(
    stage: Stage, farid: Page, paths: list[str], expected_console: set[str]
) -> None:
    expected_console.add(OFFLINE)
    farid.get_by_role("textbox", name="One next step").fill(NEXT)
    expect(saved(farid)).to_be_visible()
    farid.context.set_offline(True)
    farid.get_by_role("heading", level=1).click()
    for key in "3333":
        farid.keyboard.press(key)
    farid.keyboard.press("Enter")
    expect(farid.get_by_text(KEPT)).to_be_visible()
    assert (levels(stage, paths[0]), grade(stage, paths[0]).ready_at) == ([], None)
    farid.context.set_offline(False)
    expect(farid).to_have_url(stage.site.url + paths[1])
    done = grade(stage, paths[0])
    assert (list(done.levels.values()), done.ready_at is not None) == ([3, 3, 3, 3], True)


def test_a_double_click_on_done_is_done_once(stage: Stage, farid: Page, paths: list[str]) -> None:
    farid.get_by_role("textbox", name="One next step").fill(NEXT)
    farid.get_by_role("heading", level=1).click()
    for key in "2222":
        farid.keyboard.press(key)
    farid.get_by_role("button", name="Done, next").dblclick()
    expect(farid).to_have_url(stage.site.url + paths[1])
    expect(farid.get_by_text("1 of 2 done")).to_be_visible()
    assert grade(stage, paths[1]).ready_at is None
