"""What an author may do to a live case from one version to the next, by chance; it stays a case that can be played."""

from collections.abc import Callable
from random import Random
from typing import Any

from course.content.schema import Module

Data = dict[str, Any]
Edit = Callable[[Data, Random], None]


def decisions(case: Data) -> list[Data]:
    return [scene for scene in case["scenes"] if scene["kind"] not in {"gate", "ending"}]


def answers(scene: Data) -> list[Data]:
    """The parts of a scene that have points and lead somewhere; a vote has none."""
    return scene.get("bands") or ([] if scene["kind"] == "vote" else scene["choices"])


def ways(case: Data) -> list[Data]:
    """Everything that leads to a scene."""
    found = [route for scene in case["scenes"] for route in scene.get("routes", ())]
    found += [scene for scene in decisions(case) if "to" in scene]
    return found + [answer for scene in decisions(case) for answer in answers(scene)]


def reword(case: Data, dice: Random) -> None:
    scene = dice.choice(case["scenes"])
    name = dice.choice([name for name in ("title", "body", "ask", "prompt", "good") if name in scene] or ["id"])
    if name != "id":
        scene[name] += f" {dice.randrange(1000)}"


def other_points(case: Data, dice: Random) -> None:
    dice.choice(answers(_answered(case, dice)))["key"] = {
        "objective": dice.randint(-3, 3),
        "delivery": dice.randint(-3, 3),
    }


def other_effects(case: Data, dice: Random) -> None:
    dice.choice(answers(_answered(case, dice)))["do"] = {"trust": dice.randint(-3, 3), "slack": dice.randint(-2, 2)}


def other_flags(case: Data, dice: Random) -> None:
    dice.choice(answers(_answered(case, dice)))["set"] = dice.choice([[], ["told"]])


def guard(case: Data, dice: Random) -> None:
    """Close a choice to some, but never the first one of a scene."""
    scene = dice.choice([each for each in decisions(case) if each["kind"] in {"choice", "say"}])
    guards = ["told", "not told", f"trust >= {dice.randint(0, 6)}", f"slack <= {dice.randint(0, 4)}", None]
    scene["choices"][-1]["if"] = dice.choice(guards)


def one_more(case: Data, dice: Random) -> None:
    scene = dice.choice([each for each in decisions(case) if each["kind"] != "rank"])
    taken = {choice["id"] for choice in scene["choices"]}
    if len(taken) < 4:
        name = next(f"more_{at}" for at in range(9) if f"more_{at}" not in taken)
        scene["choices"].append(scene["choices"][0] | {"id": name})


def one_less(case: Data, dice: Random) -> None:
    scene = dice.choice([each for each in decisions(case) if each["kind"] != "rank" and len(each["choices"]) > 2])
    scene["choices"].pop(dice.randrange(1, len(scene["choices"])))


def rename(case: Data, dice: Random) -> None:
    scene = dice.choice(case["scenes"])
    taken = {each["id"] for each in case["scenes"]}
    old, new = scene["id"], next(name for at in range(99) if (name := f"scene_{at}") not in taken)
    scene["id"] = new
    case["start"] = new if case["start"] == old else case["start"]
    for way in ways(case):
        way["to"] = new if way["to"] == old else way["to"]


def lead_elsewhere(case: Data, dice: Random) -> None:
    """Let an answer lead to a scene further on."""
    places = {scene["id"]: at for at, scene in enumerate(case["scenes"])}
    scene = _answered(case, dice)
    dice.choice(answers(scene))["to"] = dice.choice(list(places)[places[scene["id"]] + 1 :])


def another_order(case: Data, dice: Random) -> None:
    for scene in decisions(case):
        if scene["kind"] == "rank":
            dice.shuffle(scene["items"])


def other_beginning(case: Data, dice: Random) -> None:
    variable = dice.choice(case["variables"])
    variable["start"] = dice.randint(variable["min"], variable["max"])


EDITS: tuple[Edit, ...] = (
    reword,
    other_points,
    other_effects,
    other_flags,
    guard,
    one_more,
    one_less,
    rename,
    lead_elsewhere,
    another_order,
    other_beginning,
)


def edited(module: Module, dice: Random) -> Module:
    """Return the module with one thing changed in its case."""
    data = module.model_dump(mode="json", by_alias=True)
    edit = dice.choice([each for each in EDITS if each is not one_less or _may_lose(data["scenarios"][0])])
    edit(data["scenarios"][0], dice)
    return Module.model_validate(data)


def _answered(case: Data, dice: Random) -> Data:
    return dice.choice([scene for scene in decisions(case) if answers(scene)])


def _may_lose(case: Data) -> bool:
    return any(len(scene["choices"]) > 2 for scene in decisions(case) if scene["kind"] != "rank")
