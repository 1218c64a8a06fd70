"""Before a case begins: in which trade, and with whom."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from course import clock
from course.cohorts.models import Day
from course.completions.queries import documents
from course.completions.service import settle
from course.content.schema import Module
from course.database import Engines, unit_of_work
from course.scenarios.models import Attempt, Partner
from tests.learner.hand import HERE, ORDER, answer, begin, rank, sheet
from tests.make import Cast, all_kinds, cast_of

SignIn = Callable[[int], FlaskClient]
FERRY = {
    "schema": 1,
    "id": "ferry",
    "of": "crane",
    "trade": "Ferry planner",
    "title": "The late ferry",
    "intro": "You plan the crossings. At seven the yard calls.",
    "words": {"Ines": "Maren", "crane": "ferry"},
}
BARGE = FERRY | {"id": "barge", "trade": "Barge planner", "title": "The late barge"}


def worn(*skins: dict[str, Any], trade: str | None) -> Module:
    data = all_kinds().model_dump(mode="json", by_alias=True)
    data["skins"] = list(skins)
    data["scenarios"][0] |= {"skins": [skin["id"] for skin in skins], "trade": trade}
    return Module.model_validate(data)


@pytest.fixture
def on(engines: Engines) -> Callable[[Module], Cast]:
    def make(module: Module) -> Cast:
        with unit_of_work(engines, write=True, before_commit=settle) as session:
            made = cast_of(session, module)
            session.execute(update(Day).values(date=clock.today("America/New_York"), starts=0))
            return made

    return make


def begun(engines: Engines) -> list[str]:
    with unit_of_work(engines, write=False) as session:
        return list(session.execute(select(Attempt.skin).order_by(Attempt.id)).scalars())


def test_a_case_in_two_trades_asks_first(engines: Engines, on: Callable[[Module], Cast], sign_in: SignIn) -> None:
    browser = sign_in(on(worn(FERRY, trade="Crane planner")).lena)
    asked = browser.get(HERE).text
    assert "Your trade" in asked
    assert re.findall(r'name="skin"\s+value="(\w*)"', asked) == ["", "ferry"]
    assert "You plan the lifts" not in asked
    own = browser.get(f"{HERE}?skin=").text
    assert "You plan the lifts for a bridge." in own
    intro = browser.get(f"{HERE}?skin=ferry").text
    assert "You plan the crossings. At seven the yard calls." in intro
    assert "The late ferry" in intro
    assert f'href="{HERE}#play"' in intro
    assert begin(browser, skin="barge").status_code == 422
    assert begin(browser, skin="no skin").status_code == 422
    assert begun(engines) == []
    assert begin(browser, skin="ferry").status_code == 303
    assert begun(engines) == ["ferry"]
    scene = browser.get(HERE).text
    assert "Maren, who runs the site" in scene
    assert "Ines" not in scene
    assert "Thank you" in browser.get(answer(browser, "ring").location).text


def test_trades_are_asked_for_when_the_case_has_none_of_its_own(
    engines: Engines, on: Callable[[Module], Cast], sign_in: SignIn
) -> None:
    browser = sign_in(on(worn(FERRY, BARGE, trade=None)).lena)
    assert re.findall(r'name="skin"\s+value="(\w*)"', browser.get(HERE).text) == ["ferry", "barge"]
    assert begin(browser, skin="").status_code == 422
    assert begin(browser, skin="barge").status_code == 303
    assert begun(engines) == ["barge"]


def test_one_way_asks_nothing(engines: Engines, on: Callable[[Module], Cast], sign_in: SignIn) -> None:
    browser = sign_in(on(worn(FERRY, trade=None)).lena)
    intro = browser.get(HERE).text
    assert "Your trade" not in intro
    assert "You plan the crossings." in intro
    assert begin(browser).status_code == 303
    assert begun(engines) == ["ferry"]


def test_practice_keeps_the_trade(engines: Engines, on: Callable[[Module], Cast], sign_in: SignIn) -> None:
    browser = sign_in(on(worn(FERRY, trade="Crane planner")).lena)
    begin(browser, skin="ferry")
    answer(browser, "ring", "date", "hers")
    rank(browser, sheet(browser), *ORDER)
    again = dict(re.findall(r'<input type="hidden" name="(play|skin)" value="(\w+)">', browser.get(HERE).text))
    assert again == {"play": "2", "skin": "ferry"}
    assert browser.post(f"{HERE}begin", data=again).status_code == 303
    assert begun(engines) == ["ferry", "ferry"]


def test_a_pair_plays_for_both(engines: Engines, on: Callable[[Module], Cast], sign_in: SignIn) -> None:
    cast = on(all_kinds())
    lena, leo = sign_in(cast.lena), sign_in(cast.leo)
    intro = lena.get(HERE).text
    assert re.findall(r'<option value="(\d*)"', intro) == ["", str(cast.leo_seat)]
    assert "Otto Vance" not in intro
    for nobody in (cast.otto_seat, cast.lena_seat, 2**40):
        refused = begin(lena, partner=nobody)
        assert refused.status_code == 422
        assert "Choose somebody from your course, or play alone." in refused.text
    assert begun(engines) == []
    assert begin(lena, partner=cast.leo_seat).status_code == 303
    assert "You are playing this with Lena Brandt." in leo.get(HERE).text
    answer(lena, "ring", "date", "hers")
    rank(lena, sheet(lena), *ORDER)
    assert "You played this with Lena Brandt, so it counts for you too." in leo.get(HERE).text
    with unit_of_work(engines, write=False) as session:
        for seat_id in (cast.lena_seat, cast.leo_seat):
            settled = documents.outcome_of_seat(session, seat_id)
            assert settled is not None
            assert [reason["code"] for reason in settled.reasons] == ["presence_unknown"]
        assert session.execute(select(Partner.seat_id)).scalars().all() == [cast.leo_seat]
    assert begin(leo).status_code == 303
    assert "The crane will be two days late." in leo.get(HERE).text


def test_alone_is_alone(engines: Engines, on: Callable[[Module], Cast], sign_in: SignIn) -> None:
    cast = on(all_kinds())
    lena = sign_in(cast.lena)
    assert begin(lena, partner="").status_code == 303
    assert "You are playing this with" not in sign_in(cast.leo).get(HERE).text
    with unit_of_work(engines, write=False) as session:
        assert session.execute(select(Partner.seat_id)).scalars().all() == []
