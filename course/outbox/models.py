"""Messages owed to the outside."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from course.database import Base


class Message(Base, kw_only=True):
    """A mail or another message, written in the transaction of its cause and delivered later.

    ``key`` names the cause, so that the same cause never sends twice; ``group`` ties messages that can be
    taken back together before they are due.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (Index("ix_outbox_message_due", "sent_at", "due_at"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    kind: Mapped[str]
    recipient: Mapped[str]
    payload: Mapped[dict[str, Any]]
    key: Mapped[str | None] = mapped_column(default=None, unique=True)
    group: Mapped[str | None] = mapped_column(default=None, index=True)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None] = mapped_column(default=None)
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    recalled_at: Mapped[datetime | None] = mapped_column(default=None)
    error: Mapped[str | None] = mapped_column(default=None)
