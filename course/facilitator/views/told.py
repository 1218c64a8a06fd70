"""Results that an LMS was told of, sent again."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from course.facilitator.views.desk import blueprint, own_run
from course.platforms.service.scores import resend
from course.web.access import Who, enter, found
from course.web.ids import row_id
from course.web.texts import _, ngettext
from course.web.transaction import session


@blueprint.post("/runs/<int:run_id>/grading/resend")
@enter(Who.FACILITATOR)
def resend_results(run_id: int) -> ResponseReturnValue:
    """Send one learner's results again, or without a seat all that were refused."""
    own_run(run_id)
    seat_id = found(request.form.get("seat_id", type=row_id)) if "seat_id" in request.form else None
    count = resend(session(), run_id=run_id, seat_id=seat_id)
    if count:
        told = ngettext("1 result is on its way again.", "%(num)s results are on their way again.", count)
        flash(told % {"num": count}, "good")
    else:
        flash(_("There was nothing to send again."), "attention")
    return redirect(url_for("facilitator.run_grading", run_id=run_id), 303)
