"""Making a promise once, keeping it, letting it go, taking either back; on both databases."""

from datetime import date, timedelta
from typing import Protocol

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from course import clock
from course.commitments import service
from course.commitments.models import Commitment
from course.commitments.queries import Promise, promises, promises_here
from course.commitments.rules import UnfitPromise, Wording
from tests.make import Cast

TODAY = date(2026, 11, 27)
WORDS = Wording("the call begins with the date", "ask what would help", "the Heron", date(2026, 12, 4))


class Verb(Protocol):
    def __call__(self, session: Session, *, seat_id: int, promise_id: int) -> bool: ...


def make(session: Session, cast: Cast, operation_id: str = "one", **more: int) -> service.Made:
    return service.make(
        session,
        seat_id=cast.lena_seat,
        origin="lift",
        wording=WORDS,
        today=TODAY,
        operation_id=operation_id,
        **more,
    )


def stands(session: Session, promise_id: int) -> tuple[bool, bool]:
    """Whether a promise is kept, and whether it is dropped."""
    row = session.execute(select(Commitment.kept_at, Commitment.dropped_at).where(Commitment.id == promise_id)).one()
    return row.kept_at is not None, row.dropped_at is not None


def test_a_promise_is_made_once_however_often_it_is_sent(cast: Cast, session: Session) -> None:
    first, second = make(session, cast), make(session, cast)
    assert (first.kind, second.kind, first.id == second.id) == ("made", "repeated", True)
    row = promises_here(session, seat_id=cast.lena_seat, origin="lift")
    assert row == (
        Promise(first.id, cast.lena_seat, "lift", WORDS.when, WORDS.then, WORDS.alias, WORDS.by, None, None),
    )


def test_the_same_operation_of_another_seat_is_another_promise(cast: Cast, session: Session) -> None:
    mine = make(session, cast)
    theirs = service.make(session, seat_id=cast.leo_seat, origin="lift", wording=WORDS, today=TODAY, operation_id="one")
    assert (theirs.kind, theirs.id != mine.id) == ("made", True)


def test_an_unfit_promise_leaves_nothing(cast: Cast, session: Session) -> None:
    unfit = Wording("", "do", "them", TODAY)
    with pytest.raises(UnfitPromise):
        service.make(session, seat_id=cast.lena_seat, origin="lift", wording=unfit, today=TODAY, operation_id="one")
    assert promises_here(session, seat_id=cast.lena_seat, origin="lift") == ()
    make(session, cast)
    assert len(promises_here(session, seat_id=cast.lena_seat, origin="lift")) == 1


def test_a_change_makes_a_new_one_and_drops_the_old_one(cast: Cast, session: Session) -> None:
    old = make(session, cast)
    new = make(session, cast, "two", instead_of=old.id)
    again = make(session, cast, "two", instead_of=old.id)
    assert (new.kind, again) == ("made", service.Made("repeated", new.id))
    assert (stands(session, old.id), stands(session, new.id)) == ((False, True), (False, False))


def test_a_change_drops_nothing_of_somebody_else_and_nothing_that_was_kept(cast: Cast, session: Session) -> None:
    theirs = service.make(
        session, seat_id=cast.otto_seat, origin="lift", wording=WORDS, today=TODAY, operation_id="one"
    )
    kept = make(session, cast)
    assert service.keep(session, seat_id=cast.lena_seat, promise_id=kept.id)
    make(session, cast, "two", instead_of=theirs.id)
    make(session, cast, "three", instead_of=kept.id)
    assert (stands(session, theirs.id), stands(session, kept.id)) == ((False, False), (True, False))


def test_keeping_dropping_and_taking_back(cast: Cast, session: Session) -> None:
    promise_id = make(session, cast).id
    mine = {"seat_id": cast.lena_seat, "promise_id": promise_id}
    assert service.keep(session, **mine)
    first = session.execute(select(Commitment.kept_at)).scalar_one()
    assert service.keep(session, **mine)
    assert session.execute(select(Commitment.kept_at)).scalar_one() == first
    assert service.drop(session, **mine)
    assert stands(session, promise_id) == (True, False)
    assert service.reopen(session, **mine)
    assert stands(session, promise_id) == (False, False)
    assert service.drop(session, **mine)
    assert service.keep(session, **mine)
    assert stands(session, promise_id) == (False, True)
    assert service.reopen(session, **mine)
    assert service.reopen(session, **mine)
    assert stands(session, promise_id) == (False, False)


@pytest.mark.parametrize("verb", [service.keep, service.drop, service.reopen])
def test_nobody_elses_promise_can_be_touched(cast: Cast, session: Session, verb: Verb) -> None:
    promise_id = make(session, cast).id
    assert verb(session, seat_id=cast.leo_seat, promise_id=promise_id) is False
    assert verb(session, seat_id=cast.otto_seat, promise_id=promise_id) is False
    assert stands(session, promise_id) == (False, False)
    assert verb(session, seat_id=cast.lena_seat, promise_id=promise_id) is True


def test_what_is_near_is_open_or_was_closed_lately(cast: Cast, session: Session) -> None:
    ids = [make(session, cast, name).id for name in ("open", "kept", "dropped", "long ago")]
    service.keep(session, seat_id=cast.lena_seat, promise_id=ids[1])
    service.drop(session, seat_id=cast.lena_seat, promise_id=ids[2])
    service.keep(session, seat_id=cast.lena_seat, promise_id=ids[3])
    session.get_one(Commitment, ids[3]).kept_at = clock.now() - timedelta(days=3)
    session.flush()
    near = promises(session, seat_ids=[cast.lena_seat, cast.leo_seat], now=clock.now())
    assert [each.id for each in near] == ids[:3]
    assert promises(session, seat_ids=[cast.leo_seat], now=clock.now()) == ()
    assert [each.id for each in promises_here(session, seat_id=cast.lena_seat, origin="lift")] == ids
    assert promises_here(session, seat_id=cast.lena_seat, origin="stairs") == ()
