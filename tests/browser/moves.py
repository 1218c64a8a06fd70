"""Moves that several stories share: coming in, playing the case to its end, grading a page."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.hands import Hands

DECISIONS = 40
"""More than any case has on one path."""


def come_in(page: Page, link: str, hands: Hands) -> None:
    """Open a personal link and go in."""
    page.goto(link)
    hands.press(page.get_by_role("button", name=re.compile("^Go in as ")))


def box(page: Page) -> Locator:
    """Return the text box of one's page."""
    return page.get_by_role("textbox", name=re.compile("^Your (second )?page$"))


def saved(page: Page) -> Locator:
    """Return the quiet line that says when something was saved."""
    return page.get_by_text(re.compile(r"^Saved \d\d:\d\d$"))


def play_to_the_end(page: Page, hands: Hands) -> int:
    """Choose and read on until the case is over; return how many choices that took."""
    over = page.get_by_role("link", name="Look back on your play")
    for taken in range(DECISIONS):
        choices = page.get_by_role("group").filter(has=page.get_by_role("radio"))
        expect(over.or_(choices)).to_be_visible()
        if over.is_visible():
            return taken
        hands.pick(choices, taken % choices.get_by_role("radio").count())
        hands.press(page.get_by_role("button", name="Do this"))
        expect(page.get_by_text(re.compile("^You: "))).to_be_visible()
        hands.press(page.get_by_role("link", name="Go on"))
    raise AssertionError("The case does not end.")


def criteria(page: Page) -> list[Locator]:
    """Return the criteria of a grading screen, in their order."""
    return page.get_by_role("group").filter(has=page.get_by_role("radio")).all()
