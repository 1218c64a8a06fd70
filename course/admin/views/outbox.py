"""Mails: kept, waiting, sent or failed, readable, and tried again."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from course.admin import queries
from course.admin.views.desk import blueprint
from course.outbox.service import ATTEMPTS, retry
from course.web import access, transaction
from course.web.access import Who, enter
from course.web.invitations import mails_links
from course.web.texts import _


@blueprint.get("/outbox")
@enter(Who.ADMIN)
def outbox() -> str:
    page = min(max(request.args.get("page", 0, type=int), 0), 10_000)
    mails, more = queries.mails(transaction.session(), page=page)
    return render_template(
        "admin/outbox.html", mails=mails, more=more, page=page, attempts=ATTEMPTS, configured=mails_links()
    )


@blueprint.post("/outbox/<int:message_id>/retry")
@enter(Who.ADMIN)
def retry_mail(message_id: int) -> AnyResponse:
    access.found(retry(transaction.session(), message_id=message_id) or None)
    flash(_("It is tried again within a few seconds, once mail is set up."), "good")
    return redirect(url_for("admin.outbox"), 303)
