"""What is still to write is found on its line, until it is written."""

from pathlib import Path

from course.content.checks import check_loaded
from course.content.loader import load
from tests.content.folders import copy_small, edit, line_of

CASE = "scenarios/lift.yaml"


def test_a_prompt_is_found_and_its_text_is_not(tmp_path: Path) -> None:
    folder = copy_small(tmp_path)
    assert check_loaded(load(folder)) == []
    text = (folder / CASE).read_text(encoding="utf-8")
    title = next(line for line in text.splitlines() if line.startswith("title: "))
    edit(folder, CASE, f"{title}\n", 'title: "[write: a title\n  for the case]"\n')
    (found,) = check_loaded(load(folder))
    assert (found.file, found.line, found.code, found.severity) == (
        CASE,
        line_of(folder, CASE, "title:"),
        "unwritten",
        "warning",
    )
    assert found.message == "Still to write: a title for the case."
    edit(folder, CASE, 'title: "[write: a title\n  for the case]"\n', 'title: "The lift [write me]"\n')
    assert check_loaded(load(folder)) == []
