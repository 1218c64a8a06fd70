"""The guide: the day as it is read and printed, with its facilitator's own notes beside each block."""

from dataclasses import dataclass, replace
from uuid import uuid4

from flask import get_template_attribute, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from course.cohorts.queries.runs import HeldRun
from course.facilitator.queries.day import Guide, guide
from course.facilitator.views.desk import blueprint, own_run, to_come
from course.facilitator.views.drawn import Drawn
from course.library import queries as library
from course.preparing import queries, service
from course.preparing.queries import NoteText
from course.preparing.rules import LONGEST, NoteTooLong
from course.preparing.service import NoteResult
from course.web.access import Who, enter, found, viewer
from course.web.drafts import DraftForm, sent
from course.web.filters import clock_time, moment
from course.web.texts import _
from course.web.transaction import session

# Published texts and fixed words alone: what is one person's own never comes into these.
TOLD = Drawn(2000)
SAVE_STATES = Drawn(500)


@dataclass(frozen=True)
class NoteBox:
    """The viewer's own note on one block, as the guide shows it."""

    id: str
    """Of the block, which also names the box on the page."""
    title: str
    url: str
    person_id: int
    target: str
    operation_id: str
    save_state: Markup
    text: str = ""
    version: int = 0
    errors: tuple[str, ...] = ()
    other: str | None = None
    """The text of another tab or device, when two differ."""

    @property
    def refused(self) -> bool:
        return bool(self.errors) or self.other is not None


@dataclass(frozen=True)
class Part:
    """One block of the guide with the note beside it."""

    guide: Guide
    told: Markup
    note: NoteBox


@dataclass(frozen=True)
class Refused:
    """A note that was not saved, and why."""

    block_id: str
    form: DraftForm
    errors: tuple[str, ...] = ()
    conflict: NoteResult | None = None


@blueprint.get("/runs/<int:run_id>/guide/")
@enter(Who.FACILITATOR)
def guide_sheet(run_id: int) -> str:
    return _page(own_run(run_id))


@blueprint.post("/runs/<int:run_id>/guide/<block_id>/note")
@enter(Who.FACILITATOR)
def save_note(run_id: int, block_id: str) -> ResponseReturnValue:
    """Save the viewer's own note on a block: quietly from the script, or by the button."""
    held = own_run(run_id)
    title = found(_title(held, block_id))
    form = sent(DraftForm)
    if not form.validate():
        return _refused(held, Refused(block_id, form, (_("This form was not whole. Save once more."),)), 422)
    text = form.text.data or ""
    try:
        result = service.save_note(
            session(),
            person_id=viewer().person_id,
            module=held.module,
            block=block_id,
            title=title,
            text=text,
            base_version=form.base_version.data or 0,
            operation_id=form.operation_id.data or "",
        )
    except NoteTooLong:
        return _refused(held, Refused(block_id, form, (_too_long(text),)), 422)
    if result.kind == "conflict":
        return _refused(held, Refused(block_id, form, conflict=result), 409)
    if request.is_json:
        return jsonify(version=result.version, saved_at=clock_time(result.saved_at, held.zone))
    return redirect(url_for("facilitator.guide_sheet", run_id=run_id, _anchor=f"block-{block_id}"), 303)


def _mine(held: HeldRun) -> dict[str, NoteText]:
    return queries.notes(session(), person_id=viewer().person_id, module=held.module)


def _title(held: HeldRun, block_id: str) -> str | None:
    """Return what a block is called, one of an earlier version too if the viewer has a note on it."""
    block = library.module(session(), held.version_hash).block(block_id)
    if block is not None:
        return block.title
    note = _mine(held).get(block_id)
    return note.title if note is not None else None


def _page(held: HeldRun, refused: Refused | None = None) -> str:
    module = library.module(session(), held.version_hash)
    mine = _mine(held)
    parts = [
        Part(each, _told(held, each), _box(held, each.block.id, each.block.title, mine.get(each.block.id), refused))
        for each in guide(session(), version_hash=held.version_hash, starts=held.starts)
    ]
    earlier = [
        _box(held, block_id, note.title, note, refused)
        for block_id, note in mine.items()
        if module.block(block_id) is None and (note.text or (refused and refused.block_id == block_id))
    ]
    boxes = (*(part.note for part in parts), *earlier)
    return render_template(
        "facilitator/guide.html",
        run=held,
        module=module,
        to_come=to_come(held),
        parts=parts,
        earlier=earlier,
        refused=next((box for box in boxes if box.refused), None),
    )


def _told(held: HeldRun, each: Guide) -> Markup:
    def draw() -> Markup:
        return Markup(get_template_attribute("facilitator/parts.html", "told")(each, 3))  # noqa: S704 - A template's own.

    return TOLD.piece((held.version_hash, each.block.id), draw)


def _box(held: HeldRun, block_id: str, title: str, note: NoteText | None, refused: Refused | None) -> NoteBox:
    saved = moment(note.saved_at, held.zone) if note is not None else None
    box = NoteBox(
        id=block_id,
        title=title,
        url=url_for("facilitator.save_note", run_id=held.id, block_id=block_id),
        person_id=viewer().person_id,
        target=f"note-{held.module}-{block_id}",
        operation_id=str(uuid4()),
        save_state=_save_state(saved),
        text=note.text if note is not None else "",
        version=note.version if note is not None else 0,
    )
    if refused is None or refused.block_id != block_id:
        return box
    conflict = refused.conflict
    sent_version = conflict.version if conflict is not None else refused.form.base_version.data
    return replace(
        box,
        save_state=_save_state(None),
        text=refused.form.text.data or "",
        version=sent_version if sent_version is not None else box.version,
        errors=refused.errors,
        other=conflict.text if conflict is not None else None,
    )


def _save_state(saved: str | None) -> Markup:
    def draw() -> Markup:
        return Markup(get_template_attribute("components/grading.html", "save_state")(saved))  # noqa: S704 - A template's own.

    return SAVE_STATES.piece(saved, draw)


def _refused(held: HeldRun, refused: Refused, status: int) -> ResponseReturnValue:
    if not request.is_json:
        return make_response(_page(held, refused), status)
    if refused.conflict is not None:
        yours = refused.form.text.data
        return jsonify(version=refused.conflict.version, text=refused.conflict.text, yours=yours), status
    return jsonify(error=" ".join(refused.errors)), status


def _too_long(text: str) -> str:
    return _(
        "Your note has %(count)s characters; at most %(most)s fit. Nothing was lost: shorten it, then save.",
        count=f"{len(text):,}",
        most=f"{LONGEST:,}",
    )
