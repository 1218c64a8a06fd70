"""The case in a real browser: whatever somebody presses, a play is exactly the choices that were made in it."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect
from sqlalchemy import select

from course.scenarios.models import Attempt, AttemptEvent
from tests.browser.hands import Keyboard, tab_to
from tests.browser.stage import Course, Stage

pytestmark = pytest.mark.browser

PLAN = "Yes. We are two days ahead of the plan."
ASK = "Mostly. What would you like to be sure of?"
SHIFT = "The night shift has tried it. Two things still annoy them."
YOU = re.compile(f"^You: .*{re.escape(ASK)}")
LOST = '<title>Lost</title><link rel="icon" href="data:,">'
MEETING = "Have you ten minutes after the meeting?"


@pytest.fixture
def course(stage: Stage) -> Course:
    return stage.course("Lena Brandt")


@pytest.fixture
def lena(stage: Stage, course: Course, context: BrowserContext, page: Page) -> Page:
    """Lena's browser, at the first scene."""
    stage.sign_in(context, course.learners["Lena Brandt"])
    page.goto(stage.site.url + course.case)
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("heading", name="The doors close")).to_be_visible()
    return page


def played(stage: Stage, course: Course) -> list[tuple[int, str, str]]:
    """The steps of Lena's only play, as its event log has them."""
    with stage.reading() as session:
        attempt = session.execute(select(Attempt).where(Attempt.seat_id == course.seats["Lena Brandt"])).scalar_one()
        rows = session.execute(
            select(AttemptEvent.version, AttemptEvent.scene, AttemptEvent.choice)
            .where(AttemptEvent.attempt_id == attempt.id)
            .order_by(AttemptEvent.id)
        ).all()
        assert attempt.version == len(rows)
    return [(row.version, row.scene, row.choice) for row in rows]


def choose(page: Page, text: str) -> None:
    page.get_by_role("radio", name=text).check()
    page.get_by_role("button", name="Do this").click()


def test_a_play_is_what_was_chosen_in_it(stage: Stage, course: Course, lena: Page) -> None:
    choose(lena, ASK)
    expect(lena.get_by_text(YOU)).to_be_visible()
    expect(lena.get_by_text("She thinks for a floor.")).to_be_visible()
    lena.get_by_role("link", name="Go on").click()
    choose(lena, SHIFT)
    lena.get_by_role("link", name="Go on").click()
    expect(lena.get_by_role("heading", name="You walk in together")).to_be_visible()
    lena.get_by_role("link", name="Look back on your play").click()
    expect(lena.get_by_text("2 of 2 chances taken")).to_be_visible()
    assert played(stage, course) == [(1, "doors", "ask"), (2, "floor_six", "shift")]


def test_nothing_can_be_done_without_a_choice(stage: Stage, course: Course, lena: Page) -> None:
    lena.get_by_role("button", name="Do this").click()
    expect(lena.get_by_role("radio", name=PLAN)).to_be_focused()
    assert played(stage, course) == []
    choose(lena, ASK)
    expect(lena.get_by_role("link", name="Go on")).to_be_visible()
    assert played(stage, course) == [(1, "doors", "ask")]


def test_a_double_click_is_one_step(stage: Stage, course: Course, lena: Page) -> None:
    lena.get_by_role("radio", name=ASK).check()
    lena.get_by_role("button", name="Do this").dblclick()
    expect(lena.get_by_role("link", name="Go on")).to_be_visible()
    assert played(stage, course) == [(1, "doors", "ask")]


def test_the_same_step_sent_twice_is_one_step(stage: Stage, course: Course, lena: Page) -> None:
    """The answer is lost on the way; the browser is asked to send the form again."""

    def lose(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.fulfill(status=200, content_type="text/html", body=LOST)

    here = lena.url
    lena.route("**/play", lose, times=1)
    choose(lena, ASK)
    expect(lena).to_have_title("Lost")
    assert played(stage, course) == [(1, "doors", "ask")]
    lena.reload()
    expect(lena.get_by_text(YOU)).to_be_visible()
    assert played(stage, course) == [(1, "doors", "ask")]
    lena.goto(here)
    expect(lena.get_by_role("heading", name="Floor six")).to_be_visible()


def test_the_back_button_leads_to_where_the_play_is(stage: Stage, course: Course, lena: Page) -> None:
    choose(lena, ASK)
    expect(lena.get_by_role("link", name="Go on")).to_be_visible()
    lena.go_back()
    expect(lena.get_by_role("heading", name="Floor six")).to_be_visible()
    expect(lena.get_by_role("radio", name=PLAN)).to_have_count(0)
    expect(lena.get_by_role("radio", name=SHIFT)).to_be_visible()
    assert played(stage, course) == [(1, "doors", "ask")]


def test_a_second_tab_cannot_choose_twice(
    stage: Stage, course: Course, lena: Page, expected_statuses: set[int]
) -> None:
    expected_statuses.add(409)
    second = lena.context.new_page()
    second.goto(stage.site.url + course.case)
    choose(second, PLAN)
    expect(second.get_by_role("link", name="Go on")).to_be_visible()
    choose(lena, ASK)
    expect(lena.get_by_role("heading", name="You have already decided here")).to_be_visible()
    assert played(stage, course) == [(1, "doors", "plan")]
    lena.get_by_role("link", name="Go to where your play is").click()
    expect(lena.get_by_role("heading", name="Floor six")).to_be_visible()


def test_reloading_the_consequence_changes_nothing(stage: Stage, course: Course, lena: Page) -> None:
    choose(lena, ASK)
    for _time in range(3):
        expect(lena.get_by_text(YOU)).to_be_visible()
        lena.reload()
    lena.get_by_role("link", name="Go on").click()
    expect(lena.get_by_role("heading", name="Floor six")).to_be_visible()
    assert played(stage, course) == [(1, "doors", "ask")]


FORGED = (
    ({"scene": "floor_six", "choice": "meeting"}, "This cannot be chosen here. Choose one of the answers."),
    ({"choice": "shift"}, "This cannot be chosen here. Choose one of the answers."),
    ({"choice": "no_such_choice"}, "This cannot be chosen here. Choose one of the answers."),
    ({"scene": "together"}, "This cannot be chosen here. Choose one of the answers."),
    ({"operation_id": ""}, "This form was not whole. Choose once more."),
    ({"version": "7"}, "You have already decided here"),
    ({"play": "2"}, "You have already decided here"),
)


def test_a_forged_step_changes_nothing(stage: Stage, course: Course, lena: Page, expected_statuses: set[int]) -> None:
    expected_statuses.update({409, 422})
    for forged, told in FORGED:
        lena.goto(stage.site.url + course.case)
        lena.get_by_role("radio", name=ASK).check()
        lena.evaluate(
            """fields => { for (const [name, value] of Object.entries(fields))
                 for (const field of document.querySelectorAll(`form [name="${name}"]`)) field.value = value }""",
            forged,
        )
        lena.get_by_role("button", name="Do this").click()
        expect(lena.get_by_text(told)).to_be_visible()
        assert played(stage, course) == []
    lena.goto(stage.site.url + course.case)
    choose(lena, ASK)
    expect(lena.get_by_role("link", name="Go on")).to_be_visible()
    assert played(stage, course) == [(1, "doors", "ask")]


def test_by_keyboard_alone_and_each_scene_begins_at_its_heading(
    stage: Stage, course: Course, context: BrowserContext, page: Page
) -> None:
    keys = Keyboard()
    stage.sign_in(context, course.learners["Lena Brandt"])
    page.goto(stage.site.url + course.case)
    keys.press(page.get_by_role("button", name="Begin"))
    for heading, number, then in (("The doors close", 1, "The doors close"), ("Floor six", 0, "Floor six")):
        expect(page.get_by_role("heading", name=heading)).to_be_focused()
        keys.pick(page.get_by_role("group"), number)
        keys.press(page.get_by_role("button", name="Do this"))
        expect(page.get_by_role("heading", name=then)).to_be_focused()
        keys.press(page.get_by_role("link", name="Go on"))
    expect(page.get_by_role("heading", name="You walk in together")).to_be_focused()
    tab_to(page.get_by_role("link", name="Look back on your play"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your path")).to_be_visible()
    assert played(stage, course) == [(1, "doors", "ask"), (2, "floor_six", "shift")]


def test_a_finished_play_is_the_record_and_another_one_is_practice(stage: Stage, course: Course, lena: Page) -> None:
    choose(lena, PLAN)
    lena.get_by_role("link", name="Go on").click()
    choose(lena, MEETING)
    lena.get_by_role("link", name="Go on").click()
    expect(lena.get_by_role("heading", name="After you")).to_be_visible()
    lena.get_by_role("button", name="Play it again as practice").dblclick()
    expect(lena.get_by_text("Practice: your first play stays the record")).to_be_visible()
    with stage.reading() as session:
        plays = session.execute(
            select(Attempt.number, Attempt.version)
            .where(Attempt.seat_id == course.seats["Lena Brandt"])
            .order_by(Attempt.number)
        ).all()
    assert [tuple(play) for play in plays] == [(1, 2), (2, 0)]
