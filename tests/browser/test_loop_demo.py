"""The main job with the demo's own people: the case, the page, the feedback, the revision, the certificate."""

import csv
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pypdf import PdfReader

from tests.browser.hands import Mouse
from tests.browser.moves import box, play_to_the_end, saved
from tests.machine.site import Site

pytestmark = pytest.mark.browser

MODULE = "Managing the client relationship"
FIRST = "Ruth was asked in front of the plant managers and had nothing to say. On Friday I call her first."
SECOND = f"{FIRST} I will ask one question and write down her answer in her own words."
NEXT = "On Friday, let her finish before you answer."


@pytest.fixture
def people(browser: Browser, demo_server: Site) -> Iterator[dict[str, Page]]:
    """Lena, Farid and Mona, each come in by their link in a browser of their own."""
    contexts: list[BrowserContext] = []
    pages = {}
    for name in ("Lena", "Farid", "Mona"):
        context = browser.new_context(locale="en-US", accept_downloads=True)
        context.set_default_timeout(10_000)
        contexts.append(context)
        pages[name] = context.new_page()
        pages[name].goto(demo_server.links[name])
    yield pages
    for context in contexts:
        context.close()


def test_the_demo_plays_the_whole_loop(people: dict[str, Page], browser: Browser, tmp_path: Path) -> None:
    lena, farid, mona = people["Lena"], people["Farid"], people["Mona"]
    she_finishes_the_case(lena)
    she_writes_and_hands_in(lena, FIRST)
    he_grades_every_page_by_keys(farid)
    he_sends_takes_back_and_sends_again(farid)
    she_reads_her_feedback(lena)
    lena.get_by_role("link", name="Revise your page").click()
    expect(lena.get_by_text(NEXT)).to_be_visible()
    expect(lena.get_by_text(FIRST)).to_have_count(2)
    she_writes_and_hands_in(lena, SECOND)
    he_grades_the_second_page(farid)
    he_sets_presence(farid)
    she_sees_the_group(mona)
    rows = completions(mona, tmp_path)
    (row,) = [row for row in rows if row["Name"] == "Lena Brandt"]
    assert (row["Attended"], row["Completed"]) == ("yes", "yes")
    code = her_certificate(lena, tmp_path)
    with browser.new_context() as stranger:
        page = stranger.new_page()
        page.goto(code)
        expect(page.get_by_role("heading", name="Lena Brandt")).to_be_visible()
        expect(page.get_by_text("Valid", exact=True)).to_be_visible()
        expect(page.get_by_text(MODULE)).to_be_visible()


def she_finishes_the_case(lena: Page) -> None:
    lena.get_by_role("link", name=MODULE).first.click()
    lena.get_by_role("link", name=re.compile("Play the six months")).first.click()
    taken = play_to_the_end(lena, Mouse())
    assert taken >= 5
    lena.get_by_role("link", name="Look back on your play").click()
    expect(lena.get_by_role("heading", name="The chances you took")).to_be_visible()
    expect(lena.get_by_role("heading", name="Your path")).to_be_visible()
    lena.get_by_role("link", name="Back to the day").click()


def she_writes_and_hands_in(lena: Page, text: str) -> None:
    if not box(lena).is_visible():
        lena.get_by_role("link", name="Your page").first.click()
    # Her page of the demo says already when it was saved last, so that line alone would prove nothing.
    with lena.expect_response(lambda answer: answer.request.method == "POST" and answer.ok):
        box(lena).fill(text)
    expect(saved(lena)).to_be_visible()
    lena.reload()
    expect(box(lena)).to_have_value(text)
    lena.get_by_role("button", name="Hand in").click()
    expect(lena.get_by_role("heading", name="Read it once more")).to_be_visible()
    lena.get_by_role("button", name="Hand it in").click()
    expect(lena.get_by_text("Handed in. Your facilitator reads it", exact=False)).to_be_visible()


def he_grades_every_page_by_keys(farid: Page) -> None:
    """He grades until nothing waits; Lena's page, known by its words, comes back to be revised."""
    farid.get_by_role("link", name="Pages to grade", exact=True).click()
    farid.get_by_role("link", name="Start").first.click()
    over = farid.get_by_role("heading", name="Done, not yet sent")
    number = farid.get_by_role("heading", level=1)
    while True:
        expect(number).to_be_visible()
        if over.is_visible():
            return
        before = farid.url
        # The keys are there once the page's script is.
        farid.wait_for_load_state()
        for key in "3233":
            farid.keyboard.press(key)
        step = farid.get_by_role("textbox", name="One next step")
        expect(farid.get_by_text("Write the next step to them.")).to_be_visible()
        step.fill(NEXT)
        if farid.get_by_text(FIRST).is_visible():
            farid.get_by_role("checkbox", name="Ask them to revise the page").check()
        farid.keyboard.press("Control+Enter")
        expect(farid).not_to_have_url(before)


def he_sends_takes_back_and_sends_again(farid: Page) -> None:
    send = farid.get_by_role("button", name=re.compile("^Send feedback to "))
    send.click()
    expect(farid.get_by_text(re.compile("^Feedback sent to "))).to_be_visible()
    farid.get_by_role("button", name="Take it back").click()
    expect(farid.get_by_text("Taken back. No mail has left", exact=False)).to_be_visible()
    send.click()
    expect(farid.get_by_text(re.compile("^Feedback sent to "))).to_be_visible()


def she_reads_her_feedback(lena: Page) -> None:
    lena.get_by_role("link", name="My day").first.click()
    expect(lena.get_by_role("heading", name="Your feedback is here")).to_be_visible()
    lena.get_by_role("link", name="Read it").click()
    expect(lena.get_by_text(NEXT)).to_be_visible()
    expect(lena.get_by_text("The need beneath the demand")).to_be_visible()
    expect(lena.get_by_text("Names the need and whose it was.")).to_be_visible()


def he_grades_the_second_page(farid: Page) -> None:
    farid.reload()
    farid.get_by_role("link", name="Grade the next page").click()
    expect(farid.get_by_text(SECOND)).to_be_visible()
    farid.wait_for_load_state()
    expect(farid.get_by_role("heading", name="The first page and its feedback")).to_be_visible()
    for key in "4333":
        farid.keyboard.press(key)
    farid.get_by_role("textbox", name="One next step").fill("Now do it.")
    farid.keyboard.press("Control+Enter")
    farid.get_by_role("button", name="Send feedback to 1 person").click()
    expect(farid.get_by_text("Feedback sent to 1 person.")).to_be_visible()


def he_sets_presence(farid: Page) -> None:
    farid.get_by_role("link", name=MODULE).first.click()
    farid.get_by_role("link", name="Presence").click()
    late = farid.get_by_role("listitem").filter(has_text="Amadou Diallo")
    late.get_by_role("textbox", name="Came").fill("9:40")
    farid.get_by_role("checkbox", name=re.compile("Katarzyna Wolny")).check()
    farid.get_by_role("button", name="Save presence").click()
    expect(farid.get_by_role("listitem").filter(has_text="Katarzyna Wolny")).to_contain_text("absent")
    expect(late).to_contain_text("here 5 h")


def she_sees_the_group(mona: Page) -> None:
    mona.get_by_role("link", name="October Friday").first.click()
    lena = mona.get_by_role("row", name=re.compile("Lena Brandt"))
    expect(lena.get_by_text("Completed", exact=True)).to_be_visible()
    for unseen in (FIRST, SECOND, NEXT):
        expect(mona.get_by_text(unseen)).to_have_count(0)


def completions(mona: Page, folder: Path) -> list[dict[str, str]]:
    with mona.expect_download() as download:
        mona.get_by_role("link", name="Download as CSV").click()
    file = folder / "completions.csv"
    download.value.save_as(file)
    return list(csv.DictReader(StringIO(file.read_text(encoding="utf-8-sig"))))


def her_certificate(lena: Page, folder: Path) -> str:
    """Open the certificate; return the address it names for whoever wants to check it."""
    lena.get_by_role("link", name=MODULE).first.click()
    link = lena.get_by_role("link", name="Your certificate")
    answer = lena.request.get(link.evaluate("link => link.href"))
    assert answer.headers["content-type"] == "application/pdf"
    file = folder / "certificate.pdf"
    file.write_bytes(answer.body())
    text = "".join(page.extract_text() for page in PdfReader(file).pages)
    assert "Lena Brandt" in text
    (address,) = set(re.findall(r"(?:https?://)?\S+/verify/[\w-]+", text))
    return address if address.startswith("http") else f"http://{address}"
