"""The door: opened, changed and closed; who comes in and who is let out again."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from course import clock
from course.cohorts.models import Arrival, CohortMember, Day, Door, Membership, Role, Seat
from course.cohorts.queries.door import (
    door_by_code,
    name_at,
    names,
    place_of,
    room,
    run_of_old_code,
)
from course.cohorts.rules.door import Refusal, TooLate, read_code
from course.cohorts.service.calendar import add_walk_in
from course.cohorts.service.door import (
    Entered,
    change_code,
    close_door,
    come_in,
    come_in_unlisted,
    note_arrival,
    open_door,
    remove_walk_in,
    undo_arrival,
)
from course.database import Engines, unit_of_work
from course.outbox.service import take_notes
from course.people.models import Identity, Person
from course.people.service import SpentLink, make_link, open_session, spend_link
from course.web.viewer import read_viewer
from tests.make import Cast, membership


@pytest.fixture
def session(cast: Cast, engines: Engines) -> Iterator[Session]:
    """A writing session that opens after the cast is there: SQLite has one writer."""
    with unit_of_work(engines, write=True) as opened:
        yield opened


def entered(answer: Entered | Refusal) -> Entered:
    assert isinstance(answer, Entered)
    return answer


def move_day(session: Session, cast: Cast, days: int) -> None:
    session.execute(update(Day).where(Day.id == cast.day).values(date=clock.today("UTC") + timedelta(days=days)))


def test_a_run_has_one_open_door(session: Session, cast: Cast) -> None:
    first = open_door(session, run_id=cast.run)
    assert read_code(first.code) == first.code
    assert open_door(session, run_id=cast.run).id == first.id
    found = door_by_code(session, first.code)
    assert found is not None
    assert (found.run_id, found.module, found.facilitator) == (cast.run, "small-talk", "Farid Haddad")


def test_a_changed_code_opens_and_the_old_one_does_not(session: Session, cast: Cast) -> None:
    first = open_door(session, run_id=cast.run)
    inside = entered(come_in(session, door_id=first.id, seat_id=cast.lena_seat))
    second = change_code(session, run_id=cast.run)
    assert second.code != first.code
    assert door_by_code(session, first.code) is None
    assert run_of_old_code(session, first.code) == cast.run
    assert run_of_old_code(session, "CCCCCC") is None
    assert door_by_code(session, second.code) is not None
    assert read_viewer(session, inside.token) is not None


def test_a_closed_door_opens_again_under_another_code(session: Session, cast: Cast) -> None:
    first = open_door(session, run_id=cast.run)
    close_door(session, run_id=cast.run)
    assert door_by_code(session, first.code) is None
    assert open_door(session, run_id=cast.run).code != first.code


def test_a_door_is_good_until_the_day_ends_and_opens_no_more_after_it(session: Session, cast: Cast) -> None:
    door = open_door(session, run_id=cast.run)
    door.expires_at = clock.now() - timedelta(seconds=1)
    session.flush()
    assert door_by_code(session, door.code) is None
    again = open_door(session, run_id=cast.run)
    assert door_by_code(session, again.code) is not None
    move_day(session, cast, -3)
    close_door(session, run_id=cast.run)
    with pytest.raises(TooLate):
        open_door(session, run_id=cast.run)


def test_many_who_open_at_once_get_the_same_door(engines: Engines, cast: Cast) -> None:
    def knock(_tab: int) -> str:
        with unit_of_work(engines, write=True) as session:
            return open_door(session, run_id=cast.run).code

    with ThreadPoolExecutor(6) as tabs:
        codes = set(tabs.map(knock, range(6)))
    assert len(codes) == 1
    with unit_of_work(engines, write=False) as session:
        assert len(session.execute(select(Door.id)).all()) == 1


def test_picking_a_name_opens_a_learners_session(session: Session, cast: Cast) -> None:
    door = open_door(session, run_id=cast.run)
    inside = entered(come_in(session, door_id=door.id, seat_id=cast.lena_seat))
    viewer = read_viewer(session, inside.token)
    assert viewer is not None
    assert (viewer.person_id, viewer.way) == (cast.lena, "door")
    assert viewer.roles == frozenset({(Role.LEARNER, cast.organisation)})
    assert come_in(session, door_id=door.id, seat_id=cast.lena_seat) is Refusal.TAKEN
    place = place_of(session, session_id=viewer.session_id)
    assert place is not None
    assert (place.run_id, place.module) == (cast.run, "small-talk")


def test_seats_of_other_runs_and_cancelled_ones_are_unknown(session: Session, cast: Cast) -> None:
    door = open_door(session, run_id=cast.run)
    session.execute(update(Seat).where(Seat.id == cast.leo_seat).values(cancelled_at=clock.now()))
    for seat_id in (cast.otto_seat, cast.leo_seat, 10_000):
        assert come_in(session, door_id=door.id, seat_id=seat_id) is Refusal.UNKNOWN
    assert [one.name for one in names(session, run_id=cast.run)] == ["Lena Brandt"]
    assert name_at(session, run_id=cast.run, seat_id=cast.otto_seat) is None


@pytest.mark.parametrize("role", [Role.FACILITATOR, Role.MANAGER, Role.ADMIN])
def test_nobody_with_another_role_can_be_picked(session: Session, cast: Cast, role: Role) -> None:
    door = open_door(session, run_id=cast.run)
    leo = session.get_one(Person, cast.leo)
    held = membership(session, leo, role) if role is Role.ADMIN else _member(session, cast, leo, role)
    assert come_in(session, door_id=door.id, seat_id=cast.leo_seat) is Refusal.SIGN_IN
    assert {one.name: one.must_sign_in for one in names(session, run_id=cast.run)} == {
        "Lena Brandt": False,
        "Leo Marsh": True,
    }
    held.ended_at = clock.now()
    session.flush()
    assert isinstance(come_in(session, door_id=door.id, seat_id=cast.leo_seat), Entered)


def _member(session: Session, cast: Cast, who: Person, role: Role) -> Membership:
    # A role in another organisation counts as well: it is the same person.
    held = Membership(person_id=who.id, organisation_id=cast.other_organisation, role=role, created_at=clock.now())
    session.add(held)
    session.flush()
    return held


def test_nobody_with_a_password_can_be_picked(session: Session, cast: Cast) -> None:
    door = open_door(session, run_id=cast.run)
    session.execute(update(Identity).where(Identity.person_id == cast.lena).values(password_hash="a hash"))
    assert come_in(session, door_id=door.id, seat_id=cast.lena_seat) is Refusal.SIGN_IN
    assert isinstance(come_in(session, door_id=door.id, seat_id=cast.leo_seat), Entered)


def test_of_many_who_pick_the_same_name_one_gets_it(engines: Engines, cast: Cast) -> None:
    with unit_of_work(engines, write=True) as session:
        door_id = open_door(session, run_id=cast.run).id

    def pick(_phone: int) -> Entered | Refusal:
        with unit_of_work(engines, write=True) as mine:
            return come_in(mine, door_id=door_id, seat_id=cast.lena_seat)

    with ThreadPoolExecutor(8) as phones:
        answers = list(phones.map(pick, range(8)))
    assert [answer for answer in answers if isinstance(answer, Refusal)] == [Refusal.TAKEN] * 7
    with unit_of_work(engines, write=False) as session:
        assert len(session.execute(select(Arrival.id)).all()) == 1
        tokens = [answer.token for answer in answers if isinstance(answer, Entered)]
        assert [read_viewer(session, token) is not None for token in tokens] == [True]


def test_undo_signs_out_what_the_name_opened_and_frees_it(session: Session, cast: Cast) -> None:
    door = open_door(session, run_id=cast.run)
    wrong = entered(come_in(session, door_id=door.id, seat_id=cast.lena_seat))
    other = entered(come_in(session, door_id=door.id, seat_id=cast.leo_seat))
    copied = make_link(session, person_id=cast.lena, purpose="sign_in", way="door")
    own_link = make_link(session, person_id=cast.lena, purpose="sign_in")
    own, _id = open_session(session, person_id=cast.lena, way="link")
    [arrival] = [one for one in room(session, run_id=cast.run).arrived if one.name == "Lena Brandt"]

    assert undo_arrival(session, run_id=cast.other_run, arrival_id=arrival.arrival_id) is False
    assert read_viewer(session, wrong.token) is not None
    assert undo_arrival(session, run_id=cast.run, arrival_id=arrival.arrival_id) is True

    assert read_viewer(session, wrong.token) is None
    assert read_viewer(session, other.token) is not None
    assert read_viewer(session, own) is not None
    assert spend_link(session, token=copied, purpose="sign_in") is None
    assert spend_link(session, token=own_link, purpose="sign_in") == SpentLink(cast.lena, "link")
    assert undo_arrival(session, run_id=cast.run, arrival_id=arrival.arrival_id) is False
    assert [one.name for one in room(session, run_id=cast.run).missing] == ["Lena Brandt"]
    assert isinstance(come_in(session, door_id=door.id, seat_id=cast.lena_seat), Entered)


def test_a_walk_in_is_seated_and_can_be_taken_back_whole(session: Session, cast: Cast) -> None:
    door = open_door(session, run_id=cast.run)
    inside = entered(come_in_unlisted(session, door_id=door.id, name="  Nia   Cole "))
    assert [(one.name, one.walk_in) for one in room(session, run_id=cast.run).arrived] == [("Nia Cole", True)]
    viewer = read_viewer(session, inside.token)
    assert viewer is not None
    assert viewer.roles == frozenset({(Role.LEARNER, cast.organisation)})
    take_notes(session)

    assert remove_walk_in(session, run_id=cast.other_run, seat_id=inside.seat_id) is False
    assert remove_walk_in(session, run_id=cast.run, seat_id=cast.lena_seat) is False
    assert remove_walk_in(session, run_id=cast.run, seat_id=inside.seat_id) is True

    assert read_viewer(session, inside.token) is None
    assert take_notes(session) == {inside.seat_id}
    assert [one.name for one in names(session, run_id=cast.run)] == ["Lena Brandt", "Leo Marsh"]
    live = select(CohortMember.person_id).where(CohortMember.left_at.is_(None), CohortMember.cohort_id == cast.cohort)
    assert set(session.execute(live).scalars()) == {cast.lena, cast.leo}
    assert remove_walk_in(session, run_id=cast.run, seat_id=inside.seat_id) is False


def test_a_walk_in_with_another_seat_stays_a_learner(session: Session, cast: Cast) -> None:
    added = add_walk_in(session, run_id=cast.run, name="Nia Cole")
    elsewhere = Seat(
        run_id=cast.other_run,
        day_id=_day_of(session, cast),
        person_id=added.person_id,
        way="manager",
        created_at=clock.now(),
    )
    session.add(elsewhere)
    session.flush()
    assert remove_walk_in(session, run_id=cast.run, seat_id=added.id) is True
    held = select(Membership.role).where(Membership.person_id == added.person_id, Membership.ended_at.is_(None))
    assert session.execute(held).scalars().all() == ["learner"]


def _day_of(session: Session, cast: Cast) -> int:
    return session.execute(select(Seat.day_id).where(Seat.id == cast.otto_seat)).scalar_one()


def test_a_walk_in_does_not_take_a_name_from_the_list(session: Session, cast: Cast) -> None:
    door = open_door(session, run_id=cast.run)
    assert come_in_unlisted(session, door_id=door.id, name="lena  BRANDT") is Refusal.LISTED
    assert len(names(session, run_id=cast.run)) == 2


def test_whoever_is_signed_in_as_themselves_arrives_once(session: Session, cast: Cast) -> None:
    door = open_door(session, run_id=cast.run)
    token, session_id = open_session(session, person_id=cast.lena, way="password")
    for _ in range(2):
        note_arrival(session, door_id=door.id, seat_id=cast.lena_seat, session_id=session_id)
    [arrival] = room(session, run_id=cast.run).arrived
    assert undo_arrival(session, run_id=cast.run, arrival_id=arrival.arrival_id) is True
    assert read_viewer(session, token) is not None


def test_the_room_counts_the_seats_of_its_own_run(session: Session, cast: Cast) -> None:
    shown = room(session, run_id=cast.run)
    assert (shown.code, shown.expected, [one.name for one in shown.missing]) == (None, 2, ["Lena Brandt", "Leo Marsh"])
    door = open_door(session, run_id=cast.run)
    come_in(session, door_id=door.id, seat_id=cast.leo_seat)
    shown = room(session, run_id=cast.run)
    assert (shown.code, shown.key) == (door.code, door.key)
    assert ([one.name for one in shown.arrived], [one.name for one in shown.missing]) == (
        ["Leo Marsh"],
        ["Lena Brandt"],
    )
