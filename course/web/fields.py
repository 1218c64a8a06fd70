"""Choices of a select field, made the one way that WTForms does not warn about."""

from collections.abc import Iterable
from typing import Any

from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # The stubs are older than WTForms 3.3.


def choices(pairs: Iterable[tuple[object, str]]) -> list[Any]:
    """Return (value, label) pairs as choices of a select, radio or checkbox-list field."""
    return [SelectChoice(value=value, label=label) for value, label in pairs]
