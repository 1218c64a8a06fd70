"""What a promise needs, and when it is due."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.commitments.rules import LONGEST, Due, Problem, UnfitPromise, Wording, due, fit, in_sight, usual_day

TODAY = date(2026, 11, 27)
GOOD = Wording("the call begins with the date", "ask what would help", "the Heron", date(2026, 12, 4))
NOON = datetime(2026, 11, 27, 17, 0, tzinfo=UTC)


def wording(**changed: Any) -> Wording:
    return replace(GOOD, **changed)


def problems(**changed: Any) -> dict[str, Problem]:
    with pytest.raises(UnfitPromise) as caught:
        fit(wording(**changed), TODAY)
    return caught.value.problems


def test_a_whole_promise_is_taken_as_it_is() -> None:
    assert fit(GOOD, TODAY) == GOOD


def test_a_text_stands_on_one_line_without_what_nobody_typed() -> None:
    fitted = fit(wording(when=" she\r\n asks\x00  twice\t", alias="\ud800Heron"), TODAY)
    assert (fitted.when, fitted.alias) == ("she asks twice", "Heron")


def test_every_part_that_is_wrong_is_named() -> None:
    assert problems(when=" ", then="x" * 301, alias="y" * 61, by=date(2026, 11, 26)) == {
        "when": Problem.MISSING,
        "then": Problem.TOO_LONG,
        "alias": Problem.TOO_LONG,
        "by": Problem.PAST,
    }
    assert problems(by=TODAY + timedelta(days=367)) == {"by": Problem.TOO_FAR}


def test_the_bounds_themselves_are_fine() -> None:
    for parts in ({"then": "x" * 300}, {"alias": "y" * 60}, {"by": TODAY}, {"by": TODAY + timedelta(days=366)}):
        assert fit(wording(**parts), TODAY) == wording(**parts)


@given(st.text(min_size=1))
def test_whatever_is_typed_is_kept_on_one_line_or_refused(text: str) -> None:
    try:
        fitted = fit(wording(then=text), TODAY)
    except UnfitPromise:
        assert problems(then=text) == {"then": Problem.TOO_LONG if len(text) > LONGEST["then"] else Problem.MISSING}
    else:
        assert fitted.then == " ".join(fitted.then.split()) != ""
        assert len(fitted.then) <= len(fitted.then.encode())


def test_a_week_from_the_day_or_from_now() -> None:
    usual = {on: usual_day(TODAY, date(2026, *on)) for on in ((11, 20), (11, 28), (12, 3), (12, 4), (12, 24))}
    week = date(2026, 12, 4)
    assert usual == {
        (11, 20): week,
        (11, 28): week,
        (12, 3): week,
        (12, 4): date(2026, 12, 11),
        (12, 24): date(2026, 12, 31),
    }


@pytest.mark.parametrize(
    ("by", "stands"),
    [(26, Due.OVERDUE), (27, Due.TODAY), (28, Due.TOMORROW), (29, Due.LATER)],
)
def test_how_a_promise_stands(by: int, stands: Due) -> None:
    on = date(2026, 11, by)
    assert due(on, TODAY, kept_at=None, dropped_at=None) is stands
    assert due(on, TODAY, kept_at=NOON, dropped_at=None) is Due.KEPT
    assert due(on, TODAY, kept_at=None, dropped_at=NOON) is Due.DROPPED


def test_a_closed_promise_is_in_sight_for_the_rest_of_its_day() -> None:
    late = datetime(2026, 11, 28, 4, 30, tzinfo=UTC)  # Half past eleven in the evening in New York.
    zone = "America/New_York"
    assert in_sight(TODAY, zone, kept_at=None, dropped_at=None)
    assert [in_sight(TODAY + timedelta(days=more), zone, kept_at=late, dropped_at=None) for more in (0, 1)] == [
        True,
        False,
    ]
    assert [in_sight(TODAY + timedelta(days=more), zone, kept_at=None, dropped_at=late) for more in (0, 1)] == [
        True,
        False,
    ]
    assert in_sight(TODAY + timedelta(days=1), "Europe/Paris", kept_at=late, dropped_at=None)
