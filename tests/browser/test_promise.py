"""From the end of a play to a promise that is kept: what a learner sees and does, with and without a mouse."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from course import clock
from course.commitments.models import Commitment
from tests import make
from tests.browser.hands import Hands, Keyboard, Mouse
from tests.browser.stage import Course, Stage
from tests.debrief.modules import decided_again
from tests.machine.axe import axe_everywhere

pytestmark = pytest.mark.browser

BEST = "ask_site,ground,rig,report"
POOR = (("call", "mail"), ("words", "blame"), ("hands", "mine"), ("order", "ground,ask_site,report,rig"))
AGAIN = (("call", "ring"), ("words", "date"), ("order", BEST))
THE_CALL = "Write Ines a mail with the haulier in copy."
ZONE = "America/New_York"


@pytest.fixture
def course(stage: Stage) -> Course:
    """Lena's day was yesterday. She played the case in the morning and decided again in the afternoon."""
    with stage.writing() as session:
        make.published(session, decided_again())
    made = stage.course("Lena Brandt", slug="all-kinds")
    with stage.writing() as session:
        seat = made.seats["Lena Brandt"]
        make.played(session, seat, *POOR, version_hash=made.version_hash, nearer="poor")
        make.played(session, seat, *AGAIN, version_hash=made.version_hash, scenario="crane-again")
    return made


@pytest.fixture
def lena(stage: Stage, course: Course, context: BrowserContext, page: Page) -> Page:
    stage.sign_in(context, course.learners["Lena Brandt"])
    page.goto(f"{stage.site.url}{course.case}debrief/")
    return page


def standing(stage: Stage, course: Course) -> list[tuple[str, bool, bool]]:
    """Every promise of Lena: with whom, whether kept, whether dropped."""
    mine = select(Commitment).where(Commitment.seat_id == course.seats["Lena Brandt"]).order_by(Commitment.id)
    with stage.reading() as session:
        rows = session.execute(mine).scalars()
        return [(row.alias, row.kept_at is not None, row.dropped_at is not None) for row in rows]


def promise(page: Page, hands: Hands, alias: str) -> None:
    hands.write(page.get_by_role("textbox", name="If", exact=True), "the call begins with the date")
    hands.write(page.get_by_role("textbox", name="Then I"), "ask what would help most by then")
    hands.write(page.get_by_role("textbox", name="With whom"), alias)


@pytest.mark.parametrize("new_hands", [Mouse, Keyboard])
def test_from_the_turning_point_to_a_promise_that_is_kept(
    stage: Stage, course: Course, lena: Page, new_hands: Callable[[], Hands]
) -> None:
    hands = new_hands()
    turned = lena.get_by_role("region", name="Trust turned here")
    expect(turned).to_contain_text(THE_CALL)
    expect(turned).to_contain_text("A mail covers you. It does not reach her.")
    by = clock.today(ZONE) + timedelta(days=6)
    expect(lena.get_by_label("By when")).to_have_value(by.isoformat())
    promise(lena, hands, "the Heron")
    hands.press(lena.get_by_role("button", name="Promise it"))
    made = lena.get_by_role("region", name="One promise")
    expect(made).to_contain_text("ask what would help most by then")
    expect(lena.get_by_role("button", name="Promise it")).to_have_count(0)
    hands.press(lena.get_by_role("link", name="My day").first)
    expect(lena.get_by_role("heading", name="What you promised")).to_be_visible()
    hands.press(lena.get_by_role("button", name="I did it"))
    expect(lena.get_by_text("kept", exact=True)).to_be_visible()
    assert standing(stage, course) == [("the Heron", True, False)]
    hands.press(lena.get_by_role("button", name="Take it back"))
    hands.press(lena.get_by_role("button", name="Not any more"))
    expect(lena.get_by_text("let go", exact=True)).to_be_visible()
    assert standing(stage, course) == [("the Heron", False, True)]


def test_a_double_click_makes_one_and_a_change_replaces_it(stage: Stage, course: Course, lena: Page) -> None:
    promise(lena, Mouse(), "the Heron")
    lena.get_by_role("button", name="Promise it").dblclick()
    expect(lena.get_by_role("button", name="I did it")).to_have_count(1)
    assert standing(stage, course) == [("the Heron", False, False)]
    lena.get_by_role("link", name="Change").click()
    expect(lena.get_by_role("textbox", name="With whom")).to_have_value("the Heron")
    lena.get_by_role("textbox", name="With whom").fill("Quartz")
    lena.get_by_role("button", name="Promise it").click()
    expect(lena.get_by_text("let go", exact=True)).to_be_visible()
    assert standing(stage, course) == [("the Heron", False, True), ("Quartz", False, False)]


def test_without_javascript_with_what_is_wrong_told(
    stage: Stage, course: Course, browser: Browser, expected_statuses: set[int]
) -> None:
    expected_statuses.add(422)
    with browser.new_context(java_script_enabled=False) as context:
        stage.sign_in(context, course.learners["Lena Brandt"])
        page = context.new_page()
        page.goto(f"{stage.site.url}{course.case}debrief/")
        promise(page, Mouse(), "the Heron")
        page.get_by_label("By when").fill("2020-01-01")
        page.get_by_role("button", name="Promise it").click()
        expect(page.get_by_role("alert")).to_contain_text("Please choose today or a later day.")
        expect(page.get_by_role("textbox", name="With whom")).to_have_value("the Heron")
        page.get_by_label("By when").fill(clock.today(ZONE).isoformat())
        page.get_by_role("button", name="Promise it").click()
        expect(page.get_by_text("With the Heron, for today")).to_be_visible()
        page.get_by_text("More: what each decision cost").click()
        page.get_by_role("button", name="Try it from here: Your first sentence").click()
        expect(page.get_by_text("What is the first thing you say to her?")).to_be_visible()
    assert standing(stage, course) == [("the Heron", False, False)]


@pytest.mark.parametrize("viewport", [(1280, 800), (320, 640)])
@pytest.mark.parametrize("colour_scheme", ["light", "dark"])
def test_morning_and_afternoon_side_by_side(
    stage: Stage, course: Course, lena: Page, viewport: tuple[int, int], colour_scheme: str
) -> None:
    """A case with every kind of scene, which no page of the demo shows."""
    for page in (lena.url, f"{stage.site.url}/learn/all-kinds/once-more/debrief/"):
        lena.goto(page)
        lena.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        assert lena.evaluate("document.documentElement.scrollWidth") <= viewport[0]
        axe_everywhere(lena)
    table = lena.get_by_role("table", name="The same decisions, then and now")
    expect(table.get_by_role("row", name="The call")).to_contain_text(THE_CALL)
    expect(table.get_by_role("row", name="The call")).to_contain_text("Ring Ines now, before you know more.")


def test_on_paper_everything_is_open_and_no_form_is_left(stage: Stage, course: Course, lena: Page) -> None:
    lena.emulate_media(media="print")
    expect(lena.get_by_text("Trust turned here").first).to_be_visible()
    expect(lena.get_by_role("button", name="Promise it")).to_be_hidden()
    expect(lena.get_by_role("button", name="Try it from here: The call")).to_be_hidden()
