"""What differs between two versions of a case: in its text, its graph, its key, and in what comes of it."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from course.cases.checker import Report
from course.content.schema import Choice, Consequence, Decision, Ending, Gate, RankScene, Scenario

PERCENT = 100
FEWEST_POINTS = 1
"""Percentage points of leverage: what moves less has not moved for anybody."""
OF_A_CASE = {
    "title": "title",
    "size": "size",
    "minutes": "minutes",
    "coaching": "coaching",
    "pivot": "pivot",
    "start": "first scene",
}
"""Parts of a case that are one word or number, and what they are called."""
OF_A_SCENE = {"kind": "kind", "month": "month", "must_meet": "must_meet", "weight": "weight", "rank": "rank"}
WORDS_OF_A_SCENE = ("title", "when", "body", "ask", "prompt", "poor", "good", "learned", "then", "coach")
WORDS_OF_AN_ANSWER = ("text", "then", "cue", "coach")


def differences(before: Report, after: Report) -> list[str]:
    """Say in sentences what differs, first what was written, then what comes of it. Equal cases give none."""
    old, new = before.scenario, after.scenario
    return [*_header(old, new), *_scenes(old, new), *_outcome(before, after)]


def _header(old: Scenario, new: Scenario) -> Iterator[str]:
    for key, what in OF_A_CASE.items():
        yield from _one(f"The {what} of the case", getattr(old, key), getattr(new, key))
    if old.intro != new.intro:
        yield "The intro has other words."
    ranges = [{each.id: f"{each.start} ({each.min} to {each.max})" for each in case.variables} for case in (old, new)]
    yield from _each("variable", *ranges)
    yield from _each("flag", dict.fromkeys(old.flags, ""), dict.fromkeys(new.flags, ""))
    titles = [{each.id: each.title for each in case.competencies} for case in (old, new)]
    yield from _each("competency", *titles)
    waived = [
        {f"{each.lint} at {each.scene or 'the whole case'}": each.reason for each in case.waivers}
        for case in (old, new)
    ]
    yield from _each("waiver", *waived)


def _scenes(old: Scenario, new: Scenario) -> Iterator[str]:
    olds, news = ({scene.id: scene for scene in case.scenes} for case in (old, new))
    for name in olds.keys() - news.keys():
        yield f"The {_kind(olds[name])} `{name}` is gone."
    for name, scene in news.items():
        if name not in olds:
            yield f"The {_kind(scene)} `{name}` is new."
            continue
        yield from _scene(name, olds[name], scene)


def _kind(scene: object) -> str:
    return "ending" if isinstance(scene, Ending) else "gate" if isinstance(scene, Gate) else "scene"


def _scene(name: str, old: Decision | Gate | Ending, new: Decision | Gate | Ending) -> Iterator[str]:
    for key, what in OF_A_SCENE.items():
        yield from _one(f"The {what} of `{name}`", getattr(old, key, None), getattr(new, key, None))
    if _words(old, WORDS_OF_A_SCENE) != _words(new, WORDS_OF_A_SCENE):
        yield f"`{name}` has other words."
    if isinstance(old, Gate) and isinstance(new, Gate):
        routes = [[f"{route.guard or 'else'} → {route.to}" for route in gate.routes] for gate in (old, new)]
        yield from _one(f"The way on from the gate `{name}`", *("; ".join(each) for each in routes))
    if isinstance(old, RankScene) and isinstance(new, RankScene):
        items = [", ".join(item.id for item in scene.items) for scene in (old, new)]
        yield from _one(f"The best order of `{name}`", *items)
        if items[0] == items[1] and old.items != new.items:
            yield f"The items of `{name}` have other words."
    if isinstance(old, Decision) and isinstance(new, Decision):
        yield from _answers(name, old, new)


def _answers(scene: str, old: Decision, new: Decision) -> Iterator[str]:
    olds, news = ({answer.id: answer for answer in each.answers} for each in (old, new))
    for name in (name for name in olds if name not in news):
        yield f"The answer `{scene}.{name}` is gone."
    for name, answer in news.items():
        if name in olds:
            yield from _answer(f"`{scene}.{name}`", olds[name], answer)
        else:
            yield f"The answer `{scene}.{name}` is new, with {points_of(answer) or 'no points'}."
    if list(olds) != list(news) and sorted(olds) == sorted(news):
        yield f"The answers of `{scene}` stand in another order."


def _answer(name: str, old: Consequence, new: Consequence) -> Iterator[str]:
    guards = [f"`{each.guard}`" if isinstance(each, Choice) and each.guard else "always open" for each in (old, new)]
    yield from _one(f"The guard of {name}", *guards)
    yield from _one(f"The way on from {name}", f"`{old.to}`", f"`{new.to}`")
    yield from _one(f"The key of {name}", points_of(old) or "no points", points_of(new) or "no points")
    yield from _one(f"The effect of {name}", effect(old), effect(new))
    yield from _one(f"The limit of {name}", getattr(old, "within", None), getattr(new, "within", None))
    if _words(old, WORDS_OF_AN_ANSWER) != _words(new, WORDS_OF_AN_ANSWER):
        yield f"{name} has other words."


def points_of(answer: Consequence) -> str:
    """Write what an answer is worth."""
    return ", ".join(f"{name} {points}" for name, points in sorted(answer.key.items()) if points)


def effect(answer: Consequence) -> str:
    """Write what an answer does."""
    moves = [f"{name} {by:+d}" for name, by in sorted(answer.do.items()) if by]
    marks = [f"sets {name}" for name in sorted(answer.set)] + [f"clears {name}" for name in sorted(answer.clear)]
    return ", ".join([*moves, *marks]) or "nothing"


def _words(part: object, keys: tuple[str, ...]) -> list[object]:
    return [getattr(part, key, None) for key in keys]


def _outcome(before: Report, after: Report) -> Iterator[str]:
    """Say what comes of it: endings, sizes, leverage, points of no return, what every play has a chance of."""
    said = " (sampled)" if before.sample or after.sample else ""
    if before.shares and after.shares:
        yield from _shares(before.shares, after.shares, said)
    old, new = before.measures, after.measures
    if old is None or new is None:
        for report, what in ((before, "was"), (after, "is")):
            if report.measures is None:
                yield f"Nothing {what} proved about {'its plays' if report.sample else 'it: it could not be played'}."
        return
    yield from _one("The number of its states", f"{before.states:,}", f"{after.states:,}")
    yield from _one("The number of its different plays", f"{old.paths:,}", f"{new.paths:,}")
    lengths = [f"{each.fewest_decisions} to {each.most_decisions}" for each in (old, new)]
    yield from _one("The number of decisions in a play", *lengths)
    yield from _one("The best total", old.best_total, new.best_total)
    for name in old.opportunities.keys() & new.opportunities.keys():
        what = f"The least number of opportunities for `{name}`"
        yield from _one(what, old.opportunities[name], new.opportunities[name])
    for scene in [scene for scene in new.leverage if scene in old.leverage]:
        yield from _leverage(scene, old.leverage[scene], new.leverage[scene])
    for scene, answer in sorted(new.lost.keys() - old.lost.keys()):
        yield f"`{scene}.{answer}` is a new point of no return."
    for scene, answer in sorted(old.lost.keys() - new.lost.keys()):
        yield f"`{scene}.{answer}` is no point of no return any more."


def _shares(old: Mapping[str, Fraction], new: Mapping[str, Fraction], said: str) -> Iterator[str]:
    for ending, share in new.items():
        if ending not in old:
            yield f"The new ending `{ending}` has {percent(share)} of random plays{said}."
        elif percent(old[ending], finely=True) != percent(share, finely=True):
            finely = percent(old[ending]) == percent(share)
            change = f"from {percent(old[ending], finely=finely)} to {percent(share, finely=finely)}"
            yield f"The ending `{ending}` goes {change} of random plays{said}."


def _leverage(scene: str, old: Fraction, new: Fraction) -> Iterator[str]:
    if abs(new - old) >= FEWEST_POINTS:
        yield f"The leverage of `{scene}` goes from {float(old):.0f} to {float(new):.0f} points."


def percent(share: Fraction, *, finely: bool = False) -> str:
    """Write a share as people read it: whole per cents, or with one more digit where that tells more."""
    return f"{float(PERCENT * share):.{1 if finely else 0}f} %"


def _one(what: str, old: object, new: object) -> Iterator[str]:
    if old != new:
        yield f"{what} was {_said(old)}, and is {_said(new)}."


def _said(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return "yes" if value else "no"
        case _:
            return str(value)


def _each(what: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    for name in [name for name in old if name not in new]:
        yield f"The {what} `{name}` is gone."
    for name, value in new.items():
        if name not in old:
            yield f"The {what} `{name}` is new."
        else:
            yield from _one(f"The {what} `{name}`", old[name], value)
