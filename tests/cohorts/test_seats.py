"""A learner's seats: theirs, live, in their organisations; the card and the ticks."""

from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from course import clock
from course.cohorts.models import Cohort, Run, Seat
from course.cohorts.queries.seats import SeatRow, blocks_read, seat_of, seats_of, versions_of
from course.cohorts.service.seats import put_card_away, tick_block
from course.people.models import Organisation, Person
from tests import make
from tests.make import Cast


def test_a_seat_with_its_day(cast: Cast, session: Session) -> None:
    seat = seat_of(session, person_id=cast.lena, organisations={cast.organisation}, module="small-talk")
    assert seat is not None
    assert (seat.seat_id, seat.run_id, seat.organisation, seat.cohort, seat.facilitator) == (
        cast.lena_seat,
        cast.run,
        "Southeast Utilities",
        "October Friday",
        "Farid Haddad",
    )
    assert (seat.place, seat.starts, seat.opens_on) == (
        "Room 3, Harbour Street",
        540,
        clock.today("America/New_York") - timedelta(days=7),
    )
    assert versions_of(session, person_id=cast.lena, organisations={cast.organisation}) == (cast.version_hash,)


def test_the_newest_seat_comes_first(cast: Cast, session: Session) -> None:
    held = session.get_one(Run, cast.run)
    lena = session.get_one(Person, cast.lena)
    later = make.day(
        session,
        session.get_one(Organisation, cast.organisation),
        on=clock.today("America/New_York") + timedelta(days=28),
    )
    group = session.get_one(Cohort, cast.cohort)
    again = make.run(session, later, group, version_hash=held.version_hash, facilitator=None)
    newest = make.seat(session, again, lena)

    def mine() -> list[int]:
        return [seat.seat_id for seat in seats_of(session, person_id=cast.lena, organisations={cast.organisation})]

    def one(seat_id: int | None = None) -> SeatRow | None:
        return seat_of(
            session, person_id=cast.lena, organisations={cast.organisation}, module="small-talk", seat_id=seat_id
        )

    assert mine() == [newest.id, cast.lena_seat]
    first = one()
    asked = one(cast.lena_seat)
    assert first is not None
    assert asked is not None
    assert (first.seat_id, first.facilitator, asked.seat_id) == (newest.id, None, cast.lena_seat)
    session.execute(update(Run).where(Run.id == again.id).values(cancelled_at=clock.now()))
    assert mine() == [cast.lena_seat]
    session.execute(update(Seat).where(Seat.id == cast.lena_seat).values(cancelled_at=clock.now()))
    assert mine() == []


def test_other_peoples_and_other_organisations_seats_are_not_there(cast: Cast, session: Session) -> None:
    there = {cast.other_organisation}
    assert seat_of(session, person_id=cast.otto, organisations=there, module="small-talk") is not None
    assert seat_of(session, person_id=cast.otto, organisations={cast.organisation}, module="small-talk") is None
    for seat_id in (cast.otto_seat, cast.leo_seat, 0, 2**40):
        mine = seat_of(
            session, person_id=cast.lena, organisations={cast.organisation}, module="small-talk", seat_id=seat_id
        )
        assert mine is None
    assert seat_of(session, person_id=cast.lena, organisations={cast.organisation}, module="large-talk") is None
    assert versions_of(session, person_id=cast.lena, organisations=there) == ()


def test_the_card_and_the_ticks_are_written_once(cast: Cast, session: Session) -> None:
    put_card_away(session, seat_id=cast.lena_seat)
    first = session.get_one(Seat, cast.lena_seat, populate_existing=True).welcomed_at
    put_card_away(session, seat_id=cast.lena_seat)
    assert session.get_one(Seat, cast.lena_seat, populate_existing=True).welcomed_at == first
    assert first is not None
    for block in ("hello", "hello", "two-jobs"):
        tick_block(session, seat_id=cast.lena_seat, block=block)
    assert blocks_read(session, seat_id=cast.lena_seat) == {"hello", "two-jobs"}
    assert blocks_read(session, seat_id=cast.leo_seat) == frozenset()
