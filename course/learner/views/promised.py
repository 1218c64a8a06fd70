"""Promises as their learner reads them, and the form for one more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from course import clock
from course.commitments.queries import Promise, promises_here
from course.commitments.rules import LONGEST, Due, Problem, due, in_sight, usual_day
from course.learner.forms import PromiseForm
from course.learner.views.place import Place, operation
from course.web.filters import short_date
from course.web.texts import _
from course.web.transaction import session


@dataclass(frozen=True)
class Pledge:
    """One promise on a page."""

    id: int
    when: str
    then: str
    alias: str
    due: Due
    by: str
    """By when, in words."""
    url: str
    """Where it is told what became of it."""


@dataclass(frozen=True)
class PromisePart:
    """The end of a debrief: what was promised here, or the form for it."""

    pledges: tuple[Pledge, ...]
    form: PromiseForm | None
    """None when there is a promise and nobody asked to change it."""
    instead: bool
    """Whether the form replaces a promise."""
    page_url: str
    make_url: str
    longest: dict[str, int]


def pledge(promise: Promise, url: str, today: date) -> Pledge:
    """Return a promise as it stands on a day."""
    stands = due(promise.by, today, kept_at=promise.kept_at, dropped_at=promise.dropped_at)
    return Pledge(promise.id, promise.when, promise.then, promise.alias, stands, _by(stands, promise.by), url)


def pledges(promises: Sequence[Promise], base: str, query: str, zone: str) -> tuple[Pledge, ...]:
    """Return the promises of one seat that are in sight today, where the seat's day was held."""
    today = clock.today(zone)
    return tuple(
        pledge(each, _url(base, query, each.id), today)
        for each in promises
        if in_sight(today, zone, kept_at=each.kept_at, dropped_at=each.dropped_at)
    )


def part(
    here: Place, origin: str, page_url: str, make_url: str, *, change: int | None = None, refused: PromiseForm | None
) -> PromisePart:
    """Return what a seat promised in one place, with the form when there is nothing yet or more is asked for.

    ``change`` is the promise to be replaced, or 0 for one more.
    """
    zone = here.row.zone
    today = clock.today(zone)
    made = promises_here(session(), seat_id=here.row.seat_id, origin=origin)
    if refused is not None:
        change = refused.instead_of.data
    known = [each for each in made if each.dropped_at is None]
    replaced = next((each for each in known if each.id == change and each.kept_at is None), None)
    form = refused
    if form is None and (replaced is not None or not known or change == 0):
        form = _form(here, replaced, today)
    return PromisePart(
        pledges=tuple(
            pledge(each, _url(here.base, here.query, each.id), today)
            for each in made
            # What was kept stays in sight here for good: it is what came of this page.
            if each in known or in_sight(today, zone, kept_at=each.kept_at, dropped_at=each.dropped_at)
            # What is being changed stands in the form.
            if form is None or each is not replaced
        ),
        form=form,
        instead=form is not None and replaced is not None,
        page_url=page_url,
        make_url=make_url,
        longest=LONGEST,
    )


def tell(form: PromiseForm, problems: Mapping[str, Problem]) -> None:
    """Put what is wrong with a promise to the parts of its form."""
    for name, problem in problems.items():
        form.refuse(name, _words(name, problem))


def _form(here: Place, replaced: Promise | None, today: date) -> PromiseForm:
    usual = usual_day(here.row.on, today)
    given: dict[str, object] = {"operation_id": operation(), "by": usual}
    if replaced is not None:
        given |= {"when": replaced.when, "then": replaced.then, "alias": replaced.alias, "instead_of": replaced.id}
        given["by"] = max(replaced.by, today)
    return PromiseForm(data=given)


def _url(base: str, query: str, promise_id: int) -> str:
    return f"{base}promises/{promise_id}{query}"


def _by(stands: Due, by: date) -> str:
    day = short_date(by)
    return {
        Due.TODAY: _("for today"),
        Due.TOMORROW: _("for tomorrow"),
        Due.OVERDUE: _("was for %(day)s", day=day),
    }.get(stands) or _("by %(day)s", day=day)


def _words(name: str, problem: Problem) -> str:
    return {
        Problem.MISSING: _("Please write this part."),
        Problem.TOO_LONG: _("Please write at most %(most)s characters.", most=LONGEST.get(name, 0)),
        Problem.PAST: _("Please choose today or a later day."),
        Problem.TOO_FAR: _("Please choose a day within a year."),
    }[problem]
