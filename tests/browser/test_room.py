"""A room plays a case: one facilitator, one projector, eight learners, of whom seven have browsers without scripts."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests import make
from tests.browser.stage import Course, Stage
from tests.facilitator.build import fields

pytestmark = pytest.mark.browser

NAMES = ("Lena Brandt", "Amadou Diallo", "Hye-jin Seo", "Noor Haddad", "Imran Sheikh", "Ulla Brekke", "Tove Lind")
LAST = "Mateus Ferreira"


class Phone:
    """A browser that runs no script: it opens pages and sends their forms."""

    def __init__(self, stage: Stage, browser: Browser, course: Course, name: str) -> None:
        self.context = browser.new_context()
        stage.sign_in(self.context, course.learners[name])
        self.case = stage.site.url + course.case
        self.html = self.context.request.get(self.case).text()

    def send(self, form: str, **typed: str) -> None:
        answer = self.context.request.post(self.case + form, form={**fields(self.html), **typed})
        assert answer.status == 200, f"{form} {typed}: {answer.status}"
        self.html = self.context.request.get(self.case).text()

    def plays_to_the_vote(self, call: str, words: str, sentence: str) -> None:
        self.send("begin")
        self.send("play", choice=call)
        self.send("say", text=sentence, confidence="70", may_show="y")
        self.send("play", choice=words, nearer="good" if words == "date" else "poor")


@pytest.fixture
def course(stage: Stage) -> Course:
    with stage.writing() as session:
        make.published(session, make.all_kinds())
    return stage.course(*NAMES, LAST, slug="all-kinds")


@pytest.fixture
def phones(stage: Stage, browser: Browser, course: Course) -> Iterator[list[Phone]]:
    """Everybody but Lena."""
    held = [Phone(stage, browser, course, name) for name in (*NAMES[1:], LAST)]
    yield held
    for phone in held:
        phone.context.close()


@pytest.fixture
def lena(stage: Stage, browser: Browser, course: Course) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    stage.sign_in(context, course.learners["Lena Brandt"])
    page = context.new_page()
    page.goto(stage.site.url + course.case)
    yield page
    context.close()


@pytest.fixture
def farid(stage: Stage, course: Course, context: BrowserContext, page: Page) -> Page:
    stage.sign_in(context, course.facilitator)
    page.goto(f"{stage.site.url}/facilitate/runs/{course.run_id}/")
    page.get_by_role("link", name="In the room: The late crane").click()
    return page


def lena_plays_to_the_vote(lena: Page) -> None:
    lena.get_by_role("button", name="Begin").click()
    lena.get_by_role("radio", name="Ring Ines now").check()
    lena.get_by_role("button", name="Do this").click()
    lena.get_by_role("link", name="Go on").click()
    lena.get_by_label("What is the first thing you say to her?").fill("It comes on Wednesday.")
    lena.get_by_role("button", name="Say it").click()
    lena.get_by_role("radio", name="The good one").check()
    lena.get_by_role("radio", name="Name the new date").check()
    lena.get_by_role("button", name="Do this").click()
    lena.get_by_role("link", name="Go on").click()


def test_a_room_plays_is_held_votes_and_is_debriefed(farid: Page, lena: Page, phones: list[Phone]) -> None:
    with farid.expect_popup() as opened:
        farid.get_by_role("link", name="Projector").click()
    wall = opened.value
    expect(wall.get_by_text("First on your own.")).to_be_visible()

    farid.get_by_role("button", name="Stop here: Who decides").click()
    expect(farid.get_by_text("You are holding the room")).to_be_visible()
    expect(wall.get_by_text("Your facilitator is holding the room here")).to_be_visible()

    lena_plays_to_the_vote(lena)
    expect(lena.get_by_text("Your facilitator is holding the room here")).to_be_visible()
    for number, phone in enumerate(phones):
        call, words = ("ring", "date") if number % 2 else ("check", "blame")
        phone.plays_to_the_vote(call, words, f"Sentence {number}.")
        assert "Your facilitator is holding the room here" in phone.html
    expect(farid.get_by_text("8 are here now")).to_be_visible()
    expect(farid.get_by_text("8 playing")).to_be_visible()

    farid.get_by_role("button", name="Go on: Who decides").first.click()
    expect(wall.get_by_text("holding the room")).to_have_count(0)
    for phone in phones[:4]:
        phone.html = phone.context.request.get(phone.case).text()
        phone.send("play", choice="hers")
    farid.get_by_role("button", name="Show the answers: Who decides").click()
    expect(wall.get_by_role("heading", name="Who decides")).to_be_visible()
    expect(wall.get_by_text("Show of hands")).to_be_visible()
    expect(farid.get_by_text("Show of hands")).to_be_visible()
    assert wall.get_by_role("row").count() == 0

    # Lena's page has come back by itself; hers is the fifth answer, and it opens them.
    lena.get_by_role("radio", name="Ours, together.").check()
    lena.get_by_role("button", name="Vote").click()
    expect(wall.get_by_role("row", name=re.compile(r"^Hers\. 4"))).to_be_attached()
    expect(wall.get_by_role("row", name=re.compile(r"^Ours, together\. 1"))).to_be_attached()
    expect(wall.get_by_text("Show of hands")).to_have_count(0)
    expect(farid.get_by_role("row", name=re.compile(r"^Hers\. 4"))).to_be_attached()

    farid.get_by_role("button", name="Hide: Who decides").click()
    farid.get_by_role("button", name="Show: Sentence 1.").click()
    expect(wall.get_by_role("heading", name="In your words")).to_be_visible()
    expect(wall.get_by_text("Sentence 1.")).to_be_visible()
    assert wall.get_by_role("row").count() == 0
    farid.get_by_role("button", name="Take down: Sentence 1.").click()
    expect(wall.get_by_text("Sentence 1.")).to_have_count(0)

    everything = wall.content() + farid.locator("main").inner_html()
    assert [name for name in (*NAMES, LAST) if name in everything] == []

    farid.get_by_role("link", name="Debrief plan").click()
    expect(farid.get_by_role("heading", name="1. The call")).to_be_visible()
    expect(
        farid.get_by_role("row", name=re.compile(r"^Ring Ines now, before you know more\..* 4 50 %$"))
    ).to_be_visible()
    expect(farid.get_by_text("Costs: Sentence 0.")).to_be_visible()
    assert [name for name in (*NAMES, LAST) if name in farid.locator("main").inner_text()] == []


def test_without_scripts_the_room_is_reloaded_by_hand(stage: Stage, course: Course, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    stage.sign_in(context, course.facilitator)
    here = f"{stage.site.url}/facilitate/runs/{course.run_id}/live/crane/"
    farid, wall = context.new_page(), context.new_page()
    farid.goto(here)
    wall.goto(f"{here}projector/")
    farid.get_by_role("button", name="Stop here: The call").click()
    expect(farid.get_by_role("button", name="Go on: The call")).to_have_count(2)
    expect(wall.get_by_text("holding")).to_have_count(0)
    wall.get_by_role("link", name="Refresh").click()
    expect(wall.get_by_text("Your facilitator is holding the room here")).to_be_visible()
    context.close()


def test_focus_stays_where_it_was_when_news_come(farid: Page, phones: list[Phone]) -> None:
    button = farid.get_by_role("button", name="Stop here: The call")
    button.focus()
    phones[0].send("begin")
    expect(farid.get_by_text("1 is here now")).to_be_visible()
    expect(button).to_be_focused()
    farid.keyboard.press("Enter")
    expect(farid.get_by_text("You are holding the room")).to_be_visible()
