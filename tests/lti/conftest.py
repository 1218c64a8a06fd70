"""A platform that is connected to the fixed cast's organisation; a strict LMS; a site that may call both."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import delete

from course.database import Engines, unit_of_work
from course.platforms.models import SigningKey
from course.settings import Settings
from tests.counterparts.double import Double
from tests.lti.platform import Signer, connected
from tests.lti.told import published, sign_by_it
from tests.make import Cast


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Platforms of these tests listen on the loopback address, each at a port of its own; one application knows all."""
    return replace(settings, lti_hosts=frozenset({"127.0.0.1"}))


@pytest.fixture
def our_key(engines: Engines) -> None:
    sign_by_it(engines)


@pytest.fixture
def keyless(our_key: None, engines: Engines) -> None:
    """A new site: it has no key of its own yet."""
    with unit_of_work(engines, write=True) as session:
        session.execute(delete(SigningKey))


@pytest.fixture
def double(our_key: None, engines: Engines) -> Iterator[Double]:
    with Double(keys=published(engines)) as running:
        yield running


@pytest.fixture
def lms() -> Signer:
    return Signer()


@pytest.fixture
def platform_id(engines: Engines, cast: Cast, lms: Signer) -> int:
    with unit_of_work(engines, write=True) as session:
        return connected(session, lms, organisation_id=cast.organisation)
