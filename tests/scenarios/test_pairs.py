"""Two at one device: the play counts for both, and only people of the same course may be named."""

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from course import clock
from course.cohorts.models import Seat
from course.outbox.service import take_notes
from course.scenarios import queries, service
from course.scenarios.queries import Beside
from tests.make import Cast
from tests.scenarios.plays import CASE, WHOLE, begin, go


def test_a_play_counts_for_both(crew: Cast, session: Session) -> None:
    attempt = begin(session, crew, partner_id=crew.leo_seat)
    assert queries.beside(session, seat_id=crew.leo_seat, scenario=CASE) == Beside("Lena Brandt", None)
    assert queries.beside(session, seat_id=crew.lena_seat, scenario=CASE) is None
    assert queries.finished(session, [crew.lena_seat, crew.leo_seat]) == {crew.lena_seat: {}, crew.leo_seat: {}}
    go(session, attempt, *WHOLE)
    assert take_notes(session) == {crew.lena_seat, crew.leo_seat}
    done = {CASE: attempt.finished_at}
    assert queries.finished(session, [crew.lena_seat, crew.leo_seat]) == {crew.lena_seat: done, crew.leo_seat: done}
    assert queries.beside(session, seat_id=crew.leo_seat, scenario=CASE) == Beside("Lena Brandt", attempt.finished_at)


def test_alone_it_counts_for_one(crew: Cast, session: Session) -> None:
    attempt = begin(session, crew)
    go(session, attempt, *WHOLE)
    assert take_notes(session) == {crew.lena_seat}
    assert queries.finished(session, [crew.leo_seat]) == {crew.leo_seat: {}}


def test_the_first_time_counts(crew: Cast, session: Session) -> None:
    own = begin(session, crew, crew.leo_seat)
    go(session, own, *WHOLE)
    together = begin(session, crew, partner_id=crew.leo_seat)
    go(session, together, *WHOLE)
    assert queries.finished(session, [crew.leo_seat]) == {crew.leo_seat: {CASE: own.finished_at}}


def test_nobody_from_elsewhere_is_a_partner(crew: Cast, session: Session) -> None:
    session.execute(update(Seat).where(Seat.id == crew.leo_seat).values(cancelled_at=clock.now()))
    for seat_id in (crew.lena_seat, crew.otto_seat, crew.leo_seat, 999_999):
        with pytest.raises(service.NotBesideYou):
            begin(session, crew, partner_id=seat_id)
    assert queries.play(session, seat_id=crew.lena_seat, scenario=CASE) is None
    session.execute(update(Seat).where(Seat.id == crew.leo_seat).values(cancelled_at=None))
    assert begin(session, crew, partner_id=crew.leo_seat).number == 1
