"""Skins and cases to decide again: every name is one that the case has, and nothing of the case shows through."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from pydantic import ValidationError

from course.content.checks.subject import MODULE, Subject
from course.content.findings import Finding
from course.content.schema import (
    LAST,
    Again,
    Decision,
    RankScene,
    Scenario,
    Scene,
    Skin,
    SkinScene,
    VoteScene,
    dressed,
    once_more,
)
from course.content.schema.skins import SAID, finder
from course.content.yamltree import Path

NAME = re.compile(r"\b[A-ZÀ-Þ][^\W\d_]{2,}")
TITLES = {"Mrs", "Miss", "Herr", "Frau", "Sir", "Lady"}
"""What stands before a name and is none."""


class Said(NamedTuple):
    """A text of a case, by its place in a skin."""

    path: Path
    text: str


def check_agains(subject: Subject) -> Iterator[Finding]:
    """Check the cases of module.yaml that ask some decisions of another once more."""
    own = {case.id: case for case in subject.module.scenarios}
    for place, more in enumerate(subject.module.again):
        here: Path = ("again", place)
        case = own.get(more.of)
        if more.id in own:
            message = f"`{more.id}` is the id of a scenario already."
            yield subject.find(MODULE, (*here, "id"), message, "again-taken")
        if case is None:
            yield subject.find(MODULE, (*here, "of"), f"There is no scenarios/{more.of}.yaml.", "no-scenario")
            continue
        wrong = [*_decisions(subject, more, case, here), *_offered(subject, MODULE, here, more, more.of)]
        yield from wrong or _again_fits(subject, more, case, here)
    for case in own.values():
        yield from _offered(subject, f"scenarios/{case.id}.yaml", (), case, case.id)


def check_skins(subject: Subject) -> Iterator[Finding]:
    """Check every skin against its case, and against each case that is played in it."""
    module = subject.module
    own = {case.id: case for case in module.scenarios}
    for skin in module.skins:
        file = f"skins/{skin.id}.yaml"
        if skin.of not in own:
            yield subject.find(file, ("of",), f"There is no scenarios/{skin.of}.yaml.", "no-scenario")
            continue
        wrong = [*_names(subject, file, skin, own[skin.of]), *_fits(subject, file, skin, own[skin.of])]
        yield from wrong
        wearers = [case for case in _wearers(subject, skin) if case.id in (skin.of, *_agains_of(subject, skin.of))]
        if not wearers:
            message = f"Nothing is played in this skin. Name it under `skins:` of {skin.of} or of a case in `again:`."
            yield subject.find(file, ("id",), message, "unused-skin")
        elif not wrong:
            yield from _worn(subject, file, skin, wearers)


def _decisions(subject: Subject, more: Again, case: Scenario, here: Path) -> Iterator[Finding]:
    known = {scene.id: scene for scene in case.scenes}
    if LAST in known:
        message = f"The last page of `{more.id}` is called `{LAST}`; a scene of {case.id} has this id."
        yield subject.find(MODULE, here, message, "again-taken")
    for number, name in enumerate(more.scenes):
        scene = known.get(name)
        path: Path = (*here, "scenes", number)
        if not isinstance(scene, Decision):
            yield subject.find(MODULE, path, f"`{name}` is no decision of {case.id}.", "again-scene")
        elif not scene.must_meet:
            message = f"`{name}` is not marked must_meet: who never met it has nothing to compare."
            yield subject.find(MODULE, path, message, "again-scene")
        elif name in more.scenes[:number]:
            yield subject.find(MODULE, path, f"`{name}` stands here twice.", "again-scene")


def _again_fits(subject: Subject, more: Again, case: Scenario, here: Path) -> Iterator[Finding]:
    try:
        once_more(case, more)
    except ValidationError as error:
        for details in error.errors(include_url=False):
            yield subject.find(MODULE, here, f"This makes no case: {details['msg']}.", "schema")


def _offered(subject: Subject, file: str, here: Path, case: Scenario | Again, of: str) -> Iterator[Finding]:
    """Check the skins that a case offers when it begins: people choose among trades."""
    skins = {skin.id: skin for skin in subject.module.skins}
    trades = [case.trade]
    for place, name in enumerate(case.skins):
        path: Path = (*here, "skins", place)
        skin = skins.get(name)
        if skin is None:
            yield subject.find(file, path, f"There is no skins/{name}.yaml.", "no-skin")
        elif skin.of != of:
            yield subject.find(file, path, f"The skin `{name}` is of {skin.of}, not of {of}.", "no-skin")
        elif skin.trade in trades:
            message = f"“{skin.trade}” can be chosen twice here. Each skin has a trade of its own."
            yield subject.find(file, path, message, "skin-trade")
        trades.append(skin.trade if skin else None)
    if case.skins and case.trade is None:
        message = "Whoever may choose a skin may choose none: say in `trade:` whom the case suits as it stands."
        yield subject.find(file, (*here, "skins"), message, "skin-trade")


def _agains_of(subject: Subject, case_id: str) -> Iterator[str]:
    return (more.id for more in subject.module.again if more.of == case_id)


def _wearers(subject: Subject, skin: Skin) -> list[Scenario]:
    """Give the cases that offer a skin, in their own words."""
    return [case for (_, worn), case in subject.module.cases.items() if not worn and skin.id in case.skins]


def _names(subject: Subject, file: str, skin: Skin, case: Scenario) -> Iterator[Finding]:
    """Find names that the case does not have."""
    known = {scene.id: scene for scene in case.scenes}
    for name, words in skin.scenes.items():
        here: Path = ("scenes", name)
        scene = known.get(name)
        if scene is None and name != LAST:
            yield subject.find(file, here, f"`{name}` is no scene of {case.id}.", "skin-unknown")
        elif scene is not None:
            yield from _parts(subject, file, here, words, scene)
    cast = {member.id for member in case.cast}
    for place, member in enumerate(skin.cast):
        if member.id not in cast:
            message = f"`{member.id}` is nobody in the cast of {case.id}."
            yield subject.find(file, ("cast", place, "id"), message, "skin-unknown")
    yield from subject.doubles(file, ("cast",), [member.id for member in skin.cast])


def _parts(subject: Subject, file: str, here: Path, words: SkinScene, scene: Scene) -> Iterator[Finding]:
    answers = {each.id for each in scene.answers} if isinstance(scene, Decision) else set()
    items = {each.id for each in scene.items} if isinstance(scene, RankScene) else set()
    if isinstance(scene, VoteScene):
        answers, items = set(), answers
    for key, given, ids in (("answers", words.answers, answers), ("items", words.items, items)):
        for name in given:
            if name not in ids:
                known = ", ".join(sorted(ids)) or "none"
                message = f"`{name}` is not among the {key} of `{scene.id}`; these are: {known}."
                yield subject.find(file, (*here, key, name), message, "skin-unknown")


def _fits(subject: Subject, file: str, skin: Skin, case: Scenario) -> Iterator[Finding]:
    """Find what the shape of the case has no place for, once it is dressed."""
    try:
        dressed(case, skin)
    except ValidationError as error:
        for details in error.errors(include_url=False):
            path, where = _place(case, details["loc"])
            if details["type"] == "extra_forbidden":
                message = f"{where} has no `{path[-1]}`."
            else:
                message = f"{where} does not fit in these words: {details['msg']}."
            yield subject.find(file, path, message, "skin-shape")


def _place(told: Scenario, loc: tuple[str | int, ...]) -> tuple[Path, str]:
    """Find the place in a skin of a place in its case."""
    match loc:
        case ("scenes", int(number), _kind, str(listed), int(place), *rest):
            scene = told.scenes[number]
            parts: Any = getattr(scene, listed)
            answer = parts[place].id
            room = "items" if listed == "items" or isinstance(scene, VoteScene) else "answers"
            return ("scenes", scene.id, room, answer, *rest[:1]), f"`{answer}` of `{scene.id}`"
        case ("scenes", int(number), *rest):
            scene = told.scenes[number]
            return ("scenes", scene.id, *rest[1:2]), f"`{scene.id}`"  # Before them stands the scene's kind.
        case _:
            return (str(loc[0]),), f"`{loc[0]}`"


def _worn(subject: Subject, file: str, skin: Skin, wearers: list[Scenario]) -> Iterator[Finding]:
    """Look at each case in its skin: its names, its cues, and the words that were replaced."""
    used: set[str] = set()
    unlike: dict[tuple[int, str], Finding] = {}
    for case in wearers:
        if skin.words:
            found = finder(skin.words)
            used |= {" ".join(word.split()) for said in texts_of(case) for word in found.findall(said.text)}
        try:
            other = dressed(case, skin)
        except ValidationError as error:
            message = f"`{case.id}` does not fit in these words: {error.errors()[0]['msg']}."
            yield subject.find(file, ("words",), message, "skin-shape")
            continue
        for finding in (*_left(subject, file, case, other), *_cues(subject, file, other)):
            unlike.setdefault((finding.line, finding.message), finding)
    yield from unlike.values()
    for word in skin.words:
        if " ".join(word.split()) not in used:
            message = f"“{word}” is replaced nowhere in what is played in this skin."
            yield subject.find(file, ("words", word), message, "skin-word", "warning")


def _left(subject: Subject, file: str, case: Scenario, other: Scenario) -> Iterator[Finding]:
    """Find the names of the case in what is read in the skin."""
    names = {name for member in case.cast for name in NAME.findall(member.name)} - TITLES
    if not names:
        return
    found = finder(names)
    for said in texts_of(other):
        for name in dict.fromkeys(found.findall(said.text)):
            where = f"`{said.path[1]}`" if said.path[0] == "scenes" else f"`{said.path[0]}`"
            message = f"{where} still says “{name}”. Put the name under `words:`, or rewrite the text."
            yield subject.find(file, said.path, message, "skin-name", "warning")


def _cues(subject: Subject, file: str, other: Scenario) -> Iterator[Finding]:
    for scene in other.scenes:
        for answer in scene.answers if isinstance(scene, Decision) else ():
            if answer.cue is not None and " ".join(answer.cue.split()) not in " ".join(answer.then.split()):
                message = f"The cue of `{answer.id}` in `{scene.id}` is not in its `then`: “{answer.cue}”."
                path: Path = ("scenes", scene.id, "answers", answer.id, "cue")
                yield subject.find(file, path, message, "skin-cue")


def texts_of(case: Scenario) -> Iterator[Said]:
    """Give every text of a case that is read when it is played, by the place at which a skin would write it."""
    yield Said(("title",), case.title)
    yield Said(("intro",), case.intro)
    for member in case.cast:
        yield Said(("cast", member.id), f"{member.name}: {member.role}")
    for scene in case.scenes:
        here: Path = ("scenes", scene.id)
        yield from _lines(here, scene.model_dump())
        for answer in () if isinstance(scene, VoteScene) or not isinstance(scene, Decision) else scene.answers:
            yield from _lines((*here, "answers", answer.id), answer.model_dump())
        for item in _items(scene):
            yield Said((*here, "items", item.id), item.text)


def _items(scene: Scene) -> tuple[Any, ...]:
    if isinstance(scene, RankScene):
        return scene.items
    return scene.choices if isinstance(scene, VoteScene) else ()


def _lines(here: Path, data: dict[str, Any]) -> Iterator[Said]:
    return (Said((*here, key), value) for key, value in data.items() if key in SAID and isinstance(value, str))
