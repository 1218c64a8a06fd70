"""Every name that a part of a module uses is one that another part has."""

from collections.abc import Iterator

from course.content.checks.subject import MODULE, Subject
from course.content.findings import Finding
from course.content.schema import Condition, Module, PresenceRule, ReflectionRule, ScenarioRule
from course.content.yamltree import Path

Places = dict[str, tuple[str, Path]]
"""By an id: the file and the path at which it stands."""
TAKEN = {"booster", "print"}
"""What the addresses beside those of the blocks are called; a block of this name would be hidden behind them."""


def check_ids(subject: Subject) -> Iterator[Finding]:
    """Find ids that stand twice in a list of module.yaml."""
    module = subject.module
    for key, things in (
        ("blocks", module.blocks),
        ("outcomes", module.outcomes),
        ("sources", module.sources),
        ("handouts", module.handouts),
        ("again", module.again),
    ):
        yield from subject.doubles(MODULE, (key,), [thing.id for thing in things])


def check_links(subject: Subject) -> Iterator[Finding]:
    """Compare what is named with what there is."""
    module = subject.module
    cases = played(module)
    cases.pop(module.booster or "", None)
    pages: Places = {page.id: (f"reflections/{page.id}.yaml", ("id",)) for page in module.reflections}
    yield from _links(subject, "scenario", cases)
    pages.pop(module.sentences or "", None)
    yield from _links(subject, "reflection", pages)
    yield from _booster(subject)
    if module.sentences is not None and not module.reflection(module.sentences):
        message = f"There is no reflections/{module.sentences}.yaml, by whose rubric sentences could be graded."
        yield subject.find(MODULE, ("sentences",), message, "no-reflection")
    yield from _taken(subject)
    yield from _sources(subject)
    yield from _rule(subject)


def played(module: Module) -> Places:
    """Give every case that blocks, rules and the booster may name, with the place of its id."""
    again: Places = {more.id: (MODULE, ("again", place, "id")) for place, more in enumerate(module.again)}
    return again | {case.id: (f"scenarios/{case.id}.yaml", ("id",)) for case in module.scenarios}


def _links(subject: Subject, kind: str, places: Places) -> Iterator[Finding]:
    """Compare what blocks name with what there is for them: each is named, and a reflection once."""
    named: list[str] = []
    for place, block in enumerate(subject.module.blocks):
        name = block.scenario if kind == "scenario" else block.reflection
        if name is None:
            continue
        named.append(name)
        path: Path = ("blocks", place, kind)
        if kind == "scenario" and name == subject.module.booster:
            message = f"The scenario `{name}` is the booster: people play it a month later, and not on the day."
            yield subject.find(MODULE, path, message, "booster-block")
        elif kind == "reflection" and name == subject.module.sentences:
            message = f"The reflection `{name}` is for the sentences of a case: nobody writes it as a page of a block."
            yield subject.find(MODULE, path, message, "sentences-block")
        elif name not in places:
            yield subject.find(MODULE, path, f"There is no {kind}s/{name}.yaml.", f"no-{kind}")
        if kind == "reflection" and named.count(name) > 1:
            message = f"The reflection `{name}` already has a block; a page is written in one block."
            yield subject.find(MODULE, path, message, "reflection-twice")
    for name, (file, path) in places.items():
        if name not in named:
            message = f"No block of module.yaml uses this {kind}."
            yield subject.find(file, path, message, f"unused-{kind}")


def _booster(subject: Subject) -> Iterator[Finding]:
    name = subject.module.booster
    if name is None:
        return
    case = subject.module.scenario(name)
    if name not in played(subject.module):
        yield subject.find(MODULE, ("booster",), f"There is no scenarios/{name}.yaml.", "no-scenario")
    elif case is not None and case.size == "full":
        message = "A booster is played alone between two tickets: make it a `short` or a `vignette`."
        yield subject.advise(("booster",), message, "booster-size")


def _taken(subject: Subject) -> Iterator[Finding]:
    for place, block in enumerate(subject.module.blocks):
        if block.id in TAKEN:
            message = f"`{block.id}` is the name of a page beside the blocks. Give this block another one."
            yield subject.find(MODULE, ("blocks", place, "id"), message, "block-taken")


def _sources(subject: Subject) -> Iterator[Finding]:
    known = {source.id for source in subject.module.sources}
    for case in subject.module.scenarios:
        for place, name in enumerate(case.sources):
            if name not in known:
                message = f"The source `{name}` is not listed in module.yaml."
                yield subject.find(f"scenarios/{case.id}.yaml", ("sources", place), message, "no-source")


def _rule(subject: Subject) -> Iterator[Finding]:
    rule = subject.module.completion
    for name, conditions in (("attended", rule.attended), ("completed", rule.completed)):
        path: Path = ("completion", name)
        if name == "attended" and not any(isinstance(condition, PresenceRule) for condition in conditions):
            message = "`attended` has no condition of kind presence: who was not there could have it."
            yield subject.find(MODULE, path, message, "rule-presence")
        for place, condition in enumerate(conditions):
            if condition in conditions[:place]:
                yield subject.find(MODULE, (*path, place), "This condition stands here twice.", "rule-twice")
            yield from _condition(subject, condition, (*path, place))
    attended = [each.percent for each in rule.attended if isinstance(each, PresenceRule)]
    completed = [each.percent for each in rule.completed if isinstance(each, PresenceRule)]
    if attended and completed and max(completed) < max(attended):
        message = "`completed` asks for less presence than `attended`."
        yield subject.find(MODULE, ("completion", "completed"), message, "rule-order")


def _condition(subject: Subject, condition: Condition, path: Path) -> Iterator[Finding]:
    module = subject.module
    if isinstance(condition, ScenarioRule):
        if condition.scenario not in played(module):
            message = f"There is no scenarios/{condition.scenario}.yaml."
            yield subject.find(MODULE, (*path, "scenario"), message, "no-scenario")
        elif condition.scenario == module.booster:
            message = "The booster comes a month after the day; no completion can wait for it."
            yield subject.find(MODULE, (*path, "scenario"), message, "rule-booster")
    if isinstance(condition, ReflectionRule) and not module.reflection(condition.reflection):
        message = f"There is no reflections/{condition.reflection}.yaml."
        yield subject.find(MODULE, (*path, "reflection"), message, "no-reflection")
