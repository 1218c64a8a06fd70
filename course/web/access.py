"""Who may enter which page. Every view says so, and a view that does not keeps the application from starting."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar, cast

from flask import Flask, abort, g

from course.cohorts.models import Role
from course.web.viewer import Viewer


class Who(StrEnum):
    ANYBODY = "anybody"
    SIGNED_IN = "signed in"
    LEARNER = "learner"
    FACILITATOR = "facilitator"
    MANAGER = "manager"
    ADMIN = "admin"


class Unit(StrEnum):
    """How a view gets its transaction."""

    BY_METHOD = "by method"
    """A GET reads, everything else writes."""
    WRITE = "write"
    """A GET that writes."""
    OWN = "own"
    """The view opens its units itself, because it hashes, parses or prints outside of the lock."""
    NONE = "none"
    """No database at all, not even to know who is there."""


@dataclass(frozen=True)
class Entry:
    who: Who
    unit: Unit


View = TypeVar("View", bound=Callable[..., object])
T = TypeVar("T")

_ENTRY = "__entry__"


def enter(who: Who, unit: Unit = Unit.BY_METHOD) -> Callable[[View], View]:
    """Declare who may enter a view. It stands below the route decorator."""

    def declare(view: View) -> View:
        setattr(view, _ENTRY, Entry(who, unit))
        return view

    return declare


def entry_of(view: Callable[..., object]) -> Entry:
    """Return what a view declares.

    Raises RuntimeError when it declares nothing.
    """
    entry = getattr(view, _ENTRY, None)
    if entry is None:
        raise RuntimeError(f"{view.__module__}.{view.__name__} does not say who may enter.")
    return cast(Entry, entry)


def require_declarations(app: Flask) -> None:
    """Refuse to start while any view is silent about who may enter, or would let in people it cannot know.

    Raises RuntimeError.
    """
    for view in app.view_functions.values():
        entry = entry_of(view)
        if entry.unit is Unit.NONE and entry.who is not Who.ANYBODY:
            raise RuntimeError(f"{view.__module__}.{view.__name__} is not for anybody, so it needs a unit of work.")


def viewer() -> Viewer:
    """Return who is signed in; 401 if nobody is."""
    present = cast(Viewer | None, g.get("viewer"))
    if present is None:
        abort(401)
    return present


def admit(entry: Entry, present: Viewer | None) -> None:
    """Let the viewer in, or abort: 401 signed out, 403 wrong role."""
    if entry.who is Who.ANYBODY:
        return
    if present is None:
        abort(401)
    if entry.who is not Who.SIGNED_IN and not present.has(Role(entry.who.value)):
        abort(403)


def found(thing: T | None) -> T:
    """Return the thing, or 404: what is outside of one's organisation, cohort or seat does not exist."""
    if thing is None:
        abort(404)
    return thing
