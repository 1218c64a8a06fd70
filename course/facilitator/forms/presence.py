"""The presence page: one line a seat, all sent at once."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from course.cohorts.rules.presence import LeftBeforeCame, NotATime, read_time, require_order
from course.web.texts import _

LONGEST_VERSION = 9


class TypedPresence(NamedTuple):
    """What was typed for one seat. ``came`` and ``left`` are None where it could not be read."""

    seat_id: int
    version: int
    came_text: str
    left_text: str
    absent: bool
    came: int | None
    left: int | None
    errors: Mapping[str, str]
    """The sentence for ``came`` or ``left``, where there is one."""


def read_presence(sent: Mapping[str, str], seat_ids: Collection[int], *, begins: int) -> tuple[TypedPresence, ...]:
    """Return what was typed for each seat that is on the page; seats it does not name are left alone."""
    return tuple(_row(sent, seat_id, begins) for seat_id in seat_ids if f"version-{seat_id}" in sent)


def _row(sent: Mapping[str, str], seat_id: int, begins: int) -> TypedPresence:
    version = sent[f"version-{seat_id}"]
    came_text, left_text = sent.get(f"came-{seat_id}", ""), sent.get(f"left-{seat_id}", "")
    absent = f"absent-{seat_id}" in sent
    errors: dict[str, str] = {}
    came, left = (begins, begins) if absent else (_time(came_text, "came", errors), _time(left_text, "left", errors))
    if came is not None and left is not None:
        try:
            require_order(came, left)
        except LeftBeforeCame:
            errors["left"] = _("This is before they came.")
    seen = int(version) if version.isdecimal() and len(version) <= LONGEST_VERSION else 0
    return TypedPresence(seat_id, seen, came_text, left_text, absent, came, left, errors)


def _time(text: str, field: str, errors: dict[str, str]) -> int | None:
    try:
        return read_time(text)
    except NotATime:
        errors[field] = _("Please write a time such as 9:40.")
        return None
