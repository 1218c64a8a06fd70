"""A case in other clothes, and a few of its scenes once more: the graph and the key stay, the words change."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue

from course.content.schema.scenario import CastMember, Decision, Ending, Scenario
from course.content.schema.shape import Line, Name, Shape, Slug, Text

LAST = "again_end"
"""The ending of a case that plays some scenes once more."""
SAID = {"title", "when", "body", "ask", "prompt", "poor", "good", "text", "then", "cue", "coach", "learned"}
"""The keys of a scene, of its answers and of its items whose values are read by people."""


class SkinAnswer(Shape):
    """An answer in other words."""

    text: Text | None = None
    then: Text | None = None
    cue: Line | None = None
    coach: Text | None = None


class SkinScene(Shape):
    """A scene in other words. What is not given keeps the words of the case, with the skin's own put in."""

    title: Line | None = None
    when: Line | None = None
    body: Text | None = None
    ask: Line | None = None
    prompt: Line | None = None
    poor: Text | None = None
    good: Text | None = None
    then: Text | None = None
    coach: Text | None = None
    learned: Text | None = None
    answers: dict[Name, SkinAnswer] = Field(default_factory=dict)
    """By the id of the choice or band."""
    items: dict[Name, Line] = Field(default_factory=dict)


class Skin(Shape):
    """One case in another trade, with other names: nothing else about it is different."""

    schema_version: Literal[1] = Field(alias="schema")
    id: Slug
    of: Slug
    """The scenario."""
    trade: Line
    """Whom it suits: ``Web developer``."""
    title: Line
    """Of the case in this skin; the case that asks some of its decisions again keeps its own."""
    intro: Text | None = None
    """What stands before whatever is played in this skin."""
    words: Annotated[dict[Line, Line], Field(max_length=100)] = Field(default_factory=dict)
    """Whole words of the case and what stands for them here: ``Dana Whitlock: Marit Solberg``."""
    cast: Annotated[tuple[CastMember, ...], Field(max_length=12)] = ()
    scenes: dict[Name, SkinScene] = Field(default_factory=dict)


class Again(Shape):
    """Some scenes of a case to decide once more, one after the other, with every answer open."""

    id: Slug
    of: Slug
    title: Line
    minutes: int = Field(ge=3, le=60)
    intro: Text
    scenes: Annotated[tuple[Name, ...], Field(min_length=2, max_length=5)]
    when: Line
    """What stands over the last page, as a scene's ``when`` does."""
    body: Text
    """The last page."""
    learned: Text
    coaching: Literal["now", "debrief"] = "debrief"
    trade: Line | None = None
    skins: tuple[Slug, ...] = ()


def dressed(scenario: Scenario, skin: Skin) -> Scenario:
    """Put a skin on a scenario, or on some of its scenes.

    Raises ``ValidationError`` when the words do not fit: a line gets too long, or a scene has no place for a text.
    """
    data = scenario.model_dump(mode="json", by_alias=True)
    put = _rewording(skin.words)
    data["trade"] = skin.trade
    data["title"] = skin.title if skin.of == scenario.id else put(data["title"])
    data["intro"] = skin.intro or put(data["intro"])
    data["scenes"] = [_reworded(scene, put) for scene in data["scenes"]]
    cast = {member.id: member.model_dump() for member in skin.cast}
    data["cast"] = [cast.get(member["id"], member) for member in data["cast"]]
    for scene in data["scenes"]:
        if scene["id"] in skin.scenes:
            _rewrite(scene, skin.scenes[scene["id"]])
    return Scenario.model_validate(data)


def once_more(scenario: Scenario, again: Again) -> Scenario:
    """Make the case that asks some decisions of another once more. Scenes it does not know are left out."""
    known = {scene.id: scene for scene in scenario.scenes if isinstance(scene, Decision)}
    wanted = [known[name] for name in again.scenes if name in known]
    scenes: list[dict[str, Any]] = []
    for place, scene in enumerate(wanted):
        to = wanted[place + 1].id if place + 1 < len(wanted) else LAST
        data = scene.model_dump(mode="json", by_alias=True)
        for answer in [*data.get("choices", ()), *data.get("bands", ()), data]:
            answer.pop("if", None)
            if "to" in answer:
                answer["to"] = to
        scenes.append(data)
    last = wanted[-1] if wanted else None
    ending = Ending(
        kind="ending",
        id=LAST,
        title=again.title,
        month=last.month if last else 0,
        when=again.when,
        rank=1,
        body=again.body,
        learned=again.learned,
    )
    data = scenario.model_dump(mode="json", by_alias=True)
    own = again.model_dump(mode="json", include={"id", "title", "minutes", "intro", "coaching", "trade", "skins"})
    start = wanted[0].id if wanted else LAST
    whole = {"size": "vignette", "start": start, "scenes": [*scenes, ending.model_dump(mode="json")], "waivers": []}
    return Scenario.model_validate({**data, **own, **whole})


def finder(words: Iterable[str]) -> re.Pattern[str]:
    """Find whole words, also where a line is broken between two of them."""
    # The longest first, so that a whole name is not taken for its half.
    each = [r"\s+".join(map(re.escape, word.split())) for word in sorted(words, key=len, reverse=True)]
    return re.compile(rf"\b(?:{'|'.join(each)})\b")


def _rewording(words: Mapping[str, str]) -> Callable[[str], str]:
    """Make what puts other words into a text."""
    if not words:
        return str
    found = finder(words)
    known = {" ".join(old.split()): new for old, new in words.items()}
    return lambda text: found.sub(lambda word: known[" ".join(word[0].split())], text)


def _reworded(value: JsonValue, put: Callable[[str], str], key: str = "") -> JsonValue:
    if isinstance(value, dict):
        return {name: _reworded(part, put, name) for name, part in value.items()}
    if isinstance(value, list):
        return [_reworded(part, put, key) for part in value]
    return put(value) if isinstance(value, str) and key in SAID else value


def _rewrite(scene: dict[str, Any], skin: SkinScene) -> None:
    scene.update(skin.model_dump(exclude={"answers", "items"}, exclude_none=True))
    for answer in [*scene.get("choices", ()), *scene.get("bands", ())]:
        if answer["id"] in skin.answers:
            answer.update(skin.answers[answer["id"]].model_dump(exclude_none=True))
    for item in [*scene.get("items", ()), *(scene.get("choices", ()) if scene["kind"] == "vote" else ())]:
        item["text"] = skin.items.get(item["id"], item["text"])
