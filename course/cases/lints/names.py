"""What a case remembers and asks: flags, variables, past scenes and choices, and the guards that ask for them."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from course.cases.engine import State
from course.cases.guards import Fact, Parsed, bind, parse
from course.cases.lints.subject import Fault, Lint, Subject
from course.content.schema import Gate


@dataclass(frozen=True, slots=True)
class Answers:
    """Which answers a condition gives in the states in which it is asked."""

    yes: bool
    no: bool


def leaves(tree: ast.expr) -> Iterator[ast.expr]:
    """Give the single conditions of a guard."""
    match tree:
        case ast.BoolOp(values=parts):
            for part in parts:
                yield from leaves(part)
        case ast.UnaryOp(op=ast.Not(), operand=part):
            yield from leaves(part)
        case _:
            yield tree


def _answers(subject: Subject, condition: Parsed, states: Iterable[State]) -> Answers:
    case = subject.graph.case
    bits: dict[str | Fact, int] = {name: bit for names in (case.flags, case.facts) for name, bit in names.items()}
    holds = bind(condition, case.places, bits)
    yes = no = False
    for state in states:
        if holds(state.values, state.marks):
            yes = True
        else:
            no = True
        if yes and no:
            break
    return Answers(yes, no)


def _facts(parsed: Parsed) -> set[str]:
    return {fact.name.split(".")[0] for fact in parsed.facts}


def guard_always(subject: Subject) -> Iterator[Fault]:
    """Find guards of answers that are never false: the answer is open to everybody."""
    for each in subject.asked:
        single = next(leaves(each.parsed.tree)) is each.parsed.tree and each.parsed.facts
        is_gate = isinstance(subject.graph.case.nodes[each.scene].scene, Gate)
        if not is_gate and not single and not _answers(subject, each.parsed, each.states).no:
            wrong = f"The guard `{each.parsed.text}` is true in every state in which `{each.scene}` is met."
            yield Fault(wrong, "Take it out, or ask for what only some plays have.", each.scene, each.path)


def guard_part(subject: Subject) -> Iterator[Fault]:
    """Find parts of guards that decide nothing: never true, or always."""
    made = {flag for each in subject.answers for flag in each.answer.set}
    still = {fault.path[1] for fault in variable_still(subject)}
    unmoved = {variable.id for place, variable in enumerate(subject.scenario.variables) if place in still}
    for each in subject.asked:
        parts = list(leaves(each.parsed.tree))
        if len(parts) == 1 or not _answers(subject, each.parsed, each.states).yes:
            continue  # A guard that never holds is an error, and told as one.
        for part in parts:
            condition = parse(ast.unparse(part))
            if condition.facts or condition.flags - made or condition.numbers & unmoved:
                continue  # Other lints tell these.
            found = _answers(subject, condition, each.states)
            if not (found.yes and found.no):
                how = "always" if found.yes else "never"
                wrong = f"`{condition.text}` is {how} true when this guard is asked, so it decides nothing."
                yield Fault(wrong, "Take this part out, or change its number.", each.scene, each.path)


def fact_always(subject: Subject) -> Iterator[Fault]:
    """Find questions about the past with one answer only: every play, or none, has been there or chosen that."""
    for each in subject.asked:
        for part in leaves(each.parsed.tree):
            condition = parse(ast.unparse(part))
            if not condition.facts or _facts(condition) & each.ahead:
                continue
            found = _answers(subject, condition, each.states)
            if not (found.yes and found.no):
                how = "true in every play" if found.yes else "true in no play"
                wrong = f"`{condition.text}` is {how} that is asked here."
                yield Fault(wrong, "Take it out, or ask for something that differs.", each.scene, each.path)


def flag_unasked(subject: Subject) -> Iterator[Fault]:
    """Find flags that nothing comes of."""
    wanted = {flag for each in subject.asked for flag in each.parsed.flags}
    for flag in subject.scenario.flags:
        if flag not in wanted:
            mend = "Let a guard ask for it (`if: " + flag + "`), or take it out."
            yield Fault(f"No guard ever asks for the flag `{flag}`.", mend, None, ("flags",))


def flag_unset(subject: Subject) -> Iterator[Fault]:
    """Find flags that guards ask for and no answer sets."""
    made = {flag for each in subject.answers for flag in each.answer.set}
    for each in subject.asked:
        for flag in sorted(each.parsed.flags - made):
            mend = f"Let an answer set it (`set: [{flag}]`), or take it out of the guard."
            yield Fault(f"The guard asks for `{flag}`, and no answer sets it.", mend, each.scene, each.path)


def variable_unasked(subject: Subject) -> Iterator[Fault]:
    """Find variables that no guard asks for. The pivot is shown at the debrief and needs no guard."""
    wanted = {name for each in subject.asked for name in each.parsed.numbers}
    for place, variable in enumerate(subject.scenario.variables):
        if variable.id not in wanted and variable.id != subject.scenario.pivot:
            mend = "Let a gate or an answer depend on it, or take it out."
            yield Fault(f"No guard ever asks for `{variable.id}`.", mend, None, ("variables", place, "id"))


def variable_still(subject: Subject) -> Iterator[Fault]:
    """Find variables that never change."""
    moved = {name for each in subject.answers for name, by in each.answer.do.items() if by}
    for place, variable in enumerate(subject.scenario.variables):
        if variable.id not in moved:
            mend = f"Let answers move it (`do: {{{variable.id}: 1}}`), or take it out."
            yield Fault(f"No answer ever changes `{variable.id}`.", mend, None, ("variables", place, "id"))


LINTS = (
    Lint("guard-always", guard_always),
    Lint("guard-part", guard_part),
    Lint("fact-always", fact_always),
    Lint("flag-unasked", flag_unasked),
    Lint("flag-unset", flag_unset),
    Lint("variable-unasked", variable_unasked),
    Lint("variable-still", variable_still),
)
