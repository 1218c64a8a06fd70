"""Every text of a module with who reads it and where it stands."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from course.content.checks.subject import MODULE, Subject
from course.content.schema import (
    Block,
    Choice,
    Decision,
    Ending,
    Handout,
    RankScene,
    Reflection,
    SayScene,
    Scenario,
    Skin,
    SkinAnswer,
    SkinScene,
    VoteScene,
    answer_path,
)
from course.content.yamltree import Path

Reader = Literal["learner", "facilitator", "player"]
"""A player is a learner inside a story, where a figure belongs to the story."""
WHY = {"coach", "learned"}
"""What speaks about a story, and not in it."""


class Passage(NamedTuple):
    """A Markdown text, with the line at or after which it begins."""

    file: str
    line: int
    text: str
    reader: Reader


def passages(subject: Subject) -> Iterator[Passage]:
    """Give all texts of a module but names, titles and sample pages."""
    for block in subject.module.blocks:
        yield from block_passages(subject, block)
    for page in subject.module.reflections:
        yield from _page(subject, page)
    for case in subject.module.scenarios:
        yield from _case(subject, case)
    yield from _again(subject)
    for skin in subject.module.skins:
        yield from _skin(subject, skin)
    for handout in subject.module.handouts:
        yield handout_passage(handout)


def block_passages(subject: Subject, block: Block) -> Iterator[Passage]:
    file = f"blocks/{block.id}.md"
    line = subject.loaded.lines.block_line
    part = block.facilitator
    yield Passage(file, line(file, "Learner"), block.learner, "learner")
    yield Passage(file, line(file, "Say"), part.say, "facilitator")
    for step in part.do:
        yield Passage(file, line(file, "Do"), step.text, "facilitator")
    yield Passage(file, line(file, "Expect"), part.expect, "facilitator")
    yield Passage(file, line(file, "If"), part.what_if, "facilitator")


def handout_passage(handout: Handout) -> Passage:
    return Passage(f"handouts/{handout.id}.md", 1, handout.text, "learner")


def _page(subject: Subject, page: Reflection) -> Iterator[Passage]:
    file = f"reflections/{page.id}.yaml"
    line = subject.loaded.lines.line
    yield Passage(file, line(file, ("prompt",)), page.prompt, "learner")
    for place, hint in enumerate(page.hints):
        yield Passage(file, line(file, ("hints", place)), hint, "learner")


def _case(subject: Subject, case: Scenario) -> Iterator[Passage]:
    file = f"scenarios/{case.id}.yaml"
    line = subject.loaded.lines.line
    yield Passage(file, line(file, ("intro",)), case.intro, "player")
    for place, scene in enumerate(case.scenes):
        here = ("scenes", place)
        if isinstance(scene, Decision):
            yield Passage(file, line(file, (*here, "body")), scene.body, "player")
            if isinstance(scene, SayScene):
                yield Passage(file, line(file, (*here, "prompt")), scene.prompt, "player")
                yield Passage(file, line(file, (*here, "poor")), scene.poor, "player")
                yield Passage(file, line(file, (*here, "good")), scene.good, "player")
            for number, answer in enumerate(scene.answers):
                path = answer_path(here, scene, number)
                if isinstance(answer, Choice):
                    yield Passage(file, line(file, (*path, "text")), answer.text, "player")
                if number == 0 or not isinstance(scene, VoteScene):
                    owner = here if isinstance(scene, VoteScene) else path
                    yield Passage(file, line(file, (*owner, "then")), answer.then, "player")
                    yield Passage(file, line(file, (*owner, "coach")), answer.coach, "learner")
            for number, item in enumerate(scene.items if isinstance(scene, RankScene) else ()):
                yield Passage(file, line(file, (*here, "items", number, "text")), item.text, "player")
        elif isinstance(scene, Ending):
            yield Passage(file, line(file, (*here, "body")), scene.body, "player")
            yield Passage(file, line(file, (*here, "learned")), scene.learned, "learner")


def _again(subject: Subject) -> Iterator[Passage]:
    for place, more in enumerate(subject.module.again):
        for key, text in (("intro", more.intro), ("body", more.body), ("learned", more.learned)):
            line = subject.loaded.lines.line(MODULE, ("again", place, key))
            yield Passage(MODULE, line, text, "learner" if key in WHY else "player")


def _skin(subject: Subject, skin: Skin) -> Iterator[Passage]:
    """Give what a skin writes itself; the rest are the words of its case."""
    file = f"skins/{skin.id}.yaml"
    line = subject.loaded.lines.line
    if skin.intro:
        yield Passage(file, line(file, ("intro",)), skin.intro, "player")
    for name, scene in skin.scenes.items():
        yield from _written(subject, file, ("scenes", name), scene)
        for item, text in scene.items.items():
            yield Passage(file, line(file, ("scenes", name, "items", item)), text, "player")
        for answer_id, answer in scene.answers.items():
            yield from _written(subject, file, ("scenes", name, "answers", answer_id), answer)


def _written(subject: Subject, file: str, here: Path, part: SkinScene | SkinAnswer) -> Iterator[Passage]:
    for key in ("body", "prompt", "poor", "good", "text", "then", "coach", "learned"):
        text = getattr(part, key, None)
        if text is not None:
            line = subject.loaded.lines.line(file, (*here, key))
            yield Passage(file, line, text, "learner" if key in WHY else "player")
