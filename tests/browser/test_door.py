"""The way in from the room: twelve phones, one code on the wall, one wrong name, one walk-in."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.stage import Course, Stage, late_zone

pytestmark = pytest.mark.browser

NAMES = (
    *("Lena Brandt", "Amadou Diallo", "Katarzyna Wolny", "Mateus Ferreira", "Hye-jin Seo", "Tobias Lindqvist"),
    *("Noor Haddad", "Gareth Pugh", "Chiamaka Eze", "Rosalind Achterberg", "Imran Sheikh", "Dolores Quintana"),
)
TAKEN = "Katarzyna Wolny"
"""The name that Mateus takes by mistake."""
WALK_IN = "Ulla Brekke"


@pytest.fixture
def course(stage: Stage) -> Course:
    return stage.course(*NAMES, days_ago=0, zone=late_zone())


@pytest.fixture
def farid(stage: Stage, course: Course, context: BrowserContext, page: Page) -> Page:
    """Farid's phone, with the door open."""
    stage.sign_in(context, course.facilitator)
    page.goto(f"{stage.site.url}/facilitate/runs/{course.run_id}/")
    page.get_by_role("link", name="Open the door").click()
    page.get_by_role("button", name="Open the door").click()
    expect(page.get_by_text("0 of 12 in")).to_be_visible()
    return page


@pytest.fixture
def wall(farid: Page) -> Page:
    """What the projector shows."""
    wall = farid.context.new_page()
    wall.goto(farid.url)
    wall.get_by_role("link", name="Show on the wall").click()
    expect(wall.get_by_text("0 of 12 in")).to_be_visible()
    return wall


@pytest.fixture
def phones(browser: Browser) -> Iterator[list[Page]]:
    """Twelve phones and one more."""
    contexts = [browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True) for _ in range(13)]
    yield [context.new_page() for context in contexts]
    for context in contexts:
        context.close()


def type_the_code(stage: Stage, wall: Page, phone: Page) -> None:
    code = wall.get_by_text(re.compile(r"^[0-9A-Z]{3}[- ][0-9A-Z]{3}$")).inner_text()
    phone.goto(f"{stage.site.url}/in")
    phone.get_by_label("Code").fill(code.lower())
    phone.get_by_role("button", name="Go on").tap()
    expect(phone.get_by_role("heading", name="Who are you?")).to_be_visible()


def take(phone: Page, name: str) -> None:
    phone.get_by_role("button", name=name, exact=True).tap()
    expect(phone.get_by_role("heading", name=f"You are in, {name}")).to_be_visible()


def test_twelve_phones_come_in_by_the_code(
    stage: Stage, course: Course, farid: Page, wall: Page, phones: list[Page]
) -> None:
    for phone in phones[:12]:
        type_the_code(stage, wall, phone)
    mateus = phones[NAMES.index("Mateus Ferreira")]
    katarzyna = phones[NAMES.index(TAKEN)]
    take(mateus, TAKEN)
    expect(wall.get_by_text("1 of 12 in")).to_be_visible()
    katarzyna.reload()
    expect(katarzyna.get_by_role("listitem").filter(has_text=TAKEN)).to_contain_text("Already in. Not you?")
    expect(farid.get_by_role("button", name=re.compile(f"Not this person.*{TAKEN}"))).to_be_visible()
    farid.get_by_role("button", name=re.compile(f"Not this person.*{TAKEN}")).click()
    expect(farid.get_by_text("Done: that device is signed out and the name is free again.")).to_be_visible()
    expect(wall.get_by_text("0 of 12 in")).to_be_visible()
    mateus.get_by_role("link", name="Start").tap()
    expect(mateus.get_by_role("heading", name="Sign in")).to_be_visible()
    type_the_code(stage, wall, mateus)
    katarzyna.reload()
    for phone, name in zip(phones[:12], NAMES, strict=True):
        take(phone, name)
    expect(wall.get_by_text("12 of 12 in")).to_be_visible()
    ulla = phones[12]
    type_the_code(stage, wall, ulla)
    ulla.get_by_text("I am not on the list").tap()
    ulla.get_by_label("Your first and last name").fill(WALK_IN)
    ulla.get_by_role("button", name="Come in").tap()
    expect(ulla.get_by_role("heading", name=f"You are in, {WALK_IN}")).to_be_visible()
    expect(wall.get_by_text("13 of 13 in")).to_be_visible()
    expect(farid.get_by_text("13 of 13 in")).to_be_visible()
    expect(farid.get_by_text("Everybody is in.")).to_be_visible()
    expect(farid.get_by_role("listitem").filter(has_text=WALK_IN)).to_contain_text("walk-in")
    for phone, name in zip(phones, (*NAMES, WALK_IN), strict=True):
        phone.get_by_role("link", name="Start").tap()
        expect(phone.get_by_role("heading", name="Small talk before the big meeting")).to_be_visible()
        expect(phone.get_by_role("banner")).to_contain_text(name)


def test_a_personal_link_goes_on_elsewhere_once(
    stage: Stage, wall: Page, phones: list[Page], browser: Browser, expected_statuses: set[int]
) -> None:
    expected_statuses.add(410)
    type_the_code(stage, wall, phones[0])
    take(phones[0], "Lena Brandt")
    link = phones[0].get_by_text(re.compile("^http.*/sign-in/link/")).inner_text()
    with browser.new_context() as laptop:
        page = laptop.new_page()
        page.goto(link)
        page.get_by_role("button", name="Go in as Lena Brandt").click()
        expect(page.get_by_role("banner")).to_contain_text("Lena Brandt")
    with browser.new_context() as thief:
        page = thief.new_page()
        page.goto(link)
        expect(page.get_by_role("heading", name="This link no longer works")).to_be_visible()
    phones[0].get_by_role("link", name="Start").tap()
    expect(phones[0].get_by_role("banner")).to_contain_text("Lena Brandt")


def test_a_changed_code_keeps_out_and_a_closed_door_says_so(
    stage: Stage, farid: Page, wall: Page, phones: list[Page], expected_statuses: set[int]
) -> None:
    expected_statuses.add(422)
    type_the_code(stage, wall, phones[0])
    type_the_code(stage, wall, phones[1])
    take(phones[0], "Lena Brandt")
    farid.get_by_role("button", name="Change the code").click()
    expect(farid.get_by_text("The code has changed. Those who are in stay in.")).to_be_visible()
    phones[1].get_by_role("button", name="Amadou Diallo").tap()
    expect(phones[1].get_by_role("alert")).to_contain_text("This code is no longer good.")
    wall.reload()
    type_the_code(stage, wall, phones[1])
    take(phones[1], "Amadou Diallo")
    farid.get_by_role("button", name="Close the door").click()
    expect(wall.get_by_text("The door is closed.")).to_be_visible()
    phones[0].get_by_role("link", name="Start").tap()
    expect(phones[0].get_by_role("banner")).to_contain_text("Lena Brandt")
