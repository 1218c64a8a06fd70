"""Sentences, votes and orders in a real browser: by keyboard, without JavaScript, and while the room is held."""

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from course.scenarios.models import Attempt, AttemptEvent, Saying
from course.scenarios.service import room
from tests import make
from tests.browser.hands import Keyboard
from tests.browser.stage import Course, Stage
from tests.machine.axe import axe_everywhere

pytestmark = pytest.mark.browser

SENTENCE = "The crane comes on Wednesday. What does that break?"
STEPS = ["ring", "", "date", "hers"]


@pytest.fixture
def course(stage: Stage) -> Course:
    with stage.writing() as session:
        make.published(session, make.all_kinds())
    return stage.course("Lena Brandt", "Leo Marsh", slug="all-kinds")


def begin(stage: Stage, course: Course, context: BrowserContext) -> Page:
    stage.sign_in(context, course.learners["Lena Brandt"])
    page = context.new_page()
    page.goto(stage.site.url + course.case)
    page.get_by_role("button", name="Begin").click()
    return page


def steps(stage: Stage, course: Course) -> list[str]:
    with stage.reading() as session:
        return list(
            session.execute(
                select(AttemptEvent.choice)
                .join(Attempt, Attempt.id == AttemptEvent.attempt_id)
                .where(Attempt.seat_id == course.seats["Lena Brandt"])
                .order_by(AttemptEvent.version)
            ).scalars()
        )


def sayings(stage: Stage, course: Course) -> list[tuple[str, int, bool, str]]:
    with stage.reading() as session:
        rows = session.execute(
            select(Saying)
            .join(Attempt, Attempt.id == Saying.attempt_id)
            .where(Attempt.seat_id == course.seats["Lena Brandt"])
        ).scalars()
        return [(row.text, row.confidence, row.may_show, row.nearer) for row in rows]


def test_by_keyboard_alone_and_axe_has_nothing_to_say(stage: Stage, course: Course, context: BrowserContext) -> None:
    keys = Keyboard()
    page = begin(stage, course, context)
    go_on, do_this = page.get_by_role("link", name="Go on"), page.get_by_role("button", name="Do this")
    keys.pick(page.get_by_role("group", name="What do you do?"), 0)
    keys.press(do_this)
    keys.press(go_on)
    expect(page.get_by_role("heading", name="Your first sentence")).to_be_focused()
    axe_everywhere(page)
    keys.write(page.get_by_label("What is the first thing you say to her?"), SENTENCE)
    expect(page.get_by_text(f"{len(SENTENCE)} / 600 characters")).to_be_visible()
    sure = page.get_by_role("slider", name="How sure are you?")
    sure.focus()
    for _press in range(4):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_role("status")).to_have_text("70")
    keys.tick(page.get_by_role("checkbox", name="It may be shown to the room"))
    keys.press(page.get_by_role("button", name="Say it"))
    expect(page.get_by_text("What does that do to your Tuesday?")).to_be_visible()
    axe_everywhere(page)
    keys.pick(page.get_by_role("group", name="nearer"), 2)
    keys.pick(page.get_by_role("group", name="Which of these comes next?"), 0)
    keys.press(do_this)
    keys.press(go_on)
    keys.pick(page.get_by_role("group", name="Whose decision is it?"), 0)
    keys.press(page.get_by_role("button", name="Vote"))
    expect(page.get_by_text("Your facilitator shows what the room answered.")).to_be_visible()
    keys.press(go_on)
    axe_everywhere(page)
    keys.press(page.get_by_role("button", name="Down: Ask the site what changed overnight"))
    expect(page.get_by_role("button", name="Down: Ask the site what changed overnight")).to_be_focused()
    expect(page.get_by_label("Look at the ground", exact=True)).to_have_value("1")
    keys.press(do_this)
    expect(page.get_by_text("The first beam hangs at eight")).to_be_visible()
    axe_everywhere(page)
    assert steps(stage, course) == [*STEPS, "ground,ask_site,rig,report"]
    assert sayings(stage, course) == [(SENTENCE, 70, True, "good")]


def test_without_javascript(stage: Stage, course: Course, browser: Browser) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = begin(stage, course, context)
        go_on, do_this = page.get_by_role("link", name="Go on"), page.get_by_role("button", name="Do this")
        page.get_by_role("radio", name="Ring Ines now").check()
        do_this.click()
        go_on.click()
        page.get_by_label("What is the first thing you say to her?").fill(SENTENCE)
        page.get_by_role("button", name="Say it").click()
        page.get_by_role("radio", name="In between").check()
        page.get_by_role("radio", name="Name the new date").check()
        do_this.click()
        go_on.click()
        with stage.writing() as session:
            room.stop(session, run_id=course.run_id, scenario="crane", scene="hands", by_id=course.facilitator)
        page.reload()
        expect(page.get_by_text("Your facilitator is holding the room here")).to_be_visible()
        expect(page.get_by_role("radio")).to_have_count(0)
        with stage.writing() as session:
            room.lift(session, run_id=course.run_id, scenario="crane", scene="hands")
        go_on.click()
        page.get_by_role("radio", name="Hers.").check()
        page.get_by_role("button", name="Vote").click()
        go_on.click()
        expect(page.get_by_role("button", name="Down")).to_have_count(0)
        for line, place in (("Write", "4"), ("Rig", "3"), ("Look", "2"), ("Ask", "1")):
            page.get_by_label(line).select_option(place)
        do_this.click()
        expect(page.get_by_text("The first beam hangs at eight")).to_be_visible()
    assert steps(stage, course) == [*STEPS, "ask_site,ground,rig,report"]
    assert sayings(stage, course) == [(SENTENCE, 50, False, "between")]


def test_a_held_page_goes_on_by_itself(stage: Stage, course: Course, context: BrowserContext) -> None:
    page = begin(stage, course, context)
    with stage.writing() as session:
        room.stop(session, run_id=course.run_id, scenario="crane", scene="call", by_id=course.facilitator)
    page.reload()
    expect(page.get_by_text("Your facilitator is holding the room here")).to_be_visible()
    axe_everywhere(page)
    with stage.writing() as session:
        room.lift(session, run_id=course.run_id, scenario="crane", scene="call")
    expect(page.get_by_role("radio", name="Ring Ines now")).to_be_visible()
    expect(page.get_by_text("holding the room")).to_have_count(0)


def test_a_pair_is_told_on_both_devices(
    stage: Stage, course: Course, context: BrowserContext, browser: Browser
) -> None:
    stage.sign_in(context, course.learners["Lena Brandt"])
    page = context.new_page()
    page.goto(stage.site.url + course.case)
    page.get_by_text("Are you playing as a pair?").click()
    axe_everywhere(page)
    page.get_by_label("With whom").select_option("Leo Marsh")
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("heading", name="The call")).to_be_visible()
    with browser.new_context() as other:
        stage.sign_in(other, course.learners["Leo Marsh"])
        leo = other.new_page()
        leo.goto(stage.site.url + course.case)
        expect(leo.get_by_text("You are playing this with Lena Brandt.")).to_be_visible()
