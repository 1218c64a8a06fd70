"""Each lint has an edit of a clean case that trips it alone, and a mended twin that trips nothing."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Literal

import pytest
from ruamel.yaml import YAML

import course
from course.cases.checker import check_case
from course.cases.findings import CaseFinding
from course.cases.lints.whole import LINTS, advise
from course.content import yamltree
from course.content.schema import Scenario
from course.content.schema.shape import Shape

FOLDER = Path(__file__).parent
CLEAN, SMALL = "clean.yaml", "small.yaml"


class Edit(Shape):
    """Words of the clean case, what breaks them, and what mends the broken ones."""

    clean: str
    broken: str
    mended: str


class Row(Shape):
    code: str
    scene: str | None
    at: str
    after: int = 0
    case: str = CLEAN
    severity: Literal["error", "warning"] = "warning"
    edits: tuple[Edit, ...]


ROWS = [Row.model_validate(row) for row in YAML(typ="safe").load(FOLDER / "rows.yaml")]


@lru_cache
def written(case: str) -> str:
    return (FOLDER / case).read_text(encoding="utf-8")


def edited(row: Row, *, mended: bool) -> str:
    text = written(row.case)
    for edit in row.edits:
        assert edit.clean in text, edit.clean
        text = text.replace(edit.clean, edit.mended if mended else edit.broken)
    return text


def advice(text: str) -> tuple[list[CaseFinding], yamltree.Tree]:
    tree = yamltree.parse(text, "case.yaml")
    return advise(check_case(Scenario.model_validate(tree.data))), tree


def line_of(text: str, words: str) -> int:
    """Find the last line on which words stand, from 1."""
    return max(number for number, line in enumerate(text.split("\n"), start=1) if words in line)


@pytest.mark.parametrize("case", [CLEAN, SMALL])
def test_the_clean_cases_trip_nothing(case: str) -> None:
    assert advice(written(case))[0] == []


@pytest.mark.parametrize("row", ROWS, ids=[row.code for row in ROWS])
def test_each_lint_is_tripped_alone_and_mended(row: Row) -> None:
    broken = edited(row, mended=False)
    found, tree = advice(broken)
    assert [(each.code, each.scene, each.severity) for each in found] == [(row.code, row.scene, row.severity)]
    assert tree.line(found[0].path) == line_of(broken, row.at) + row.after
    assert found[0].message.endswith(".")
    assert found[0].mend.endswith(".")
    assert advice(edited(row, mended=True))[0] == []


def test_every_lint_has_a_row() -> None:
    assert [row.code for row in ROWS] == [lint.code for lint in LINTS]


def test_the_table_for_authors_has_every_lint() -> None:
    page = (Path(course.__file__).parents[1] / "docs" / "lints.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE)
    assert [name for name in named if not name.startswith("waiver-")] == [lint.code for lint in LINTS]
