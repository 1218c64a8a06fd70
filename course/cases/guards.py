"""Guards: the small conditions of a case, parsed by ``ast`` and read by rules of our own."""

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

LONGEST_GUARD = 500

Values = tuple[int, ...]
Guard = Callable[[Values, int], bool]
"""A guard ready to ask: of the values of the variables and of the marks (bits) of a state."""
Number = Callable[[Values], int]

COMPARISONS: dict[type[ast.cmpop], Callable[[int, int], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


class GuardError(ValueError):
    """A guard that is refused; the sentence names the piece that offends."""


@dataclass(frozen=True, slots=True, order=True)
class Fact:
    """Something that happened in a play: a scene visited, or a choice taken (``scene.choice``)."""

    kind: Literal["visited", "chose"]
    name: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """A guard whose form is right; its names may still be unknown to the case."""

    text: str
    tree: ast.expr
    numbers: frozenset[str]
    """Names used as numbers: they must be variables."""
    flags: frozenset[str]
    """Names used as yes or no: they must be flags."""
    facts: frozenset[Fact]


def parse(text: str) -> Parsed:
    """Parse a guard, or raise ``GuardError`` with the first piece that is not allowed."""
    if len(text) > LONGEST_GUARD:
        raise GuardError(f"A guard has at most {LONGEST_GUARD} characters.")
    collected = _Collected(set(), set(), set())
    try:
        tree = ast.parse(" ".join(text.split()), mode="eval").body
        _collect(tree, collected)
    except GuardError:
        raise
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise GuardError(f"`{text}` cannot be read as a condition.") from error
    names = (frozenset(collected.numbers), frozenset(collected.flags), frozenset(collected.facts))
    return Parsed(text, tree, *names)


@dataclass(frozen=True, slots=True)
class _Collected:
    numbers: set[str]
    flags: set[str]
    facts: set[Fact]


def _refuse(node: ast.AST, why: str) -> GuardError:
    return GuardError(f"`{ast.unparse(node)}` is not allowed in a guard: {why}.")


def _collect(node: ast.expr, into: _Collected) -> None:
    match node:
        case ast.BoolOp(values=parts):
            for part in parts:
                _collect(part, into)
        case ast.UnaryOp(op=ast.Not(), operand=part):
            _collect(part, into)
        case ast.Compare():
            _collect_comparison(node, into)
        case ast.Name(id=name):
            into.flags.add(name)
        case ast.Call():
            into.facts.add(_fact(node))
        case ast.Constant():
            raise _refuse(node, "it says neither yes nor no")
        case _:
            raise _refuse(node, "use names, numbers, comparisons, and, or, not, visited() and chose()")


def _collect_comparison(node: ast.Compare, into: _Collected) -> None:
    if any(type(comparison) not in COMPARISONS for comparison in node.ops):
        raise _refuse(node, "compare with <, <=, >, >=, == or !=")
    for operand in (node.left, *node.comparators):
        _collect_number(operand, into)


def _collect_number(node: ast.expr, into: _Collected) -> None:
    if isinstance(node, ast.Name):
        into.numbers.add(node.id)
    elif _constant(node) is None:
        raise _refuse(node, "compare a variable with a whole number or with a variable")


def _constant(node: ast.expr) -> int | None:
    match node:
        case ast.Constant(value=int(value)) if not isinstance(value, bool):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(value))) if not isinstance(value, bool):
            return -value
        case _:
            return None


def _fact(node: ast.Call) -> Fact:
    match node:
        case ast.Call(func=ast.Name(id="visited"), args=[ast.Constant(value=str(name))], keywords=[]):
            return Fact("visited", name)
        case ast.Call(func=ast.Name(id="chose"), args=[ast.Constant(value=str(name))], keywords=[]):
            return Fact("chose", name)
        case _:
            raise _refuse(node, 'only visited("scene") and chose("scene.choice") are known')


def bind(parsed: Parsed, places: Mapping[str, int], bits: Mapping[str | Fact, int]) -> Guard:
    """Make a guard that can be asked, given the places of variables and the bits of flags and facts."""
    for name in sorted(parsed.numbers - set(places)):
        raise GuardError(f"`{name}` is no variable of this case.")
    for name in sorted(parsed.flags - {flag for flag in bits if isinstance(flag, str)}):
        known = "a variable: compare it with a number" if name in places else "no flag of this case"
        raise GuardError(f"`{name}` is {known}.")
    return _bind(parsed.tree, places, bits)


def _bind(node: ast.expr, places: Mapping[str, int], bits: Mapping[str | Fact, int]) -> Guard:
    match node:
        case ast.BoolOp(op=combine, values=values):
            parts = tuple(_bind(value, places, bits) for value in values)
            return _all_of(parts) if isinstance(combine, ast.And) else _any_of(parts)
        case ast.UnaryOp(operand=operand):
            inner = _bind(operand, places, bits)
            return lambda values, marks: not inner(values, marks)
        case ast.Compare():
            return _bind_comparison(node, places)
        case ast.Name(id=name):
            bit = bits[name]
        case ast.Call():
            bit = bits[_fact(node)]
        case _:
            raise _refuse(node, "it was never parsed")
    return lambda _, marks: bool(marks & bit)


def _all_of(parts: tuple[Guard, ...]) -> Guard:
    def every(values: Values, marks: int) -> bool:
        return all(part(values, marks) for part in parts)

    return every


def _any_of(parts: tuple[Guard, ...]) -> Guard:
    def some(values: Values, marks: int) -> bool:
        return any(part(values, marks) for part in parts)

    return some


def _bind_comparison(node: ast.Compare, places: Mapping[str, int]) -> Guard:
    operands = [_number(operand, places) for operand in (node.left, *node.comparators)]
    compare = [COMPARISONS[type(comparison)] for comparison in node.ops]
    links = tuple(zip(operands, compare, operands[1:], strict=False))

    def holds(values: Values, _: int) -> bool:
        return all(link(left(values), right(values)) for left, link, right in links)

    if len(links) == 1:
        left, link, right = links[0]
        return lambda values, _: link(left(values), right(values))
    return holds


def _number(node: ast.expr, places: Mapping[str, int]) -> Number:
    if isinstance(node, ast.Name):
        return operator.itemgetter(places[node.id])
    constant = _constant(node) or 0
    return lambda _: constant
