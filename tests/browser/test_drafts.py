"""Writing a page in a real browser: whatever happens to network, server, session or tab, the text is there."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect
from sqlalchemy import select, update

from course import clock
from course.people.models import Session as SignIn
from course.people.passwords import hash_password
from course.reflections.models import Draft, DraftEvent, Submission
from tests.browser.stage import Course, Stage
from tests.machine.wait import until

pytestmark = pytest.mark.browser

OFFLINE = "net::ERR_INTERNET_DISCONNECTED"
REFUSED = "net::ERR_CONNECTION_REFUSED"
KEPT = "Not connected: kept on this device"
PASSWORD = "seven harbour lamps at dusk"
TEXT = "Nora had to answer for the night shift in front of the plant managers."


@pytest.fixture
def course(stage: Stage) -> Course:
    return stage.course("Lena Brandt", "Leo Marsh")


@pytest.fixture
def lena(stage: Stage, course: Course, context: BrowserContext, page: Page) -> Page:
    """Lena's browser, at her page."""
    return at_page(stage, course, context, page)


def at_page(stage: Stage, course: Course, context: BrowserContext, page: Page, name: str = "Lena Brandt") -> Page:
    stage.sign_in(context, course.learners[name])
    page.goto(stage.site.url + course.page)
    expect(page.get_by_text("0 / 150–400 words")).to_be_visible()
    return page


def box(page: Page) -> Locator:
    return page.get_by_role("textbox", name=re.compile("^Your (second )?page$"))


def saved(page: Page) -> Locator:
    return page.get_by_text(re.compile(r"^Saved \d\d:\d\d$"))


def on_server(stage: Stage, course: Course, name: str = "Lena Brandt") -> str | None:
    with stage.reading() as session:
        return session.execute(select(Draft.text).where(Draft.seat_id == course.seats[name])).scalar_one_or_none()


def accepted(stage: Stage, course: Course) -> list[str]:
    """Every text of Lena's that became a version, in order."""
    with stage.reading() as session:
        rows = session.execute(
            select(DraftEvent.text)
            .join(Draft, Draft.id == DraftEvent.draft_id)
            .where(Draft.seat_id == course.seats["Lena Brandt"], DraftEvent.version.is_not(None))
            .order_by(DraftEvent.version)
        ).scalars()
        return list(rows)


def handed_in(stage: Stage, course: Course) -> list[str]:
    with stage.reading() as session:
        rows = session.execute(
            select(Submission.text).where(Submission.seat_id == course.seats["Lena Brandt"])
        ).scalars()
        return list(rows)


def kept(page: Page) -> int:
    """Count what the browser keeps of its own."""
    count: int = page.evaluate(
        """() => new Promise(done => { const open = indexedDB.open('oneday', 1); open.onsuccess = () => {
             if (!open.result.objectStoreNames.contains('kept')) return done(0);
             const all = open.result.transaction('kept').objectStore('kept').count();
             all.onsuccess = () => done(all.result) } })"""
    )
    return count


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


@pytest.fixture
def disputed(stage: Stage, course: Course, lena: Page, expected_statuses: set[int]) -> Page:
    """Lena's second tab, which wrote after her first one had saved."""
    expected_statuses.add(409)
    second = lena.context.new_page()
    second.goto(stage.site.url + course.page)
    box(lena).fill("From the first tab.")
    expect(saved(lena)).to_be_visible()
    box(second).fill("From the second tab.")
    both = second.get_by_role("group", name="Two texts")
    expect(both.get_by_text("From the first tab.")).to_be_visible()
    expect(both.get_by_text("From the second tab.")).to_be_visible()
    expect(box(second)).to_have_value("From the second tab.")
    return second


@pytest.mark.parametrize(
    ("button", "wins"), [("Keep mine", "From the second tab."), ("Take the other", "From the first tab.")]
)
def test_two_tabs_stand_side_by_side(stage: Stage, course: Course, disputed: Page, button: str, wins: str) -> None:
    disputed.get_by_role("button", name=button).click()
    expect(box(disputed)).to_have_value(wins)
    expect(saved(disputed)).to_be_visible()
    expect(disputed.get_by_role("group", name="Two texts")).to_be_hidden()
    until(lambda: on_server(stage, course) == wins, what="the decision is saved")
    disputed.reload()
    expect(box(disputed)).to_have_value(wins)
    with stage.reading() as session:
        losing = session.execute(
            select(DraftEvent.text)
            .join(Draft, Draft.id == DraftEvent.draft_id)
            .where(Draft.seat_id == course.seats["Lena Brandt"], DraftEvent.version.is_(None))
        ).scalars()
        assert list(losing) == ["From the second tab."]


def test_an_undecided_conflict_survives_a_reload(stage: Stage, course: Course, disputed: Page) -> None:
    disputed.on("dialog", lambda dialog: dialog.accept())
    disputed.reload()
    both = disputed.get_by_role("group", name="Two texts")
    expect(both.get_by_text("From the first tab.")).to_be_visible()
    expect(both.get_by_text("From the second tab.")).to_be_visible()
    assert on_server(stage, course) == "From the first tab."


def test_without_javascript_two_tabs_stand_below_each_other(
    stage: Stage, course: Course, browser: Browser, expected_statuses: set[int]
) -> None:
    expected_statuses.add(409)
    with browser.new_context(java_script_enabled=False) as context:
        stage.sign_in(context, course.learners["Lena Brandt"])
        first, second = context.new_page(), context.new_page()
        for page in (first, second):
            page.goto(stage.site.url + course.page)
        box(first).fill("From the first tab.")
        first.get_by_role("button", name="Save").click()
        expect(saved(first)).to_be_visible()
        box(second).fill("From the second tab.")
        second.get_by_role("button", name="Save").click()
        expect(box(second)).to_have_value("From the second tab.")
        expect(second.get_by_text("From the first tab.")).to_be_visible()
        second.get_by_role("button", name="Save").click()
        expect(saved(second)).to_be_visible()
    assert accepted(stage, course) == ["From the first tab.", "From the second tab."]


def test_a_session_that_ends_while_writing_loses_nothing(
    stage: Stage, course: Course, lena: Page, expected_statuses: set[int]
) -> None:
    expected_statuses.add(401)
    address = stage.address(course.learners["Lena Brandt"], hash_password(PASSWORD))
    stage.sign_in(lena.context, course.learners["Lena Brandt"])
    lena.reload()
    with stage.writing() as session:
        session.execute(
            update(SignIn).where(SignIn.person_id == course.learners["Lena Brandt"]).values(ended_at=clock.now())
        )
    box(lena).fill(TEXT)
    expect(lena.get_by_text("You are signed out. Your text is kept on this device.")).to_be_visible()
    assert on_server(stage, course) is None
    lena.get_by_role("link", name="Sign in again").click()
    lena.get_by_label("E-mail address").fill(address)
    lena.get_by_label("Password", exact=True).fill(PASSWORD)
    lena.get_by_role("button", name="Sign in").click()
    expect(box(lena)).to_have_value(TEXT)
    expect(saved(lena)).to_be_visible()
    assert accepted(stage, course) == [TEXT]


def test_signing_out_warns_of_unsent_text_then_wipes_it(
    stage: Stage, course: Course, lena: Page, expected_console: set[str]
) -> None:
    expected_console.add("net::ERR_FAILED")
    lena.route("**/draft*", lambda route: route.abort())
    box(lena).fill(TEXT)
    expect(lena.get_by_text(KEPT)).to_be_visible()
    lena.get_by_role("button", name="Sign out").click()
    warning = lena.get_by_role("alert")
    expect(warning).to_contain_text("Some of what you wrote has not reached Oneday yet.")
    warning.get_by_role("button", name="Stay and send it").click()
    expect(warning).to_be_hidden()
    assert kept(lena) == 1
    lena.get_by_role("button", name="Sign out").click()
    warning.get_by_role("button", name="Sign out all the same").click()
    expect(lena.get_by_role("heading", name="Sign in")).to_be_visible()
    assert kept(lena) == 0


def test_two_people_on_one_computer_never_see_each_others_text(
    stage: Stage, course: Course, lena: Page, expected_console: set[str]
) -> None:
    expected_console.add(OFFLINE)
    context = lena.context
    context.set_offline(True)
    box(lena).fill(TEXT)
    expect(lena.get_by_text(KEPT)).to_be_visible()
    lena.close()
    context.set_offline(False)
    leo = at_page(stage, course, context, context.new_page(), "Leo Marsh")
    expect(box(leo)).to_have_value("")
    box(leo).fill("Leo's own words.")
    expect(saved(leo)).to_be_visible()
    assert (on_server(stage, course), on_server(stage, course, "Leo Marsh")) == (None, "Leo's own words.")
    stage.sign_in(context, course.learners["Lena Brandt"])
    leo.goto(stage.site.url + course.page)
    expect(box(leo)).to_have_value(TEXT)
    expect(saved(leo)).to_be_visible()
    assert (on_server(stage, course), on_server(stage, course, "Leo Marsh")) == (TEXT, "Leo's own words.")


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


def test_a_tab_that_was_open_keeps_its_words_after_another_handed_in(
    stage: Stage, course: Course, lena: Page, expected_statuses: set[int]
) -> None:
    expected_statuses.update({409, 422})
    second = lena.context.new_page()
    box(lena).fill(TEXT)
    expect(saved(lena)).to_be_visible()
    second.goto(stage.site.url + course.page)
    lena.get_by_role("button", name="Hand in").click()
    lena.get_by_role("button", name="Hand it in").click()
    expect(lena.get_by_text("Handed in.", exact=False).first).to_be_visible()
    box(second).fill("Words that came too late.")
    expect(second.get_by_text("This could not be saved. Your text is kept on this device.")).to_be_visible()
    second.get_by_role("button", name="Hand in").click()
    expect(second.get_by_role("heading", name="This page was handed in")).to_be_visible()
    expect(second.get_by_label("What you had typed")).to_have_value("Words that came too late.")
    assert handed_in(stage, course) == [TEXT]


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
    expect(saved(lena)).to_be_visible(timeout=40_000)
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
