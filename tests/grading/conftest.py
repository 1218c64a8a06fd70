"""A session on a database in which the cast already is."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from course.completions.service import settle
from course.database import Engines, unit_of_work
from tests.make import Cast


@pytest.fixture
def session(cast: Cast, engines: Engines) -> Iterator[Session]:
    with unit_of_work(engines, write=True, before_commit=settle) as opened:
        yield opened
