"""The door of a room: opened, changed and closed by its facilitator; people come in by it and are let out again."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from course import clock
from course.cohorts.models import Arrival, CohortMember, Day, Door, Membership, Role, Run, Seat
from course.cohorts.queries import door as queries
from course.cohorts.rules.calendar import tidy
from course.cohorts.rules.door import Refusal, TooLate, good_until, new_code, new_key
from course.cohorts.service import calendar
from course.people import service as people
from course.statements import columns, insert_once, write_row

WAY = "door"
# Built once: a whole room comes in at the same moment.
_RUN = select(Door.run_id).where(Door.id == bindparam("door_id"))
_ARRIVE = insert_once(Arrival)


@dataclass(frozen=True)
class Entered:
    """Somebody got in: the token for their cookie, and where they are now."""

    token: str
    seat_id: int
    person_id: int


def open_door(session: Session, *, run_id: int) -> Door:
    """Open the door of a run until the end of its day, or return the one that is open.

    Raises TooLate.
    """
    now = clock.now()
    day = session.execute(select(Day.date, Day.zone).join(Run, Run.day_id == Day.id).where(Run.id == run_id)).one()
    until = good_until(day.date, day.zone)
    if until <= now:
        raise TooLate
    # A code that ran out yesterday may be drawn again.
    session.execute(update(Door).where(Door.closed_at.is_(None), Door.expires_at <= now).values(closed_at=now))
    opened = select(Door).where(Door.run_id == run_id, Door.closed_at.is_(None))
    while (door := session.execute(opened).scalar_one_or_none()) is None:
        try:
            with session.begin_nested():
                session.add(Door(run_id=run_id, code=new_code(), key=new_key(), opened_at=now, expires_at=until))
        except IntegrityError:
            # Somebody opened it a moment ago, or the code was drawn for another door: look again.
            continue
    return door


def close_door(session: Session, *, run_id: int) -> None:
    """Close the door. Those who are in stay in."""
    session.execute(update(Door).where(Door.run_id == run_id, Door.closed_at.is_(None)).values(closed_at=clock.now()))


def change_code(session: Session, *, run_id: int) -> Door:
    """Close the door and open it under a new code. Those who are in stay in.

    Raises TooLate.
    """
    close_door(session, run_id=run_id)
    return open_door(session, run_id=run_id)


def come_in(session: Session, *, door_id: int, seat_id: int) -> Entered | Refusal:
    """Take a place by picking its name, in a session that holds the learner role and nothing more.

    Of two who pick the same name at once, the unique index lets one in.
    """
    run_id = columns(session, _RUN, {"door_id": door_id}).scalar_one()
    place = queries.name_at(session, run_id=run_id, seat_id=seat_id)
    if place is None:
        return Refusal.UNKNOWN
    if place.must_sign_in:
        return Refusal.SIGN_IN
    if place.taken:
        return Refusal.TAKEN
    return _arrive(session, door_id=door_id, seat_id=seat_id, person_id=place.person_id)


def come_in_unlisted(session: Session, *, door_id: int, name: str) -> Entered | Refusal:
    """Seat somebody who is on no list, and let them in. The facilitator sees them as a walk-in.

    Raises RunCancelled.
    """
    run_id = columns(session, _RUN, {"door_id": door_id}).scalar_one()
    wanted = tidy(name).casefold()
    if any(place.name.casefold() == wanted for place in queries.names(session, run_id=run_id)):
        return Refusal.LISTED
    seat = calendar.add_walk_in(session, run_id=run_id, name=name)
    return _arrive(session, door_id=door_id, seat_id=seat.id, person_id=seat.person_id)


def note_arrival(session: Session, *, door_id: int, seat_id: int, session_id: int) -> None:
    """Note that somebody who is signed in as themselves came in. A second time changes nothing."""
    _note(session, door_id=door_id, seat_id=seat_id, session_id=session_id)


def undo_arrival(session: Session, *, run_id: int, arrival_id: int) -> bool:
    """Take back a wrongly taken name: who picked it is signed out, the name is free, what was typed stays.

    Returns whether there was anything to take back.
    """
    person_id = session.execute(
        select(Seat.person_id)
        .join(Arrival, Arrival.seat_id == Seat.id)
        .where(Arrival.id == arrival_id, Arrival.undone_at.is_(None), Seat.run_id == run_id)
    ).scalar_one_or_none()
    if person_id is None:
        return False
    session.execute(update(Arrival).where(Arrival.id == arrival_id).values(undone_at=clock.now()))
    _let_out(session, person_id)
    return True


def remove_walk_in(session: Session, *, run_id: int, seat_id: int) -> bool:
    """Take back a walk-in whole: signed out, off the list, out of the group. What was typed stays with the seat.

    Returns whether there was such a walk-in.
    """
    seat = session.execute(
        select(Seat.id, Seat.person_id, Run.cohort_id, Day.organisation_id)
        .join(Run, Run.id == Seat.run_id)
        .join(Day, Day.id == Run.day_id)
        .where(Seat.id == seat_id, Seat.run_id == run_id, Seat.way == "walk_in", Seat.cancelled_at.is_(None))
    ).one_or_none()
    if seat is None:
        return False
    now = clock.now()
    session.execute(
        update(Arrival).where(Arrival.seat_id == seat.id, Arrival.undone_at.is_(None)).values(undone_at=now)
    )
    _let_out(session, seat.person_id)
    calendar.cancel_seat(session, seat_id=seat.id)
    elsewhere = select(Seat.id).where(Seat.person_id == seat.person_id, Seat.cancelled_at.is_(None)).limit(1)
    if session.execute(elsewhere).first() is None:
        _forget_learner(session, seat.person_id, cohort_id=seat.cohort_id, organisation_id=seat.organisation_id)
    return True


def _arrive(session: Session, *, door_id: int, seat_id: int, person_id: int) -> Entered | Refusal:
    token, session_id = people.open_session(session, person_id=person_id, way=WAY)
    if not _note(session, door_id=door_id, seat_id=seat_id, session_id=session_id):
        # Nobody ever gets to know its token.
        people.end_session(session, session_id=session_id)
        return Refusal.TAKEN
    return Entered(token, seat_id, person_id)


def _note(session: Session, *, door_id: int, seat_id: int, session_id: int) -> bool:
    """Note an arrival, unless somebody is in under this name. Returns whether it was noted."""
    arrival = {"door_id": door_id, "seat_id": seat_id, "session_id": session_id, "at": clock.now()}
    return write_row(session, _ARRIVE, arrival).first() is not None


def _let_out(session: Session, person_id: int) -> None:
    """End what a picked name opened, on other devices too. Whoever proved who they are stays signed in."""
    people.end_other_sessions(session, person_id=person_id, way=WAY)
    people.kill_links(session, person_id=person_id, purposes=("sign_in",), way=WAY)


def _forget_learner(session: Session, person_id: int, *, cohort_id: int, organisation_id: int) -> None:
    """Take somebody who was never meant to be here out of the group and out of the organisation's learners."""
    now = clock.now()
    session.execute(
        update(CohortMember)
        .where(CohortMember.cohort_id == cohort_id, CohortMember.person_id == person_id, CohortMember.left_at.is_(None))
        .values(left_at=now)
    )
    session.execute(
        update(Membership)
        .where(
            Membership.person_id == person_id,
            Membership.organisation_id == organisation_id,
            Membership.role == Role.LEARNER,
            Membership.ended_at.is_(None),
        )
        .values(ended_at=now)
    )
