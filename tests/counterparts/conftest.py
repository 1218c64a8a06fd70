"""Fixtures of the counterparts' own tests."""

from collections.abc import Iterator

import pytest

from tests.counterparts.tool import Tool


@pytest.fixture
def tool() -> Iterator[Tool]:
    """An honest tool that the double knows."""
    made = Tool()
    with made.double:
        yield made
