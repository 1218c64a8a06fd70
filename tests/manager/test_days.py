"""Groups, days, courses and seats by pages."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from course import clock
from course.cohorts.models import Cohort, Day, Role, Run, Seat
from course.cohorts.service import calendar, membership
from course.database import Engines, unit_of_work
from course.reflections.models import Draft
from tests import make
from tests.conftest import SignIn
from tests.make import Cast


def typed(cast: Cast, **changed: Any) -> dict[str, Any]:
    on = clock.today("America/New_York") + timedelta(days=28)
    return {
        "cohort": str(cast.cohort),
        "module": "small-talk",
        "date": on.isoformat(),
        "starts": "09:00",
        "place": "Room 3",
        "zone": "America/New_York",
        "facilitator": str(cast.farid),
        "seats": "y",
        "opens_days": "7",
        "due_days": "7",
    } | changed


def begin(engines: Engines, cast: Cast) -> None:
    """Lena writes a first line."""
    with unit_of_work(engines, write=True) as session:
        session.add(
            Draft(
                seat_id=cast.lena_seat,
                reflection="first-minute",
                number=1,
                version_hash=cast.version_hash,
                saved_at=clock.now(),
            )
        )


def seated(engines: Engines, run_id: int) -> list[int]:
    with unit_of_work(engines, write=False) as session:
        return list(
            session.execute(
                select(Seat.person_id)
                .where(Seat.run_id == run_id, Seat.cancelled_at.is_(None))
                .order_by(Seat.person_id)
            ).scalars()
        )


def run_of(location: str) -> int:
    return int(location.rstrip("/").rpartition("/")[2])


def test_a_group_is_made_and_renamed(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.mona)
    made = browser.post("/manage/cohorts/new", data={"organisation": cast.organisation, "name": "November"})
    assert made.status_code == 303
    bad = [
        {"organisation": cast.organisation, "name": ""},
        {"organisation": cast.organisation, "name": "November"},
        {"organisation": cast.organisation, "name": "x" * 201},
        {"organisation": cast.other_organisation, "name": "December"},
    ]
    assert [browser.post("/manage/cohorts/new", data=data).status_code for data in bad] == [422] * 4
    assert browser.post(made.location, data={"name": "October Friday"}).status_code == 422
    assert browser.post(made.location, data={"name": "Winter"}).status_code == 303
    assert "<h1>Winter</h1>" in browser.get(made.location).text


def test_people_join_and_leave_a_group(cast: Cast, engines: Engines, sign_in: SignIn) -> None:
    browser = sign_in(cast.mona)
    made = browser.post("/manage/cohorts/new", data={"organisation": cast.organisation, "name": "November"})
    url = made.location.replace("setup/", "members/")
    browser.post(url, data={"people": [str(cast.lena), str(cast.leo)]})
    assert "2 people joined" in browser.get(made.location).text
    assert '<h2 id="people-of-group">2 people</h2>' in browser.get(made.location).text
    assert browser.post(f"{url}{cast.leo}/remove").status_code == 303
    assert browser.post(f"{url}{cast.leo}/remove").status_code == 404
    page = browser.get(f"{made.location}?q=leo").text
    assert f'value="{cast.leo}"' in page
    assert browser.post(url, data={"people": [str(cast.farid)]}).status_code == 404


def test_a_day_with_its_course_and_seats_in_one_form(cast: Cast, engines: Engines, sign_in: SignIn) -> None:
    browser = sign_in(cast.mona)
    made = browser.post("/manage/days/new", data=typed(cast))
    assert made.status_code == 303
    page = browser.get(made.location).text
    assert "2 seats were given." in page
    assert "Farid Haddad" in page
    run_id = run_of(made.location)
    assert seated(engines, run_id) == [cast.lena, cast.leo]
    with unit_of_work(engines, write=False) as session:
        run = session.get_one(Run, run_id)
        day = session.get_one(Day, run.day_id)
        assert (run.version_hash, run.facilitator_id, run.opens_days) == (cast.version_hash, cast.farid, 7)
        assert (day.starts, day.zone, day.place) == (540, "America/New_York", "Room 3")


def test_without_the_tick_nobody_has_a_seat(cast: Cast, engines: Engines, sign_in: SignIn) -> None:
    data = typed(cast, facilitator="0")
    del data["seats"]
    made = sign_in(cast.mona).post("/manage/days/new", data=data)
    assert seated(engines, run_of(made.location)) == []


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"date": ""}, "choose a date"),
        ({"date": "27.11.2026"}, "Not a valid date"),
        ({"date": "1999-01-01"}, "within the last year"),
        ({"starts": ""}, "time at which the day starts"),
        ({"starts": "25:00"}, "Not a valid time"),
        ({"place": ""}, "say where"),
        ({"place": "x" * 201}, "at most 200"),
        ({"zone": "Mars/Olympus"}, "choose a time zone"),
        ({"zone": ""}, "choose a time zone"),
        ({"module": "nobody"}, "Not a valid choice"),
        ({"cohort": "999"}, "Not a valid choice"),
        ({"facilitator": "999"}, "Not a valid choice"),
        ({"opens_days": "61"}, "from 0 to 60"),
        ({"due_days": "many"}, "Not a valid integer"),
    ],
)
def test_a_day_that_does_not_fit(
    cast: Cast, engines: Engines, sign_in: SignIn, changed: dict[str, str], error: str
) -> None:
    data = typed(cast, place="Harbour Street 4") | changed
    answer = sign_in(cast.mona).post("/manage/days/new", data=data)
    assert (answer.status_code, error in answer.text) == (422, True)
    assert "place" in changed or 'value="Harbour Street 4"' in answer.text
    with unit_of_work(engines, write=False) as session:
        assert len(session.execute(select(Run.id)).all()) == 2


def test_a_foreign_group_or_facilitator_does_not_exist(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.mona)
    foreign = [{"cohort": str(cast.other_cohort)}, {"facilitator": str(cast.otto_facilitator)}]
    assert [browser.post("/manage/days/new", data=typed(cast, **data)).status_code for data in foreign] == [422, 422]


def test_a_manager_of_two_organisations_keeps_them_apart(cast: Cast, engines: Engines, sign_in: SignIn) -> None:
    with unit_of_work(engines, write=True) as session:
        membership.grant(session, person_id=cast.mona, organisation_id=cast.other_organisation, role=Role.MANAGER)
    answer = sign_in(cast.mona).post("/manage/days/new", data=typed(cast, facilitator=str(cast.otto_facilitator)))
    assert answer.status_code == 422
    assert "does not belong to the group" in answer.text


def test_the_same_form_twice_makes_one_day(cast: Cast, engines: Engines, sign_in: SignIn) -> None:
    browser = sign_in(cast.mona)
    assert browser.post("/manage/days/new", data=typed(cast)).status_code == 303
    again = browser.post("/manage/days/new", data=typed(cast))
    assert (again.status_code, "has this course on this date already" in again.text) == (422, True)
    with unit_of_work(engines, write=False) as session:
        assert len(session.execute(select(Day.id)).all()) == 3


def test_a_second_course_beside_the_first_refuses_by_name(cast: Cast, engines: Engines, sign_in: SignIn) -> None:
    browser = sign_in(cast.mona)
    with unit_of_work(engines, write=True) as session:
        other = calendar.add_cohort(session, organisation_id=cast.organisation, name="November").id
        nora = make.person(session, "Nora Weiss").id
        for person_id in (cast.lena, nora):
            calendar.add_member(session, cohort_id=other, person_id=person_id)
    first = browser.post("/manage/days/new", data=typed(cast))
    beside = browser.get(f"/manage/days/new?beside={run_of(first.location)}&cohort={other}").text
    assert f'<option selected value="{other}">' in beside
    assert 'value="Room 3"' in beside
    second = browser.post("/manage/days/new", data=typed(cast, cohort=str(other)))
    page = browser.get(second.location).text
    assert "Lena Brandt has a seat in another course on this day" in page
    assert seated(engines, run_of(second.location)) == [nora]
    with unit_of_work(engines, write=False) as session:
        days = session.execute(
            select(Run.day_id).where(Run.id.in_([run_of(first.location), run_of(second.location)]))
        ).scalars()
        assert len(set(days)) == 1


def test_changes_of_a_course(cast: Cast, engines: Engines, sign_in: SignIn) -> None:
    browser = sign_in(cast.mona)
    url = f"/manage/runs/{cast.run}/"
    on = (clock.today("UTC") + timedelta(days=3)).isoformat()
    place = {"date": on, "starts": "10:30", "place": "Hall 2", "zone": "Europe/Berlin"}
    assert browser.post(f"{url}facilitator", data={"facilitator": "0"}).status_code == 303
    assert browser.post(f"{url}day", data=place).status_code == 303
    assert browser.post(f"{url}window", data={"opens_days": "3", "due_days": "10"}).status_code == 303
    page = browser.get(url).text
    assert [text in page for text in ("10:30, Europe/Berlin", "Hall 2", "Nobody yet", 'value="3"')] == [True] * 4
    bad: list[tuple[str, dict[str, str]]] = [
        ("facilitator", {"facilitator": str(cast.otto_facilitator)}),
        ("facilitator", {"facilitator": "x"}),
        ("day", place | {"date": ""}),
        ("day", place | {"zone": "Nowhere"}),
        ("window", {"opens_days": "-1", "due_days": "10"}),
        ("window", {"opens_days": "3", "due_days": ""}),
    ]
    assert [browser.post(f"{url}{part}", data=data).status_code for part, data in bad] == [422] * 6


def test_seats_are_given_and_cancelled(cast: Cast, engines: Engines, sign_in: SignIn) -> None:
    browser = sign_in(cast.mona)
    url = f"/manage/runs/{cast.run}/"
    assert browser.post(f"{url}seats/{cast.lena_seat}/cancel").status_code == 303
    assert browser.post(f"{url}seats/{cast.lena_seat}/cancel").status_code == 404
    assert seated(engines, cast.run) == [cast.leo]
    assert "1 person of the group has no seat" in browser.get(url).text
    assert browser.post(f"{url}seats/", data={"people": [str(cast.lena)]}).status_code == 303
    assert seated(engines, cast.run) == [cast.lena, cast.leo]
    browser.post(f"{url}seats/{cast.lena_seat}/cancel")
    browser.post(f"{url}seats/", data={"whole": "1"})
    assert seated(engines, cast.run) == [cast.lena, cast.leo]
    assert browser.post(f"{url}seats/", data={"people": ["x"]}).status_code == 422


def test_a_course_is_taken_out_only_before_anybody_has_begun(cast: Cast, engines: Engines, sign_in: SignIn) -> None:
    browser = sign_in(cast.mona)
    made = browser.post("/manage/days/new", data=typed(cast))
    gone = browser.post(f"{made.location}cancel")
    assert "out of the calendar, and its seats are free" in browser.get(gone.location).text
    assert seated(engines, run_of(made.location)) == []
    assert browser.post(f"{made.location}seats/", data={"whole": "1"}).status_code == 404
    begin(engines, cast)
    stays = browser.post(f"/manage/runs/{cast.run}/cancel")
    assert "so it cannot be taken out" in browser.get(stays.location).text
    assert seated(engines, cast.run) == [cast.lena, cast.leo]


def test_a_newer_version_is_offered_until_somebody_has_begun(cast: Cast, engines: Engines, sign_in: SignIn) -> None:
    browser = sign_in(cast.mona)
    url = f"/manage/runs/{cast.run}/"
    assert "newer version" not in browser.get(url).text
    with unit_of_work(engines, write=True) as session:
        newer = make.published(session, make.small_module().model_copy(update={"title": "Small talk, again"}))
    begun_url = f"/manage/runs/{cast.run}/version"
    assert "Use the newer version" in browser.get(url).text
    begin(engines, cast)
    assert "stays on the version it was made with" in browser.get(url).text
    browser.post(begun_url)
    made = browser.post("/manage/days/new", data=typed(cast))
    with unit_of_work(engines, write=False) as session:
        assert session.get_one(Run, cast.run).version_hash == cast.version_hash
        assert session.get_one(Run, run_of(made.location)).version_hash == newer


def test_nobody_begun_takes_the_newer_version(cast: Cast, engines: Engines, sign_in: SignIn) -> None:
    with unit_of_work(engines, write=True) as session:
        newer = make.published(session, make.small_module().model_copy(update={"title": "Small talk, again"}))
    assert sign_in(cast.mona).post(f"/manage/runs/{cast.run}/version").status_code == 303
    with unit_of_work(engines, write=False) as session:
        assert session.get_one(Run, cast.run).version_hash == newer


def test_home_shows_the_next_day_of_each_group(cast: Cast, engines: Engines, sign_in: SignIn) -> None:
    text = sign_in(cast.mona).get("/manage/").text
    assert "October Friday" in text
    assert "Small talk before the big meeting" in text
    assert "2 seats" in text
    assert "Four steps" not in text


def test_an_empty_desk_leads_step_by_step(cast: Cast, engines: Engines, sign_in: SignIn) -> None:
    with unit_of_work(engines, write=True) as session:
        place = make.organisation(session, "Northern Rail")
        nils = make.person(session, "Nils Berg")
        make.membership(session, nils, Role.MANAGER, place)
        place_id, nils_id = place.id, nils.id
    browser = sign_in(nils_id)
    assert "Four steps to the first day" in browser.get("/manage/").text
    assert "Make a group first" in browser.get("/manage/days/new").text
    browser.post("/manage/cohorts/new", data={"organisation": place_id, "name": "First"})
    text = browser.get("/manage/").text
    assert (text.count("Done."), "Add people" in text) == (1, True)


@pytest.mark.parametrize(
    "path",
    [
        "/manage/",
        "/manage/people/",
        "/manage/people/{lena}/",
        "/manage/cohorts/{cohort}/setup/",
        "/manage/runs/{run}/",
        "/manage/days/new",
    ],
)
def test_pages_take_few_statements(cast: Cast, engines: Engines, sign_in: SignIn, path: str) -> None:
    url = path.format(lena=cast.lena, cohort=cast.cohort, run=cast.run)
    browser = sign_in(cast.mona)
    browser.get(url)
    statements: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    event.listen(engines.reader, "before_cursor_execute", count)
    try:
        assert browser.get(url).status_code == 200
    finally:
        event.remove(engines.reader, "before_cursor_execute", count)
    assert len(statements) <= (6 if path in {"/manage/", "/manage/people/"} else 8), statements


def test_the_start_of_a_page_names_no_group_of_others(cast: Cast, engines: Engines, sign_in: SignIn) -> None:
    text = sign_in(cast.mona).get("/manage/days/new").text
    with unit_of_work(engines, write=False) as session:
        names = dict(session.execute(select(Cohort.name, Cohort.organisation_id)).all())
    offered = re.findall(r"<option[^>]*>([^<]+)</option>", text)
    assert [name in offered for name in sorted(names)] == [names[name] == cast.organisation for name in sorted(names)]
