from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from course.cohorts.models import Seat
from course.cohorts.queries.presence import PresenceCount, attendance, presence_counts
from course.cohorts.queries.runs import HeldRun, run_of_facilitator
from course.cohorts.rules.presence import LeftBeforeCame, NotATime, read_time
from course.cohorts.service.presence import Said, SayResult, say
from course.database import Engines, unit_of_work
from course.outbox.service import take_notes
from tests.facilitator.build import move_day
from tests.make import Cast


@pytest.fixture
def session(cast: Cast, engines: Engines) -> Iterator[Session]:
    with unit_of_work(engines, write=True) as opened:
        move_day(opened, cast.day, -1)
        yield opened


@pytest.fixture
def held(session: Session, cast: Cast) -> HeldRun:
    return held_by(session, cast.run, cast.farid, cast.organisation)


def held_by(session: Session, run_id: int, facilitator_id: int, organisation_id: int) -> HeldRun:
    held = run_of_facilitator(session, run_id=run_id, facilitator_id=facilitator_id, organisations=[organisation_id])
    assert held is not None
    return held


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("9:40", 580),
        ("09:40", 580),
        ("940", 580),
        ("0940", 580),
        ("09.40", 580),
        (" 9.40 ", 580),
        ("9 40", 580),
        ("9h40", 580),
        ("9", 540),
        ("15", 900),
        ("1500", 900),
        ("0:00", 0),
        ("23:59", 1439),
    ],
)
def test_times_as_people_type_them(typed: str, minutes: int) -> None:
    assert read_time(typed) == minutes


@pytest.mark.parametrize(
    "typed", ["", " ", "24:00", "9:60", "960", "9:5", "9:405", "94000", "-9:40", "9:40 pm", "soon", "٩:٤٠", "9::40"]
)
def test_nonsense_is_no_time(typed: str) -> None:
    with pytest.raises(NotATime):
        read_time(typed)


def test_said_is_noted_with_its_contact_minutes(session: Session, cast: Cast, held: HeldRun) -> None:
    result = say(session, held, seat_id=cast.lena_seat, came=580, left=780, base_version=0, by_id=cast.farid)
    # 200 minutes less the break from 11:45 to 12:45.
    assert result == SayResult(Said.SAVED, 1, 580, 780, 140)
    assert take_notes(session) == {cast.lena_seat}
    counts = presence_counts(session, run_ids=[cast.run, cast.other_run])
    assert counts == {cast.run: PresenceCount(2, 1), cast.other_run: PresenceCount(1, 0)}


def test_a_stale_write_is_a_conflict_and_the_same_times_are_none(session: Session, cast: Cast, held: HeldRun) -> None:
    say(session, held, seat_id=cast.lena_seat, came=540, left=680, base_version=0, by_id=cast.farid)
    second = say(session, held, seat_id=cast.lena_seat, came=580, left=680, base_version=1, by_id=cast.farid)
    assert (second.kind, second.version) == (Said.SAVED, 2)
    take_notes(session)
    for base in (0, 1, 7):
        stale = say(session, held, seat_id=cast.lena_seat, came=590, left=680, base_version=base, by_id=cast.farid)
        assert (stale.kind, stale.version, stale.came) == (Said.CONFLICT, 2, 580)
        same = say(session, held, seat_id=cast.lena_seat, came=580, left=680, base_version=base, by_id=cast.farid)
        assert same.kind is Said.UNCHANGED
    assert take_notes(session) == set()
    [lena] = [seat for seat in attendance(session, run_id=cast.run) if seat.seat_id == cast.lena_seat]
    assert (lena.came, lena.left, lena.version) == (580, 680, 2)


def test_absent_is_no_minutes_and_backwards_is_refused(session: Session, cast: Cast, held: HeldRun) -> None:
    with pytest.raises(LeftBeforeCame):
        say(session, held, seat_id=cast.lena_seat, came=600, left=599, base_version=0, by_id=cast.farid)
    result = say(session, held, seat_id=cast.lena_seat, came=540, left=540, base_version=0, by_id=cast.farid)
    assert (result.kind, result.minutes) == (Said.SAVED, 0)


def test_nothing_is_said_before_the_day_begins(session: Session, cast: Cast) -> None:
    elsewhere = held_by(session, cast.other_run, cast.otto_facilitator, cast.other_organisation)
    early = say(
        session, elsewhere, seat_id=cast.otto_seat, came=540, left=680, base_version=0, by_id=cast.otto_facilitator
    )
    assert early.kind is Said.TOO_EARLY
    assert take_notes(session) == set()
    assert [seat.version for seat in attendance(session, run_id=cast.other_run)] == [0]


def test_a_cancelled_seat_is_not_on_the_list(session: Session, cast: Cast) -> None:
    leo = session.get_one(Seat, cast.leo_seat)
    leo.cancelled_at = leo.created_at
    session.flush()
    assert [seat.name for seat in attendance(session, run_id=cast.run)] == ["Lena Brandt"]
