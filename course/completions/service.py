"""Settling results in the transaction of their cause, and issuing certificates."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, insert, update
from sqlalchemy.orm import Session

from course import clock
from course.completions.models import Certificate, Completion
from course.completions.queries import facts
from course.completions.queries.facts import SeatRow, Settled
from course.completions.rules import Facts, Result, judge
from course.content.schema import Module
from course.database import Base
from course.library.queries import module as read_module
from course.outbox import service as outbox
from course.statements import insert_later, write_later, write_row

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No letter or digit that is taken for another when it is read aloud or typed from paper."""


# The statements are built once: building one costs more than running it.
_COMPLETIONS = Base.metadata.tables[Completion.__tablename__]
_FIRST, _BEGUN = insert(_COMPLETIONS).inline(), insert_later(Completion)
_AGAIN = update(_COMPLETIONS).where(_COMPLETIONS.c.seat_id == bindparam("of_seat"))


def settle(session: Session) -> list[int]:
    """Recompute every result that a note of this transaction names. Called once, just before the commit.

    Returns those of the seats of which an LMS is told.
    """
    noted = outbox.take_notes(session)
    return recompute(session, noted) if noted else []


def recompute(session: Session, seat_ids: Iterable[int]) -> list[int]:
    """Bring the results of these seats up to their facts. Doing it twice changes nothing.

    Returns those of the seats of which an LMS is told.
    """
    # What the services changed must be in the database before it is read back.
    session.flush()
    rows = facts.seats(session, seat_ids)
    modules = {row.version_hash: read_module(session, row.version_hash) for row in rows}
    results = {row.seat_id: judge(modules[row.version_hash], row.facts) for row in rows}
    _keep(session, rows, results)
    for row in rows:
        _certify(session, row, modules[row.version_hash], results[row.seat_id])
    return [row.seat_id for row in rows if row.reported]


@dataclass(frozen=True)
class _Version:
    """A version of a module, which never changes."""

    version_hash: str
    module: Module = field(compare=False)


@lru_cache(maxsize=256)
def _unbegun(version: _Version) -> Result:
    """Return what is missing to whoever has done nothing yet: the same for each of them."""
    return judge(version.module, Facts())


def begin(session: Session, *, seat_id: int, version_hash: str) -> None:
    """Settle a seat that is new in this transaction, so that nothing is known of it and nothing need be read."""
    result = _unbegun(_Version(version_hash, read_module(session, version_hash)))
    if result.completed:
        outbox.note(session, seat_id=seat_id)
    else:
        write_later(session, _BEGUN, {"seat_id": seat_id, **vars(_settled(None, result))})


def _keep(session: Session, rows: Sequence[SeatRow], results: Mapping[int, Result]) -> None:
    """Write down each result that is not what was settled before."""
    first: list[dict[str, Any]] = []
    again: list[dict[str, Any]] = []
    for row in rows:
        settled = _settled(row.settled, results[row.seat_id])
        if row.settled is None:
            first.append({"seat_id": row.seat_id, **vars(settled)})
        elif settled != row.settled:
            again.append({"of_seat": row.seat_id, **vars(settled)})
    if first:
        write_row(session, _FIRST, first)
    if again:
        write_row(session, _AGAIN, again)


def _settled(before: Settled | None, result: Result) -> Settled:
    """Return a result as it is kept, with the moments at which its two answers became yes."""
    now = clock.now()
    attended_at = now if result.attended else None
    completed_at = now if result.completed else None
    if before is not None and before.attended == result.attended:
        attended_at = before.attended_at
    if before is not None and before.completed == result.completed:
        completed_at = before.completed_at
    return Settled(result.attended, result.completed, list(result.reasons), result.waits, attended_at, completed_at)


def _certify(session: Session, row: SeatRow, module: Module, result: Result) -> None:
    """Issue when the rule is met and nothing valid is out; revoke when it is met no longer."""
    if result.completed and not row.certified:
        _issue(session, row, module)
    elif not result.completed and row.certified:
        session.execute(
            update(Certificate)
            .where(Certificate.seat_id == row.seat_id, Certificate.revoked_at.is_(None))
            .where(Certificate.superseded_at.is_(None))
            .values(revoked_at=clock.now())
        )


def _issue(session: Session, row: SeatRow, module: Module) -> None:
    named = facts.named(session, row.seat_id)
    session.add(
        Certificate(
            seat_id=row.seat_id,
            code=_new_code(),
            printed={
                "name": named.name,
                "organisation": named.organisation,
                "facilitator": named.facilitator or "",
                "module": module.title,
                "lang": module.lang,
                "date": named.date.isoformat(),
                "minutes": min(row.minutes or module.contact_minutes, module.contact_minutes),
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
    # A name may have been corrected in this very transaction.
    session.flush()
    rows = facts.seats(session, [seat_id])
    if not any(row.certified for row in rows):
        return False
    session.execute(
        update(Certificate)
        .where(Certificate.seat_id == seat_id, Certificate.superseded_at.is_(None), Certificate.revoked_at.is_(None))
        .values(superseded_at=clock.now())
    )
    (row,) = rows
    _issue(session, row, read_module(session, row.version_hash))
    return True
