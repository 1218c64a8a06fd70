"""What must fit together across a module's files."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from course.content.findings import Finding, Severity
from course.content.loader import LoadedModule
from course.content.markdown import is_own_picture, pictures_in
from course.content.schema import (
    Block,
    BlockKind,
    Condition,
    Decision,
    Ending,
    Module,
    PresenceRule,
    Reflection,
    ReflectionRule,
    ScenarioRule,
)
from course.content.yamltree import Path

MODULE = "module.yaml"
CONTACT_MINUTES = (300, 480)
GOOD_CONTACT_MINUTES = (360, 390)
PRACTICE = {BlockKind.CASE, BlockKind.PRACTICE, BlockKind.REFLECT, BlockKind.PLAN, BlockKind.CHECK}
PRACTICE_PERCENT = 60
PRESENTED = {BlockKind.CONCEPT, BlockKind.DEMO, BlockKind.OPEN}
PRESENTED_MINUTES = 25
LAPTOP_MINUTES = 120
LAST_HOUR = 23


def check_loaded(loaded: LoadedModule) -> list[Finding]:
    """Find everything that does not fit together; cases are proved elsewhere."""
    return sorted(_Checks(loaded).all())


@dataclass(frozen=True)
class _Checks:
    loaded: LoadedModule

    @property
    def module(self) -> Module:
        return self.loaded.module

    def all(self) -> Iterator[Finding]:
        yield from self._ids()
        yield from self._links("scenario", [case.id for case in self.module.scenarios])
        yield from self._links("reflection", [page.id for page in self.module.reflections])
        yield from self._sources()
        yield from self._rule()
        for page in self.module.reflections:
            yield from self._reflection(page)
        yield from self._time()
        yield from self._pictures()

    def _find(self, file: str, path: Path, message: str, code: str, severity: Severity = "error") -> Finding:
        return Finding(file, self.loaded.lines.line(file, path), message, code, severity)

    def _ids(self) -> Iterator[Finding]:
        for key, things in (
            ("blocks", self.module.blocks),
            ("outcomes", self.module.outcomes),
            ("sources", self.module.sources),
            ("handouts", self.module.handouts),
        ):
            yield from self._doubles(MODULE, (key,), [thing.id for thing in things])

    def _doubles(self, file: str, path: Path, ids: list[str]) -> Iterator[Finding]:
        for name, times in Counter(ids).items():
            if times > 1:
                last = len(ids) - 1 - ids[::-1].index(name)
                message = f"`{name}` is used {times} times here."
                yield self._find(file, (*path, last, "id"), message, "double-id")

    def _links(self, kind: str, ids: list[str]) -> Iterator[Finding]:
        """Compare what blocks name with what there is: each is named, and a reflection once."""
        named: list[str] = []
        for place, block in enumerate(self.module.blocks):
            name = block.scenario if kind == "scenario" else block.reflection
            if name is None:
                continue
            named.append(name)
            if name not in ids:
                message = f"There is no {kind}s/{name}.yaml."
                yield self._find(MODULE, ("blocks", place, kind), message, f"no-{kind}")
            if kind == "reflection" and named.count(name) > 1:
                message = f"The reflection `{name}` already has a block; a page is written in one block."
                yield self._find(MODULE, ("blocks", place, kind), message, "reflection-twice")
        for name in ids:
            if name not in named:
                message = f"No block of module.yaml uses this {kind}."
                yield self._find(f"{kind}s/{name}.yaml", ("id",), message, f"unused-{kind}")

    def _sources(self) -> Iterator[Finding]:
        known = {source.id for source in self.module.sources}
        for case in self.module.scenarios:
            for place, name in enumerate(case.sources):
                if name not in known:
                    message = f"The source `{name}` is not listed in module.yaml."
                    yield self._find(f"scenarios/{case.id}.yaml", ("sources", place), message, "no-source")

    def _rule(self) -> Iterator[Finding]:
        rule = self.module.completion
        for name, conditions in (("attended", rule.attended), ("completed", rule.completed)):
            path: Path = ("completion", name)
            if name == "attended" and not any(isinstance(condition, PresenceRule) for condition in conditions):
                message = "`attended` has no condition of kind presence: who was not there could have it."
                yield self._find(MODULE, path, message, "rule-presence")
            for place, condition in enumerate(conditions):
                if condition in conditions[:place]:
                    yield self._find(MODULE, (*path, place), "This condition stands here twice.", "rule-twice")
                yield from self._condition(condition, (*path, place))
        attended = [each.percent for each in rule.attended if isinstance(each, PresenceRule)]
        completed = [each.percent for each in rule.completed if isinstance(each, PresenceRule)]
        if attended and completed and max(completed) < max(attended):
            message = "`completed` asks for less presence than `attended`."
            yield self._find(MODULE, ("completion", "completed"), message, "rule-order")

    def _condition(self, condition: Condition, path: Path) -> Iterator[Finding]:
        if isinstance(condition, ScenarioRule) and not self.module.scenario(condition.scenario):
            message = f"There is no scenarios/{condition.scenario}.yaml."
            yield self._find(MODULE, (*path, "scenario"), message, "no-scenario")
        if isinstance(condition, ReflectionRule) and not self.module.reflection(condition.reflection):
            message = f"There is no reflections/{condition.reflection}.yaml."
            yield self._find(MODULE, (*path, "reflection"), message, "no-reflection")

    def _reflection(self, page: Reflection) -> Iterator[Finding]:
        file = f"reflections/{page.id}.yaml"
        criteria = [criterion.id for criterion in page.criteria]
        yield from self._doubles(file, ("criteria",), criteria)
        yield from self._doubles(file, ("benchmarks",), [benchmark.id for benchmark in page.benchmarks])
        for place, criterion in enumerate(page.criteria):
            if [level.level for level in criterion.levels] != [1, 2, 3, 4]:
                message = "The levels of a criterion are 1, 2, 3, 4, in this order."
                yield self._find(file, ("criteria", place, "levels"), message, "levels")
        for place, benchmark in enumerate(page.benchmarks):
            for key, given in (("levels", benchmark.levels), ("reasons", benchmark.reasons)):
                if set(given) != set(criteria):
                    message = f"A benchmark gives `{key}` for exactly these criteria: {', '.join(criteria)}."
                    yield self._find(file, ("benchmarks", place, key), message, "benchmark-criteria")
        if page.words.min > page.words.max:
            yield self._find(file, ("words",), "`min` is more than `max`.", "words")

    def _time(self) -> Iterator[Finding]:
        blocks = self.module.blocks
        contact = self.module.contact_minutes
        if int(self.module.start[:2]) > LAST_HOUR:
            yield self._find(MODULE, ("start",), "There is no such time of day.", "start")
        for code, (low, high), severity in _contact_bars():
            if not low <= contact <= high:
                message = f"The day has {contact} contact minutes; {low} to {high} are expected."
                yield self._find(MODULE, ("blocks",), message, code, severity)
                break
        practice = _minutes(block for block in blocks if block.kind in PRACTICE)
        if practice * 100 < PRACTICE_PERCENT * contact:
            message = f"{practice} of {contact} minutes are practice; at least {PRACTICE_PERCENT} % is expected."
            yield self._find(MODULE, ("blocks",), message, "practice-share", "warning")
        for place, block in enumerate(blocks):
            if block.kind in PRESENTED and block.minutes > PRESENTED_MINUTES:
                message = f"A presented part of {block.minutes} minutes; people listen for {PRESENTED_MINUTES}."
                yield self._find(MODULE, ("blocks", place, "minutes"), message, "presented", "warning")
            if block.kind is BlockKind.BREAK and (block.scenario or block.reflection):
                message = "A break has no scenario and no reflection."
                yield self._find(MODULE, ("blocks", place, "kind"), message, "break-work")
        laptops = _minutes(block for block in blocks if block.laptops == "open")
        if laptops > LAPTOP_MINUTES:
            message = f"Laptops are open for {laptops} minutes; {LAPTOP_MINUTES} are enough for a day."
            yield self._find(MODULE, ("blocks",), message, "laptops", "warning")

    def _pictures(self) -> Iterator[Finding]:
        for handout in self.module.handouts:
            for picture in pictures_in(handout.text):
                message = "A handout is printed without pictures: say it in words."
                yield Finding(f"handouts/{handout.id}.md", picture.line + 1, message, "handout-picture")
        have = {picture.path for picture in self.module.pictures}
        used: set[str] = set()
        for file, line, text in self._texts():
            for picture in pictures_in(text):
                here = line + picture.line
                if not is_own_picture(picture.path) or picture.path not in have:
                    message = f"There is no picture `{picture.path}` in img/. Write its path as `img/name.png`."
                    yield Finding(file, here, message, "no-picture")
                if not picture.alt:
                    message = f"The picture `{picture.path}` needs a text for who cannot see it: `![text](...)`."
                    yield Finding(file, here, message, "no-alt")
                used.add(picture.path)
        for path in sorted(have - used):
            yield Finding(path, 1, "No text shows this picture.", "unused-picture", "warning")

    def _texts(self) -> Iterator[tuple[str, int, str]]:
        """List every Markdown text of the module with the file and line where it begins."""
        lines = self.loaded.lines
        for block in self.module.blocks:
            file = f"blocks/{block.id}.md"
            part = block.facilitator
            for name, text in (("Learner", block.learner), ("Say", part.say), ("Expect", part.expect)):
                yield file, lines.block_line(file, name), text
            yield file, lines.block_line(file, "If"), part.what_if
            for step in part.do:
                yield file, lines.block_line(file, "Do"), step.text
        for page in self.module.reflections:
            file = f"reflections/{page.id}.yaml"
            yield file, lines.line(file, ("prompt",)), page.prompt
        for case in self.module.scenarios:
            file = f"scenarios/{case.id}.yaml"
            yield file, lines.line(file, ("intro",)), case.intro
            for place, scene in enumerate(case.scenes):
                if isinstance(scene, Decision | Ending):
                    yield file, lines.line(file, ("scenes", place, "body")), scene.body


def _contact_bars() -> tuple[tuple[str, tuple[int, int], Severity], ...]:
    return (
        ("contact-minutes", CONTACT_MINUTES, "error"),
        ("contact-minutes", GOOD_CONTACT_MINUTES, "warning"),
    )


def _minutes(blocks: Iterable[Block]) -> int:
    return sum(block.minutes for block in blocks)
