"""Whose page a facilitator was asked for from outside, carried in an address without saying so."""

from typing import cast

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer


def token(*, seat_id: int, person_id: int) -> str:
    """Return what stands for a seat in an address that only this person may use."""
    return str(_sealer(person_id).dumps(seat_id))


def seat_of(text: str, *, person_id: int) -> int | None:
    """Return the seat that stands behind it; None for what was made for somebody else, or by nobody."""
    try:
        seat_id = _sealer(person_id).loads(text)
    except BadSignature:
        return None
    return seat_id if isinstance(seat_id, int) else None


def _sealer(person_id: int) -> URLSafeSerializer:
    return URLSafeSerializer(cast(str, current_app.secret_key), salt=f"review {person_id}")
