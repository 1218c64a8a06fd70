"""The booster: a short case that opens a month after the day, for the learner alone."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from course.cohorts.models import Run
from course.completions.models import Completion
from course.database import Engines, unit_of_work
from course.scenarios.models import Attempt
from tests import make
from tests.conftest import SignIn
from tests.learner.conftest import Move
from tests.make import Cast

HERE = "/learn/small-talk/booster/"
CALLED = "A month on"


@pytest.fixture
def boosted(engines: Engines, cast: Cast) -> None:
    """Lena's run holds a version with a booster, which is the lift under another name."""
    module = make.small_module()
    stairs = module.scenarios[0].model_copy(update={"id": "stairs", "title": "The stairs"})
    later = module.model_copy(update={"booster": "stairs", "scenarios": (*module.scenarios, stairs)})
    with unit_of_work(engines, write=True) as session:
        version_hash = make.published(session, later)
        session.execute(update(Run).where(Run.id == cast.run).values(version_hash=version_hash))


@pytest.fixture
def lena(cast: Cast, sign_in: SignIn) -> FlaskClient:
    return sign_in(cast.lena)


@pytest.mark.usefixtures("boosted")
def test_it_opens_a_month_after_the_day(lena: FlaskClient, move_day: Move) -> None:
    move_day(-29)
    assert [lena.get(HERE).status_code, lena.post(f"{HERE}begin").status_code] == [404, 404]
    assert [CALLED in lena.get(page).text for page in ("/learn/", "/learn/small-talk/")] == [False, False]
    move_day(-30)
    assert [CALLED in lena.get(page).text for page in ("/learn/", "/learn/small-talk/")] == [True, True]
    page = lena.get(HERE)
    assert (page.status_code, "<h1>The stairs</h1>" in page.text) == (200, True)


def test_a_module_without_one_has_none(lena: FlaskClient, move_day: Move) -> None:
    move_day(-40)
    assert lena.get(HERE).status_code == 404
    assert CALLED not in lena.get("/learn/small-talk/").text


@pytest.mark.usefixtures("boosted")
def test_it_is_played_to_the_end_and_changes_no_completion(
    cast: Cast, engines: Engines, lena: FlaskClient, move_day: Move
) -> None:
    move_day(-31)
    assert lena.post(f"{HERE}begin", data={"play": 1}).status_code == 303
    for choice in ("ask", "shift"):
        page = lena.get(HERE).text
        form = dict(re.findall(r'<input type="hidden"\s+name="(\w+)"\s+value="([^"]*)"', page))
        assert lena.post(f"{HERE}play", data={**form, "choice": choice}).status_code == 303
    assert "2 of 2 chances taken" in lena.get(f"{HERE}debrief/").text
    assert "Look at it again" in lena.get("/learn/small-talk/").text
    assert CALLED not in lena.get("/learn/").text
    with unit_of_work(engines, write=False) as session:
        plays = session.execute(select(Attempt.scenario, Attempt.number).where(Attempt.seat_id == cast.lena_seat)).all()
        assert plays == [("stairs", 1)]
        settled = select(Completion.completed, Completion.reasons).where(Completion.seat_id == cast.lena_seat)
        completed, reasons = session.execute(settled).one()
        assert (completed, "scenario" in str(reasons)) == (False, True)


@pytest.mark.usefixtures("boosted")
def test_it_is_nobody_elses(cast: Cast, sign_in: SignIn, lena: FlaskClient, move_day: Move) -> None:
    move_day(-31)
    assert lena.get(HERE).status_code == 200
    assert [sign_in(who).get(HERE).status_code for who in (cast.otto, cast.farid, cast.mona)] == [404, 403, 403]
    shown = sign_in(cast.farid).get(f"/facilitate/runs/{cast.run}/").text
    assert ("The lift" in shown, "The stairs" in shown) == (True, False)
