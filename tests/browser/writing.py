"""A learner's page in a browser, and what became of it in the browser's shelf and in the database."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import BrowserContext, Page, Route, expect
from sqlalchemy import select

from course.reflections.models import Draft, DraftEvent, Submission
from tests.browser.stage import Course, Stage
from tests.machine.wait import until

KEPT = "Not connected: kept on this device"
OFFLINE = "net::ERR_INTERNET_DISCONNECTED"
TEXT = "Nora had to answer for the night shift in front of the plant managers."


def at_page(stage: Stage, course: Course, context: BrowserContext, page: Page, name: str = "Lena Brandt") -> Page:
    stage.sign_in(context, course.learners[name])
    page.goto(stage.site.url + course.page)
    expect(page.get_by_text("0 / 150–400 words")).to_be_visible()
    return page


def on_server(stage: Stage, course: Course, name: str = "Lena Brandt") -> str | None:
    """Return somebody's draft as the server has it."""
    with stage.reading() as session:
        return session.execute(select(Draft.text).where(Draft.seat_id == course.seats[name])).scalar_one_or_none()


def accepted(stage: Stage, course: Course) -> list[str]:
    """Every text of Lena's that became a version, in order."""
    with stage.reading() as session:
        rows = session.execute(
            select(DraftEvent.text)
            .join(Draft, Draft.id == DraftEvent.draft_id)
            .where(Draft.seat_id == course.seats["Lena Brandt"], DraftEvent.version.is_not(None))
            .order_by(DraftEvent.version)
        ).scalars()
        return list(rows)


def handed_in(stage: Stage, course: Course) -> list[str]:
    with stage.reading() as session:
        rows = session.execute(
            select(Submission.text).where(Submission.seat_id == course.seats["Lena Brandt"])
        ).scalars()
        return list(rows)


def kept(page: Page) -> int:
    """Count what the browser keeps of its own."""
    count: int = page.evaluate(
        """() => new Promise(done => { const open = indexedDB.open('oneday', 1); open.onsuccess = () => {
             if (!open.result.objectStoreNames.contains('kept')) return done(0);
             const all = open.result.transaction('kept').objectStore('kept').count();
             all.onsuccess = () => done(all.result) } })"""
    )
    return count


@contextmanager
def before_its_script(page: Page, script: str) -> Iterator[None]:
    """Load the page again on a slow line: inside the block the page is there and its script is not."""
    held: list[Route] = []
    pattern = re.compile(rf"/{script}\b")

    def hold(route: Route) -> None:
        held.append(route)

    page.route(pattern, hold)
    page.reload(wait_until="commit")
    yield
    until(lambda: _asked(page, held), what=f"the page asks for {script}")
    held[0].continue_()
    page.unroute(pattern)


def _asked(page: Page, held: list[Route]) -> bool:
    # Routes are only heard of while the browser is spoken to.
    page.evaluate("0")
    return bool(held)
