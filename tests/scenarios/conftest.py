"""A cast that plays the case with every kind of scene."""

import pytest

from course.completions.service import settle
from course.database import Engines, unit_of_work
from tests.make import Cast, all_kinds, cast_of


@pytest.fixture
def crew(engines: Engines) -> Cast:
    """The fixed cast, on the module whose case has every kind of scene."""
    with unit_of_work(engines, write=True, before_commit=settle) as session:
        return cast_of(session, all_kinds())
