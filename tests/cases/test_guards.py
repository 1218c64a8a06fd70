"""Guards: a small language, read by our own rules, and nothing else gets in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.cases.guards import Fact, GuardError, bind, parse

PLACES = {"trust": 0, "slack": 1}
BITS: dict[str | Fact, int] = {"met": 1, "asked": 2, Fact("visited", "door"): 4, Fact("chose", "door.ask"): 8}


def ask(text: str, trust: int = 0, slack: int = 0, marks: int = 0) -> bool:
    return bind(parse(text), PLACES, BITS)((trust, slack), marks)


@pytest.mark.parametrize(
    "text",
    [
        "trust >= 3",
        "trust == 3 and slack == -2",
        "-2 <= slack < trust <= 3",
        "slack > -3",
        "met",
        "not asked and not not met",
        'visited("door")',
        "(asked or met) and\n  trust == 3",
        "1 < 2",
    ],
)
def test_guards_that_hold(text: str) -> None:
    assert ask(text, trust=3, slack=-2, marks=1 | 4) is True
    assert ask(f"not ({text})", trust=3, slack=-2, marks=1 | 4) is False


@pytest.mark.parametrize(
    "text",
    ["trust > 3", "trust != 3 or slack < -2", "-2 <= slack < trust < 3", "asked", "not met", "chose('door.ask')"],
)
def test_guards_that_do_not_hold(text: str) -> None:
    assert ask(text, trust=3, slack=-2, marks=1 | 4) is False
    assert ask(f"not ({text})", trust=3, slack=-2, marks=1 | 4) is True


numbers = st.sampled_from(["trust", "slack"]) | st.integers(-4, 4).map(str)
comparisons = st.builds(
    lambda first, rest: first + "".join(f" {sign} {number}" for sign, number in rest),
    numbers,
    st.lists(st.tuples(st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), numbers), min_size=1, max_size=3),
)
guards = st.recursive(
    comparisons | st.sampled_from(["met", "asked"]),
    lambda inner: (
        st.builds("({}) and ({})".format, inner, inner)
        | st.builds("({}) or ({})".format, inner, inner)
        | st.builds("not ({})".format, inner)
    ),
    max_leaves=6,
).filter(lambda text: len(text) < 400)


@given(guards, st.integers(-4, 4), st.integers(-4, 4), st.integers(0, 3))
def test_guards_agree_with_python(text: str, trust: int, slack: int, marks: int) -> None:
    names = {"trust": trust, "slack": slack, "met": bool(marks & 1), "asked": bool(marks & 2)}
    oracle = eval(text, {"__builtins__": {}}, names)  # noqa: S307 - Python itself, on a text made above.
    assert ask(text, trust, slack, marks) is oracle


def test_facts_that_are_mentioned() -> None:
    parsed = parse('visited("door") and not chose("door.ask") or trust > 1 and met')
    assert parsed.facts == {Fact("visited", "door"), Fact("chose", "door.ask")}
    assert parsed.numbers == {"trust"}
    assert parsed.flags == {"met"}


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("trust + 1 > 2", "trust + 1"),
        ("trust.real > 1", "trust.real"),
        ("trust in (1, 2)", "trust in (1, 2)"),
        ("trust is 1", "trust is 1"),
        ("trust > 1.5", "1.5"),
        ("trust > True", "True"),
        ("met == True", "True"),
        ("trust > -trust", "-trust"),
        ("True", "True"),
        ("3", "3"),
        ("'door'", "'door'"),
        ("met if asked else met", "met if asked else met"),
        ("(met := asked)", "(met := asked)"),
        ("lambda: met", "lambda: met"),
        ("[met]", "[met]"),
        ("open('x')", "open('x')"),
        ("visited(door)", "visited(door)"),
        ("visited('a', 'b')", "visited('a', 'b')"),
        ("visited(scene='a')", "visited(scene='a')"),
        ("visited('a').real", "visited('a').real"),
        ("met and __import__('os')", "__import__('os')"),
    ],
)
def test_a_refused_guard_names_the_piece(text: str, piece: str) -> None:
    with pytest.raises(GuardError) as caught:
        parse(text)
    assert str(caught.value).startswith(f"`{piece}` is not allowed in a guard: ")


@pytest.mark.parametrize("text", ["trust >", "", "met met", "(" * 300, "a\x00b", "trust = 1"])
def test_a_guard_that_cannot_be_read(text: str) -> None:
    with pytest.raises(GuardError) as caught:
        parse(text)
    assert str(caught.value) == f"`{text}` cannot be read as a condition."


def test_a_guard_is_short() -> None:
    longest = "met or " * 71 + "met"
    assert len(longest) == 500
    assert ask(longest, marks=1) is True
    with pytest.raises(GuardError, match=r"^A guard has at most 500 characters\.$"):
        parse(longest + " ")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("hope > 1", "`hope` is no variable of this case."),
        ("met > 1", "`met` is no variable of this case."),
        ("hope", "`hope` is no flag of this case."),
        ("trust", "`trust` is a variable: compare it with a number."),
    ],
)
def test_names_must_be_known_and_used_as_what_they_are(text: str, sentence: str) -> None:
    with pytest.raises(GuardError) as caught:
        bind(parse(text), PLACES, BITS)
    assert str(caught.value) == sentence
