"""From an empty database by pages alone: admin, organisation, manager, group, people, day, course, seats."""

import io
import re
from datetime import timedelta
from html import unescape

from flask.testing import FlaskClient
from sqlalchemy import select

from course import clock
from course.cohorts.models import Role, Seat
from course.database import Engines, unit_of_work
from course.people.models import Person
from course.people.service import make_link
from course.web.application import Application
from tests import make

PASSWORD = "five quiet harbours"


def enter_by_link(app: Application, url: str) -> FlaskClient:
    """Open an invitation in a browser of one's own and choose a password."""
    browser = app.test_client()
    path = url.removeprefix("http://localhost")
    assert browser.get(path).status_code == 200
    answer = browser.post(path, data={"password": PASSWORD, "again": PASSWORD})
    assert answer.status_code == 303, answer.text
    return browser


def link_in(page: str) -> str:
    found = re.search(r'value="(http://localhost/sign-in/[^"]+)"', page)
    assert found is not None
    return unescape(found[1])


def test_from_nothing_by_pages_alone(app: Application, engines: Engines) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    with unit_of_work(engines, write=True) as session:
        # What ``course init`` and ``course publish`` leave behind.
        make.published(session)
        ada = make.person(session, "Admin", email="admin@example.org", identity=True)
        make.membership(session, ada, Role.ADMIN)
        token = make_link(session, person_id=ada.id, purpose="password")

    admin = enter_by_link(app, f"http://localhost/sign-in/password/{token}")
    place = admin.post("/admin/organisations/", data={"name": "Northern Rail"}).location
    manager_page = admin.post(
        f"{place}staff", data={"name": "Nils Berg", "email": "nils@example.org", "role": "manager"}
    ).text
    facilitator_page = admin.post(
        f"{place}staff", data={"name": "Fay Lind", "email": "fay@example.org", "role": "facilitator"}
    ).text

    manager = enter_by_link(app, link_in(manager_page))
    assert "Four steps to the first day" in manager.get("/manage/").text
    organisation = re.search(r'name="organisation"\s+value="(\d+)"', manager.get("/manage/cohorts/new").text)
    assert organisation is not None
    setup = manager.post("/manage/cohorts/new", data={"organisation": organisation[1], "name": "November"}).location

    roster = setup.replace("setup/", "roster/")
    content = b"Name,E-mail,Employee id\nLena Brandt,lena@example.org,E-1\nLeo Marsh,,E-2\n"
    seen = manager.post(
        roster, data={"file": (io.BytesIO(content), "people.csv")}, content_type="multipart/form-data"
    ).text
    packed = re.search(r'name="content"\s+value="([^"]+)"', seen)
    assert packed is not None
    taken = manager.post(f"{roster}take", data={"content": packed[1], "file_name": "people.csv"})
    assert taken.status_code == 303

    form = manager.get("/manage/days/new").text
    facilitator = re.search(r'<option value="(\d+)">Fay Lind</option>', form)
    cohort = re.search(r'<option(?: selected)? value="(\d+)">November</option>', form)
    assert facilitator is not None
    assert cohort is not None
    day = manager.post(
        "/manage/days/new",
        data={
            "cohort": cohort[1],
            "module": "small-talk",
            "date": (clock.today("UTC") + timedelta(days=2)).isoformat(),
            "starts": "09:00",
            "place": "Depot 4",
            "zone": "Europe/Oslo",
            "facilitator": facilitator[1],
            "seats": "y",
            "opens_days": "7",
            "due_days": "7",
        },
    )
    assert day.status_code == 303
    page = manager.get(day.location).text
    assert re.findall(r'/people/\d+/"><bdi class="person">([^<]+)</bdi>', page) == ["Lena Brandt", "Leo Marsh"]
    with unit_of_work(engines, write=False) as session:
        seats = session.execute(select(Person.name).join(Seat, Seat.person_id == Person.id).order_by(Person.name))
        assert list(seats.scalars()) == ["Lena Brandt", "Leo Marsh"]
        lena = session.execute(select(Person.id).where(Person.name == "Lena Brandt")).scalar_one()

    learner = enter_by_link(app, link_in(manager.post(f"/manage/people/{lena}/link").text))
    assert learner.get("/learn/").status_code == 200
    fay = enter_by_link(app, link_in(facilitator_page))
    assert fay.get("/facilitate/").status_code == 200
