"""What is measured: the pages people open most and the writes that hold what they did."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice, repeat
from uuid import uuid4

from sqlalchemy import select

from bench import playing
from bench.group import MODULE, PAGE, STARTS, Group
from course.cases import engine
from course.cohorts.models import Presence
from course.cohorts.rules.timetable import timetable
from course.database import Engines, unit_of_work
from course.grading.models import Grade
from course.people.service import open_session
from course.reflections.models import Draft
from tests.machine.client import Answer, Browser

Send = Callable[[], Answer]
PAGE_LIMIT = 3.0
CLOSE_LIMIT = 2.5
"""For the two that people wait for most: the grading screen and the choice."""


@dataclass(frozen=True)
class Work:
    """One kind of request: how it is sent, and how many times the floor's CPU it may cost."""

    name: str
    sends: Iterator[Send]
    """One request after the other. What one needs before it, such as a new play, is done as it is drawn."""
    limit: float = PAGE_LIMIT
    writes: bool = False
    requests: int | None = None
    """How many there may be in a round, where that is limited."""

    def draw(self, requests: int) -> list[Send]:
        """Make the next requests ready, so that nothing but they themselves is measured."""
        return list(islice(self.sends, requests))


class Desk:
    """The browsers of one group's people, signed in at one server."""

    def __init__(self, engines: Engines, group: Group, port: int) -> None:
        self.engines, self.group, self.port = engines, group, port

    def browser(self, person_id: int, at: str, *, packs: bool = False) -> Browser:
        """Return the browser of somebody who has just opened a page.

        The floor sends its bytes as they are, so ours are compared as they are; packing is counted in bytes only.
        """
        with unit_of_work(self.engines, write=True) as session:
            token, _session_id = open_session(session, person_id=person_id, way="password")
        opened = Browser(self.port, token, packs)
        answer = opened.get(at)
        if answer.status != 200:
            raise RuntimeError(f"{at} answered {answer.status}: {answer.text[:300]}")
        return opened


def pages_of(group: Group, handle: str) -> dict[str, tuple[str, str, float]]:
    """Return the measured pages: who opens which address, within which limit."""
    learn = f"/learn/{MODULE}/"
    run = f"/facilitate/runs/{group.run_id}/"
    return {
        "learner home": ("learner", "/learn/", PAGE_LIMIT),
        "module": ("learner", learn, PAGE_LIMIT),
        "block to read": ("learner", f"{learn}{group.reading_block}/", PAGE_LIMIT),
        "player scene": ("learner", f"{learn}{group.case_block}/", PAGE_LIMIT),
        "page editor": ("learner", f"{learn}{group.page_block}/", PAGE_LIMIT),
        "manager's group": ("manager", f"/manage/cohorts/{group.cohort_id}/", PAGE_LIMIT),
        "run": ("facilitator", run, PAGE_LIMIT),
        "presence": ("facilitator", f"{run}presence/", PAGE_LIMIT),
        "grading queue": ("facilitator", "/facilitate/grading/", PAGE_LIMIT),
        "grading screen": ("facilitator", f"/facilitate/grading/{handle}", CLOSE_LIMIT),
    }


def more_pages_of(group: Group, handle: str) -> dict[str, tuple[str, str, float]]:
    """Return further pages, whose statements alone are counted."""
    learn = f"/learn/{MODULE}/"
    run = f"/facilitate/runs/{group.run_id}/"
    cohort = f"/manage/cohorts/{group.cohort_id}/"
    return {
        "print the day": ("learner", f"{learn}print/", PAGE_LIMIT),
        "look back": ("learner", f"{learn}{group.case_block}/debrief/", PAGE_LIMIT),
        "hand in": ("learner", f"{learn}{group.page_block}/hand-in", PAGE_LIMIT),
        "account": ("learner", "/account", PAGE_LIMIT),
        "facilitator home": ("facilitator", "/facilitate/", PAGE_LIMIT),
        "guide": ("facilitator", f"{run}guide/", PAGE_LIMIT),
        "grading of a run": ("facilitator", f"{run}grading/", PAGE_LIMIT),
        "next to grade": ("facilitator", f"{run}grading/next", PAGE_LIMIT),
        "after this one": ("facilitator", f"/facilitate/grading/{handle}/next", PAGE_LIMIT),
        "door": ("facilitator", f"{run}door/", PAGE_LIMIT),
        "room": ("facilitator", f"{run}live/{group.case_id}/", PAGE_LIMIT),
        "wall": ("facilitator", f"{run}live/{group.case_id}/projector/", PAGE_LIMIT),
        "debrief plan": ("facilitator", f"{run}live/{group.case_id}/plan/", PAGE_LIMIT),
        "manager home": ("manager", "/manage/", PAGE_LIMIT),
        "people": ("manager", "/manage/people/", PAGE_LIMIT),
        "group's set-up": ("manager", f"{cohort}setup/", PAGE_LIMIT),
        "group as CSV": ("manager", f"{cohort}completions.csv", PAGE_LIMIT),
    }


def waiting_handles(engines: Engines, group: Group) -> list[str]:
    """Return the handles of the group's pages that wait to be graded."""
    with unit_of_work(engines, write=False) as session:
        waiting = select(Grade.handle).where(Grade.run_id == group.run_id, Grade.ready_at.is_(None))
        return list(session.execute(waiting.order_by(Grade.position)).scalars())


def works(desk: Desk) -> list[Work]:
    """Return everything that is measured, ready to be sent."""
    group = desk.group
    handles = waiting_handles(desk.engines, group)
    made = []
    for name, (role, path, limit) in pages_of(group, handles[0]).items():
        browser = desk.browser(group.person(role), path)
        made.append(Work(f"GET {name}", repeat(_getter(browser, path)), limit))
    made.append(Work("POST choice", _choices(desk), CLOSE_LIMIT, writes=True))
    made.append(Work("POST autosave", _saves(desk), writes=True))
    made.append(Work("POST grading", _grading(desk, handles[1]), writes=True))
    made.append(Work("POST presence", _presence(desk), writes=True))
    return made


def hand_ins(desk: Desk) -> Work:
    """Return the handing in of a page: each learner of a group once, so it is measured in fewer requests."""
    return Work("POST hand in", _hand_ins(desk), writes=True, requests=25)


def _getter(browser: Browser, path: str) -> Send:
    return lambda: browser.get(path)


def _choices(desk: Desk) -> Iterator[Send]:
    """Play the case again and again as practice: one learner after the other, each a whole play."""
    dice = playing.seeded(1)
    group = desk.group
    case = engine.compile_case(group.module.scenarios[0])
    url = f"/learn/{MODULE}/{group.case_block}/"
    browsers = [desk.browser(person_id, url) for person_id in group.learner_ids[1:]]
    number = 1
    while True:
        number += 1
        for browser in browsers:
            yield from playing.play(browser, url, case, dice, number)


def _form(browser: Browser, path: str, fields: dict[str, object]) -> Send:
    return lambda: browser.form(path, fields)


def _json(browser: Browser, path: str, data: dict[str, object]) -> Send:
    return lambda: browser.json(path, data)


def _saves(desk: Desk) -> Iterator[Send]:
    """Type on, a sentence at a time, until the page is full, and begin anew."""
    group = desk.group
    url = f"/learn/{MODULE}/{group.page_block}/"
    browser = desk.browser(group.learner_ids[0], url)
    with unit_of_work(desk.engines, write=False) as session:
        version = session.execute(select(Draft.version).where(Draft.seat_id == group.seat_ids[0])).scalar_one()
    while True:
        text = PAGE + f"\nAnd sentence number {version}."
        yield _json(browser, f"{url}draft", {"text": text, "base_version": version, "operation_id": str(uuid4())})
        version += 1


def _grading(desk: Desk, handle: str) -> Iterator[Send]:
    """Set one level after the other, and write a comment now and then."""
    group = desk.group
    url = f"/facilitate/grading/{handle}"
    browser = desk.browser(group.facilitator_id, url)
    criteria = [criterion.id for criterion in group.module.reflections[0].criteria]
    version = 0
    while True:
        criterion = criteria[version % len(criteria)]
        level = {"field": f"level.{criterion}", "value": 1 + version // len(criteria) % 4}
        comment = {"field": f"comment.{criterion}", "value": f"You say what she needed, {version}."}
        wish = comment if version % 5 == 4 else level
        yield _json(browser, f"{url}/ops", {**wish, "base_version": version, "operation_id": str(uuid4())})
        version += 1


def _presence(desk: Desk) -> Iterator[Send]:
    """Send the whole page of the group with one time changed."""
    group = desk.group
    url = f"/facilitate/runs/{group.run_id}/presence/"
    browser = desk.browser(group.facilitator_id, url)
    ends = timetable(group.module, STARTS)[-1].ends
    with unit_of_work(desk.engines, write=False) as session:
        rows = select(Presence.seat_id, Presence.came, Presence.version).where(Presence.seat_id.in_(group.seat_ids))
        stands = {row.seat_id: [row.came, row.version] for row in session.execute(rows)}
    opened = dict(browser.cookies)
    turn = 0
    while True:
        changed = group.seat_ids[turn % len(group.seat_ids)]
        stands[changed][0] = STARTS + 1 + turn // len(group.seat_ids) % 60
        fields: dict[str, object] = {}
        for seat_id, (came, version) in stands.items():
            fields |= {
                f"version-{seat_id}": version,
                f"came-{seat_id}": f"{came // 60}:{came % 60:02d}",
                f"left-{seat_id}": f"{ends // 60}:{ends % 60:02d}",
            }
        yield _afresh(browser, opened, _form(browser, url, fields))
        stands[changed][1] += 1
        turn += 1


def _afresh(browser: Browser, cookies: dict[str, str], send: Send) -> Send:
    """A browser would open the page, which says that it is saved and forgets it; here it would pile up in a cookie."""

    def sent() -> Answer:
        browser.cookies = dict(cookies)
        return send()

    return sent


def _hand_ins(desk: Desk) -> Iterator[Send]:
    group = desk.group
    url = f"/learn/{MODULE}/{group.page_block}/"
    with unit_of_work(desk.engines, write=False) as session:
        drafts = select(Draft.seat_id, Draft.version).where(Draft.seat_id.in_(group.seat_ids))
        versions = {row.seat_id: row.version for row in session.execute(drafts)}
    browsers = [desk.browser(person_id, url) for person_id in group.learner_ids]
    for seat_id, browser in zip(group.seat_ids, browsers, strict=True):
        page = {"base_version": versions[seat_id], "operation_id": str(uuid4())}
        yield _form(browser, f"{url}hand-in?number=1", page)
