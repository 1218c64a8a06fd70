"""Decisions that decide something, in an order that a calendar could have."""

from collections.abc import Iterator
from itertools import combinations

from course.cases.lints.likeness import alike
from course.cases.lints.subject import FULL, Fault, Lint, Subject, effect
from course.content.schema import Consequence

FEWEST_ANCHORS = 3
FEWEST_MOVES = 3


def _key(answer: Consequence) -> frozenset[tuple[str, int]]:
    return frozenset((name, points) for name, points in answer.key.items() if points)


def no_decision(subject: Subject) -> Iterator[Fault]:
    """Find scenes in which nothing depends on the answer: neither what follows nor the score."""
    for path, scene in subject.keyed:
        if len({(effect(answer), _key(answer)) for answer in scene.answers}) == 1:
            wrong = f"Nothing depends on what is answered at `{scene.id}`: it is no decision."
            mend = "Give its answers effects and points, or make it a part of the scene before."
            yield Fault(wrong, mend, scene.id, (*path, "id"))


def same_outcome(subject: Subject) -> Iterator[Fault]:
    """Find scenes whose answers only differ in points: the play goes on in the same way whatever is said."""
    for path, scene in subject.keyed:
        differs = len({_key(answer) for answer in scene.answers}) > 1
        if differs and len({effect(answer) for answer in scene.answers}) == 1:
            wrong = f"Whatever is answered at `{scene.id}`, the play goes on in the same way."
            yield Fault(wrong, "Let the answers change a variable, a flag or the way on.", scene.id, (*path, "id"))


def same_answers(subject: Subject) -> Iterator[Fault]:
    """Find two answers of a scene that do the same."""
    for _path, scene in subject.keyed:
        everything = [(effect(answer), _key(answer)) for answer in scene.answers]
        if len(set(everything)) == 1:
            continue  # It is no decision at all, which is said already.
        rooms = [each.path for each in subject.answers if each.scene is scene]
        for first, second in combinations(range(len(everything)), 2):
            if everything[first] == everything[second]:
                names = f"`{scene.id}.{scene.answers[first].id}` and `{scene.id}.{scene.answers[second].id}`"
                wrong = f"{names} do the same: effects, points and the way on are equal."
                yield Fault(wrong, "Join them, or let one do something else.", scene.id, (*rooms[second], "id"))


def months_back(subject: Subject) -> Iterator[Fault]:
    """Find scenes that play before the scene that leads to them."""
    scenes = {scene.id: scene for _, scene in subject.shown}
    before: dict[str, list[str]] = {}
    for earlier, later in sorted((one, two) for one, leads in subject.walk.leads.items() for two in leads):
        if scenes[later].month < scenes[earlier].month:
            before.setdefault(later, []).append(earlier)
    for path, scene in subject.shown:
        for earlier in before.get(scene.id, ()):
            wrong = (
                f"`{scene.id}` plays in month {scene.month} and follows `{earlier}` of month {scenes[earlier].month}."
            )
            yield Fault(wrong, "Correct one of the two months.", scene.id, (*path, "month"))


def twin_scenes(subject: Subject) -> Iterator[Fault]:
    """Find scenes that tell the same."""
    for (_, first), (path, second) in combinations(subject.decisions, 2):
        if alike(first.body, second.body):
            wrong = f"`{first.id}` and `{second.id}` tell almost the same."
            yield Fault(wrong, "Make one scene of them, or tell what has changed.", second.id, (*path, "body"))


def gate_idle(subject: Subject) -> Iterator[Fault]:
    """Find gates that send every play the same way."""
    for path, scene in subject.gates:
        if len({route.to for route in scene.routes}) == 1:
            wrong = f"All routes of the gate `{scene.id}` lead to `{scene.routes[0].to}`."
            yield Fault(wrong, "Take the gate out, or let a route lead elsewhere.", scene.id, (*path, "routes"))


def few_anchors(subject: Subject) -> Iterator[Fault]:
    """Find cases in which people meet too little in common to talk about."""
    anchors = [scene for _, scene in subject.keyed if scene.must_meet]
    if len(anchors) < FEWEST_ANCHORS:
        wrong = f"{len(anchors)} scenes are marked `must_meet`; a {subject.scenario.size} case has {FEWEST_ANCHORS}."
        yield Fault(wrong, "Mark those that every play meets, or lead every play there.", None, ("scenes",))


def pivot_flat(subject: Subject) -> Iterator[Fault]:
    """Find cases whose pivot hardly moves: a debrief could not say where it turned."""
    pivot = subject.scenario.pivot
    moving = {each.scene.id for each in subject.answers if each.answer.do.get(pivot)}
    if len(moving) < FEWEST_MOVES:
        wrong = f"The pivot `{pivot}` moves in {len(moving)} scenes; nobody could see where it turned."
        mend = f"Let answers of {FEWEST_MOVES} scenes move it, or choose another pivot."
        yield Fault(wrong, mend, None, ("pivot",))


LINTS = (
    Lint("no-decision", no_decision),
    Lint("same-outcome", same_outcome, FULL),
    Lint("same-answers", same_answers),
    Lint("months-back", months_back),
    Lint("twin-scenes", twin_scenes),
    Lint("gate-idle", gate_idle),
    Lint("few-anchors", few_anchors, FULL),
    Lint("pivot-flat", pivot_flat, FULL),
)
