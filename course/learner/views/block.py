"""One block of the day: its text, and under it the case or the page that belongs to it."""

from dataclasses import dataclass
from typing import Any

from flask import render_template
from werkzeug.wrappers import Response

from course import clock
from course.cohorts.queries.seats import blocks_read
from course.content.schema import Block, BlockKind
from course.learner.views import editor, player
from course.learner.views.desk import blueprint
from course.learner.views.editor import Refused
from course.learner.views.place import Place, block_here, not_open, place
from course.learner.views.texts import prose
from course.web.access import Who, enter
from course.web.filters import wall
from course.web.texts import _
from course.web.transaction import session


@dataclass(frozen=True)
class Frame:
    """What surrounds the inside of a block's page."""

    here: Place
    block: Block
    time: str
    text: object
    before: tuple[str, str] | None
    after: tuple[str, str] | None


@blueprint.get("/<slug>/<block_id>/")
@enter(Who.LEARNER)
def block(slug: str, block_id: str) -> str | Response:
    here = place(slug)
    shown = block_here(here, block_id)
    closed = not_open(here)
    if closed is not None:
        return closed
    return show(here, shown)


def show(here: Place, shown: Block, *, step: player.Refused | None = None, draft: Refused | None = None) -> str:
    """Render the page of a block, with what a refused form has to say."""
    inside: dict[str, Any] = {}
    if shown.scenario is not None:
        inside["play"] = player.part(here, shown, shown.scenario, step)
    if shown.reflection is not None:
        inside["page"] = editor.part(here, shown, shown.reflection, draft)
    # One thing at a time: once the case runs or the page is begun, the text of the block steps back.
    folded = any(part.begun for part in inside.values())
    if not inside and shown.kind is not BlockKind.BREAK:
        inside["ticked"] = shown.id in blocks_read(session(), seat_id=here.row.seat_id)
    return render_template("learner/block.html", frame=frame(here, shown), now=clock.now(), folded=folded, **inside)


def frame(here: Place, shown: Block) -> Frame:
    """Return what surrounds a block: its time and text, and its neighbours. A booster has none."""
    if shown is here.seated.booster:
        return Frame(here, shown, _("A month on"), "", None, None)
    slots = [slot for slot in here.seated.slots if slot.block.kind is not BlockKind.BREAK or slot.block is shown]
    at = next(number for number, slot in enumerate(slots) if slot.block is shown)
    near = [
        (slots[number].block.title, here.block_url(slots[number].block)) if 0 <= number < len(slots) else None
        for number in (at - 1, at + 1)
    ]
    text = prose(here.row.version_hash, here.module, shown.learner, shift=0)
    return Frame(here, shown, wall(slots[at].begins), text, near[0], near[1])
