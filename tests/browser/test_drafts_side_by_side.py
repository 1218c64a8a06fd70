"""Two tabs, two people, two sessions on one page: nobody's text disappears, nobody sees another's."""

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select, update

from course import clock
from course.people.models import Session as SignIn
from course.people.passwords import hash_password
from course.reflections.models import Draft, DraftEvent
from tests.browser.moves import box, saved
from tests.browser.stage import Course, Stage
from tests.browser.writing import KEPT, OFFLINE, TEXT, accepted, at_page, handed_in, kept, on_server
from tests.machine.wait import until

pytestmark = pytest.mark.browser

PASSWORD = "seven harbour lamps at dusk"


@pytest.fixture
def course(stage: Stage) -> Course:
    return stage.course("Lena Brandt", "Leo Marsh")


@pytest.fixture
def lena(stage: Stage, course: Course, context: BrowserContext, page: Page) -> Page:
    """Lena's browser, at her page."""
    return at_page(stage, course, context, page)


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
