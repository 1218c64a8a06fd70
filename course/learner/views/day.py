"""The learner's day: its timetable, the card of the first visit, the day on paper."""

from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from flask import abort, redirect, render_template
from markupsafe import Markup
from werkzeug.wrappers import Response

from course import clock
from course.cohorts.service import seats as seats_service
from course.completions.queries.documents import outcome_of_seat
from course.content.schema import Block, BlockKind
from course.learner.queries import day
from course.learner.rules import Seated, next_thing, states
from course.learner.views.desk import blueprint
from course.learner.views.place import Place, block_here, not_open, place
from course.learner.views.texts import about, drawn, prose
from course.web.access import Who, enter
from course.web.filters import wall
from course.web.reasons import for_learner
from course.web.transaction import session

KEPT = 1024


class Line(NamedTuple):
    """One line of the timetable."""

    time: str
    title: str
    kind: str
    state: str
    href: str | None
    minutes: int
    laptops: str


@blueprint.get("/<slug>/")
@enter(Who.LEARNER)
def module(slug: str) -> str:
    here = place(slug)
    now = clock.now()
    when = here.seated.window
    if now < when.opens:
        return render_template("learner/opens.html", here=here, row=here.row, module=here.module, window=when)
    seated = day(session(), here.row)
    thing = next_thing(seated, now)
    outcome = outcome_of_seat(session(), here.row.seat_id)
    pages = [
        (block, seated.page_due(block.reflection), seated.page_number(block.reflection) is None)
        for block in here.module.blocks
        if block.reflection is not None
    ]
    return render_template(
        "learner/module.html",
        here=here,
        row=here.row,
        module=here.module,
        seated=seated,
        window=when,
        timetable=_timetable(_lines(here, seated, now)),
        about=about(here.row.version_hash, here.module),
        thing=thing,
        thing_href=here.block_url(thing.block) if thing.block is not None and _has_page(thing.block) else None,
        pages=pages,
        booster=seated.booster if seated.booster_open(now) else None,
        outcome=outcome,
        reasons=[for_learner(here.module, reason) for reason in outcome.reasons] if outcome is not None else [],
        now=now,
    )


def _lines(here: Place, seated: Seated, now: datetime) -> tuple[Line, ...]:
    return tuple(
        Line(
            wall(slot.begins),
            slot.block.title,
            slot.block.kind,
            state,
            here.block_url(slot.block) if _has_page(slot.block) else None,
            slot.block.minutes,
            slot.block.laptops,
        )
        for slot, state in states(seated, now)
    )


# Most of a course see the same picture of their day, and everybody comes back to it.
@lru_cache(maxsize=KEPT)
def _timetable(lines: tuple[Line, ...]) -> Markup:
    return drawn("components/day.html", "timetable", lines)


@blueprint.post("/<slug>/welcome")
@enter(Who.LEARNER)
def welcome(slug: str) -> Response:
    """Put the card of the first visit away."""
    here = place(slug)
    seats_service.put_card_away(session(), seat_id=here.row.seat_id)
    return redirect(here.url, 303)


@blueprint.post("/<slug>/<block_id>/done")
@enter(Who.LEARNER)
def done(slug: str, block_id: str) -> Response:
    """Tick a block that is read; a case and a page are done by finishing them."""
    here = place(slug)
    block = block_here(here, block_id)
    if block.scenario or block.reflection or block.kind is BlockKind.BREAK:
        abort(404)
    closed = not_open(here)
    if closed is not None:
        return closed
    seats_service.tick_block(session(), seat_id=here.row.seat_id, block=block.id)
    return redirect(here.url, 303)


@blueprint.get("/<slug>/print/")
@enter(Who.LEARNER)
def printed(slug: str) -> str | Response:
    """Show the whole day on paper; never a scene of a case."""
    here = place(slug)
    closed = not_open(here)
    if closed is not None:
        return closed
    parts = [
        (
            wall(slot.begins),
            slot.block,
            prose(here.row.version_hash, here.module, slot.block.learner, shift=1),
            _page_prose(here, slot.block),
        )
        for slot in here.seated.slots
    ]
    return render_template("learner/print.html", here=here, row=here.row, module=here.module, parts=parts)


def _page_prose(here: Place, block: Block) -> object:
    page = here.module.reflection(block.reflection) if block.reflection is not None else None
    return (page, prose(here.row.version_hash, here.module, page.prompt, shift=2)) if page is not None else None


def _has_page(block: Block) -> bool:
    return bool(block.kind is not BlockKind.BREAK or block.learner.strip())
