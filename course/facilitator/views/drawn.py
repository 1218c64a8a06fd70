"""Pieces of pages that look the same every time, drawn once in each process."""

from collections.abc import Callable, Hashable

from markupsafe import Markup


class Drawn:
    """At most ``most`` drawn pieces, each under what it was drawn from. Published content never changes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._pieces: dict[Hashable, Markup] = {}

    def piece(self, key: Hashable, draw: Callable[[], Markup]) -> Markup:
        """Return the piece of a key, drawing it the first time."""
        known = self._pieces.get(key)
        if known is not None:
            return known
        made = draw()
        if len(self._pieces) >= self._most:
            self._pieces.clear()
        self._pieces[key] = made
        return made
