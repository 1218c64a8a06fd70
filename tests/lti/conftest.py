"""A platform that is connected to the fixed cast's organisation; a strict LMS; a site that may call both."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from course.database import Engines, unit_of_work
from course.settings import Settings
from tests.counterparts.double import Double
from tests.lti.platform import Signer, connected
from tests.lti.told import published
from tests.make import Cast


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Platforms of these tests listen on the loopback address, each at a port of its own; one application knows all."""
    return replace(settings, lti_hosts=frozenset({"127.0.0.1"}))


@pytest.fixture
def double(engines: Engines) -> Iterator[Double]:
    with Double(keys=published(engines)) as running:
        yield running


@pytest.fixture
def lms() -> Signer:
    return Signer()


@pytest.fixture
def platform_id(engines: Engines, cast: Cast, lms: Signer) -> int:
    with unit_of_work(engines, write=True) as session:
        return connected(session, lms, organisation_id=cast.organisation)
