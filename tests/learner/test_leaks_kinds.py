"""Models, orders, votes and other trades reach the browser in their time, too: canaries in every such place."""

import re
from typing import Any

import pytest
from sqlalchemy import update

from course import clock
from course.cohorts.models import Day
from course.completions.service import settle
from course.content.schema import Module
from course.database import Engines, unit_of_work
from course.people.service import open_session
from course.scenarios.service import room
from course.settings import Settings
from course.web.application import COOKIE
from tests.conftest import MakeApp
from tests.learner.hand import HERE
from tests.learner.test_leaks import CANARY, Listener
from tests.make import Cast, all_kinds, cast_of

LINES = ("title", "when", "body", "ask", "prompt", "poor", "good", "learned", "then", "coach")
SKIN = "barge"


def planted() -> Module:
    """The module of all kinds with a unique word in every place that must not be seen before its time."""
    data: dict[str, Any] = all_kinds().model_dump(mode="json", by_alias=True)
    case = data["scenarios"][0]
    for competency in case["competencies"]:
        competency |= {name: f"canary-{name}-{competency['id']}" for name in ("title", "project", "relationship")}
    for scene in case["scenes"]:
        scene.update({name: f"canary-{name}-{scene['id']}" for name in LINES if name in scene})
        for part in (*scene.get("choices", ()), *scene.get("bands", ()), *scene.get("items", ())):
            at = f"{scene['id']}-{part['id']}"
            part.update({name: f"canary-{name}-{at}" for name in ("text", "then", "coach") if name in part})
            if part.get("cue"):
                part["cue"] = part["then"]
    words = {"canary": "parrot"}
    data["skins"] = [
        {
            "schema": 1,
            "id": SKIN,
            "of": "crane",
            "trade": "Barge planner",
            "title": "T",
            "intro": "Another intro.",
            "words": words,
        }
    ]
    case |= {"skins": [SKIN], "trade": "Crane planner"}
    return Module.model_validate(data)


@pytest.fixture
def crew(engines: Engines) -> Cast:
    with unit_of_work(engines, write=True, before_commit=settle) as session:
        made = cast_of(session, planted())
        session.execute(update(Day).values(date=clock.today("America/New_York"), starts=0))
        return made


@pytest.fixture
def listener(settings: Settings, engines: Engines, make_app: MakeApp, crew: Cast) -> Listener:
    app = make_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    with unit_of_work(engines, write=True) as session:
        token, _ = open_session(session, person_id=crew.lena, way="password")
    browser = app.test_client()
    browser.set_cookie(COOKIE, token)
    return Listener(browser, here=HERE, module=planted())


def send(listener: Listener, page: str = "play", **more: str) -> None:
    """Send the form of the page, wrongly first."""
    text = listener.browser.get(HERE).text
    hidden = dict(re.findall(r'<input type="hidden"\s+name="(\w+)"\s+value="([^"]*)"', text))
    wrong = listener.hear(listener.browser.post(HERE + page, data=hidden | {"scene": "nowhere"}))
    assert wrong.status_code == 422
    taken = listener.hear(listener.browser.post(HERE + page, data=hidden | more))
    assert taken.status_code == 303
    listener.hear(listener.browser.get(taken.location))


def scene(name: str, *parts: str) -> set[str]:
    return {f"canary-{part}-{name}" for part in ("title", "when", "body", *parts)}


CALL = scene("call", "ask") | {f"canary-text-call-{name}" for name in ("ring", "check", "mail")}
WORDS = scene("words", "prompt")
MODELS = {"canary-poor-words", "canary-good-words", "canary-ask-words"}
MODELS |= {"canary-text-words-date", "canary-text-words-blame"}
VOTE = scene("hands", "ask") | {f"canary-text-hands-{name}" for name in ("hers", "mine", "both")}
ORDER = scene("order", "ask") | {f"canary-text-order-{name}" for name in ("ask_site", "ground", "rig", "report")}
END = scene("together")


def test_each_kind_of_scene_is_heard_in_its_time(engines: Engines, crew: Cast, listener: Listener) -> None:
    def settled(*sets: set[str]) -> None:
        """Nothing but this is heard, wherever one looks and whatever one sends."""
        listener.hear(listener.browser.get(HERE))
        listener.walk()
        listener.forge()
        assert listener.heard == set().union(*sets)

    settled(set())
    listener.hear(listener.browser.get(f"{HERE}?skin={SKIN}"))
    listener.browser.post(f"{HERE}begin", data={"play": 1, "skin": ""})
    settled(CALL)
    known = CALL | {"canary-then-call-ring"} | WORDS
    send(listener, choice="ring")
    settled(known)
    with unit_of_work(engines, write=True) as session:
        room.stop(session, run_id=crew.run, scenario="crane", scene="words", by_id=crew.farid)
    listener.hear(listener.browser.get(f"{HERE}held?play=1"))
    settled(known)
    with unit_of_work(engines, write=True) as session:
        room.lift(session, run_id=crew.run, scenario="crane", scene="words")
    send(listener, "say", text="A sentence.", confidence="50")
    known |= MODELS
    settled(known)
    send(listener, choice="date", nearer="good")
    known |= {"canary-then-words-date"} | VOTE
    settled(known)
    send(listener, choice="mine")
    known |= {"canary-then-hands"} | ORDER
    settled(known)
    places = {f"place-{name}": str(at) for at, name in enumerate(("ask_site", "ground", "rig", "report"), start=1)}
    send(listener, **places)
    known |= {"canary-then-order-near"} | END
    listener.hear(listener.browser.get(HERE))
    assert listener.heard == known


def test_every_hidden_place_holds_a_canary() -> None:
    """The scanner is only worth its canaries: every free text of every kind of scene is one."""
    case = planted().scenarios[0]
    words = set(CANARY.findall(str(case.model_dump(mode="json", by_alias=True))))
    answers = [(each.id, answer.id) for each in case.scenes if hasattr(each, "answers") for answer in each.answers]
    assert len(answers) == 10
    assert {word for word in words if word.startswith("canary-coach")} == {
        "canary-coach-hands" if at == "hands" else f"canary-coach-{at}-{answer}" for at, answer in answers
    }
    assert {*MODELS, *VOTE, *ORDER, "canary-then-order-far", "canary-then-hands", "canary-learned-alone"} <= words
