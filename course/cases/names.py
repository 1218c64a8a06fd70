"""What can be seen without playing: every name a case uses is one that it has."""

from collections import Counter
from collections.abc import Iterable, Iterator

from course.cases.findings import CaseFinding, Path
from course.cases.guards import Fact, GuardError, Parsed, bind, parse
from course.content.schema import Choice, Consequence, Decision, Ending, Gate, RankScene, Scenario, answer_path


def check_names(scenario: Scenario) -> list[CaseFinding]:
    """Find every unknown name, every name given twice, every guard and range that is wrong."""
    return [*_doubles(scenario), *_header(scenario), *_Names(scenario).scenes()]


def _doubles(scenario: Scenario) -> Iterator[CaseFinding]:
    for part, things in (
        ("variables", scenario.variables),
        ("competencies", scenario.competencies),
        ("cast", scenario.cast),
        ("scenes", scenario.scenes),
    ):
        yield from _double((thing.id for thing in things), (part,))
    yield from _double((*scenario.flags, *(variable.id for variable in scenario.variables)), ("flags",))
    for place, scene in enumerate(scenario.scenes):
        if isinstance(scene, Decision):
            room = answer_path(("scenes", place), scene, 0)[:-1]
            yield from _double((answer.id for answer in scene.answers), room, scene.id)
        if isinstance(scene, RankScene):
            yield from _double((item.id for item in scene.items), ("scenes", place, "items"), scene.id)
            yield from _bands(scene, ("scenes", place, "bands"))


def _double(ids: Iterable[str], path: Path, scene: str | None = None) -> Iterator[CaseFinding]:
    listed = list(ids)
    for name, times in Counter(listed).items():
        if times > 1:
            last = len(listed) - 1 - listed[::-1].index(name)
            place = (*path, last, "id") if path != ("flags",) else path
            yield CaseFinding("double-id", f"`{name}` is used {times} times here.", scene, place)


def _bands(scene: RankScene, path: Path) -> Iterator[CaseFinding]:
    limits = [band.within for band in scene.bands]
    known = [within for within in limits[:-1] if within is not None]
    if limits[-1] is not None or len(known) < len(limits) - 1 or known != sorted(set(known)):
        message = "The bands of an order go from near to far, each with a larger `within`; the last has none."
        yield CaseFinding("bands", message, scene.id, path)


def _header(scenario: Scenario) -> Iterator[CaseFinding]:
    if scenario.pivot not in {variable.id for variable in scenario.variables}:
        yield CaseFinding("unknown-name", f"The pivot `{scenario.pivot}` is no variable.", None, ("pivot",))
    if scenario.start not in {scene.id for scene in scenario.scenes}:
        yield CaseFinding("unknown-name", f"The start `{scenario.start}` is no scene.", None, ("start",))
    for place, variable in enumerate(scenario.variables):
        if not variable.min <= variable.start <= variable.max or variable.min == variable.max:
            message = f"`{variable.id}` should start within {variable.min} to {variable.max}, two values or more."
            yield CaseFinding("range", message, None, ("variables", place, "start"))
    ranks = [scene.rank for scene in scenario.scenes if isinstance(scene, Ending)]
    if sorted(ranks) != list(range(1, len(ranks) + 1)):
        message = f"The endings' ranks are {sorted(ranks)}; they should be 1, 2, 3 and so on, each once."
        yield CaseFinding("ranks", message, None, ("scenes",))


class _Names:
    """The names a scenario has, and the walk over all places that use one."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.scene_ids = {scene.id for scene in scenario.scenes}
        self.choices = {
            f"{scene.id}.{answer.id}"
            for scene in scenario.scenes
            if isinstance(scene, Decision)
            for answer in scene.answers
        }
        self.places = {variable.id: place for place, variable in enumerate(scenario.variables)}
        self.competencies = {competency.id for competency in scenario.competencies}

    def scenes(self) -> Iterator[CaseFinding]:
        for place, scene in enumerate(self.scenario.scenes):
            here: Path = ("scenes", place)
            if isinstance(scene, Decision):
                for number, answer in enumerate(scene.answers):
                    yield from self._answer(answer, scene.id, answer_path(here, scene, number))
            elif isinstance(scene, Gate):
                yield from self._gate(scene, here)

    def _answer(self, answer: Consequence, scene: str, here: Path) -> Iterator[CaseFinding]:
        yield from self._target(answer.to, scene, (*here, "to"))
        yield from self._guard(answer.guard if isinstance(answer, Choice) else None, scene, (*here, "if"))
        flags = set(self.scenario.flags)
        for key, used, known, kind in (
            ("do", answer.do, set(self.places), "variable"),
            ("key", answer.key, self.competencies, "competency"),
            ("set", answer.set, flags, "flag"),
            ("clear", answer.clear, flags, "flag"),
        ):
            for name in used:
                if name not in known:
                    message = f"`{name}` in `{key}` is no {kind} of this case."
                    yield CaseFinding("unknown-name", message, scene, (*here, key, name))
        for name in sorted(set(answer.set) & set(answer.clear)):
            yield CaseFinding("set-clear", f"`{name}` is both set and cleared.", scene, (*here, "clear"))

    def _gate(self, gate: Gate, here: Path) -> Iterator[CaseFinding]:
        for number, route in enumerate(gate.routes):
            path: Path = (*here, "routes", number)
            yield from self._target(route.to, gate.id, (*path, "to"))
            yield from self._guard(route.guard, gate.id, (*path, "if"))
            last = number == len(gate.routes) - 1
            if last and route.guard is not None:
                yield CaseFinding("gate-last", "The last route of a gate has no guard.", gate.id, (*path, "if"))
            elif not last and route.guard is None:
                message = "Only the last route of a gate is without a guard; those after it are never taken."
                yield CaseFinding("gate-open", message, gate.id, path)

    def _target(self, name: str, scene: str, path: Path) -> Iterator[CaseFinding]:
        if name not in self.scene_ids:
            yield CaseFinding("unknown-name", f"`{name}` is no scene of this case.", scene, path)

    def _guard(self, text: str | None, scene: str, path: Path) -> Iterator[CaseFinding]:
        if text is None:
            return
        try:
            parsed = parse(text)
            bits: dict[str | Fact, int] = dict.fromkeys((*self.scenario.flags, *parsed.facts), 0)
            bind(parsed, self.places, bits)
        except GuardError as error:
            yield CaseFinding("guard", str(error), scene, path)
            return
        yield from self._facts(parsed, scene, path)

    def _facts(self, parsed: Parsed, scene: str, path: Path) -> Iterator[CaseFinding]:
        for fact in sorted(parsed.facts):
            known = self.scene_ids if fact.kind == "visited" else self.choices
            if fact.name not in known:
                message = (
                    f'{fact.kind}("{fact.name}"): there is no such {"scene" if known is self.scene_ids else "choice"}.'
                )
                yield CaseFinding("unknown-name", message, scene, path)
