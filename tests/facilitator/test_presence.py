from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from course import clock
from course.cohorts.models import Day, Presence
from course.database import Engines, unit_of_work
from tests.conftest import SignIn
from tests.facilitator.build import begun, fields, form_of
from tests.make import Cast


@pytest.fixture
def farid(sign_in: SignIn, engines: Engines, cast: Cast) -> FlaskClient:
    begun(engines, cast)
    return sign_in(cast.farid)


@pytest.fixture
def url(cast: Cast) -> str:
    return f"/facilitate/runs/{cast.run}/presence/"


def said(engines: Engines) -> dict[int, tuple[int, int, int, int]]:
    with unit_of_work(engines, write=False) as session:
        rows = session.execute(
            select(Presence.seat_id, Presence.came, Presence.left, Presence.minutes, Presence.version)
        )
        return {row[0]: (row[1], row[2], row[3], row[4]) for row in rows}


def test_everybody_is_preset_to_the_whole_day(farid: FlaskClient, url: str, cast: Cast, engines: Engines) -> None:
    sent = form_of(farid, url)
    whole = {f"came-{cast.lena_seat}": "09:00", f"left-{cast.lena_seat}": "16:00"}
    assert {name: sent[name] for name in whole} == whole
    assert farid.post(url, data=sent).status_code == 303
    assert said(engines) == {cast.lena_seat: (540, 960, 360, 1), cast.leo_seat: (540, 960, 360, 1)}
    assert farid.get(url).text.count("here 6 h") == 2


def test_exceptions_in_any_spelling(farid: FlaskClient, url: str, cast: Cast, engines: Engines) -> None:
    sent = form_of(farid, url) | {f"came-{cast.lena_seat}": "940", f"absent-{cast.leo_seat}": "on"}
    assert farid.post(url, data=sent).status_code == 303
    told = said(engines)
    assert told[cast.lena_seat][:2] == (580, 960)
    assert told[cast.leo_seat] == (540, 540, 0, 1)
    html = farid.get(url).text
    assert fields(html)[f"absent-{cast.leo_seat}"] == "on"
    assert f"absent-{cast.lena_seat}" not in fields(html)


def test_saving_again_changes_nothing(farid: FlaskClient, url: str, engines: Engines) -> None:
    farid.post(url, data=form_of(farid, url))
    before = said(engines)
    assert farid.post(url, data=form_of(farid, url)).status_code == 303
    assert said(engines) == before


def test_nonsense_stands_at_its_field_and_the_rest_is_saved(
    farid: FlaskClient, url: str, cast: Cast, engines: Engines
) -> None:
    sent = form_of(farid, url) | {f"came-{cast.lena_seat}": "half past", f"left-{cast.leo_seat}": "10:00"}
    answer = farid.post(url, data=sent)
    assert answer.status_code == 422
    assert "Please write a time such as 9:40." in answer.text
    assert fields(answer.text)[f"came-{cast.lena_seat}"] == "half past"
    assert list(said(engines)) == [cast.leo_seat]
    backwards = fields(answer.text) | {f"came-{cast.lena_seat}": "11:00", f"left-{cast.lena_seat}": "10:00"}
    answer = farid.post(url, data=backwards)
    assert (answer.status_code, "This is before they came." in answer.text) == (422, True)


def test_two_tabs_see_each_other(farid: FlaskClient, url: str, cast: Cast, engines: Engines) -> None:
    first, second = form_of(farid, url), form_of(farid, url)
    came = f"came-{cast.lena_seat}"
    assert farid.post(url, data=first | {came: "9:40"}).status_code == 303
    answer = farid.post(url, data=second | {came: "9:50"})
    assert answer.status_code == 409
    assert "saved meanwhile: 09:40–16:00" in answer.text
    assert fields(answer.text)[came] == "9:50"
    assert said(engines)[cast.lena_seat][0] == 580
    assert farid.post(url, data=fields(answer.text)).status_code == 303
    assert said(engines)[cast.lena_seat][0] == 590


def test_a_foreign_seat_is_left_alone(farid: FlaskClient, url: str, cast: Cast, engines: Engines) -> None:
    foreign = {
        f"version-{cast.otto_seat}": "0",
        f"came-{cast.otto_seat}": "9:00",
        f"left-{cast.otto_seat}": "10:00",
    }
    assert farid.post(url, data=form_of(farid, url) | foreign).status_code == 303
    assert sorted(said(engines)) == [cast.lena_seat, cast.leo_seat]


@pytest.mark.parametrize("version", ["-1", "x", "9" * 30])
def test_a_bent_version_is_as_none(farid: FlaskClient, url: str, cast: Cast, engines: Engines, version: str) -> None:
    sent = form_of(farid, url) | {f"version-{cast.lena_seat}": version, f"came-{cast.lena_seat}": "9:40"}
    assert farid.post(url, data=sent).status_code == 303
    assert said(engines)[cast.lena_seat][0] == 580


def test_before_the_day_begins_it_is_too_early(sign_in: SignIn, url: str, cast: Cast, engines: Engines) -> None:
    with unit_of_work(engines, write=True) as session:
        day = session.get_one(Day, cast.day)
        day.date = clock.today(day.zone) + timedelta(days=1)
    farid = sign_in(cast.farid)
    assert "The day has not begun" in farid.get(url).text
    sent = {f"version-{cast.lena_seat}": "0", f"came-{cast.lena_seat}": "9:00", f"left-{cast.lena_seat}": "10:00"}
    assert farid.post(url, data=sent).status_code == 422
    assert said(engines) == {}


def test_who_may_and_how(client: FlaskClient, sign_in: SignIn, farid: FlaskClient, url: str, cast: Cast) -> None:
    assert sign_in(cast.lena).get(url).status_code == 403
    assert sign_in(cast.mona).post(url).status_code == 403
    other = sign_in(cast.otto_facilitator)
    assert [other.get(url).status_code, other.post(url).status_code] == [404, 404]
    assert farid.delete(url).status_code == 405
    assert client.get(url).location == f"/sign-in?next={url}"
