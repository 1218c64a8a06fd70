"""Results reach the platform's gradebook: what is sent, when, what is not, and what comes of every answer."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from babel.dates import format_date

from course import clock
from course.app import create_app
from course.database import Engines
from course.delivery import drain
from course.settings import Settings
from course.web.application import Application
from tests.counterparts.double import Double
from tests.lti.told import MODULE, complete, fact, lines, published, tie
from tests.make import Cast


@pytest.fixture
def double(engines: Engines) -> Iterator[Double]:
    with Double(keys=published(engines)) as running:
        yield running


@pytest.fixture
def telling(settings: Settings, double: Double) -> Settings:
    return replace(settings, lti_hosts=frozenset({double.host}))


@pytest.fixture
def app(telling: Settings, engines: Engines) -> Application:
    return create_app(telling, engines=engines)


def test_a_completion_and_a_page_arrive_whole(
    app: Application, telling: Settings, engines: Engines, cast: Cast, double: Double
) -> None:
    fact(engines, lambda session: tie(session, double, cast))
    complete(engines, cast, cast.lena_seat)
    assert drain(app, telling) == 2
    completion = double.item(resource=MODULE.slug, tag="completion")
    page = double.item(resource=MODULE.slug, tag="page")
    assert [(one.label, one.maximum) for one in (completion, page)] == [
        (MODULE.title, 100),
        (f"{MODULE.title}: page", 100),
    ]
    day = format_date(clock.today("America/New_York"), "d MMMM y", locale="en_GB")
    (whole,) = double.result("lena", completion).scores
    assert whole | {"timestamp": ""} == {
        "userId": "lena",
        "scoreGiven": 100,
        "scoreMaximum": 100,
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "timestamp": "",
        "comment": f"Completed: {MODULE.title}, {day}.",
    }
    (levels,) = double.result("lena", page).scores
    assert (levels["scoreGiven"], levels["gradingProgress"]) == (75, "FullyGraded")
    criteria = MODULE.reflections[0].criteria
    assert levels["comment"].split("\n") == [
        f"{criterion.title}: level {level} of 4. {criterion.levels[level - 1].text}"
        for criterion, level in zip(criteria, (3, 2, 4), strict=True)
    ] + ["Next step: Ask A."]
    assert [(line.tag, line.state, line.given) for line in lines(engines, cast.lena_seat)] == [
        ("completion", "sent", 100),
        ("page", "sent", 75),
    ]
    assert drain(app, telling) == 0
    assert lines(engines, cast.leo_seat) == []
