"""Builders of the facilitator's tests: the day moved, pages handed in, forms as a browser sends them."""

import re
from datetime import timedelta
from html import unescape

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from course import clock
from course.cohorts.models import Day, Run, Seat
from course.database import Engines, unit_of_work
from course.grading.models import Grade
from tests.grading import build
from tests.make import Cast


def move_day(session: Session, day_id: int, days: int) -> None:
    """Put a day so many days from today on its own clock."""
    day = session.get_one(Day, day_id)
    day.date = clock.today(day.zone) + timedelta(days=days)
    session.flush()


def begun(engines: Engines, cast: Cast) -> None:
    """The cast's day was yesterday."""
    with unit_of_work(engines, write=True) as session:
        move_day(session, cast.day, -1)


def page_of(engines: Engines, seat_id: int, *, text: str = "On Tuesday I will ask A.") -> str:
    """A page is handed in; returns its handle."""
    with unit_of_work(engines, write=True) as session:
        return build.entered(session, seat_id, text=text).handle


def grade_of(session: Session, handle: str) -> Grade:
    return session.query(Grade).filter_by(handle=handle).one()


def ready(engines: Engines, handle: str, *, by_id: int) -> None:
    with unit_of_work(engines, write=True) as session:
        build.made_ready(session, grade_of(session, handle), by_id=by_id)


def take_over(engines: Engines, run_id: int, person_id: int) -> None:
    """Somebody else holds the run from now on."""
    with unit_of_work(engines, write=True) as session:
        session.get_one(Run, run_id).facilitator_id = person_id


def seat_of(engines: Engines, seat_id: int) -> Seat:
    with unit_of_work(engines, write=False) as session:
        return session.get_one(Seat, seat_id)


def fields(html: str) -> dict[str, str]:
    """What the page's forms would send untouched, as far as these tests need it."""
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", html):
        told = {name: unescape(value) for name, value in re.findall(r'([a-z-]+)="([^"]*)"', tag)}
        if told.get("type") in {"radio", "checkbox"} and "checked" not in re.sub(r'"[^"]*"', "", tag):
            continue
        if "name" in told:
            found[told["name"]] = told.get("value", "on")
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', html, re.DOTALL):
        found[name] = unescape(text)
    return found


def form_of(browser: FlaskClient, url: str) -> dict[str, str]:
    answer = browser.get(url)
    assert answer.status_code == 200
    return fields(answer.text)
