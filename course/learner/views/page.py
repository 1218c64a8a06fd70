"""Writing a page: saving the draft, handing it in, reading what came back."""

from flask import jsonify, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from course import clock
from course.content.schema import Block
from course.grading import service as grading
from course.learner.forms import HandInForm
from course.learner.rules import answered_page
from course.learner.views import editor
from course.learner.views.block import frame, show
from course.learner.views.desk import blueprint
from course.learner.views.editor import Refused
from course.learner.views.place import Place, block_here, operation, place, small_number
from course.reflections import service
from course.reflections.rules import LONGEST, PageTooLong, count_words, is_late
from course.reflections.service import DraftResult, Submitted
from course.web import errors
from course.web.access import Unit, Who, enter, found
from course.web.drafts import DraftForm, sent
from course.web.filters import clock_time
from course.web.texts import _
from course.web.transaction import session


@blueprint.post("/<slug>/<block_id>/draft")
@enter(Who.LEARNER)
def draft(slug: str, block_id: str) -> Response:
    """Save the page while it is written: quietly from the script, or by the button."""
    here = place(slug)
    block = block_here(here, block_id)
    reflection = found(block.reflection)
    number = small_number("number") or 1
    if clock.now() < here.seated.page_opens(block):
        return _not_now(_("This page opens with its block."))
    if number > 1 and not _asked_for(here, reflection, number):
        return _not_now(_("Nobody asked for this page."))
    form = sent(DraftForm)
    if not form.validate():
        return _refused(here, block, Refused(form, (_("This form was not whole. Save once more."),)))
    text = form.text.data or ""
    try:
        result = service.save_draft(
            session(),
            seat_id=here.row.seat_id,
            reflection=reflection,
            version_hash=here.row.version_hash,
            text=text,
            base_version=form.base_version.data or 0,
            operation_id=form.operation_id.data or "",
            number=number,
        )
    except PageTooLong:
        return _refused(here, block, Refused(form, (_too_long(text),)))
    return _answer(here, block, form, result)


@blueprint.get("/<slug>/<block_id>/hand-in")
@enter(Who.LEARNER)
def read_once_more(slug: str, block_id: str) -> str | Response:
    """Show the page once more before it is handed in for good."""
    here = place(slug)
    block = block_here(here, block_id)
    reflection = found(block.reflection)
    stands = editor.writing(here, reflection)
    if clock.now() < here.seated.page_opens(block) or stands.number is None:
        return redirect(here.block_url(block), 303)
    written = stands.draft
    if written is None or count_words(written.text) == 0:
        return redirect(here.block_url(block), 303)
    return render_template(
        "learner/hand_in.html",
        frame=frame(here, block),
        draft=written,
        words=count_words(written.text),
        number=stands.number,
        due=stands.due,
        late=is_late(clock.now(), stands.due),
        operation_id=operation(),
        hand_in_url=here.with_query(here.block_url(block, "hand-in"), number=stands.number),
    )


@blueprint.post("/<slug>/<block_id>/hand-in")
@enter(Who.LEARNER)
def hand_in(slug: str, block_id: str) -> Response:
    """Hand the page in as it was shown, and enter it for grading in the same transaction."""
    here = place(slug)
    block = block_here(here, block_id)
    reflection = found(block.reflection)
    number = small_number("number") or 1
    form = sent(HandInForm)
    if not form.validate():
        return _not_now(_("This form was not whole."))
    if clock.now() < here.seated.page_opens(block):
        return _not_now(_("This page opens with its block."))
    stands = editor.writing(here, reflection)
    if len(stands.pages) >= number:
        # Pressed twice, or handed in from another tab.
        return redirect(here.block_url(block), 303)
    if stands.number != number:
        return _not_now(_("Nobody asked for this page."))
    written = stands.draft
    if written is None or count_words(written.text) == 0:
        return _not_now(_("There is nothing to hand in yet. Write your page first."))
    if written.version != form.base_version.data:
        return _changed()
    submission = service.submit(
        session(),
        seat_id=here.row.seat_id,
        reflection=reflection,
        version_hash=here.row.version_hash,
        text=written.text,
        operation_id=form.operation_id.data or "",
        due=stands.due,
        number=number,
    )
    _enter_for_grading(here, reflection, submission)
    return redirect(here.block_url(block), 303)


def _enter_for_grading(here: Place, reflection: str, submission: Submitted) -> None:
    grading.enter(
        session(),
        kind="reflection",
        submission_id=submission.id,
        run_id=here.row.run_id,
        seat_id=here.row.seat_id,
        author_id=here.row.person_id,
        version_hash=submission.version_hash,
        rubric=reflection,
        number=submission.number,
    )


@blueprint.get("/<slug>/<block_id>/feedback/")
@enter(Who.LEARNER, Unit.WRITE)
def feedback(slug: str, block_id: str) -> str | Response:
    """Show what came back, and remember that it was read."""
    here = place(slug)
    block = block_here(here, block_id)
    reflection = found(answered_page(here.module, block))
    part = editor.part(here, block, reflection)
    if not part.told:
        return redirect(here.block_url(block), 303)
    for each in part.told:
        if each.unread:
            grading.mark_read(session(), grade_id=each.grade_id)
    return render_template("learner/feedback.html", frame=frame(here, block), page=part)


def _asked_for(here: Place, reflection: str, number: int) -> bool:
    stands = editor.writing(here, reflection)
    return stands.number == number or len(stands.pages) >= number


def _answer(here: Place, block: Block, form: DraftForm, result: DraftResult) -> Response:
    if result.kind == "handed_in":
        return _handed_in()
    if result.kind == "conflict":
        if request.is_json:
            mine = form.text.data
            return make_response(jsonify(version=result.version, text=result.text, yours=mine), 409)
        return _refused(here, block, Refused(form, conflict=result), status=409)
    if request.is_json:
        saved_at = clock_time(result.saved_at, here.row.zone)
        return make_response(jsonify(version=result.version, saved_at=saved_at), 200)
    if request.form.get("next") != "hand_in":
        return redirect(here.block_url(block), 303)
    if count_words(result.text) == 0:
        return _refused(here, block, Refused(form, (_("There is nothing to hand in yet. Write your page first."),)))
    return redirect(here.block_url(block, "hand-in"), 303)


def _refused(here: Place, block: Block, refused: Refused, *, status: int = 422) -> Response:
    if request.is_json:
        return make_response(jsonify(error=" ".join(refused.errors)), status)
    return make_response(show(here, block, draft=refused), status)


def _not_now(why: str) -> Response:
    return errors.page(422, title=_("Not yet"), what=why, safe=_("What you typed stands below."))


def _handed_in() -> Response:
    # The script takes 409 for two texts to choose from; here there is nothing to choose.
    return errors.page(
        422 if request.is_json else 409,
        title=_("This page was handed in"),
        what=_("Your page was handed in from another tab or device, so it cannot be changed any more."),
        safe=_("What you typed stands below, and we have kept it too."),
        todo=_("Open the page to see what was handed in."),
    )


def _changed() -> Response:
    return errors.page(
        409,
        title=_("Your page has changed"),
        what=_("It was changed in another tab after you opened this one."),
        safe=_("Both texts are saved, and nothing was handed in."),
        todo=_("Go back to your page, read it once more, then hand it in."),
    )


def _too_long(text: str) -> str:
    return _(
        "Your page has %(count)s characters; at most %(most)s fit. Nothing was lost: shorten it, then save.",
        count=f"{len(text):,}",
        most=f"{LONGEST:,}",
    )
