"""Somebody with a place in two organisations: a launch from one shows nothing of the other, on any page."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import pytest

from course import clock
from course.cohorts.models import Day, Role, Run
from course.cohorts.service import door as doors
from course.completions.models import Certificate
from course.database import Engines, unit_of_work
from course.grading import service as grading
from course.people import service as people
from course.people.models import Organisation, Person
from course.reflections import service as reflections
from course.web import embedded
from course.web.application import COOKIE, Application
from tests import make
from tests.make import Cast
from tests.web.test_embedded import Browser, browser
from tests.web.walk import NOWHERE

THERE = "Dockside"
"""The group there, and where it meets."""
PRINTED = {
    "name": "Lena Brandt",
    "module": "Small talk",
    "date": "2026-11-27",
    "minutes": 360,
    "lang": "en",
    "outcomes": ["Open a meeting with the person before the agenda"],
    "organisation": THERE,
    "facilitator": "Farid Haddad",
}


@dataclass(frozen=True)
class Both:
    """What Lena and Farid have in the other organisation: a run, her seat, her page's handle, its open door."""

    run: int
    seat: int
    handle: str
    door: str


@pytest.fixture
def both(engines: Engines, cast: Cast) -> Both:
    with unit_of_work(engines, write=True) as session:
        there = session.get_one(Organisation, cast.other_organisation)
        lena, farid = session.get_one(Person, cast.lena), session.get_one(Person, cast.farid)
        make.membership(session, lena, Role.LEARNER, there)
        make.membership(session, farid, Role.FACILITATOR, there)
        run = session.get_one(Run, cast.other_run)
        session.get_one(Day, run.day_id).place = f"{THERE} hall"
        run.facilitator_id = cast.farid
        seat = make.seat(session, run, lena)
        page = reflections.submit(
            session,
            seat_id=seat.id,
            reflection="first-minute",
            version_hash=cast.version_hash,
            text="A page.",
            operation_id=str(uuid4()),
            due=clock.now() + timedelta(days=5),
        )
        grade = grading.enter(
            session,
            kind="reflection",
            submission_id=page.id,
            run_id=run.id,
            seat_id=seat.id,
            author_id=cast.lena,
            version_hash=cast.version_hash,
            rubric="first-minute",
            number=1,
        )
        session.add(Certificate(seat_id=seat.id, code="K7M4QX2P9TRA", printed=PRINTED, issued_at=clock.now()))
        door = doors.open_door(session, run_id=run.id)
        return Both(run.id, seat.id, grade.handle, f"/in/{door.code}?k={door.key}")


@dataclass(frozen=True)
class Seen:
    """One person's two browsers: by the portal, and by a launch from the first organisation."""

    portal: Browser
    launched: Browser


def seen(app: Application, engines: Engines, cast: Cast, person_id: int) -> Seen:
    with unit_of_work(engines, write=True) as session:
        portal, _ = people.open_session(session, person_id=person_id, way="password")
        launched, _ = people.open_session(session, person_id=person_id, way="lti", organisation_id=cast.organisation)
    found = Seen(browser(app), browser(app))
    found.portal.set_cookie(COOKIE, portal, domain="oneday.test", secure=True)
    found.launched.set_cookie(embedded.COOKIE, launched, domain="oneday.test", secure=True)
    return found


def test_a_learner_sees_the_seats_of_one(app: Application, engines: Engines, cast: Cast, both: Both) -> None:
    lena = seen(app, engines, cast, cast.lena)
    for path in ("/learn/", "/learn/small-talk/"):
        assert THERE in lena.portal.get(path).text, path
        page = lena.launched.get(path)
        assert (page.status_code, THERE in page.text) == (200, False), path
    theirs = (
        f"/learn/small-talk/?seat={both.seat}",
        f"/learn/small-talk/print/?seat={both.seat}",
        f"/learn/seats/{both.seat}/certificate.pdf",
    )
    statuses = {path: (lena.portal.get(path).status_code, lena.launched.get(path).status_code) for path in theirs}
    assert statuses == dict.fromkeys(theirs, (200, 404))
    assert lena.launched.get(f"/learn/small-talk/?seat={cast.lena_seat}").status_code == 200


def test_a_learner_changes_nothing_in_the_other(app: Application, engines: Engines, cast: Cast, both: Both) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    lena = seen(app, engines, cast, cast.lena)
    welcome = f"/learn/small-talk/welcome?seat={both.seat}"
    assert lena.launched.post(welcome).status_code == 404
    assert lena.portal.post(welcome).status_code == 303


def test_a_facilitator_sees_the_runs_of_one(app: Application, engines: Engines, cast: Cast, both: Both) -> None:
    """Every page of a run, found in the URL map."""
    farid = seen(app, engines, cast, cast.farid)
    for path in ("/facilitate/", "/facilitate/grading/"):
        assert THERE in farid.portal.get(path).text, path
        assert THERE not in farid.launched.get(path).text, path
    walked = 0
    for rule in app.url_map.iter_rules():
        if not (rule.endpoint.startswith("facilitator.") and {"run_id", "handle"} & rule.arguments):
            continue
        names = {**{name: NOWHERE[name] for name in rule.arguments}, "run_id": both.run, "handle": both.handle}
        built = rule.build({name: names[name] for name in rule.arguments}, append_unknown=False)
        assert built is not None
        for method in {"GET", "POST"} & (rule.methods or set()):
            app.config["WTF_CSRF_ENABLED"] = False
            assert farid.launched.open(built[1], method=method).status_code == 404, (method, built[1])
            if rule.arguments <= {"run_id", "handle"} and method == "GET":
                assert farid.portal.get(built[1]).status_code in {200, 303}, built[1]
                walked += 1
    assert walked > 15
    assert farid.launched.get(f"/facilitate/runs/{cast.run}/").status_code == 200


def test_at_the_door_of_the_other_nobody_is_known(app: Application, engines: Engines, cast: Cast, both: Both) -> None:
    lena = seen(app, engines, cast, cast.lena)
    assert lena.launched.get(both.door).status_code == 200
    answer = lena.portal.get(both.door)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/learn/small-talk/")


def test_no_other_desk_is_open(app: Application, engines: Engines, cast: Cast) -> None:
    with unit_of_work(engines, write=True) as session:
        here = session.get_one(Organisation, cast.organisation)
        for role in (Role.MANAGER, Role.ADMIN):
            make.membership(session, session.get_one(Person, cast.lena), role, here if role is Role.MANAGER else None)
    lena = seen(app, engines, cast, cast.lena)
    desks = ("/learn/", "/manage/", "/admin/")
    statuses = {path: (lena.portal.get(path).status_code, lena.launched.get(path).status_code) for path in desks}
    assert statuses == {"/learn/": (200, 200), "/manage/": (200, 403), "/admin/": (200, 403)}
