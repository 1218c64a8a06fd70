"""What every template may name: the viewer with their desks, the clock's words, the texts."""

from collections.abc import MutableMapping
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from flask import Flask, g, request
from flask.templating import Environment
from markupsafe import Markup

from course.cohorts.models import Role
from course.web import embedded, words
from course.web.texts import _, gettext, ngettext
from course.web.viewer import LTI, Viewer


class Pages(Environment):
    """Jinja's environment with its globals in a plain dict.

    Jinja chains two dicts so that a global set after a template was loaded is seen. Ours are all set before the
    first request, and each page looks through them for every macro it imports.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return {**self.globals, **(d or {})}


@dataclass(frozen=True)
class Desk:
    url: str
    label: str
    current: bool


@dataclass(frozen=True)
class Shown:
    """The viewer as the page's header shows them."""

    person_id: int
    name: str
    desks: tuple[Desk, ...]
    account: str = "/account"
    sign_out: str = "/sign-out"
    launched: bool = False
    """Whether they came from an LMS, where their account is."""


DESKS = (
    (Role.LEARNER, "/learn/"),
    (Role.FACILITATOR, "/facilitate/"),
    (Role.MANAGER, "/manage/"),
    (Role.ADMIN, "/admin/"),
)
"""Role and address of each desk; every page names some of them."""


def desks(viewer: Viewer) -> tuple[Desk, ...]:
    """Return the desks a viewer may sit at, in the order of the day's work."""
    labels = {
        Role.LEARNER: _("My day"),
        Role.FACILITATOR: _("My courses"),
        Role.MANAGER: _("Groups"),
        Role.ADMIN: _("Site"),
    }
    return tuple(
        Desk(address, labels[role], request.path.startswith(address)) for role, address in DESKS if viewer.has(role)
    )


def install(app: Flask) -> None:
    app.jinja_env.add_extension("jinja2.ext.i18n")
    cast(Any, app.jinja_env).install_gettext_callables(gettext, ngettext, newstyle=True)
    # The extension's own "_" looks itself up in the page's context each time; a page says a text fifty times.
    app.jinja_env.globals["_"] = _filled
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.context_processor(_shown)
    app.add_template_global(embedded.apart, "apart")
    app.add_template_global(words.block_kind, "block_kind")
    app.add_template_global(words.role, "role_word")


def _filled(message: str, **facts: object) -> Markup:
    """Return a text for a page; what is filled in is escaped."""
    text = _marked(message)
    return text % facts if "%" in message else text


@cache
def _marked(message: str) -> Markup:
    return Markup(gettext(message))  # noqa: S704 - Our own text, or its translation.


def _out() -> str:
    """Return the way to this page in a window of its own; nothing for what a form led to, and at the door itself."""
    there = request.method == "GET" and not request.path.startswith("/lti/")
    return embedded.apart(request.full_path.rstrip("?")) if there else ""


def _shown() -> dict[str, object]:
    present = cast(Viewer | None, g.get("viewer"))
    framed = embedded.is_framed()
    if present is None:
        return {"viewer": None, "framed": framed}
    shown = Shown(present.person_id, present.name, desks(present), launched=present.way == LTI)
    return {"viewer": shown, "framed": framed, "out": _out() if framed and shown.launched else ""}
