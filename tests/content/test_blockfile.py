"""A block's Markdown file: two parts, four sections, minutes that add up."""

import pytest

from course.content.blockfile import parse, require_whole
from course.content.schema import FacilitatorPart, Step
from tests.content.folders import Found, found

WHOLE = """# Learner

Read this.

## A heading of the learner's own

# Facilitator

## Say

Hello.

## Do

- 5 min: Begin.
- 10 minutes: Go on
  in the second line.

  - with a list

## Expect

Silence.

## If

- If nothing, wait.
"""


def checked(text: str, minutes: int = 15) -> Found:
    block = parse(text, "b.md")
    require_whole(block, minutes)
    return found(sorted(block.findings))


def test_a_whole_file_is_taken_apart() -> None:
    block = parse(WHOLE, "b.md")
    assert block.learner == "Read this.\n\n## A heading of the learner's own"
    assert block.facilitator == FacilitatorPart(
        say="Hello.",
        do=(
            Step(minutes=5, text="Begin."),
            Step(minutes=10, text="Go on\nin the second line.\n\n- with a list"),
        ),
        expect="Silence.",
        what_if="- If nothing, wait.",
    )
    assert block.lines == {"Learner": 3, "Say": 11, "Do": 15, "Expect": 23, "If": 27}
    assert checked(WHOLE) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("# Learner\n", "# Pupil\n", [("b.md", 1, "heading-unknown"), ("b.md", 1, "part-missing")]),
        ("# Learner\n", "Hello\n# Learner\n", [("b.md", 1, "text-outside")]),
        ("# Facilitator\n", "# Facilitator\n\nHello\n", [("b.md", 9, "text-outside")]),
        ("## Expect\n", "## Hope\n", [("b.md", 1, "part-thin"), ("b.md", 21, "heading-unknown")]),
        ("## If\n", "## Expect\n", [("b.md", 1, "part-thin"), ("b.md", 25, "heading-twice")]),
        ("Hello.\n", "\n", [("b.md", 1, "part-missing")]),
        ("- 5 min: Begin", "- Begin", [("b.md", 15, "do-line"), ("b.md", 15, "do-minutes")]),
        ("- 5 min: Begin.", "- 5 min:", [("b.md", 15, "do-line"), ("b.md", 15, "do-minutes")]),
        ("- 5 min: Begin", "- 500 min: Begin", [("b.md", 15, "do-line"), ("b.md", 15, "do-minutes")]),
        ("- 5 min: Begin", "Begin", [("b.md", 15, "do-line"), ("b.md", 15, "do-minutes")]),
        ("- 5 min: Begin", "- 6 min: Begin", [("b.md", 15, "do-minutes")]),
    ],
)
def test_each_fault_and_its_mended_twin(old: str, new: str, expected: Found) -> None:
    assert WHOLE.count(old) == 1
    assert checked(WHOLE.replace(old, new)) == expected
    assert checked(WHOLE) == []


def test_a_heading_in_a_code_fence_is_text() -> None:
    text = WHOLE.replace("Read this.", "```\n# Facilitator\n```")
    assert parse(text, "b.md").learner.startswith("```\n# Facilitator\n```")
    assert checked(text) == []


def test_an_empty_file_lacks_every_part() -> None:
    assert [code for _, _, code in checked("")] == ["part-missing"] * 3 + ["part-thin"] * 2
