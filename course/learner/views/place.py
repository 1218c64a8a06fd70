"""Finding what an address names: the viewer's seat in a module, a block of it; and making such addresses."""

from dataclasses import dataclass
from uuid import uuid4

from flask import abort, redirect, request
from werkzeug.wrappers import Response

from course import clock
from course.cohorts.models import Role
from course.cohorts.queries.seats import SeatRow, seat_of
from course.content.schema import Block, Module
from course.learner.queries import seated_of
from course.learner.rules import BOOSTER, Seated
from course.learner.views.desk import desk_url
from course.web.access import found, viewer
from course.web.transaction import session


@dataclass(frozen=True)
class Place:
    """The viewer's seat, with the module as it was pinned for it."""

    row: SeatRow
    seated: Seated
    desk_url: str
    base: str
    query: str
    """``?seat=`` of an older seat, or nothing."""

    @property
    def module(self) -> Module:
        return self.seated.module

    @property
    def url(self) -> str:
        """The address of the day."""
        return self.base + self.query

    def block_url(self, block: Block, page: str = "") -> str:
        """Return the address of a block, or of a page below it."""
        return f"{self.base}{block.id}/{page}{self.query}"

    def with_query(self, url: str, **more: int) -> str:
        """Return an address of this seat with more in its query."""
        parts = "&".join(f"{name}={value}" for name, value in more.items())
        return f"{url}{'&' if '?' in url else '?'}{parts}" if parts else url


def place(slug: str) -> Place:
    """Return the viewer's seat in a module: the newest one, or the one of ``?seat=``. 404 if it is not theirs."""
    present = viewer()
    asked = request.args.get("seat")
    if asked is not None and not (asked.isascii() and asked.isdigit()):
        abort(404)
    row = found(
        seat_of(
            session(),
            person_id=present.person_id,
            organisations=present.organisations(Role.LEARNER),
            module=slug,
            seat_id=int(asked) if asked is not None else None,
        )
    )
    query = f"?seat={row.seat_id}" if asked is not None else ""
    desk = desk_url()
    return Place(row, seated_of(session(), row), desk, f"{desk}{slug}/", query)


def block_here(here: Place, block_id: str) -> Block:
    """Return a block of the module, or its booster once that is open; 404 if there is none."""
    if block_id == BOOSTER:
        return found(here.seated.booster if here.seated.booster_open(clock.now()) else None)
    return found(here.module.block(block_id))


def not_open(here: Place) -> Response | None:
    """Return the way to the page that says when the module opens, if it has not yet."""
    if clock.now() < here.seated.window.opens:
        return redirect(here.url, 303)
    return None


def small_number(name: str) -> int | None:
    """Return a number of the query; None for none and for nonsense."""
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None  # noqa: PLR2004 - See above.


def operation() -> str:
    """Return a new operation id for a form."""
    return str(uuid4())
