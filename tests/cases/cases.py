"""Small cases, written in Python: a whole one, and ways to change one thing in it."""

import copy
from typing import Any

from course.content.schema import Scenario

Data = dict[str, Any]


def choice(choice_id: str, to: str, **more: Any) -> Data:
    """Write one choice; ``if_`` is its guard."""
    words = {"text": f"Text of {choice_id}.", "then": f"After {choice_id}.", "coach": f"Why {choice_id}."}
    if "if_" in more:
        more["if"] = more.pop("if_")
    return {"id": choice_id, **words, "to": to, **more}


def decision(scene_id: str, *choices: Data, month: int = 1, **more: Any) -> Data:
    words = {"title": f"Title of {scene_id}", "month": month, "when": f"Month {month}", "body": "Body."}
    return {"kind": "choice", "id": scene_id, **words, "choices": list(choices), **more}


def gate(scene_id: str, *routes: tuple[str | None, str]) -> Data:
    return {"kind": "gate", "id": scene_id, "routes": [{"if": guard, "to": to} for guard, to in routes]}


def ending(scene_id: str, rank: int) -> Data:
    words = {"title": f"Title of {scene_id}", "month": 9, "when": "Month 9", "body": "End.", "learned": "This."}
    return {"kind": "ending", "id": scene_id, "rank": rank, **words}


def whole(**more: Any) -> Data:
    """Write a vignette without any finding: two decisions, a gate, two endings."""
    data: Data = {
        "schema": 1,
        "id": "a-case",
        "title": "A case",
        "size": "vignette",
        "minutes": 5,
        "intro": "Intro.",
        "pivot": "trust",
        "variables": [
            {"id": "trust", "start": 2, "min": 0, "max": 4},
            {"id": "slack", "start": 1, "min": -2, "max": 2},
        ],
        "flags": ["met"],
        "competencies": [
            {"id": "objective", "title": "Objective", "project": "Done", "relationship": "Glad"},
            {"id": "delivery", "title": "Delivery", "project": "In time", "relationship": "Agreed"},
        ],
        "cast": [{"id": "dana", "name": "Dana", "role": "Sponsor"}],
        "start": "one",
        "scenes": [
            decision(
                "one",
                choice("ask", "two", do={"trust": 3, "slack": -1}, set=["met"], key={"objective": 2}),
                choice("tell", "two", do={"trust": -2}, key={"delivery": 1}),
                must_meet=True,
            ),
            decision(
                "two",
                choice("bring", "sorting", if_="met", do={"trust": 1}, key={"objective": 2, "delivery": 1}),
                choice("send", "sorting", do={"trust": -1}),
                choice("wait", "sorting", do={"trust": 0}, clear=["met"], key={"objective": 1}),
                month=2,
                must_meet=True,
            ),
            gate("sorting", ('trust >= 3 and visited("two")', "good"), (None, "bad")),
            ending("good", 1),
            ending("bad", 2),
        ],
    }
    data.update(more)
    return data


def scenario(data: Data | None = None) -> Scenario:
    return Scenario.model_validate(data or whole())


def changed(*path: str | int, to: Any) -> Data:
    """Change one thing of the whole case, by its path; ``None`` takes it away."""
    data = copy.deepcopy(whole())
    here: Any = data
    for part in path[:-1]:
        here = here[part]
    if to is None:
        del here[path[-1]]
    else:
        here[path[-1]] = to
    return data
