"""What was sent and what was answered: the memory that is held against the database."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import uuid4


class Kind(StrEnum):
    DRAFT = "draft"
    STEP = "step"
    GRADE = "grade"


class Said(StrEnum):
    """What the site answered to an operation."""

    NOTHING = "nothing"
    """The connection broke, or the database was away: it may have been written once, or not at all."""
    KEPT = "kept"
    """It is the newest version of its target."""
    BESIDE = "beside"
    """It lost against another one, and is kept beside it."""
    REFUSED = "refused"
    """It came too late and was not written."""


@dataclass
class Operation:
    """One write. ``target`` is the seat of a draft or a play, or the grade."""

    kind: Kind
    target: int
    content: Any
    """The text; the scene and the choice; the field and the value."""
    base_version: int
    said: Said = Said.NOTHING
    version: int | None = None
    """The version that the site said it made, where it says so."""
    sent: int = 0
    """How many times it was sent."""
    form: dict[str, object] = field(default_factory=dict)
    """What a form without scripts sends beside it."""
    id: str = field(default_factory=lambda: str(uuid4()))


@dataclass
class Ledger:
    """Every operation that was ever sent, in lists that one connection each writes to."""

    lists: list[list[Operation]] = field(default_factory=list)

    def open(self) -> list[Operation]:
        """Return a list for one more connection."""
        self.lists.append([])
        return self.lists[-1]

    def __iter__(self) -> Iterator[Operation]:
        return (operation for each in self.lists for operation in each)
