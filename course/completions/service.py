"""Settling results in the transaction of their cause, and issuing certificates."""

import secrets
from collections.abc import Iterable

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from course import clock
from course.completions.models import Certificate, Completion
from course.completions.queries import documents, facts
from course.completions.queries.facts import SeatRow
from course.completions.rules import Facts, Result, judge
from course.content.schema import Module
from course.library.queries import module as read_module
from course.outbox import service as outbox

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No letter or digit that is taken for another when it is read aloud or typed from paper."""


def settle(session: Session) -> None:
    """Recompute every result that a note of this transaction names. Called once, just before the commit."""
    noted = outbox.take_notes(session)
    if noted:
        # What the services changed must be in the database before it is read back.
        session.flush()
        recompute(session, noted)


def recompute(session: Session, seat_ids: Iterable[int]) -> None:
    """Bring the results of these seats up to their facts. Doing it twice changes nothing."""
    rows = facts.seats(session, seat_ids)
    known = {
        row.seat_id: row
        for row in session.scalars(select(Completion).where(Completion.seat_id.in_([row.seat_id for row in rows])))
    }
    known_facts = facts.facts(session, [row.seat_id for row in rows])
    for row in rows:
        module = read_module(session, row.version_hash)
        result = judge(module, known_facts[row.seat_id])
        _keep(session, row.seat_id, known.get(row.seat_id), result)
        _certify(session, row, module, result, known_facts[row.seat_id])


def _keep(session: Session, seat_id: int, completion: Completion | None, result: Result) -> None:
    now = clock.now()
    reasons = list(result.reasons)
    if completion is None:
        session.add(
            Completion(
                seat_id=seat_id,
                attended=result.attended,
                completed=result.completed,
                reasons=reasons,
                waits=result.waits,
                attended_at=now if result.attended else None,
                completed_at=now if result.completed else None,
            )
        )
        return
    if completion.attended != result.attended:
        completion.attended = result.attended
        completion.attended_at = now if result.attended else None
    if completion.completed != result.completed:
        completion.completed = result.completed
        completion.completed_at = now if result.completed else None
    if completion.reasons != reasons:
        completion.reasons = reasons
    if completion.waits != result.waits:
        completion.waits = result.waits


def _certify(session: Session, row: SeatRow, module: Module, result: Result, known: Facts) -> None:
    """Issue when the rule is met and nothing valid is out; revoke when it is met no longer."""
    valid = documents.certificate_of_seat(session, row.seat_id)
    if result.completed and valid is None:
        _issue(session, row, module, known)
    elif not result.completed and valid is not None:
        session.execute(
            update(Certificate)
            .where(Certificate.seat_id == row.seat_id, Certificate.revoked_at.is_(None))
            .where(Certificate.superseded_at.is_(None))
            .values(revoked_at=clock.now())
        )


def _issue(session: Session, row: SeatRow, module: Module, known: Facts) -> None:
    session.add(
        Certificate(
            seat_id=row.seat_id,
            code=_new_code(),
            printed={
                "name": row.name,
                "organisation": row.organisation,
                "facilitator": row.facilitator or "",
                "module": module.title,
                "lang": module.lang,
                "date": row.date.isoformat(),
                "minutes": min(known.minutes or module.contact_minutes, module.contact_minutes),
                "outcomes": [outcome.text for outcome in module.outcomes],
            },
            issued_at=clock.now(),
        )
    )
    session.flush()


def _new_code() -> str:
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3))


def reissue(session: Session, *, seat_id: int) -> bool:
    """Issue a completed seat's certificate again, as things are now; the old one is superseded.

    Returns False when the seat has no valid certificate.
    """
    if documents.certificate_of_seat(session, seat_id) is None:
        return False
    session.execute(
        update(Certificate)
        .where(Certificate.seat_id == seat_id, Certificate.superseded_at.is_(None), Certificate.revoked_at.is_(None))
        .values(superseded_at=clock.now())
    )
    (row,) = facts.seats(session, [seat_id])
    _issue(session, row, read_module(session, row.version_hash), facts.facts(session, [seat_id])[seat_id])
    return True
