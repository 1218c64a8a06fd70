"""Who may enter the manager's pages, and that another organisation's people and groups do not exist there."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from course.cohorts.models import Membership, Role
from course.cohorts.rules.roster.reading import Row
from course.cohorts.service.roster import taking
from course.database import Engines, unit_of_work
from tests.conftest import SignIn
from tests.make import Cast

OWN_PAGES = [
    "/manage/",
    "/manage/people/",
    "/manage/cohorts/new",
    "/manage/days/new",
    "/manage/cohorts/roster-example.csv",
]
THINGS = [
    "/manage/people/{person}/",
    "/manage/cohorts/{cohort}/setup/",
    "/manage/cohorts/{cohort}/roster/",
    "/manage/cohorts/{cohort}/imports/{roster}/",
    "/manage/runs/{run}/",
    "/manage/days/new?beside={run}",
]
DEEDS = [
    "/manage/people/{person}/",
    "/manage/people/{person}/link",
    "/manage/people/{person}/roles/",
    "/manage/people/{person}/roles/{membership}/",
    "/manage/people/{person}/roles/{membership}/end",
    "/manage/cohorts/{cohort}/setup/",
    "/manage/cohorts/{cohort}/members/",
    "/manage/cohorts/{cohort}/members/{person}/remove",
    "/manage/cohorts/{cohort}/typed",
    "/manage/cohorts/{cohort}/roster/",
    "/manage/cohorts/{cohort}/roster/take",
    "/manage/cohorts/{cohort}/imports/{roster}/undo",
    "/manage/runs/{run}/facilitator",
    "/manage/runs/{run}/day",
    "/manage/runs/{run}/window",
    "/manage/runs/{run}/seats/",
    "/manage/runs/{run}/seats/{seat}/cancel",
    "/manage/runs/{run}/cancel",
    "/manage/runs/{run}/version",
]


@pytest.fixture
def here(cast: Cast, engines: Engines) -> dict[str, int]:
    """Ids of Mona's own things."""
    return facts(engines, person=cast.lena, cohort=cast.cohort, run=cast.run, seat=cast.lena_seat, by=cast.mona)


@pytest.fixture
def there(cast: Cast, engines: Engines) -> dict[str, int]:
    """The same of the other organisation."""
    return facts(
        engines,
        person=cast.otto,
        cohort=cast.other_cohort,
        run=cast.other_run,
        seat=cast.otto_seat,
        by=cast.otto_manager,
    )


def facts(engines: Engines, *, person: int, cohort: int, run: int, seat: int, by: int) -> dict[str, int]:
    with unit_of_work(engines, write=True) as session:
        roster = taking.take_in(session, cohort_id=cohort, rows=[Row(2, "Nora")], by_id=by, file_name="").id
        held = session.execute(
            select(Membership.id).where(Membership.person_id == person, Membership.role == Role.LEARNER)
        ).scalar_one()
    return {"person": person, "cohort": cohort, "run": run, "seat": seat, "membership": held, "roster": roster}


def test_own_pages_open(cast: Cast, here: dict[str, int], sign_in: SignIn) -> None:
    browser = sign_in(cast.mona)
    urls = [*OWN_PAGES, *(path.format(**here) for path in THINGS)]
    assert {url: browser.get(url).status_code for url in urls} == dict.fromkeys(urls, 200)


def test_other_roles_and_nobody(cast: Cast, here: dict[str, int], sign_in: SignIn, client: FlaskClient) -> None:
    gets = [*OWN_PAGES, *(path.format(**here) for path in THINGS)]
    posts = [path.format(**here) for path in DEEDS]
    for who in (cast.lena, cast.farid, cast.ada):
        browser = sign_in(who)
        assert {browser.get(url).status_code for url in gets} == {403}
        assert {browser.post(url).status_code for url in posts} == {403}
    assert {client.get(url).status_code for url in gets} == {303}
    assert {client.post(url).status_code for url in posts} == {401}


def test_nothing_of_another_organisation_exists(cast: Cast, there: dict[str, int], sign_in: SignIn) -> None:
    browser = sign_in(cast.mona)
    for path in THINGS:
        assert (path, browser.get(path.format(**there)).status_code) == (path, 404)
    for path in DEEDS:
        data = {"name": "X", "people": "Nora", "whole": "1", "file": "x"}
        assert (path, browser.post(path.format(**there), data=data).status_code) == (path, 404)


def test_mixed_ids_do_not_exist(cast: Cast, here: dict[str, int], there: dict[str, int], sign_in: SignIn) -> None:
    browser = sign_in(cast.mona)
    mixed = [
        f"/manage/people/{here['person']}/roles/{there['membership']}/end",
        f"/manage/people/{here['person']}/roles/{there['membership']}/",
        f"/manage/runs/{here['run']}/seats/{there['seat']}/cancel",
        f"/manage/cohorts/{here['cohort']}/members/{there['person']}/remove",
        f"/manage/cohorts/{here['cohort']}/imports/{there['roster']}/undo",
    ]
    assert {url: browser.post(url).status_code for url in mixed} == dict.fromkeys(mixed, 404)
    chosen = browser.post(f"/manage/cohorts/{here['cohort']}/members/", data={"people": [str(there["person"])]})
    seats = browser.post(f"/manage/runs/{here['run']}/seats/", data={"people": [str(there["person"])]})
    assert (chosen.status_code, seats.status_code) == (404, 404)


def test_no_page_names_the_other_organisation(cast: Cast, here: dict[str, int], sign_in: SignIn) -> None:
    urls = [*OWN_PAGES, *(path.format(**here) for path in THINGS)]
    strangers = ["Otto", "Olga", "Oskar", "Dockside", "Harbour Freight"]
    mona = sign_in(cast.mona)
    shown = [(url, word) for url in urls for word in strangers if word in mona.get(url).text]
    assert shown == []
    # The same search finds them where they belong.
    olga = sign_in(cast.otto_manager)
    texts = "".join(olga.get(url).text for url in ("/manage/", "/manage/people/"))
    assert [word in texts for word in strangers] == [True] * 5


def test_wrong_methods(cast: Cast, here: dict[str, int], sign_in: SignIn) -> None:
    browser = sign_in(cast.mona)
    assert browser.post("/manage/").status_code == 405
    only = [path.format(**here) for path in DEEDS if path not in THINGS]
    assert {browser.get(url).status_code for url in only} == {405}
