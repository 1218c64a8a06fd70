"""Days, runs and seats: what the services do and refuse, and that racing managers seat nobody twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from course.cohorts.models import CohortMember, Membership, Role, Run, Seat
from course.cohorts.rules.calendar import (
    DayFull,
    NameTaken,
    NotLive,
    RunCancelled,
    SeatTaken,
    WorkExists,
    known_zone,
    tidy,
    zones,
)
from course.cohorts.service import calendar
from course.database import Engines, unit_of_work
from course.outbox.service import take_notes
from course.people.models import Person
from tests import make
from tests.make import Cast


def free(_session: Session, _run_id: int) -> bool:
    return False


def busy(_session: Session, _run_id: int) -> bool:
    return True


def live_seats(session: Session, run_id: int) -> list[int]:
    return list(
        session.execute(
            select(Seat.person_id).where(Seat.run_id == run_id, Seat.cancelled_at.is_(None)).order_by(Seat.person_id)
        ).scalars()
    )


def second_run(session: Session, cast: Cast) -> Run:
    return calendar.add_run(
        session, day_id=cast.day, cohort_id=cast.cohort, module="small-talk", facilitator_id=cast.farid
    )


def test_cohort_name_is_taken_only_within_the_organisation(cast: Cast, session: Session) -> None:
    with pytest.raises(NameTaken):
        calendar.add_cohort(session, organisation_id=cast.organisation, name="  October   Friday ")
    elsewhere = calendar.add_cohort(session, organisation_id=cast.other_organisation, name="October Friday")
    assert elsewhere.name == "October Friday"


def test_add_member_twice_is_one_membership(cast: Cast, session: Session) -> None:
    new = make.person(session, "Nora Weiss")
    first = calendar.add_member(session, cohort_id=cast.cohort, person_id=new.id)
    second = calendar.add_member(session, cohort_id=cast.cohort, person_id=new.id)
    assert first.id == second.id


def test_run_pins_the_live_version(cast: Cast, session: Session) -> None:
    run = second_run(session, cast)
    assert (run.version_hash, run.module, run.opens_days, run.due_days) == (cast.version_hash, "small-talk", 7, 7)
    with pytest.raises(NotLive):
        calendar.add_run(session, day_id=cast.day, cohort_id=cast.cohort, module="nobody", facilitator_id=None)


def test_a_day_holds_three_runs_and_a_cancelled_one_makes_room(cast: Cast, session: Session) -> None:
    second, _third = second_run(session, cast), second_run(session, cast)
    with pytest.raises(DayFull):
        second_run(session, cast)
    calendar.cancel_run(session, run_id=second.id, has_work=free)
    session.flush()
    assert second_run(session, cast).id > second.id


def test_day_and_window_change(cast: Cast, session: Session) -> None:
    day = calendar.add_day(
        session,
        organisation_id=cast.organisation,
        date=date(2026, 11, 27),
        starts=540,
        zone="Europe/Berlin",
        place=" Room  1 ",
    )
    calendar.change_day(
        session, day_id=day.id, date=date(2026, 11, 26), starts=600, zone="America/Chicago", place="Hall"
    )
    calendar.set_window(session, run_id=cast.run, opens_days=3, due_days=10)
    calendar.set_facilitator(session, run_id=cast.run, person_id=None)
    session.expire_all()
    run = session.get_one(Run, cast.run)
    assert (day.date, day.starts, day.zone, day.place) == (date(2026, 11, 26), 600, "America/Chicago", "Hall")
    assert (run.opens_days, run.due_days, run.facilitator_id) == (3, 10, None)


def test_moving_a_day_leaves_notes_for_its_seats(cast: Cast, session: Session) -> None:
    calendar.change_day(session, day_id=cast.day, date=date(2027, 1, 29), starts=540, zone="UTC", place="Hall")
    assert take_notes(session) == {cast.lena_seat, cast.leo_seat}


def test_a_second_seat_on_the_day_is_refused_by_name(cast: Cast, session: Session) -> None:
    beside = second_run(session, cast)
    with pytest.raises(SeatTaken) as refused:
        calendar.add_seat(session, run_id=beside.id, person_id=cast.lena)
    assert (refused.value.person_id, refused.value.run_id) == (cast.lena, cast.run)
    nora = make.person(session, "Nora Weiss")
    seat = calendar.add_seat(session, run_id=beside.id, person_id=nora.id)
    assert (seat.run_id, seat.person_id, seat.way) == (beside.id, nora.id, "manager")


def test_seats_for_many_say_who_got_what(cast: Cast, session: Session) -> None:
    beside = second_run(session, cast)
    nora, milo = make.person(session, "Nora Weiss"), make.person(session, "Milo Ott")
    calendar.add_seat(session, run_id=beside.id, person_id=nora.id)
    seated = calendar.add_seats(session, run_id=beside.id, person_ids=[cast.lena, nora.id, milo.id, milo.id])
    assert (seated.added, seated.already, seated.elsewhere) == ((milo.id,), (nora.id,), (cast.lena,))


def test_a_cancelled_seat_comes_back_as_it_was(cast: Cast, session: Session) -> None:
    calendar.cancel_seat(session, seat_id=cast.lena_seat)
    assert live_seats(session, cast.run) == [cast.leo]
    back = calendar.add_seat(session, run_id=cast.run, person_id=cast.lena)
    assert back.id == cast.lena_seat
    assert cast.lena_seat in take_notes(session)


def test_a_cancelled_seat_does_not_come_back_while_another_is_held(cast: Cast, session: Session) -> None:
    beside = second_run(session, cast)
    calendar.cancel_seat(session, seat_id=cast.lena_seat)
    calendar.add_seat(session, run_id=beside.id, person_id=cast.lena)
    with pytest.raises(SeatTaken) as refused:
        calendar.add_seat(session, run_id=cast.run, person_id=cast.lena)
    assert refused.value.run_id == beside.id


def test_cancelling_a_run_frees_its_people_unless_somebody_has_begun(cast: Cast, session: Session) -> None:
    with pytest.raises(WorkExists):
        calendar.cancel_run(session, run_id=cast.run, has_work=busy)
    assert live_seats(session, cast.run) == [cast.lena, cast.leo]
    calendar.cancel_run(session, run_id=cast.run, has_work=free)
    assert live_seats(session, cast.run) == []
    assert take_notes(session) == {cast.lena_seat, cast.leo_seat}
    with pytest.raises(RunCancelled):
        calendar.add_seat(session, run_id=cast.run, person_id=cast.lena)
    with pytest.raises(RunCancelled):
        calendar.add_walk_in(session, run_id=cast.run, name="Wanda Itoh")


def test_a_newer_version_is_used_only_while_nobody_has_begun(cast: Cast, session: Session) -> None:
    newer = make.published(session, make.small_module().model_copy(update={"title": "Small talk, again"}))
    with pytest.raises(WorkExists):
        calendar.use_live_version(session, run_id=cast.run, has_work=busy)
    assert session.get_one(Run, cast.run).version_hash == cast.version_hash
    calendar.use_live_version(session, run_id=cast.run, has_work=free)
    assert session.get_one(Run, cast.run).version_hash == newer


def test_a_walk_in_is_a_learner_and_a_member(cast: Cast, session: Session) -> None:
    seat = calendar.add_walk_in(session, run_id=cast.run, name="  Wanda   Itoh ")
    person = session.get_one(Person, seat.person_id)
    held = session.execute(
        select(Membership.role, Membership.organisation_id).where(Membership.person_id == person.id)
    ).all()
    groups = session.execute(select(CohortMember.cohort_id).where(CohortMember.person_id == person.id)).scalars().all()
    assert (person.name, seat.way) == ("Wanda Itoh", "walk_in")
    assert [tuple(row) for row in held] == [(Role.LEARNER, cast.organisation)]
    assert groups == [cast.cohort]


def test_racing_managers_seat_each_person_once(engines: Engines, cast: Cast) -> None:
    with unit_of_work(engines, write=True) as session:
        runs = [cast.run, second_run(session, cast).id]
        people = [make.person(session, f"Person {number}").id for number in range(20)]
    start = Barrier(8)

    def add(worker: int) -> tuple[int, ...]:
        start.wait()
        # Everybody in the same order: on PostgreSQL two opposite orders would wait for each other.
        with unit_of_work(engines, write=True) as session:
            return calendar.add_seats(session, run_id=runs[worker % 2], person_ids=people).added

    with ThreadPoolExecutor(8) as pool:
        added = [who for result in pool.map(add, range(8)) for who in result]
    with unit_of_work(engines, write=False) as session:
        seats = session.execute(
            select(Seat.person_id, func.count())
            .where(Seat.person_id.in_(people), Seat.cancelled_at.is_(None))
            .group_by(Seat.person_id)
        ).all()
    assert sorted(added) == people
    assert sorted((row[0], row[1]) for row in seats) == [(who, 1) for who in people]


def test_zones_are_places_and_names_are_tidied() -> None:
    assert "America/New_York" in zones()
    assert "Etc/GMT+5" not in zones()
    assert (known_zone("Europe/Berlin"), known_zone("Mars/Olympus")) == (True, False)
    assert tidy("  October \t Friday\n") == "October Friday"
