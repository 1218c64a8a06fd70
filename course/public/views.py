"""Pages for anybody."""

from datetime import date
from http import HTTPStatus

from flask import Blueprint, abort, current_app, g, redirect, render_template, url_for
from sqlalchemy import text
from werkzeug.wrappers import Response

from course.completions.queries import documents
from course.settings import Settings
from course.web import transaction
from course.web.access import Unit, Who, enter
from course.web.context import desks

blueprint = Blueprint("public", __name__)


@blueprint.get("/")
@enter(Who.ANYBODY)
def home() -> Response | str:
    if g.viewer is None:
        return redirect(url_for("signin.sign_in"), 303)
    places = desks(g.viewer)
    if len(places) == 1:
        return redirect(places[0].url, 303)
    return render_template("public/home.html", places=places)


@blueprint.get("/verify/<code>")
@enter(Who.ANYBODY)
def verify(code: str) -> tuple[str, int]:
    """Confirm a certificate to anybody who has its code: its status, name, module and date, and nothing else."""
    found = documents.verified(transaction.session(), code.strip().upper())
    page = render_template(
        "public/verify.html",
        code=code[:20],
        found=found,
        held=date.fromisoformat(found.date) if found else None,
    )
    return page, HTTPStatus.OK if found else HTTPStatus.NOT_FOUND


@blueprint.get("/healthz")
@enter(Who.ANYBODY, Unit.NONE)
def healthz() -> tuple[str, dict[str, str]]:
    """Say that the process lives."""
    return "ok\n", {"Content-Type": "text/plain"}


@blueprint.get("/readyz")
@enter(Who.ANYBODY, Unit.OWN)
def readyz() -> tuple[str, int, dict[str, str]]:
    """Say whether the database answers and has this version's tables."""
    with transaction.unit(write=False) as session:
        found = session.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    wanted = current_app.extensions["oneday-migration-head"]
    if found != wanted:
        return f"migrations: at {found}, wanted {wanted}; run `course migrate`\n", 503, {"Content-Type": "text/plain"}
    return "ready\n", 200, {"Content-Type": "text/plain"}


@blueprint.get("/styleguide")
@enter(Who.ANYBODY, Unit.NONE)
def styleguide() -> str:
    settings: Settings = current_app.extensions["oneday-settings"]
    if not settings.styleguide:
        abort(404)
    return render_template("styleguide.html")
