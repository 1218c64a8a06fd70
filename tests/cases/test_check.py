"""A folder checked whole: findings of a case stand on the lines of its file."""

from pathlib import Path

import pytest

from course.cases.check import check_folder, check_module, json_schema
from course.content.canonical import digest
from course.content.loader import load_module
from tests.content.folders import SMALL, check, copy_small, edit, line_of

LIFT = "scenarios/lift.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_small(tmp_path)


def test_the_small_module_is_whole() -> None:
    assert check_module(SMALL) == (load_module(SMALL), [])
    loaded, findings = check_folder(SMALL)
    svg = (SMALL / "img/two-jobs.svg").read_bytes()
    assert findings == []
    assert loaded is not None
    assert loaded.pictures == {digest(svg): svg}


def test_a_finding_of_a_case_stands_on_its_line(folder: Path) -> None:
    edit(folder, LIFT, "trust >= 3", "trust >= 9")
    assert check(folder) == [(LIFT, line_of(folder, LIFT, "trust >= 9"), "never-open")]
    assert check_module(folder)[0] is None
    edit(folder, LIFT, "trust >= 9", "trust >= 3")
    assert check(folder) == []


def test_a_target_that_is_nowhere_stands_on_its_line(folder: Path) -> None:
    edit(folder, LIFT, "      - to: apart", "      - to: alone")
    assert check(folder) == [(LIFT, line_of(folder, LIFT, "- to: alone"), "unknown-name")]


def test_warnings_do_not_stop_a_module(folder: Path) -> None:
    edit(folder, "blocks/hello.md", "## Expect\n\nMost will name somebody who once complained.\n\n", "")
    module, findings = check_module(folder)
    assert [(finding.severity, str(finding)) for finding in findings] == [
        (
            "warning",
            "blocks/hello.md:1: warning: `## Expect` is missing: what will people answer? [part-thin]",
        )
    ]
    assert module == load_module(folder)


def test_what_cannot_be_read_is_not_checked_further(folder: Path) -> None:
    edit(folder, LIFT, "id: lift\n", "id: lift\nid: lift\n")
    edit(folder, "module.yaml", 'start: "09:00"', 'start: "25:00"')
    assert [finding[2] for finding in check(folder)] == ["duplicate-key"]


def test_json_schema_names_the_authors_keys() -> None:
    schemas = json_schema()
    assert list(schemas) == ["module", "scenario", "skin", "reflection"]
    assert {"schema", "slug", "blocks", "completion"} <= set(schemas["module"]["properties"])
    assert "if" in schemas["scenario"]["$defs"]["Choice"]["properties"]
    assert schemas["reflection"]["additionalProperties"] is False
