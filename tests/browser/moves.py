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
    """Answer whatever is asked and read on until the case is over; return how many answers that took."""
    over = page.get_by_role("link", name="Look back on your play")
    say = page.get_by_role("button", name="Say it")
    answer = page.get_by_role("button", name=re.compile("^(Do this|Vote)$"))
    for taken in range(DECISIONS):
        expect(over.or_(say).or_(answer)).to_be_visible()
        if say.is_visible():
            hands.write(page.locator("#text"), "What would you like to be able to answer on Friday?")
            hands.press(say)
            expect(over.or_(answer)).to_be_visible()
        if over.is_visible():
            return taken
        for group in page.get_by_role("group").filter(has=page.get_by_role("radio")).all():
            hands.pick(group, taken % group.get_by_role("radio").count())
        put_in_order(page, hands)
        hands.press(answer)
        expect(page.get_by_role("group", name="What happened")).to_be_visible()
        hands.press(page.get_by_role("link", name="Go on"))
    raise AssertionError("The case does not end.")


def put_in_order(page: Page, hands: Hands) -> None:
    """Give every line of an order a place, if an order is asked for. With scripts, one move gives each one."""
    down = page.get_by_role("button", name=re.compile("^Down: ")).first
    if down.is_visible():
        hands.press(down)
        return
    for number, place in enumerate(page.get_by_role("combobox").all(), start=1):
        hands.choose(place, str(number))


def criteria(page: Page) -> list[Locator]:
    """Return the criteria of a grading screen, in their order."""
    return page.get_by_role("group").filter(has=page.get_by_role("radio")).all()
