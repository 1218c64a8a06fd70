"""What a published version says on the learner's pages, rendered once in each process."""

from collections.abc import Callable
from typing import cast

from flask import get_template_attribute, url_for
from markupsafe import Markup

from course.content.markdown import to_html
from course.content.schema import Module, Reflection

KEPT = 2048
_rendered: dict[tuple[str | int, ...], Markup] = {}


def prose(version_hash: str, module: Module, text: str, *, shift: int = 1) -> Markup:
    """Return a text of a published module as safe HTML, with the module's pictures and lower headings."""

    def render() -> Markup:
        pictures = {picture.path: picture.hash for picture in module.pictures}

        def picture_url(path: str) -> str:
            return url_for("learner.picture", picture_hash=pictures.get(path, "0"))

        return Markup(to_html(text, picture_url=picture_url, shift=shift))  # noqa: S704 - nh3 has cleaned it.

    return _once(("prose", version_hash, text, shift), render)


def about(version_hash: str, module: Module) -> Markup:
    """Return who reads what, and what counts as done."""
    return _once(("about", version_hash), lambda: drawn("learner/_about.html", "about", module))


def task(version_hash: str, module: Module, page: Reflection) -> Markup:
    """Return what the writer of a page is asked for, and what its reader looks for."""

    def render() -> Markup:
        return drawn("learner/_task.html", "task", page, prose(version_hash, module, page.prompt, shift=2))

    return _once(("task", version_hash, page.id), render)


def drawn(template: str, macro: str, *facts: object) -> Markup:
    """Return what a macro makes of some facts, outside of any page."""
    return cast(Markup, get_template_attribute(template, macro)(*facts))


def _once(key: tuple[str | int, ...], render: Callable[[], Markup]) -> Markup:
    known = _rendered.get(key)
    if known is not None:
        return known
    html = render()
    if len(_rendered) >= KEPT:
        _rendered.clear()
    _rendered[key] = html
    return html
