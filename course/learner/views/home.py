"""What the desk shows first: one next thing to do, what is due, feedback that waits, all days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import render_template

from course import clock
from course.cohorts.models import Role
from course.cohorts.queries.seats import SeatRow, seats_of
from course.cohorts.rules.timetable import Window
from course.commitments.queries import Promise, promises
from course.content.schema import Block, Module
from course.learner.queries import Standing, standings
from course.learner.rules import NextThing, Seated, most_urgent, next_thing
from course.learner.views.desk import blueprint, desk_url
from course.learner.views.promised import Pledge, pledges
from course.web.access import Who, enter, viewer
from course.web.transaction import session


@dataclass(frozen=True)
class Due:
    """A page that is still to be written."""

    title: str
    href: str
    at: datetime
    late: bool
    revise: bool


@dataclass(frozen=True)
class Entry:
    """One seat as the home page shows it."""

    row: SeatRow
    module: Module
    certified: bool
    thing: NextThing
    window: Window
    href: str
    thing_href: str
    due: tuple[Due, ...]
    feedback: tuple[tuple[str, str], ...]
    """Title of the page and address of the feedback that was not read yet."""
    booster: tuple[str, str] | None
    """Title and address of the case for a month later, once it is open and until it was played."""
    pledges: tuple[Pledge, ...]


@dataclass(frozen=True)
class Group:
    """One organisation's seats. Most people learn in one organisation only."""

    organisation: str
    entries: list[Entry]

    @property
    def due(self) -> bool:
        """Whether a page is still to be written."""
        return any(entry.due for entry in self.entries)

    @property
    def feedback(self) -> list[tuple[str, str]]:
        return [each for entry in self.entries for each in entry.feedback]

    @property
    def pledges(self) -> list[Pledge]:
        return [each for entry in self.entries for each in entry.pledges]


@blueprint.get("/")
@enter(Who.LEARNER)
def home() -> str:
    present = viewer()
    rows = seats_of(session(), person_id=present.person_id, organisations=present.organisations(Role.LEARNER))
    now = clock.now()
    newest: set[str] = set()
    entries: list[Entry] = []
    desk = desk_url()
    known = standings(session(), rows) if rows else ()
    promised = _promised(known, now)
    for standing in known:
        slug = standing.row.module
        query = f"?seat={standing.row.seat_id}" if slug in newest else ""
        newest.add(slug)
        entries.append(_entry(standing, f"{desk}{slug}/", query, now, promised.get(standing.row.seat_id, ())))
    first = entries[most_urgent([(each.thing, each.window) for each in entries])] if entries else None
    groups: dict[str, Group] = {}
    for entry in entries:
        organisation = entry.row.organisation
        groups.setdefault(organisation, Group(organisation, [])).entries.append(entry)
    return render_template("learner/home.html", first=first, groups=list(groups.values()))


def _promised(known: Sequence[Standing], now: datetime) -> dict[int, list[Promise]]:
    """Return the promises to show by seat: one statement, and none for whoever has made no promise."""
    seats = [standing.row.seat_id for standing in known if standing.promised]
    found: dict[int, list[Promise]] = {}
    for each in promises(session(), seat_ids=seats, now=now) if seats else ():
        found.setdefault(each.seat_id, []).append(each)
    return found


def _entry(standing: Standing, base: str, query: str, now: datetime, promised: Sequence[Promise]) -> Entry:
    seated = standing.seated
    when = seated.window
    thing = next_thing(seated, now)

    def href(block: Block, page: str = "") -> str:
        return f"{base}{block.id}/{page}{query}"

    due: list[Due] = []
    feedback: list[tuple[str, str]] = []
    for block in seated.module.blocks:
        if block.reflection is None:
            continue
        number = seated.page_number(block.reflection)
        if number is not None and now >= when.opens:
            at = seated.page_due(block.reflection)
            due.append(Due(block.title, href(block), at, late=now > at, revise=number > 1))
        sent = seated.feedback.get(block.reflection)
        if sent is not None and not sent.read:
            feedback.append((block.title, href(block, "feedback/")))
    booster = _booster(seated, now)
    page = "feedback/" if thing.kind == "feedback" else ""
    thing_href = href(thing.block, page) if thing.block is not None else base + query
    return Entry(
        row=standing.row,
        module=seated.module,
        certified=standing.certified,
        thing=thing,
        window=when,
        href=base + query,
        thing_href=thing_href,
        due=tuple(due),
        feedback=tuple(feedback),
        booster=(booster.title, href(booster)) if booster is not None else None,
        pledges=pledges(promised, base, query, standing.row.zone),
    )


def _booster(seated: Seated, now: datetime) -> Block | None:
    booster = seated.booster if seated.booster_open(now) else None
    return booster if booster is not None and booster.scenario not in seated.finished else None
