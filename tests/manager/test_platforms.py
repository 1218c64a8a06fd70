"""Courses of learning platforms at the manager's desk: the item to decide, the group, the date, the seats."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select

from course import clock
from course.cohorts.models import Cohort, CohortMember, Day, Run, Seat
from course.completions.service import settle
from course.database import Engines, unit_of_work
from course.people.models import Organisation, Person
from course.platforms.models import Context
from tests import make
from tests.conftest import SignIn
from tests.make import Cast
from tests.platforms.launches import MODULE, Connected, a_launch, connect

HOME = "/manage/"
TITLE = "Small talk before the big meeting"


@pytest.fixture
def where(engines: Engines, cast: Cast) -> Connected:
    with unit_of_work(engines, write=True) as session:
        return connect(session, cast.organisation)


@pytest.fixture
def context_id(engines: Engines, where: Connected) -> int:
    """A course in which Nora and Nils wait."""
    with unit_of_work(engines, write=True, before_commit=settle) as session:
        landed = where.land(session)
        where.land(session, subject="43", name="Nils Aho", email="")
        assert landed.context_id is not None
        return landed.context_id


@pytest.fixture
def mona(cast: Cast, sign_in: SignIn) -> FlaskClient:
    return sign_in(cast.mona)


def plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html.partition("<main")[2]).split())


def seated(engines: Engines, run_id: int) -> list[tuple[str, bool]]:
    with unit_of_work(engines, write=False) as session:
        rows = session.execute(
            select(Person.name, Seat.reported)
            .join(Seat, Seat.person_id == Person.id)
            .where(Seat.run_id == run_id, Seat.cancelled_at.is_(None))
            .order_by(Person.name)
        )
        return [(row.name, row.reported) for row in rows]


def test_without_platforms_the_first_page_says_nothing_of_them(mona: FlaskClient) -> None:
    page = mona.get(HOME).text
    assert "To decide" not in page
    assert "LMS courses" not in page
    assert "A course appears here when a teacher places Oneday in it" in plain(mona.get("/manage/platforms/").text)


def test_the_item_and_its_way_to_the_seats(engines: Engines, cast: Cast, context_id: int, mona: FlaskClient) -> None:
    home = mona.get(HOME).text
    said = f"“Project work, October” (Moodle of Southeast) asks for {TITLE}: 2 learners wait."
    assert said in plain(home)
    here = f"/manage/platforms/contexts/{context_id}/"
    assert f'href="{here}"' in home
    page = plain(mona.get(here).text)
    for part in ("Which group is it?", "October Friday", "After the group", "2 learners wait", "Nils Aho", "Nora Lind"):
        assert part in page, part
    assert 'value="Project work, October"' in mona.get(here).text
    chosen = mona.post(f"{here}group", data={"cohort": cast.cohort}, follow_redirects=True)
    assert "2 learners who waited have seats now." in plain(chosen.text)
    assert "Its group" in plain(chosen.text)
    assert seated(engines, cast.run) == [
        ("Lena Brandt", False),
        ("Leo Marsh", False),
        ("Nils Aho", True),
        ("Nora Lind", True),
    ]
    assert f'href="/manage/runs/{cast.run}/"' in chosen.text
    assert "To decide" not in mona.get(HOME).text
    assert "LMS courses" in mona.get(HOME).text
    group = mona.get(f"/manage/cohorts/{cast.cohort}/setup/").text
    assert f'href="{here}"' in group


def test_a_new_group_then_its_day(engines: Engines, cast: Cast, context_id: int, mona: FlaskClient) -> None:
    here = f"/manage/platforms/contexts/{context_id}/"
    taken = mona.post(f"{here}new-group", data={"name": "October Friday"})
    assert (taken.status_code, "Another group has this name" in taken.text) == (422, True)
    made = mona.post(f"{here}new-group", data={"name": "Project work"}, follow_redirects=True)
    with unit_of_work(engines, write=False) as session:
        group = session.execute(select(Cohort).where(Cohort.name == "Project work")).scalar_one()
        members = session.execute(select(CohortMember.person_id).where(CohortMember.cohort_id == group.id)).all()
        assert (group.organisation_id, len(members)) == (cast.organisation, 2)
        assert session.get_one(Context, context_id).cohort_id == group.id
        cohort_id = group.id
    (day,) = re.findall(r'href="(/manage/days/new[^"]+)"', made.text)
    assert day.replace("&amp;", "&") == f"/manage/days/new?cohort={cohort_id}&module={MODULE}"
    assert "Set the date" in mona.get(HOME).text
    form = mona.get(day.replace("&amp;", "&")).text
    assert f'<option selected value="{cohort_id}"' in form
    assert f'<option selected value="{MODULE}"' in form
    sent = {
        "cohort": cohort_id,
        "module": MODULE,
        "date": (clock.today("UTC") + timedelta(days=9)).isoformat(),
        "starts": "09:00",
        "zone": "America/New_York",
        "place": "Room 4",
        "opens_days": 7,
        "due_days": 7,
    }
    run = mona.post("/manage/days/new", data=sent, follow_redirects=True)
    assert "2 learners who waited have seats now." in plain(run.text)
    with unit_of_work(engines, write=False) as session:
        run_id = session.execute(select(Run.id).where(Run.cohort_id == cohort_id)).scalar_one()
    assert seated(engines, run_id) == [("Nils Aho", True), ("Nora Lind", True)]
    assert "To decide" not in mona.get(HOME).text


def test_seats_given_with_the_day_are_told_of(engines: Engines, cast: Cast, context_id: int, mona: FlaskClient) -> None:
    mona.post(f"/manage/platforms/contexts/{context_id}/new-group", data={"name": "Project work"})
    with unit_of_work(engines, write=True, before_commit=settle) as session:
        group = session.execute(select(Cohort).where(Cohort.name == "Project work")).scalar_one()
        day = make.day(session, session.get_one(Organisation, cast.organisation))
        run_id = make.run(session, day, group, version_hash=cast.version_hash, facilitator=None).id
    mona.post(f"/manage/runs/{run_id}/seats/", data={"whole": "1"})
    assert seated(engines, run_id) == [("Nils Aho", True), ("Nora Lind", True)]


def test_another_group_and_back(engines: Engines, cast: Cast, context_id: int, mona: FlaskClient) -> None:
    here = f"/manage/platforms/contexts/{context_id}/"
    mona.post(f"{here}group", data={"cohort": cast.cohort})
    before = seated(engines, cast.run)
    mona.post(f"{here}new-group", data={"name": "Project work"})
    assert seated(engines, cast.run) == before
    page = plain(mona.get(here).text)
    assert "Choose another group" in page
    assert "Seats that were given stay" in page
    assert "2 learners wait" in page
    mona.post(f"{here}group", data={"cohort": cast.cohort})
    assert seated(engines, cast.run) == before
    assert "Nobody waits" in plain(mona.get(here).text)


def test_who_sits_elsewhere_is_named(engines: Engines, cast: Cast, where: Connected, mona: FlaskClient) -> None:
    with unit_of_work(engines, write=True, before_commit=settle) as session:
        landed = where.land(session)
        assert landed.person_id is not None
        beside = make.cohort(session, session.get_one(Organisation, cast.organisation), name="Beside")
        day = session.get_one(Day, cast.day)
        run = make.run(session, day, beside, version_hash=cast.version_hash, facilitator=None)
        make.seat(session, run, session.get_one(Person, landed.person_id))
    answer = mona.post(
        f"/manage/platforms/contexts/{landed.context_id}/group", data={"cohort": cast.cohort}, follow_redirects=True
    )
    assert "Nora Lind has a seat in another course on that day, and goes on waiting." in plain(answer.text)


@pytest.mark.parametrize("field", ["", "nonsense", "990001", "other"])
def test_a_group_that_is_none_of_ours(
    engines: Engines, cast: Cast, context_id: int, mona: FlaskClient, field: str
) -> None:
    chosen = str(cast.other_cohort) if field == "other" else field
    answer = mona.post(f"/manage/platforms/contexts/{context_id}/group", data={"cohort": chosen})
    assert answer.status_code == 422
    with unit_of_work(engines, write=False) as session:
        assert session.get_one(Context, context_id).cohort_id is None


def test_a_course_of_another_organisation_does_not_exist(
    cast: Cast, context_id: int, mona: FlaskClient, sign_in: SignIn
) -> None:
    here = f"/manage/platforms/contexts/{context_id}/"
    olga = sign_in(cast.otto_manager)
    assert (mona.get(here).status_code, olga.get(here).status_code) == (200, 404)
    assert olga.post(f"{here}group", data={"cohort": cast.other_cohort}).status_code == 404
    assert olga.post(f"{here}new-group", data={"name": "Mine"}).status_code == 404
    assert "To decide" not in olga.get(HOME).text
    assert "Project work, October" not in olga.get("/manage/platforms/").text
    assert "Project work, October" in mona.get("/manage/platforms/").text


def test_thirty_learners_cost_what_two_do(
    engines: Engines, where: Connected, context_id: int, mona: FlaskClient
) -> None:
    few = cost(engines, mona, HOME), cost(engines, mona, f"/manage/platforms/contexts/{context_id}/")
    with unit_of_work(engines, write=True, before_commit=settle) as session:
        for number in range(30):
            where.land(session, launch=a_launch(where, subject=f"s-{number}", name=f"S {number}", email=""))
    many = cost(engines, mona, HOME), cost(engines, mona, f"/manage/platforms/contexts/{context_id}/")
    assert few == many
    assert 4 < min(many) <= max(many) <= 8


def cost(engines: Engines, browser: FlaskClient, path: str) -> int:
    """Return how many statements a page takes."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            found.append(statement)

    event.listen(engines.reader, "before_cursor_execute", note)
    assert browser.get(path).status_code == 200
    event.remove(engines.reader, "before_cursor_execute", note)
    return len(found)
