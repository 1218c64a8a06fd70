"""Certificates and settled results of one seat."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from course.completions.models import Certificate, Completion
from course.statements import columns


@dataclass(frozen=True)
class Verified:
    """What anybody with the code may read, as printed, and nothing else."""

    status: str
    """valid, superseded or revoked."""
    name: str
    module: str
    date: str


# The statements are built once: building one costs more than running it.
_CERTIFICATE = select(Certificate.code, Certificate.printed, Certificate.issued_at).where(
    Certificate.seat_id == bindparam("seat_id"), Certificate.superseded_at.is_(None), Certificate.revoked_at.is_(None)
)
_OUTCOME = (
    select(Completion.attended, Completion.completed, Completion.reasons, Certificate.code)
    .outerjoin(
        Certificate,
        (Certificate.seat_id == Completion.seat_id)
        & Certificate.superseded_at.is_(None)
        & Certificate.revoked_at.is_(None),
    )
    .where(Completion.seat_id == bindparam("seat_id"))
)


def verified(session: Session, code: str) -> Verified | None:
    """Return the certificate under a code, or None."""
    row = session.execute(
        select(Certificate.printed, Certificate.superseded_at, Certificate.revoked_at).where(Certificate.code == code)
    ).first()
    if row is None:
        return None
    status = "revoked" if row.revoked_at else "superseded" if row.superseded_at else "valid"
    return Verified(status, row.printed["name"], row.printed["module"], row.printed["date"])


@dataclass(frozen=True)
class Document:
    """A certificate as its PDF is made from it."""

    code: str
    printed: dict[str, Any]
    issued_at: datetime


def certificate_of_seat(session: Session, seat_id: int) -> Document | None:
    """Return the valid certificate of a seat, or None."""
    row = columns(session, _CERTIFICATE, {"seat_id": seat_id}).first()
    return Document(row.code, row.printed, row.issued_at) if row else None


@dataclass(frozen=True)
class Outcome:
    """The settled result of one seat."""

    attended: bool
    completed: bool
    reasons: list[dict[str, Any]]
    certificate: str | None


def outcome_of_seat(session: Session, seat_id: int) -> Outcome | None:
    """Return the settled result of a seat with the code of its valid certificate; None when nothing happened yet."""
    row = columns(session, _OUTCOME, {"seat_id": seat_id}).first()
    return Outcome(row.attended, row.completed, row.reasons, row.code) if row else None
