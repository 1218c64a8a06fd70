"""Nothing of a case reaches the browser before its time: canaries in every hidden place, every answer searched."""

import re
from typing import Any, cast

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from course import clock
from course.cohorts.models import Day
from course.completions.service import settle
from course.content.schema import Module
from course.database import Engines, unit_of_work
from course.paths import STATIC
from course.people.service import open_session
from course.settings import Settings
from course.web.application import COOKIE
from tests.conftest import MakeApp
from tests.make import Cast, cast_of, small_module

HERE = "/learn/small-talk/the-lift/"


def planted() -> Module:
    """The small module with a unique word in every place that must not be seen before its time."""
    data: dict[str, Any] = small_module().model_dump(mode="json", by_alias=True)
    case = data["scenarios"][0]
    renamed = {"trust": "canary_variable", "knows_worry": "canary_flag", "objective": "canary_competency"}
    case["variables"][0]["id"] = case["pivot"] = renamed["trust"]
    case["flags"] = [renamed["knows_worry"]]
    case["competencies"][0] |= {
        "id": renamed["objective"],
        "title": "canary-title",
        "project": "canary-project",
        "relationship": "canary-relationship",
    }
    for scene in case["scenes"]:
        for name in ("title", "when", "body", "ask", "learned"):
            if name in scene:
                scene[name] = f"canary-{name}-{scene['id']}"
        for way in (*scene.get("choices", ()), *scene.get("routes", ())):
            if way.get("if"):
                for old, new in renamed.items():
                    way["if"] = way["if"].replace(old, new)
        for choice in scene.get("choices", ()):
            at = f"{scene['id']}-{choice['id']}"
            choice |= {name: f"canary-{name}-{at}" for name in ("text", "then", "coach")}
            choice["do"] = {renamed[name]: by for name, by in choice["do"].items()}
            choice["set"] = [renamed[name] for name in choice["set"]]
            choice["key"] = {renamed[name]: points for name, points in choice["key"].items()}
    return Module.model_validate(data)


LINK = re.compile(r'(?:href|src|data-autosave)="(/[^"#]*)')
CANARY = re.compile(r"canary[-_][a-z_-]+")


@pytest.fixture
def planted_cast(engines: Engines) -> Cast:
    with unit_of_work(engines, write=True, before_commit=settle) as session:
        made = cast_of(session, planted())
        session.execute(update(Day).values(date=clock.today("America/New_York"), starts=0))
        return made


class Listener:
    """A learner's browser that hears every answer: body, headers, wherever a link leads."""

    def __init__(self, browser: FlaskClient, *, here: str = HERE, module: Module | None = None) -> None:
        self.browser = browser
        self.here = here
        self.module = module or planted()
        self.heard: set[str] = set()
        self.answers = 0

    def hear(self, answer: TestResponse) -> TestResponse:
        self.answers += 1
        self.heard |= set(CANARY.findall(answer.get_data().decode(errors="replace")))
        self.heard |= set(CANARY.findall(str(answer.headers)))
        answer.close()
        return answer

    def walk(self) -> None:
        """Open every page this learner can find, and the ones they can guess."""
        seen: set[str] = set()
        here, day = self.here, self.here.rsplit("/", 2)[0]
        waiting = ["/learn/", f"{here}debrief/", f"{here}?after=1", f"{here}?after=2", f"{here}?after=9&play=1"]
        waiting += [f"{day}/print/", f"{here}play", f"{here}say", f"{here}begin", f"{here}held", f"{day}/floor_six/"]
        waiting += [f"/static/{file.relative_to(STATIC)}" for file in STATIC.rglob("*") if file.is_file()]
        while waiting:
            url = waiting.pop()
            if url in seen:
                continue
            seen.add(url)
            answer = self.hear(self.browser.get(url))
            self.hear(self.browser.get(url, headers={"Accept": "application/json"}))
            links = LINK.findall(answer.get_data().decode(errors="replace"))
            waiting += [link.replace("&amp;", "&") for link in links if not link.startswith("/sign-")]

    def forge(self) -> None:
        """Send every step there is, under versions that are over or to come."""
        for scene in self.module.scenarios[0].scenes:
            for choice in getattr(scene, "answers", ()):
                data = {"play": 1, "version": 99, "scene": scene.id, "operation_id": "forged", "choice": choice.id}
                self.hear(self.browser.post(f"{self.here}play", data=data))
                self.hear(self.browser.post(f"{self.here}play", json=data))
                said = data | {"text": "x", "confidence": 50}
                self.hear(self.browser.post(f"{self.here}say", data=said))
        self.hear(self.browser.post(f"{self.here}play", data={"choice": "x"}))
        self.hear(self.browser.post(f"{self.here}say", data={"text": "x"}))

    def step(self, choice: str) -> None:
        page = self.browser.get(HERE).text
        data = dict(re.findall(r'<input type="hidden"\s+name="(\w+)"\s+value="([^"]*)"', page))
        forged = self.hear(self.browser.post(f"{HERE}play", data=data | {"choice": "nothing"}))
        assert forged.status_code == 422
        answer = self.hear(self.browser.post(f"{HERE}play", data=data | {"choice": choice}))
        assert answer.status_code == 303
        self.hear(self.browser.get(answer.location))


@pytest.fixture
def listener(settings: Settings, engines: Engines, make_app: MakeApp, planted_cast: Cast) -> Listener:
    app = make_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    with unit_of_work(engines, write=True) as session:
        token, _ = open_session(session, person_id=planted_cast.lena, way="password")
    browser = app.test_client()
    browser.set_cookie(COOKIE, token)
    return Listener(browser)


FIRST = {
    "canary-title-doors",
    "canary-when-doors",
    "canary-body-doors",
    "canary-ask-doors",
    "canary-text-doors-plan",
    "canary-text-doors-ask",
}
SECOND = FIRST | {
    "canary-then-doors-plan",
    "canary-title-floor_six",
    "canary-when-floor_six",
    "canary-body-floor_six",
    "canary-ask-floor_six",
    "canary-text-floor_six-report",
    "canary-text-floor_six-meeting",
}
END = SECOND | {
    "canary-then-floor_six-report",
    "canary-title-apart",
    "canary-when-apart",
    "canary-body-apart",
}
LOOKED_BACK = END | {
    "canary-coach-doors-plan",
    "canary-coach-floor_six-report",
    "canary-learned-apart",
    "canary-title",
    "canary-project",
    "canary-relationship",
}


def test_nothing_is_heard_before_its_time_and_all_of_it_after(listener: Listener) -> None:
    listener.walk()
    listener.forge()
    assert listener.heard == set()
    assert listener.answers > 40

    listener.browser.post(f"{HERE}begin", data={"play": 1})
    listener.walk()
    listener.forge()
    assert listener.heard == FIRST

    listener.step("plan")
    listener.forge()
    assert listener.heard - SECOND == set()
    listener.hear(listener.browser.get(HERE))
    assert listener.heard == SECOND

    listener.step("report")
    listener.hear(listener.browser.get(HERE))
    assert listener.heard == END

    listener.hear(listener.browser.get(f"{HERE}debrief/"))
    assert listener.heard == LOOKED_BACK
    listener.walk()
    listener.forge()
    assert listener.heard == LOOKED_BACK


def test_coaching_now_is_heard_with_the_consequence(engines: Engines, make_app: MakeApp, settings: Settings) -> None:
    module = planted()
    case = module.scenarios[0].model_copy(update={"coaching": "now"})
    with unit_of_work(engines, write=True, before_commit=settle) as session:
        made = cast_of(session, module.model_copy(update={"scenarios": (case,)}))
        session.execute(update(Day).values(date=clock.today("America/New_York"), starts=0))
        token, _ = open_session(session, person_id=made.lena, way="password")
    app = make_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    browser = app.test_client()
    browser.set_cookie(COOKIE, token)
    listener = Listener(browser)
    browser.post(f"{HERE}begin", data={"play": 1})
    listener.hear(browser.get(HERE))
    assert listener.heard == FIRST
    listener.step("plan")
    assert "canary-coach-doors-plan" in listener.heard
    assert "canary-coach-doors-ask" not in listener.heard


def test_every_hidden_place_holds_a_canary() -> None:
    """The scanner is only worth its canaries: every free text and every name of the case is one."""
    case = planted().scenarios[0].model_dump(mode="json", by_alias=True)
    words = set(CANARY.findall(str(case)))
    scenes = cast(list[dict[str, Any]], case["scenes"])
    choices = [choice for scene in scenes for choice in scene.get("choices", ())]
    assert len({word for word in words if word.startswith("canary-coach")}) == len(choices) == 5
    assert {"canary_variable", "canary_flag", "canary_competency"} <= words
