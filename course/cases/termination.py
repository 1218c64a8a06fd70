"""Whether every play ends, told from the text of a case alone, for cases with too many states to walk them all."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from course.cases.guards import COMPARISONS, parse
from course.content.schema import Choice, Consequence, Decision, Gate, Scenario

MIRRORED: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.Lt: ast.Gt, ast.LtE: ast.GtE, ast.Gt: ast.Lt, ast.GtE: ast.LtE}
UP, DOWN = 1, -1


class Need(NamedTuple):
    """Something a way on asks for, which stops being true for good once it has happened often enough."""

    kind: str
    """``room`` (a variable below or above a limit within its range), ``flag``, ``visited`` or ``chose`` (not yet)."""
    name: str
    direction: int = 0


@dataclass(frozen=True, eq=False)
class Way:
    """One way from a scene to another: an answer, or a route of a gate."""

    start: str
    to: str
    needs: frozenset[Need]
    answer: Consequence | None = None
    name: str = ""


def circle_in(scenario: Scenario) -> list[str]:
    """Name the scenes of a circle for which no counter was found; nothing when every play is proved to end.

    A way round is let through when it can't be taken for ever: each time round, something happens (a variable moves
    one way only, a flag is set, a scene visited, an answer given) that in the end closes one of its ways. Ways that
    can be taken a bounded number of times are left out, and what remains is looked at again, until no circle is left
    (a proof by ranking, one component after the other) or none of its ways can be bounded. Sound, not complete: some
    circles that end are named all the same.
    """
    ways = list(_ways(scenario))
    while ring := _component(ways):
        inside = [way for way in ways if way.start in ring and way.to in ring]
        bounded = _bounded(inside)
        if not bounded:
            return [scene.id for scene in scenario.scenes if scene.id in ring]
        ways = [way for way in ways if way not in bounded]
    return []


def _ways(scenario: Scenario) -> Iterator[Way]:
    ranges = {variable.id: (variable.min, variable.max) for variable in scenario.variables}
    for scene in scenario.scenes:
        if isinstance(scene, Decision):
            for answer in scene.answers:
                needs = _needs(answer.guard if isinstance(answer, Choice) else None, ranges)
                yield Way(scene.id, answer.to, needs, answer, f"{scene.id}.{answer.id}")
        elif isinstance(scene, Gate):
            for route in scene.routes:
                yield Way(scene.id, route.to, _needs(route.guard, ranges))


def _bounded(inside: list[Way]) -> set[Way]:
    """Find ways that can be taken only so many times by a play that stays inside."""
    found: set[Way] = set()
    for need in {need for way in inside for need in way.needs}:
        if any(_undoes(way, need) for way in inside):
            continue
        asking = {way for way in inside if need in way.needs}
        using = {way for way in inside if _uses(way, need)}
        found |= asking & using
        # When every way round uses it up, whatever asks for it is closed in the end.
        if not _component([way for way in inside if way not in using]):
            found |= asking
    return found


def _uses(way: Way, need: Need) -> bool:
    """Whether taking a way brings the end of a need nearer, each time it is taken while there is need."""
    match need.kind:
        case "visited":
            return way.to == need.name
        case "chose":
            return way.name == need.name
        case "flag":
            return way.answer is not None and need.name in way.answer.set
        case _:
            return way.answer is not None and way.answer.do.get(need.name, 0) * need.direction > 0


def _undoes(way: Way, need: Need) -> bool:
    if way.answer is None:
        return False
    if need.kind == "flag":
        return need.name in way.answer.clear
    return need.kind == "room" and way.answer.do.get(need.name, 0) * need.direction < 0


def _needs(guard: str | None, ranges: dict[str, tuple[int, int]]) -> frozenset[Need]:
    if guard is None:
        return frozenset()
    return frozenset(need for part in _parts(parse(guard).tree) for need in _need(part, ranges))


def _parts(tree: ast.expr) -> Iterator[ast.expr]:
    """Give the conditions that must all hold."""
    if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And):
        for part in tree.values:
            yield from _parts(part)
    else:
        yield tree


def _need(part: ast.expr, ranges: dict[str, tuple[int, int]]) -> Iterator[Need]:
    match part:
        case ast.UnaryOp(op=ast.Not(), operand=ast.Name(id=name)):
            yield Need("flag", name)
        case ast.UnaryOp(op=ast.Not(), operand=ast.Call(func=ast.Name(id=kind), args=[ast.Constant(value=str(name))])):
            yield Need(kind, name)
        case ast.Compare():
            links = zip([part.left, *part.comparators], part.ops, part.comparators, strict=False)
            for left, comparison, right in links:
                yield from _room(left, type(comparison), right, ranges)


def _room(
    left: ast.expr, comparison: type[ast.cmpop], right: ast.expr, ranges: dict[str, tuple[int, int]]
) -> Iterator[Need]:
    """Read one comparison of a variable with a number: in which directions the variable can leave it."""
    if isinstance(right, ast.Name):
        left, comparison, right = right, MIRRORED.get(comparison, comparison), left
    if not isinstance(left, ast.Name) or isinstance(right, ast.Name):
        return
    number = ast.literal_eval(right)
    low, high = ranges[left.id]
    holds = COMPARISONS[comparison]
    # At the end of its range a variable stands still: only a condition that is false there is left for good.
    if comparison in {ast.Lt, ast.LtE, ast.Eq} and not holds(high, number):
        yield Need("room", left.id, UP)
    if comparison in {ast.Gt, ast.GtE, ast.Eq} and not holds(low, number):
        yield Need("room", left.id, DOWN)


def _component(ways: list[Way]) -> set[str]:
    """Find scenes that all lead to one another; none when no way leads back."""
    leads: dict[str, set[str]] = {}
    for way in ways:
        leads.setdefault(way.start, set()).add(way.to)
    for start in leads:
        reached = _reached(leads, start)
        if start in reached:
            return {scene for scene in reached if start in _reached(leads, scene)}
    return set()


def _reached(leads: dict[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for to in leads.get(waiting.pop(), ()):
            if to not in found:
                found.add(to)
                waiting.append(to)
    return found
