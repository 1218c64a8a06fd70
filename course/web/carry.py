"""What was typed when a session ended or a form went stale: carried through the sign-in to where it was meant to go."""

import json
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import request

CARRY_MAX = 256 * 1024
"""Characters. More than that is a file, not something that somebody typed."""


@dataclass(frozen=True)
class Carried:
    """A form that did not get through: the local address it was sent to and its fields, without any secret."""

    target: str
    fields: tuple[tuple[str, str], ...]

    @property
    def packed(self) -> str:
        """The fields as one text, for one hidden input."""
        return json.dumps(self.fields, ensure_ascii=False, separators=(",", ":"))

    @property
    def text(self) -> str:
        """What a person wrote, to be read again and copied: ids and ticks travel too, but have no second word."""
        return "\n\n".join(value.strip() for _name, value in self.fields if len(value.split()) > 1)


def local_path(target: str | None) -> str | None:
    """Return an address if it is a path of this site, or None.

    Browsers read a backslash as a slash and drop tabs and newlines, so any of these makes it somebody else's.
    """
    if not target or not target.startswith("/") or target.startswith("//"):
        return None
    if "\\" in target or any(ord(character) < ord(" ") or ord(character) == 0x7F for character in target):  # noqa: PLR2004 - DEL.
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc else target


def typed() -> Carried | None:
    """Return what this request's form carries, or None when there is nothing to carry or it may not be."""
    if request.method != "POST" or request.files or _from_elsewhere() or _too_large():
        return None
    target = local_path(request.full_path.rstrip("?"))
    if target is None or any(_secret(name) for name in request.form):
        return None
    fields = tuple((name, value) for name, value in request.form.items(multi=True) if name != "csrf_token")
    return _within(Carried(target, fields))


def unpacked(target: str | None, packed: str | None) -> Carried | None:
    """Return what a sign-in form carried along, or None when it carried nothing that we made."""
    path = local_path(target)
    if path is None or not packed or len(packed) > CARRY_MAX:
        return None
    try:
        found = json.loads(packed)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, list):
        return None
    fields: list[tuple[str, str]] = []
    for pair in found:
        match pair:
            case [str() as name, str() as value] if not _secret(name) and name != "csrf_token":
                fields.append((name, value))
            case _:
                return None
    return Carried(path, tuple(fields))


def _within(carried: Carried) -> Carried | None:
    return carried if len(carried.packed) <= CARRY_MAX else None


def _secret(name: str) -> bool:
    return "password" in name.casefold()


def _too_large() -> bool:
    limit = request.max_content_length
    return limit is not None and (request.content_length or 0) > limit


def _from_elsewhere() -> bool:
    """Whether another site sent this form: its fields are then nobody's text."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return True
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc != request.host
