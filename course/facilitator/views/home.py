"""What the desk shows first: my courses, each with its one next thing."""

from dataclasses import dataclass
from datetime import timedelta

from flask import render_template

from course import clock
from course.cohorts.queries.presence import PresenceCount, presence_counts
from course.cohorts.queries.runs import HeldRun, runs_of_facilitator
from course.cohorts.rules.timetable import timetable
from course.content.schema import Module
from course.facilitator.queries.grading import QueueCount, queue_counts
from course.facilitator.rules import Next, Standing, next_thing
from course.facilitator.views import sentences
from course.facilitator.views.desk import blueprint, organisations
from course.library import queries as library
from course.web.access import Who, enter, viewer
from course.web.texts import _, ngettext
from course.web.transaction import session

DOOR_BEFORE = timedelta(hours=2)
NOBODY = PresenceCount(0, 0)
NO_PAGES = QueueCount(0, 0, 0, None)


@dataclass(frozen=True)
class Card:
    """A run on the first page."""

    run: HeldRun
    title: str
    url: str
    seats: int
    next_text: str
    next_url: str


@blueprint.get("/")
@enter(Who.FACILITATOR)
def home() -> str:
    runs = runs_of_facilitator(session(), facilitator_id=viewer().person_id, organisations=organisations())
    ids = [run.id for run in runs]
    seats = presence_counts(session(), run_ids=ids)
    pages = queue_counts(session(), run_ids=ids, viewer_id=viewer().person_id)
    today: list[Card] = []
    coming: list[Card] = []
    past: list[Card] = []
    for run in runs:
        card = _card(run, seats.get(run.id, NOBODY), pages.get(run.id, NO_PAGES))
        date = clock.today(run.zone)
        (today if run.date == date else coming if run.date > date else past).append(card)
    return render_template("facilitator/home.html", today=today, coming=coming[::-1], past=past)


def _card(run: HeldRun, seats: PresenceCount, pages: QueueCount) -> Card:
    module = library.module(session(), run.version_hash)
    text, url = _next(run, module, seats, pages)
    return Card(run, module.title, f"/facilitate/runs/{run.id}/", seats.seats, text, url)


def _next(run: HeldRun, module: Module, seats: PresenceCount, pages: QueueCount) -> tuple[str, str]:
    begins = clock.at(run.date, run.starts, run.zone)
    standing = Standing(
        opens_door=begins - DOOR_BEFORE,
        begins=begins,
        ends=clock.at(run.date, timetable(module, run.starts)[-1].ends, run.zone),
        seats=seats.seats,
        said=seats.said,
        waiting=pages.waiting,
        done=pages.done,
    )
    here = f"/facilitate/runs/{run.id}/"
    unsaid = seats.seats - seats.said
    return {
        Next.PREPARE: (_("Prepare in 45 minutes"), f"{here}prepare/"),
        Next.DOOR: (_("Open the door"), f"{here}door/"),
        Next.PRESENCE: (
            ngettext("Presence: 1 person to go", "Presence: %(num)s people to go", unsaid) % {"num": unsaid},
            f"{here}presence/",
        ),
        Next.GRADE: (_waiting(pages), f"{here}grading/next"),
        Next.SEND: (
            ngettext("Send feedback to 1 person", "Send feedback to all %(num)s", pages.done) % {"num": pages.done},
            f"{here}grading/",
        ),
        Next.NOTHING: ("", ""),
    }[next_thing(standing, clock.now())]


def _waiting(pages: QueueCount) -> str:
    count = ngettext("1 page to grade", "%(num)s pages to grade", pages.waiting) % {"num": pages.waiting}
    return f"{count}, {sentences.age(pages.oldest)}" if pages.oldest is not None else count
