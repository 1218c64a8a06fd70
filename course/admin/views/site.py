"""The settings in effect."""

from urllib.parse import urlsplit

from flask import current_app, render_template

from course.admin.views.desk import blueprint
from course.settings import Settings
from course.web.access import Who, enter
from course.web.texts import _


@blueprint.get("/settings/")
@enter(Who.ADMIN)
def settings() -> str:
    return render_template("admin/settings.html", settings=_in_effect(current_app.extensions["oneday-settings"]))


def _in_effect(settings: Settings) -> list[tuple[str, str]]:
    """Return what each setting is, without anything that opens a door: no keys, passwords or whole addresses."""
    given, made = _("set, not shown"), _("not set")
    return [
        ("COURSE_BASE_URL", settings.base_url or _("not set: taken from each request")),
        ("COURSE_DATABASE_URL", _without_secrets(settings.database_url)),
        ("COURSE_DEV", _("on") if settings.dev else _("off")),
        ("COURSE_INSTANCE", str(settings.instance)),
        ("COURSE_LOG", settings.log_format),
        ("COURSE_LTI_HOSTS", ", ".join(sorted(settings.lti_hosts)) or _("not set")),
        ("COURSE_MAIL_FROM", settings.mail_from),
        ("COURSE_MAIL_URL", _without_secrets(settings.mail_url) if settings.mail_url else _("not set: mails are kept")),
        ("COURSE_MODULES", str(settings.modules) if settings.modules else _("not set: the modules that came along")),
        ("COURSE_SECRET_KEY", given if settings.secret_key else made),
        ("COURSE_STYLEGUIDE", _("on") if settings.styleguide else _("off")),
        ("COURSE_TRUSTED_PROXIES", str(settings.trusted_proxies)),
    ]


def _without_secrets(url: str) -> str:
    """Return an address without its user, password and options."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"
