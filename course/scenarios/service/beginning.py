"""Opening a play, alone or with somebody beside one."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from course import clock
from course.cases import engine
from course.cases.engine import Case
from course.cohorts.models import Seat
from course.library import queries as library
from course.scenarios.models import Attempt, Partner


class UnknownScenario(LookupError):  # noqa: N818 - It names what is missing.
    """The module has no case of this name, or not in these words."""


class NotBesideYou(ValueError):  # noqa: N818 - It is what the learner is told, not a fault.
    """Whoever was named as a partner has no place in the same course, or is the learner."""


def case_of(session: Session, *, version_hash: str, scenario_id: str, skin: str = "") -> Case:
    """Return a case of a published module, ready to play.

    Raises UnknownScenario.
    """
    scenario = library.module(session, version_hash).scenario(scenario_id, skin)
    if scenario is None:
        raise UnknownScenario(scenario_id)
    return engine.compile_case(scenario)


def begin(
    session: Session,
    *,
    seat_id: int,
    scenario_id: str,
    version_hash: str,
    skin: str = "",
    partner_id: int | None = None,
) -> Attempt:
    """Open a play, or return the one that is running. The first is the record, those after it are practice.

    ``partner_id`` is the seat of whoever sits beside the learner: the play counts for it as well.
    Raises UnknownScenario, NotBesideYou.
    """
    newest = (
        select(Attempt)
        .where(Attempt.seat_id == seat_id, Attempt.scenario == scenario_id)
        .order_by(Attempt.number.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    last = session.execute(newest).scalar_one_or_none()
    if last is not None and last.finished_at is None:
        return last
    case = case_of(session, version_hash=version_hash, scenario_id=scenario_id, skin=skin)
    if partner_id is not None and not _beside(session, seat_id, partner_id):
        raise NotBesideYou
    state, _events = engine.begin(case)
    attempt = Attempt(
        seat_id=seat_id,
        scenario=scenario_id,
        version_hash=version_hash,
        number=last.number + 1 if last is not None else 1,
        scene=state.scene,
        state=engine.dump(case, state),
        started_at=clock.now(),
        skin=skin,
    )
    try:
        with session.begin_nested():
            session.add(attempt)
    except IntegrityError:
        # Another request began it a moment ago.
        return session.execute(newest).scalar_one()
    if partner_id is not None:
        session.add(Partner(attempt_id=attempt.id, seat_id=partner_id, at=attempt.started_at))
        session.flush()
    return attempt


def _beside(session: Session, seat_id: int, partner_id: int) -> bool:
    """Whether two seats are two of the same run, and the second one is still taken."""
    run = select(Seat.run_id).where(Seat.id == seat_id).scalar_subquery()
    there = select(Seat.id).where(Seat.id == partner_id, Seat.run_id == run, Seat.cancelled_at.is_(None))
    return partner_id != seat_id and session.execute(there).first() is not None
