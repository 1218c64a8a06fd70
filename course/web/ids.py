"""Row ids in addresses: what no database can hold does not exist, so it is a 404 and never a fault."""

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter

LARGEST = 2**31 - 1


class RowId(IntegerConverter):
    """``<int:...>`` in every route: from 1 to what an INTEGER column holds on every database."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Werkzeug's own signature.
        super().__init__(*args, **({"min": 1, "max": LARGEST} | kwargs))


def row_id(text: str) -> int:
    """Read a row id from a query string, for ``request.args.get(..., type=row_id)``.

    Raises ValueError for what no column holds.
    """
    number = int(text)
    if not 1 <= number <= LARGEST:
        raise ValueError(text)
    return number


def install(app: Flask) -> None:
    app.url_map.converters["int"] = RowId
