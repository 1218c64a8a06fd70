"""The main job from an empty database, by pages alone: with a mouse, by keyboard alone, without JavaScript."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from course import clock
from tests.browser.hands import Hands, Keyboard, Mouse
from tests.browser.moves import box, criteria, play_to_the_end, saved
from tests.browser.stage import late_zone
from tests.machine.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.long]

MODULE = "Managing the client relationship"
PASSWORD = "seven harbour lamps at dusk"
TEXT = "Ruth was asked in front of the plant managers and had nothing to say. On Friday I call her first."
NEXT = "On Friday, let her finish before you answer."

Opened = Callable[[], Page]


@pytest.fixture(params=["mouse", "keyboard", "no JavaScript"])
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def hands(way: str) -> Hands:
    return Keyboard() if way == "keyboard" else Mouse()


@pytest.fixture
def opened(browser: Browser, way: str) -> Iterator[Opened]:
    """Open a browser of somebody's own."""
    contexts: list[BrowserContext] = []

    def open_one() -> Page:
        context = browser.new_context(
            locale="en-US", viewport={"width": 1280, "height": 800}, java_script_enabled=way != "no JavaScript"
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        return context.new_page()

    yield open_one
    for context in contexts:
        context.close()


def test_from_an_empty_database_to_the_completion(
    live_server: Site, admin_link: str, opened: Opened, hands: Hands, tmp_path: Path
) -> None:
    admin, manager, facilitator, learner = opened(), opened(), opened(), opened()
    set_password(admin, hands, admin_link)
    set_password(manager, hands, she_makes_an_organisation(admin, hands))
    she_makes_a_group(manager, hands, tmp_path)
    invited = she_adds_the_facilitator(manager, hands)
    she_makes_a_day(manager, hands)
    set_password(facilitator, hands, invited)
    code = he_opens_the_door(facilitator, hands)
    learner.goto(f"{live_server.url}/in")
    she_comes_in(learner, hands, code)
    she_plays_and_writes(learner, hands)
    he_grades_and_sends(facilitator, hands)
    she_reads(learner, hands)
    he_sets_presence(facilitator, hands)
    hands.press(manager.get_by_role("link", name="Groups", exact=True).first)
    hands.press(manager.get_by_role("link", name="Night Desk", exact=True))
    row = manager.get_by_role("row", name=re.compile("Lena Brandt"))
    expect(row.get_by_text("Completed", exact=True)).to_be_visible()
    expect(manager.get_by_role("row", name=re.compile("Leo Marsh")).get_by_text("Completed")).to_have_count(0)


def set_password(page: Page, hands: Hands, link: str) -> None:
    page.goto(link)
    hands.write(page.get_by_label("New password"), PASSWORD)
    hands.press(page.get_by_role("button", name="Set it and go in"))
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def link_shown(page: Page, hands: Hands) -> str:
    link = page.get_by_label("Link").input_value()
    hands.press(page.get_by_role("link", name="Done"))
    return link


def she_makes_an_organisation(admin: Page, hands: Hands) -> str:
    hands.write(admin.get_by_label("Name"), "Nordkai Water")
    hands.press(admin.get_by_role("button", name="Add it"))
    add = admin.get_by_role("button", name="Add and invite")
    form = admin.get_by_role("group").filter(has=add)
    hands.write(form.get_by_label("Name"), "Mona Keller")
    hands.write(form.get_by_label("E-mail"), "mona@nordkai.example")
    hands.choose(form.get_by_label("Role"), "Training manager")
    hands.press(add)
    return link_shown(admin, hands)


def she_makes_a_group(manager: Page, hands: Hands, folder: Path) -> None:
    hands.press(manager.get_by_role("link", name="New group").first)
    hands.write(manager.get_by_label("Name of the group"), "Night Desk")
    hands.press(manager.get_by_role("button", name="Make the group"))
    hands.write(manager.get_by_role("textbox", name="People"), "Lena Brandt, lena@nordkai.example, NW-1\nLeo Marsh")
    hands.press(manager.get_by_role("button", name="Add them"))
    hands.press(manager.get_by_role("link", name="Back to the group"))
    expect(manager.get_by_role("heading", name="2 people")).to_be_visible()
    roster = folder / "roster.csv"
    roster.write_text("Name;E-mail;Employee id\nZoë Åkesson;zoe@nordkai.example;NW-3\n", encoding="cp1252")
    hands.press(manager.get_by_role("link", name="Take in a file"))
    hands.file(manager.get_by_label("File"), roster)
    hands.press(manager.get_by_role("button", name="Look at it"))
    expect(manager.get_by_role("row", name=re.compile("Zoë Åkesson"))).to_be_visible()
    hands.press(manager.get_by_role("button", name="Take it in"))
    hands.press(manager.get_by_role("link", name="Back to the group"))
    expect(manager.get_by_role("heading", name="3 people")).to_be_visible()


def she_adds_the_facilitator(manager: Page, hands: Hands) -> str:
    hands.press(manager.get_by_role("link", name="Groups", exact=True).first)
    hands.press(manager.get_by_role("link", name="People", exact=True))
    hands.press(manager.get_by_text("Add a person", exact=True))
    add = manager.get_by_role("button", name="Add this person")
    form = manager.get_by_role("group").filter(has=add)
    hands.write(form.get_by_label("Name", exact=False).first, "Farid Haddad")
    hands.write(form.get_by_label("E-mail"), "farid@nordkai.example")
    hands.choose(form.get_by_label("Role"), "Facilitator")
    hands.press(add)
    hands.press(manager.get_by_role("button", name="Make an invitation link"))
    return link_shown(manager, hands)


def she_makes_a_day(manager: Page, hands: Hands) -> None:
    zone = late_zone()
    hands.press(manager.get_by_role("link", name="Groups", exact=True).first)
    hands.press(manager.get_by_role("link", name="New day").first)
    hands.choose(manager.get_by_label("Course"), MODULE)
    hands.date(manager.get_by_label("Date"), clock.now().astimezone(ZoneInfo(zone)).date().isoformat())
    hands.time(manager.get_by_label("Start"), "09:00")
    hands.write(manager.get_by_label("Place"), "Room 3")
    hands.write(manager.get_by_label("Time zone"), zone)
    hands.choose(manager.get_by_label("Facilitator"), "Farid Haddad")
    hands.press(manager.get_by_role("button", name="Make the day"))
    expect(manager.get_by_role("heading", name="3 seats")).to_be_visible()


def he_opens_the_door(facilitator: Page, hands: Hands) -> str:
    hands.press(facilitator.get_by_role("link", name=MODULE).first)
    hands.press(facilitator.get_by_role("link", name="Open the door"))
    hands.press(facilitator.get_by_role("button", name="Open the door"))
    expect(facilitator.get_by_text("0 of 3 in")).to_be_visible()
    return facilitator.get_by_text(re.compile(r"^[0-9A-Z]{3}[- ][0-9A-Z]{3}$")).inner_text()


def she_comes_in(learner: Page, hands: Hands, code: str) -> None:
    hands.write(learner.get_by_label("Code"), code)
    hands.press(learner.get_by_role("button", name="Go on"))
    hands.press(learner.get_by_role("button", name="Lena Brandt"))
    expect(learner.get_by_role("heading", name="You are in, Lena Brandt")).to_be_visible()
    hands.press(learner.get_by_role("link", name="Start"))


def she_plays_and_writes(learner: Page, hands: Hands) -> None:
    hands.press(in_timetable(learner, "Play the six months"))
    hands.press(learner.get_by_role("button", name="Begin"))
    play_to_the_end(learner, hands)
    hands.press(learner.get_by_role("link", name="Look back on your play"))
    expect(learner.get_by_role("heading", name="Your path")).to_be_visible()
    hands.press(learner.get_by_role("link", name="Back to the day"))
    hands.press(in_timetable(learner, "Your page"))
    hands.write(box(learner), TEXT)
    hands.press(learner.get_by_role("button", name="Save"))
    expect(saved(learner)).to_be_visible()
    expect(box(learner)).to_have_value(TEXT)
    hands.press(learner.get_by_role("button", name="Hand in"))
    hands.press(learner.get_by_role("button", name="Hand it in"))
    expect(learner.get_by_text("Handed in. Your facilitator reads it", exact=False)).to_be_visible()


def in_timetable(learner: Page, block: str) -> Locator:
    return learner.get_by_role("listitem").get_by_role("link", name=block, exact=True)


def he_grades_and_sends(facilitator: Page, hands: Hands) -> None:
    hands.press(facilitator.get_by_role("link", name="My courses").first)
    hands.press(facilitator.get_by_role("link", name=MODULE).first)
    hands.press(facilitator.get_by_role("link", name="Grading", exact=True))
    hands.press(facilitator.get_by_role("link", name="Grade the next page"))
    expect(facilitator.get_by_text(TEXT)).to_be_visible()
    named = facilitator.get_by_text("Write the next step to them.")
    expect(named).to_be_hidden()
    for criterion in criteria(facilitator):
        hands.pick(criterion, 2)
    hands.press(facilitator.get_by_role("button", name="Save", exact=True))
    expect(named).to_contain_text("Lena Brandt")
    hands.write(facilitator.get_by_label("One next step"), NEXT)
    hands.press(facilitator.get_by_role("button", name="Done, next"))
    hands.press(facilitator.get_by_role("button", name="Send feedback to 1 person"))
    expect(facilitator.get_by_text("Feedback sent to 1 person.")).to_be_visible()


def she_reads(learner: Page, hands: Hands) -> None:
    hands.press(learner.get_by_role("link", name="My day").first)
    hands.press(learner.get_by_role("link", name="Read it"))
    expect(learner.get_by_text(NEXT)).to_be_visible()
    expect(learner.get_by_text("Names the need and whose it was.")).to_be_visible()


def he_sets_presence(facilitator: Page, hands: Hands) -> None:
    hands.press(facilitator.get_by_role("link", name=MODULE).first)
    hands.press(facilitator.get_by_role("link", name="Presence"))
    leo = facilitator.get_by_role("listitem").filter(has_text="Leo Marsh")
    hands.tick(leo.get_by_role("checkbox"))
    hands.press(facilitator.get_by_role("button", name="Save presence"))
    expect(leo).to_contain_text("absent")
