"""Settling results and issuing certificates."""

from sqlalchemy.orm import Session


def settle(session: Session) -> None:
    """Recompute every result that a note of this transaction names."""
