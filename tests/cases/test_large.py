"""Cases that are too large, too deep or endless: an error with file and line, and nothing is run."""

from pathlib import Path

import pytest

from course.cases.check import check_module
from course.cases.checker import check_case
from course.cases.graph import BUDGET
from course.content.findings import Finding
from tests.cases.cases import choice, decision, ending, scenario, whole
from tests.content.folders import copy_small, line_of

LIFT = "scenarios/lift.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_small(tmp_path)


def refused(folder: Path) -> list[Finding]:
    """Check a folder and return what it is refused for."""
    module, findings = check_module(folder)
    assert module is None
    return findings


def with_gates(folder: Path, count: int) -> list[Finding]:
    """Check the case with so many gates more."""
    file = folder / LIFT
    text = file.read_text(encoding="utf-8")
    gates = [f"  - {{id: g{number}, kind: gate, routes: [{{to: apart}}, {{to: apart}}]}}\n" for number in range(count)]
    file.write_text(text.replace("\nscenes:\n", "\nscenes:\n" + "".join(gates)), encoding="utf-8")
    return refused(folder)


def test_ten_thousand_scenes(folder: Path) -> None:
    findings = with_gates(folder, 10_000)
    assert [(each.file, each.line, each.code) for each in findings if each.file == LIFT] == [(LIFT, 1, "too-large")]


def test_four_thousand_scenes_that_are_still_read(folder: Path) -> None:
    findings = with_gates(folder, 4_000)
    assert [(each.file, each.line, each.code) for each in findings] == [
        (LIFT, line_of(folder, LIFT, "scenes:"), "schema")
    ]
    assert "at most 60 items" in findings[0].message


def test_a_file_of_five_megabytes(folder: Path) -> None:
    with (folder / LIFT).open("a", encoding="utf-8") as file:
        file.write("# A remark.\n" * 450_000)
    assert (folder / LIFT).stat().st_size > 5_000_000
    findings = refused(folder)
    assert [(each.file, each.code, each.message) for each in findings if each.file == LIFT] == [
        (LIFT, "too-large", "This file is larger than 300 kB.")
    ]


@pytest.mark.parametrize(
    "guard",
    [
        "not " * 120 + "knows_worry",
        "(" * 240 + "trust > 1" + ")" * 240,
        "trust > 1" + " and trust > 1" * 40,
        "-" * 400 + "1 < trust",
        "trust > " + "9" * 450,
        "__import__('os').system('touch owned')",
        "[trust for trust in (1,)]",
        "trust ** 9 ** 9 > 1",
        "x" * 501,
    ],
)
def test_a_deep_or_strange_guard(folder: Path, guard: str, tmp_path: Path) -> None:
    file = folder / LIFT
    file.write_text(file.read_text(encoding="utf-8").replace("if: trust >= 4", f'if: "{guard}"'), encoding="utf-8")
    _module, findings = check_module(folder)
    assert {each.line for each in findings if each.severity == "error"} <= {
        line_of(folder, LIFT, guard),
        line_of(folder, LIFT, "id: together"),
        line_of(folder, LIFT, "to: apart"),
    }
    assert not list(tmp_path.rglob("owned"))


def test_a_way_round_without_a_counter(folder: Path) -> None:
    file = folder / LIFT
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("        to: arrived", "        to: doors", 1), encoding="utf-8")
    found = [each for each in refused(folder) if each.code == "circle"]
    assert [(each.file, each.line, each.message) for each in found] == [
        (LIFT, line_of(folder, LIFT, "id: floor_six"), "A play can go round for ever: floor_six → doors → floor_six.")
    ]


def test_a_case_over_the_budget_is_sampled() -> None:
    names = [f"v{number}" for number in range(6)]
    variables = [{"id": name, "start": 0, "min": -9, "max": 9} for name in ["trust", *names[1:]]]
    ids = [each["id"] for each in variables]
    scenes = [
        decision(
            f"s{number}",
            *(
                choice(
                    letter,
                    f"s{number + 1}" if number < 11 else "good",
                    key={"objective": step},
                    do={ids[(number + step) % 6]: step + 1, ids[(number * step + 1) % 6]: -step},
                )
                for step, letter in enumerate("abcd")
            ),
        )
        for number in range(12)
    ]
    data = whole(scenes=[*scenes, ending("good", 1), ending("bad", 2)], start="s0", variables=variables, size="short")
    report = check_case(scenario(data))
    assert report.sample is not None
    assert report.verdict == f"sampled, not proved: more than {BUDGET:,} states (10,000 random plays, seed 2026)"
    assert report.findings[-1].code != "circle"
