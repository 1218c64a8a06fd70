"""The player: scene, choice, consequence; whatever is sent twice, late or forged, the play stays whole."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from course.cases.engine import Action, Choose
from course.database import Engines, unit_of_work
from course.scenarios import queries
from course.scenarios.models import Attempt, AttemptEvent
from tests.make import Cast

SignIn = Callable[[int], FlaskClient]

HERE = "/learn/small-talk/the-lift/"

pytestmark = pytest.mark.usefixtures("yesterday")


@dataclass(frozen=True)
class Step:
    """The form of a scene as the page holds it."""

    play: str
    version: str
    scene: str
    operation_id: str
    answers: tuple[str, ...]

    def data(self, choice: str) -> dict[str, str]:
        return {
            "play": self.play,
            "version": self.version,
            "scene": self.scene,
            "operation_id": self.operation_id,
            "choice": choice,
        }


def form(browser: FlaskClient) -> Step:
    page = browser.get(HERE).text
    hidden = dict(re.findall(r'<input type="hidden"\s+name="(\w+)"\s+value="([^"]*)"', page))
    answers = re.findall(r'name="choice"\s+value="(\w+)"', page)
    return Step(hidden["play"], hidden["version"], hidden["scene"], hidden["operation_id"], tuple(answers))


def post(browser: FlaskClient, step: Step, choice: str) -> TestResponse:
    return browser.post(f"{HERE}play", data=step.data(choice))


def begin(browser: FlaskClient, play: int = 1) -> TestResponse:
    return browser.post(f"{HERE}begin", data={"play": play})


def taken(engines: Engines, seat: int, number: int = 1) -> tuple[Action, ...]:
    with unit_of_work(engines, write=False) as session:
        play = queries.play(session, seat_id=seat, scenario="lift", number=number)
        return queries.actions(session, attempt_id=play.attempt_id) if play is not None else ()


def test_a_play_from_the_first_scene_to_looking_back(engines: Engines, cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.lena)
    intro = browser.get(HERE).text
    assert "The lift stops, and your sponsor, Nora Lind, steps in." in intro
    assert "The doors close" not in intro
    answer = begin(browser)
    assert (answer.status_code, answer.location) == (303, f"{HERE}#play")
    step = form(browser)
    assert (step.play, step.version, step.scene, step.answers) == ("1", "0", "doors", ("plan", "ask"))
    answer = post(browser, step, "ask")
    assert (answer.status_code, answer.location) == (303, f"{HERE}?after=1&play=1#play")
    consequence = browser.get(answer.location).text
    assert "You: “Mostly. What would you like to be sure of?”" in consequence
    assert "She thinks for a floor." in consequence
    assert "Floor six" not in consequence
    step = form(browser)
    assert (step.version, step.scene, step.answers) == ("1", "floor_six", ("shift", "report", "meeting"))
    answer = post(browser, step, "shift")
    assert "Only two?" in browser.get(answer.location).text
    ending = browser.get(HERE).text
    assert "You walk in together" in ending
    assert "Trust is made between the meetings." not in ending
    assert f'href="{HERE}debrief/?play=1"' in ending
    back = browser.get(f"{HERE}debrief/?play=1").text
    for told in (
        "Trust is made between the meetings.",
        "A question shows you what the meeting is really about.",
        "Trust grew most here",
        "2 of 2 chances taken",
        "Month 1",
        "Nobody but you sees this page.",
    ):
        assert told in back
    assert taken(engines, cast.lena_seat) == (Choose("doors", "ask"), Choose("floor_six", "shift"))


def test_a_guarded_choice_that_is_closed_is_not_on_the_page(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.lena)
    begin(browser)
    post(browser, form(browser), "plan")
    assert form(browser).answers == ("report", "meeting")
    refused = post(browser, form(browser), "shift")
    assert refused.status_code == 422
    assert "This cannot be chosen here." in refused.text
    assert "The night shift has tried it" not in refused.text
    assert 'value="report"' in refused.text


def test_a_double_click_is_one_step(engines: Engines, cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.lena)
    begin(browser)
    assert begin(browser).status_code == 303
    step = form(browser)
    first, second = post(browser, step, "plan"), post(browser, step, "plan")
    for answer in (first, second):
        assert (answer.status_code, answer.location) == (303, f"{HERE}?after=1&play=1#play")
    assert taken(engines, cast.lena_seat) == (Choose("doors", "plan"),)


def test_a_second_tab_and_the_back_button_change_nothing(engines: Engines, cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.lena)
    begin(browser)
    one, two = form(browser), form(browser)
    post(browser, one, "plan")
    for late in (post(browser, two, "ask"), post(browser, one, "ask")):
        assert late.status_code == 409
        assert "You have already decided here" in late.text
        assert f'href="{HERE}"' in late.text
    assert taken(engines, cast.lena_seat) == (Choose("doors", "plan"),)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, 303),
        ({"choice": ""}, 422),
        ({"choice": "jump"}, 422),
        ({"choice": "x" * 5000}, 422),
        ({"scene": "floor_six"}, 422),
        ({"scene": "together"}, 422),
        ({"scene": "no such scene"}, 422),
        ({"version": "1"}, 409),
        ({"version": "-1"}, 422),
        ({"version": "99999999999999999999"}, 422),
        ({"version": "two"}, 422),
        ({"play": "2"}, 409),
        ({"play": ""}, 422),
        ({"operation_id": ""}, 422),
        ({"operation_id": "a b"}, 422),
        ({"operation_id": "x" * 200}, 422),
    ],
)
def test_forged_steps(engines: Engines, cast: Cast, sign_in: SignIn, change: dict[str, str], status: int) -> None:
    browser = sign_in(cast.lena)
    begin(browser)
    answer = browser.post(f"{HERE}play", data=form(browser).data("plan") | change)
    assert answer.status_code == status
    assert len(taken(engines, cast.lena_seat)) == (1 if status == 303 else 0)
    if status == 422:
        assert "The doors close" in answer.text
        assert "Please check this" in answer.text


def test_practice_leaves_the_record(engines: Engines, cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.lena)
    begin(browser)
    post(browser, form(browser), "plan")
    begin(browser, 2)
    assert form(browser).version == "1"
    post(browser, form(browser), "report")
    begin(browser, 1)
    assert "After you" in browser.get(HERE).text
    begin(browser, 2)
    page = browser.get(HERE).text
    assert "Practice: your first play stays the record" in page
    step = form(browser)
    assert (step.play, step.version) == ("2", "0")
    assert browser.get(f"{HERE}debrief/").text.count("Go on with your practice play") == 1
    assert browser.get(f"{HERE}debrief/?play=2").status_code == 303
    post(browser, step, "ask")
    post(browser, form(browser), "shift")
    assert "You walk in together" in browser.get(f"{HERE}debrief/").text
    record = browser.get(f"{HERE}debrief/?play=1").text
    assert "<h1>After you</h1>" in record
    assert taken(engines, cast.lena_seat) == (Choose("doors", "plan"), Choose("floor_six", "report"))


def test_there_is_nothing_to_look_back_on_before_the_end(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.lena)
    for _turn in range(2):
        answer = browser.get(f"{HERE}debrief/")
        assert (answer.status_code, answer.location) == (303, HERE)
        begin(browser)


def test_each_plays_alone(engines: Engines, cast: Cast, sign_in: SignIn) -> None:
    lena, leo = sign_in(cast.lena), sign_in(cast.leo)
    begin(lena)
    begin(leo)
    post(lena, form(lena), "plan")
    assert form(leo).version == "0"
    assert taken(engines, cast.leo_seat) == ()


def test_a_step_before_the_beginning_shows_the_way(cast: Cast, sign_in: SignIn) -> None:
    step = Step("1", "0", "doors", str(uuid4()), ())
    assert post(sign_in(cast.lena), step, "plan").status_code == 409


@pytest.mark.parametrize("below", ["play", "begin"])
def test_who_may_play(engines: Engines, cast: Cast, sign_in: SignIn, client: FlaskClient, below: str) -> None:
    url = HERE + below
    assert client.post(url).status_code == 401
    assert sign_in(cast.farid).post(url).status_code == 403
    assert sign_in(cast.lena).post(f"{url}?seat={cast.otto_seat}").status_code == 404
    assert sign_in(cast.lena).post(f"/learn/small-talk/two-jobs/{below}").status_code == 404
    assert sign_in(cast.lena).get(url).status_code == 405
    with unit_of_work(engines, write=False) as session:
        assert session.execute(select(func.count(Attempt.id))).scalar_one() == 0


@pytest.mark.parametrize("below", ["play", "begin"])
def test_csrf(engines: Engines, cast: Cast, sign_in: SignIn, below: str) -> None:
    browser = sign_in(cast.lena)
    begin(browser)
    data = form(browser).data("plan")
    browser.application.config["WTF_CSRF_ENABLED"] = True
    assert browser.post(HERE + below, data=data).status_code == 400
    token = re.findall(r'name="csrf_token"\s+value="([^"]+)"', browser.get(HERE).text)[0]
    assert browser.post(HERE + below, data=data | {"csrf_token": token}).status_code == 303
    with unit_of_work(engines, write=False) as session:
        assert session.execute(select(func.count(AttemptEvent.id))).scalar_one() == (1 if below == "play" else 0)
