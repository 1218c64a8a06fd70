"""``create_app``: the only place that knows all rooms."""

import gc
import os
from dataclasses import replace

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.middleware.proxy_fix import ProxyFix

from course import paths
from course.admin.views import blueprint as admin
from course.completions import service as completions
from course.database import Engines
from course.delivery import start_thread
from course.facilitator.views import blueprint as facilitator
from course.learner.views import blueprint as learner
from course.lti.service.outside import Outside
from course.lti.views import blueprint as lti
from course.manager.views import blueprint as manager
from course.platforms.service import scores
from course.public.views import blueprint as public
from course.settings import Settings, kept_secret
from course.signin.views import blueprint as signin
from course.web import access, compression, context, database, errors, filters, ids, logs, security, static, workshop
from course.web.application import Application

SELDOM = 20_000
"""New containers between two collections: some tens of requests."""
LARGEST_REQUEST = 4 * 1024 * 1024


def settle(session: Session) -> None:
    """Bring results up to their facts, and owe the LMS platforms that are told of them what has changed."""
    scores.owe(session, completions.settle(session))


def create_app(settings: Settings | None = None, *, engines: Engines | None = None) -> Application:
    """Build the WSGI application, on engines of its own unless some are given.

    Raises SettingsError for a setting that cannot be used.
    """
    settings = settings or Settings.from_environ(os.environ)
    # People's texts may lie in here: nobody else on the machine looks in.
    settings.instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings = replace(settings, secret_key=settings.secret_key or kept_secret(settings.instance))
    logs.configure(settings.log_format)
    app = Application("course", root_path=str(paths.PACKAGE), static_folder=None, template_folder=str(paths.TEMPLATES))
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="oneday-form",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure,
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST,
        MAX_FORM_PARTS=2000,
    )
    app.extensions["oneday-settings"] = settings
    app.extensions["oneday-settle"] = settle
    app.extensions["oneday-outside"] = Outside(settings.lti_hosts)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # Flask's way.
    # Answers pass through these from the last to the first, so the log line has the final one.
    for room in (ids, logs, security, compression, static, context, filters, errors, workshop):
        room.install(app)
    app.extensions["oneday-migration-head"] = ScriptDirectory(str(paths.MIGRATIONS)).get_current_head()
    database.install(app, engines or Engines(settings.database_url))
    for blueprint in (public, signin, learner, facilitator, manager, admin, lti):
        app.register_blueprint(blueprint)
    access.require_declarations(app)
    return app


def migrate(engines: Engines) -> None:
    """Bring the database's tables to this version, in one transaction that others wait for."""
    config = Config()
    config.set_main_option("script_location", str(paths.MIGRATIONS).replace("%", "%%"))
    with engines.turn(write=True), engines.writer.begin() as connection:
        if not engines.sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(7165020)"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def create_served_app() -> Application:
    """Build the application for a server process: with the delivery thread that this process runs."""
    settings = Settings.from_environ(os.environ)
    app = create_app(settings)
    start_thread(app, settings)
    _keep()
    return app


def _keep() -> None:
    """Spare the collector what lives until the process ends: all that was made so far.

    It would walk the libraries and the pages again and again while requests come and go.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(SELDOM)
