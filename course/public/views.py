"""Pages for anybody."""

from datetime import date
from http import HTTPStatus

from flask import Blueprint, abort, current_app, g, redirect, render_template, url_for
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection
from werkzeug.wrappers import Response

from course.completions.queries import documents
from course.database import Engines
from course.settings import Settings
from course.web import transaction
from course.web.access import Unit, Who, enter
from course.web.context import desks

blueprint = Blueprint("public", __name__)

PLAIN = {"Content-Type": "text/plain; charset=utf-8"}


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
    return "ok\n", PLAIN


@blueprint.get("/readyz")
@enter(Who.ANYBODY, Unit.NONE)
def readyz() -> tuple[str, int, dict[str, str]]:
    """Say whether the database answers and has this version's tables."""
    trouble = _trouble(transaction.engines(), current_app.extensions["oneday-migration-head"])
    return f"{trouble or 'ready'}\n", 503 if trouble else 200, PLAIN


def _trouble(engines: Engines, wanted: str) -> str:
    try:
        with engines.reader.connect() as connection:
            known = inspect(connection).has_table("alembic_version")
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar() if known else None
    except (DBAPIError, NoConnection) as error:
        return f"database: {type(error).__name__}"
    return "" if found == wanted else f"migrations: at {found or 'nothing'}, wanted {wanted}; run `course migrate`"


@blueprint.get("/styleguide")
@enter(Who.ANYBODY, Unit.NONE)
def styleguide() -> str:
    settings: Settings = current_app.extensions["oneday-settings"]
    if not settings.styleguide:
        abort(404)
    return render_template("styleguide.html")
