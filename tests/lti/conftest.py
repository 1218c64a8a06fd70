"""A platform that is connected to the fixed cast's organisation."""

import pytest

from course.database import Engines, unit_of_work
from tests.lti.platform import Signer, connected
from tests.make import Cast


@pytest.fixture
def lms() -> Signer:
    return Signer()


@pytest.fixture
def platform_id(engines: Engines, cast: Cast, lms: Signer) -> int:
    with unit_of_work(engines, write=True) as session:
        return connected(session, lms, organisation_id=cast.organisation)
