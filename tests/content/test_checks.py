"""What must fit together across the files of a module: one fault each, beside the whole module."""

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from course.content.checks import check_loaded
from course.content.loader import load
from tests.content.folders import SMALL, Found, check, copy_small, edit, found, line_of

MODULE = "module.yaml"
PAGE = "reflections/first-minute.yaml"
LIFT = "scenarios/lift.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_small(tmp_path)


def test_the_small_module_has_no_finding() -> None:
    assert check(SMALL) == []


class Fault(NamedTuple):
    """One passage that is replaced, the words on whose line the finding is, and its code."""

    file: str
    old: str
    new: str
    line: str
    code: str


PRESENCE = "    - kind: presence\n      percent: 90\n"
LIFT_RULE = "    - {kind: scenario, scenario: lift}\n"
FAULTS = [
    Fault(MODULE, "  - id: listen", "  - id: open_well", "  - id: listen", "double-id"),
    Fault(LIFT, "[own-experience]", "[someone-else]", "sources:", "no-source"),
    Fault(MODULE, "      scenario: lift", "      scenario: stairs", "      scenario: lift", "no-scenario"),
    Fault(MODULE, "      reflection: first-minute", "      reflection: last", "      reflection: f", "no-reflection"),
    Fault(MODULE, 'start: "09:00"', 'start: "09:00"\nsentences: last', "blocks:", "no-reflection"),
    Fault(
        MODULE,
        'start: "09:00"',
        'start: "09:00"\nsentences: first-minute',
        "completion:",
        "sentences-block",
    ),
    Fault(MODULE, f"{PRESENCE}  c", f"{LIFT_RULE}  c", "  attended:", "rule-presence"),
    Fault(MODULE, f"{PRESENCE}    -", f"{PRESENCE.replace('90', '80')}    -", "  completed:", "rule-order"),
    Fault(MODULE, "      level: 2\n", f"      level: 2\n{LIFT_RULE}", "sources:", "rule-twice"),
    Fault(PAGE, "{level: 2, text: Names the client.", "{level: 3, text: Names the client.", "    levels:", "levels"),
    Fault(PAGE, "words: 2, when: 4", "words: 2", "    levels: {person", "benchmark-criteria"),
    Fault(PAGE, "      when: The minute is named.\n", "", "    reasons:", "benchmark-criteria"),
    Fault(PAGE, "      words: [I", "      wards: []\n      words: [I", "      words: [I", "benchmark-criteria"),
    Fault(PAGE, "[how the night shift went]", "[how the day shift went]", "      person: [how", "benchmark-quote"),
    Fault(PAGE, "      person: [how the night shift went]\n", "", "    quotes:", "benchmark-unquoted"),
    Fault(PAGE, "min: 150", "min: 500", "words:", "words"),
    Fault(MODULE, 'start: "09:00"', 'start: "25:00"', "start:", "start"),
    Fault(MODULE, "    kind: break", "    kind: break\n    scenario: lift", "    kind: break", "break-work"),
    Fault("blocks/two-jobs.md", "![Two circles that overlap: project and person]", "![]", "![Two", "no-alt"),
]


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_found_on_its_line(folder: Path, fault: Fault) -> None:
    line = line_of(folder, fault.file, fault.line)
    edit(folder, fault.file, fault.old, fault.new)
    assert check(folder) == [(fault.file, line, fault.code)]


def test_a_quote_may_be_written_over_two_lines(folder: Path) -> None:
    edit(
        folder,
        PAGE,
        "    text: On Tuesday I will ask A. how the",
        "    text: |\n      On Tuesday I will ask A. how the\n      ",
    )
    assert check(folder) == []


LIFT_BLOCK = "    laptops: open\n    scenario: lift\n"


def boosted(folder: Path) -> Path:
    """Make the only scenario the booster: no block plays it, and no rule waits for it."""
    edit(folder, MODULE, LIFT_BLOCK, "")
    edit(folder, MODULE, "    - kind: scenario\n      scenario: lift\n", "")
    edit(folder, MODULE, 'start: "09:00"', 'start: "09:00"\nbooster: lift')
    return folder


def test_a_booster_needs_no_block(folder: Path) -> None:
    assert check(boosted(folder)) == []


@pytest.mark.parametrize("name", ["booster", "print"])
def test_a_block_has_no_name_of_a_page_beside_the_blocks(folder: Path, name: str) -> None:
    edit(folder, MODULE, "  - id: two-jobs\n", f"  - id: {name}\n")
    (folder / "blocks" / "two-jobs.md").rename(folder / "blocks" / f"{name}.md")
    assert check(folder) == [(MODULE, line_of(folder, MODULE, f"id: {name}"), "block-taken")]


BOOSTERS = [
    Fault(MODULE, "    kind: case\n", f"    kind: case\n{LIFT_BLOCK}", "    laptops: open", "booster-block"),
    Fault(MODULE, "  completed:\n", f"  completed:\n{LIFT_RULE}", "  completed:", "rule-booster"),
]


@pytest.mark.parametrize("fault", BOOSTERS)
def test_a_booster_is_for_a_month_later(folder: Path, fault: Fault) -> None:
    edit(boosted(folder), fault.file, fault.old, fault.new)
    line = line_of(folder, MODULE, fault.line) + 1
    assert check(folder) == [(MODULE, line, fault.code)]


def test_a_booster_that_is_not_there(folder: Path) -> None:
    boosted(folder)
    edit(folder, MODULE, "booster: lift", "booster: stairs")
    line = line_of(folder, MODULE, "booster:")
    assert check(folder) == [(MODULE, line, "no-scenario"), (LIFT, 2, "unused-scenario")]


def test_a_full_case_is_no_booster(folder: Path) -> None:
    loaded = load(boosted(folder))
    (case,) = loaded.module.scenarios
    full = replace(
        loaded, module=loaded.module.model_copy(update={"scenarios": (case.model_copy(update={"size": "full"}),)})
    )
    assert found(check_loaded(full)) == [(MODULE, line_of(folder, MODULE, "booster:"), "booster-size")]
    assert check_loaded(loaded) == []


def test_what_no_block_uses(folder: Path) -> None:
    edit(folder, MODULE, "    reflection: first-minute\ncompletion", "completion")
    edit(folder, MODULE, "    laptops: open\n    scenario: lift\n", "")
    assert check(folder) == [(PAGE, 2, "unused-reflection"), (LIFT, 2, "unused-scenario")]


def test_a_criterion_given_twice(folder: Path) -> None:
    line = line_of(folder, PAGE, "  - id: words")
    edit(folder, PAGE, "  - id: words", "  - id: person")
    assert (PAGE, line, "double-id") in check(folder)


def test_a_block_that_names_what_is_not_there(folder: Path) -> None:
    edit(folder, MODULE, "    scenario: lift\n  - id", "    scenario: stairs\n  - id")
    assert check(folder) == [
        (MODULE, line_of(folder, MODULE, "scenario: stairs"), "no-scenario"),
        (LIFT, 2, "unused-scenario"),
    ]


def test_a_page_is_written_in_one_block(folder: Path) -> None:
    edit(folder, MODULE, "    kind: concept\n", "    kind: concept\n    reflection: first-minute\n")
    second = line_of(folder, MODULE, "completion:") - 1
    assert check(folder) == [(MODULE, second, "reflection-twice")]


def test_a_picture_that_is_not_there_and_one_that_nobody_shows(folder: Path) -> None:
    edit(folder, "blocks/two-jobs.md", "img/two-jobs.svg", "img/three-jobs.svg")
    line = line_of(folder, "blocks/two-jobs.md", "three-jobs")
    assert check(folder) == [("blocks/two-jobs.md", line, "no-picture"), ("img/two-jobs.svg", 1, "unused-picture")]


@pytest.mark.parametrize("path", ["https://example.org/a.png", "../img/two-jobs.svg", "img/../img/two-jobs.svg"])
def test_a_picture_from_elsewhere_is_refused(folder: Path, path: str) -> None:
    edit(folder, "blocks/hello.md", "Good morning.", f"![A picture]({path}) Good morning.")
    assert check(folder) == [("blocks/hello.md", line_of(folder, "blocks/hello.md", path), "no-picture")]


def minutes(folder: Path, block: str, before: int, after: int) -> None:
    """Give a block other minutes, in both of its files."""
    text = (folder / MODULE).read_text(encoding="utf-8")
    head, body = text.split(f"  - id: {block}\n")
    body = body.replace(f"minutes: {before}", f"minutes: {after}", 1)
    (folder / MODULE).write_text(f"{head}  - id: {block}\n{body}", encoding="utf-8")
    path = folder / f"blocks/{block}.md"
    path.write_text(
        path.read_text(encoding="utf-8").replace("## Expect", f"- {after - before} min: More.\n\n## Expect"),
        encoding="utf-8",
    )


@pytest.mark.parametrize(
    ("block", "before", "after", "expected"),
    [
        ("hello", 20, 26, [(MODULE, 18, "presented")]),
        ("the-lift", 120, 121, [(MODULE, 14, "laptops")]),
        ("your-page", 195, 226, [(MODULE, 14, "contact-minutes")]),
        ("hello", 20, 25, []),
        ("your-page", 195, 225, []),
    ],
)
def test_time_is_advice_up_to_a_point(folder: Path, block: str, before: int, after: int, expected: Found) -> None:
    minutes(folder, block, before, after)
    assert check(folder) == expected


def test_a_day_of_practice(folder: Path) -> None:
    edit(folder, MODULE, "    kind: reflect\n", "    kind: evaluate\n")
    assert check(folder) == [(MODULE, 14, "practice-share")]
