"""Results of a module's rule, and certificates."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from course.database import Base


class Completion(Base, kw_only=True):
    """What the rule says of one seat, with the reasons for each "not yet". Settled in the transaction of its cause."""

    __tablename__ = "completions_completion"

    seat_id: Mapped[int] = mapped_column(ForeignKey("cohorts_seat.id"), primary_key=True)
    attended: Mapped[bool]
    completed: Mapped[bool]
    reasons: Mapped[list[Any]]
    """``[{"code", ...facts}]``: what is missing, in the order of the rule."""
    waits: Mapped[bool] = mapped_column(default=False)
    """Whether all that is missing is somebody else's to do: the facilitator's feedback or their note of presence."""
    attended_at: Mapped[datetime | None] = mapped_column(default=None)
    completed_at: Mapped[datetime | None] = mapped_column(default=None)


class Certificate(Base, kw_only=True):
    """A document frozen when it was issued. A correction supersedes it; a lost completion revokes it."""

    __tablename__ = "completions_certificate"
    __table_args__ = (
        Index(
            "uq_completions_certificate_valid",
            "seat_id",
            unique=True,
            sqlite_where=text("superseded_at IS NULL AND revoked_at IS NULL"),
            postgresql_where=text("superseded_at IS NULL AND revoked_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("cohorts_seat.id"), index=True)
    code: Mapped[str] = mapped_column(unique=True)
    printed: Mapped[dict[str, Any]]
    """Name, module, date, hours, outcomes, organisation: everything the document shows."""
    issued_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None] = mapped_column(default=None)
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)
