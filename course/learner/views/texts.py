"""An author's Markdown on the learner's pages, rendered once in each process."""

from flask import url_for
from markupsafe import Markup

from course.content.markdown import to_html
from course.content.schema import Module

KEPT = 2048
_rendered: dict[tuple[str, str, int], Markup] = {}


def prose(version_hash: str, module: Module, text: str, *, shift: int = 1) -> Markup:
    """Return a text of a published module as safe HTML, with the module's pictures and lower headings."""
    key = (version_hash, text, shift)
    known = _rendered.get(key)
    if known is not None:
        return known
    pictures = {picture.path: picture.hash for picture in module.pictures}

    def picture_url(path: str) -> str:
        return url_for("learner.picture", picture_hash=pictures.get(path, "0"))

    html = Markup(to_html(text, picture_url=picture_url, shift=shift))  # noqa: S704 - nh3 has cleaned it.
    if len(_rendered) >= KEPT:
        _rendered.clear()
    _rendered[key] = html
    return html
