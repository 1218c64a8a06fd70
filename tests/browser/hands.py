"""Hands on a page: what a mouse does, and the same by keyboard alone."""

from pathlib import Path
from typing import Protocol

from playwright.sync_api import Locator, expect

FAR = 400
"""More stops of the Tab key than any page has."""


def focused(place: Locator) -> bool:
    return bool(place.evaluate("element => element === document.activeElement"))


def tab_to(place: Locator) -> None:
    """Press Tab until something has the focus, as somebody without a mouse does."""
    expect(place).to_be_visible()
    for _stop in range(FAR):
        if focused(place):
            return
        place.page.keyboard.press("Tab")
    raise AssertionError(f"Tab never comes to {place} on {place.page.url}")


class Hands(Protocol):
    """How somebody uses a page."""

    def press(self, place: Locator) -> None: ...
    def write(self, place: Locator, text: str) -> None: ...
    def date(self, place: Locator, iso: str) -> None: ...
    def time(self, place: Locator, wall: str) -> None: ...
    def choose(self, place: Locator, label: str) -> None: ...
    def pick(self, group: Locator, number: int) -> None: ...
    def tick(self, place: Locator) -> None: ...
    def file(self, place: Locator, path: Path) -> None: ...


class Mouse:
    """Clicks."""

    def press(self, place: Locator) -> None:
        place.click()

    def write(self, place: Locator, text: str) -> None:
        place.fill(text)

    def date(self, place: Locator, iso: str) -> None:
        place.fill(iso)

    def time(self, place: Locator, wall: str) -> None:
        place.fill(wall)

    def choose(self, place: Locator, label: str) -> None:
        place.select_option(label=label)

    def pick(self, group: Locator, number: int) -> None:
        group.get_by_role("radio").nth(number).check()

    def tick(self, place: Locator) -> None:
        place.check()

    def file(self, place: Locator, path: Path) -> None:
        place.set_input_files(path)


class Keyboard:
    """Never touches a mouse: Tab, arrows, Space, Enter and letters."""

    def press(self, place: Locator) -> None:
        tab_to(place)
        place.page.keyboard.press("Enter")

    def write(self, place: Locator, text: str) -> None:
        tab_to(place)
        place.page.keyboard.press("Control+a")
        place.page.keyboard.insert_text(text)

    def date(self, place: Locator, iso: str) -> None:
        tab_to(place)
        year, month, day = iso.split("-")
        place.page.keyboard.type(f"{month}{day}{year}")
        expect(place).to_have_value(iso)

    def time(self, place: Locator, wall: str) -> None:
        tab_to(place)
        hour, minute = wall.split(":")
        place.page.keyboard.type(f"{int(hour) % 12 or 12:02d}{minute}{'PM' if int(hour) >= 12 else 'AM'}")
        expect(place).to_have_value(wall)

    def choose(self, place: Locator, label: str) -> None:
        tab_to(place)
        place.page.keyboard.type(label)
        expect(place.get_by_role("option", name=label, selected=True)).to_be_attached()

    def pick(self, group: Locator, number: int) -> None:
        # Tab stops at a group once: at what is chosen, else at its first option. Arrows go on from there.
        options = group.get_by_role("radio")
        stop = group.get_by_role("radio", checked=True)
        start = stop if stop.count() else options.first
        tab_to(start)
        group.page.keyboard.press("Space")
        for _option in range(options.count()):
            if options.nth(number).is_checked():
                return
            group.page.keyboard.press("ArrowDown")
        raise AssertionError(f"The arrow keys never come to option {number} of {group}.")

    def tick(self, place: Locator) -> None:
        tab_to(place)
        if not place.is_checked():
            place.page.keyboard.press("Space")

    def file(self, place: Locator, path: Path) -> None:
        # The way there gives the browser the time to hear that its dialogue is not wanted.
        with place.page.expect_file_chooser() as chooser:
            tab_to(place)
            place.page.keyboard.press("Enter")
        chooser.value.set_files(path)
