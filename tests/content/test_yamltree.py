"""YAML as data with lines: version 1.2, strict keys, no aliases, bounded."""

import pytest

from course.content.findings import ContentError
from course.content.yamltree import Tree, parse
from tests.content.folders import Found, found


def refused(text: str) -> Found:
    with pytest.raises(ContentError) as caught:
        parse(text, "a.yaml")
    return found(caught.value.findings)


def test_words_of_older_yaml_stay_words() -> None:
    tree = parse("no: off\nwhen: 12:30\nday: 2026-11-27\nyes: ~\nnumbers: [012, -3, 1_000, 0x1F, 1.5]\n", "a.yaml")
    assert tree.data == {
        "no": "off",
        "when": "12:30",
        "day": "2026-11-27",
        "yes": None,
        "numbers": [12, -3, "1_000", "0x1F", "1.5"],
    }


def test_every_part_knows_its_line() -> None:
    tree = parse("a: 1\nb:\n  - x: 2\n    y: >-\n      text\n  - z\n", "a.yaml")
    assert [tree.line(path) for path in (("a",), ("b",), ("b", 0, "y"), ("b", 1), ("b", 0, "missing"), ("c",))] == [
        1,
        2,
        4,
        6,
        3,
        1,
    ]


def test_a_part_that_pydantic_adds_to_a_path_is_passed_over() -> None:
    tree = Tree("a.yaml", None, {(): 1, ("scenes",): 2, ("scenes", 0): 3, ("scenes", 0, "id"): 4})
    assert tree.line(("scenes", 0, "choice", "id")) == 4


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "duplicate-key"),
        ("a: &x [1]\nb: 2\n", 1, "alias"),
        ("a: 1\nb: *x\n", 2, "yaml"),
        ("a: 1\n? [b]\n: 2\n", 2, "key"),
        ("a: 1\n<<: 2\n", 2, "key"),
        ("a: !!python/object:os.system x\n", 1, "tag"),
        ("a: 1\n\tb: 2\n", 2, "yaml"),
        ("a: 1\n---\nb: 2\n", 2, "yaml"),
        ("a: \x07\n", 1, "yaml"),
        ("", 1, "empty"),
        ("a: " + "[" * 40 + "]" * 40, 1, "too-deep"),
        ("[" * 5000, 1, "too-deep"),
    ],
)
def test_what_is_refused(text: str, line: int, code: str) -> None:
    assert refused(text) == [("a.yaml", line, code)]


def test_a_bomb_of_aliases_is_refused_before_it_grows() -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    assert {code for _, _, code in refused("\n".join(lines))} == {"alias"}
